/** `env:NAME` and `file:PATH` in the place of a secret or key. What they hold is never shown. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigurationFault } from "@agentos/guard";
import { describeFileError, stripLineEnd } from "../input/read-reference.ts";
import { systemCode } from "../program/failure.ts";
import { invalidOption } from "./config-faults.ts";

export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the configuration file; relative paths start there. */
  readonly folder: string;
  /** Receives what is wrong. */
  readonly report: (fault: ConfigurationFault) => void;
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
      invalidOption(
        option,
        'the text behind "env:" is not the name of an environment variable',
        "write env:NAME, without the value",
      ),
    );
    return undefined;
  }
  const value = env[name];
  if (value !== undefined && value.trim() !== "") return value;
  const state = value === undefined ? "not set" : "empty";
  report(
    invalidOption(
      option,
      `the environment variable "${name}" is ${state}`,
      `set "${name}" where this process starts, or correct the name`,
    ),
  );
  return undefined;
}

function readSecretFile(path: string, option: string, { folder, report }: SecretContext): string | undefined {
  const full = resolve(folder, path);
  const fix =
    "correct the path (relative ones start at the folder of the configuration file), or let this user read the file";
  try {
    const status = statSync(full);
    if (status.isDirectory()) report(invalidOption(option, `"${path}" is a folder, not a file`, fix));
    else if (status.size > MAX_BYTES)
      report(invalidOption(option, `the file "${path}" is larger than ${MAX_BYTES / 1024} KiB`, fix));
    else {
      const text = stripLineEnd(readFileSync(full, "utf8"));
      if (text.trim() !== "") return text;
      report(invalidOption(option, `the file "${path}" is empty`, "put the key or secret into it"));
    }
  } catch (error) {
    report(invalidOption(option, describeFileError(`"${path}"`, systemCode(error)), fix));
  }
  return undefined;
}
