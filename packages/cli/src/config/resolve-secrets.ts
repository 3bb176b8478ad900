/** `env:NAME` and `file:PATH` in the place of a secret or key. What they hold is never shown. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Fault } from "@agentos/contract";
import { createOptionFault } from "@agentos/guard/app";
import { describeFileError, stripLineEnd } from "../input/read-reference.ts";
import { systemCode } from "../program/failure.ts";

export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the configuration file; relative paths start there. */
  readonly folder: string;
  /** Receives what is wrong. */
  readonly report: (fault: Fault) => void;
}

const MAX_BYTES = 512 * 1024;

/** `env:NAME` or `file:PATH`, which may be shown; anything else may be the secret itself. */
export function isReference(value: string): boolean {
  return /^(?:env|file):/.test(value);
}

/** The secret itself; undefined, and a fault reported, when it cannot be had. */
export function resolveSecret(value: string, option: string, context: SecretContext): string | undefined {
  if (value.startsWith("env:")) return readVariable(value.slice(4), option, context);
  if (!value.startsWith("file:")) return value;
  return readSecretFile(value.slice(5), option, context);
}

/** A path, absolute; `env:NAME` names a variable that holds one. */
export function resolvePath(value: string, option: string, context: SecretContext): string | undefined {
  const path = value.startsWith("env:")
    ? readVariable(value.slice(4), option, context)
    : value.replace(/^file:/, "");
  return path === undefined ? undefined : resolve(context.folder, path);
}

function readVariable(name: string, option: string, { env, report }: SecretContext): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    report(
      createOptionFault({
        option,
        problem: 'the text behind "env:" is not the name of an environment variable',
        suggestion: "write env:NAME, without the value",
      }),
    );
    return undefined;
  }
  const value = env[name];
  if (value !== undefined && value.trim() !== "") return value;
  const state = value === undefined ? "not set" : "empty";
  report(
    createOptionFault({
      option,
      problem: `the environment variable "${name}" is ${state}`,
      suggestion: `set "${name}" where this process starts, or correct the name`,
    }),
  );
  return undefined;
}

function readSecretFile(path: string, option: string, { folder, report }: SecretContext): string | undefined {
  const full = resolve(folder, path);
  const refuse = (
    problem: string,
    suggestion = "correct the path (relative ones start at the folder of the configuration file), or let this user read the file",
  ) => report(createOptionFault({ option, problem, suggestion }));
  try {
    const status = statSync(full);
    if (status.isDirectory()) refuse(`"${path}" is a folder, not a file`);
    else if (status.size > MAX_BYTES) refuse(`the file "${path}" is larger than ${MAX_BYTES / 1024} KiB`);
    else {
      const text = stripLineEnd(readFileSync(full, "utf8"));
      if (text.trim() !== "") return text;
      refuse(`the file "${path}" is empty`, "put the key or secret into it");
    }
  } catch (error) {
    refuse(describeFileError(`"${path}"`, systemCode(error)));
  }
  return undefined;
}
