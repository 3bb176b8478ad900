/** `env:NAME` and `file:PATH` in the place of a secret or key. What they hold is never shown. */
import { resolve } from "node:path";
import type { Fault } from "@agentos/contract";
import { createOptionFault, findEmptiness, readFileTextSync, stripLineEnd } from "@agentos/guard/app";
import { describeFileProblem, suggestForFile } from "../files/describe-file.ts";
import { showPath, showVariable } from "../files/show-name.ts";

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

/** A value of the file and the option that it is given for; the names of both are in its faults. */
interface GivenValue {
  readonly option: string;
  readonly value: string;
}

/** The secret itself; undefined, and a fault reported, when it cannot be had. */
export function resolveSecret({ option, value }: GivenValue, context: SecretContext): string | undefined {
  if (value.startsWith("env:")) return readVariable({ option, name: value.slice(4) }, context);
  if (!value.startsWith("file:")) return value;
  return readSecretFile({ option, path: value.slice(5) }, context);
}

/** A path, absolute; `env:NAME` names a variable that holds one. */
export function resolvePath({ option, value }: GivenValue, context: SecretContext): string | undefined {
  const path = value.startsWith("env:")
    ? readVariable({ option, name: value.slice(4) }, context)
    : value.replace(/^file:/, "");
  return path === undefined ? undefined : resolve(context.folder, path);
}

function readVariable(
  { option, name }: { readonly option: string; readonly name: string },
  { env, report }: SecretContext,
): string | undefined {
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
  const state = findEmptiness(value) ?? "not set";
  const shown = showVariable(name);
  report(
    createOptionFault({
      option,
      problem: `the environment variable ${shown ?? "that is named"} is ${state}`,
      suggestion: `set ${shown ?? "it"} where this process starts, or correct the name${shown === undefined ? ": write env:NAME, without the value" : ""}`,
    }),
  );
  return undefined;
}

const MAY_BE_MISTAKEN =
  "correct the path (relative ones start at the folder of the configuration file), or let this user read the file";

function readSecretFile(
  { option, path }: { readonly option: string; readonly path: string },
  { folder, report }: SecretContext,
): string | undefined {
  const read = readFileTextSync(resolve(folder, path), { limit: MAX_BYTES, as: "key" });
  const reportFile = (problem: string, suggestion: string) =>
    report(createOptionFault({ option, problem, suggestion }));
  const shown = showPath(path) ?? "that was named";
  if (!read.ok) {
    reportFile(describeFileProblem(read.fault, shown), suggestForFile(read.fault, "key", MAY_BE_MISTAKEN));
    return undefined;
  }
  const text = stripLineEnd(read.value.text);
  const emptiness = findEmptiness(text);
  if (emptiness === undefined) return text;
  reportFile(`the file ${shown} is ${emptiness}`, "put the key or secret into it");
  return undefined;
}
