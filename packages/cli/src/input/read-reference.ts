/**
 * A secret, key or token named on the command line: `-` (standard input), `env:NAME`, `file:PATH`, a file, or the
 * value itself. The content is never shown; only where it came from.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readFileText, stripLineEnd } from "@agentos/guard/app";
import { describeFileProblem, suggestForFile } from "../files/describe-file.ts";
import { showVariable } from "../files/show-name.ts";
import type { Context } from "../program/context.ts";
import { CliFailure } from "../program/failure.ts";

export interface Reference {
  readonly text: string;
  /** Where it came from, for people. */
  readonly source: string;
  /** It stood on the command line itself, and no file has this name. */
  readonly isArgument: boolean;
}

export interface ReferenceOptions {
  /** What is read, such as "key". */
  readonly what: string;
  /** What a value without a prefix is: the name of a file, the value itself, a token unless it is clearly a file, or whichever fits. */
  readonly bare: "file" | "value" | "token" | "either";
}

const MAX_FILE_BYTES = 1024 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A token has dots too, but its last part is a signature. */
const LOOKS_LIKE_TOKEN_FILE = /^(?:~|\.{1,2})?[/\\]|\.(?:tok|token|jwt|jws|txt|json|pem|env)$/i;
/** Base64 may start with a slash or hold some, so a slash alone says nothing. */
const LOOKS_LIKE_FILE = /^(?:~|\.{1,2})[/\\]|\.(?:pem|key|pub|jwk|jwks|json|txt|secret)$/i;

/** Reads what a reference names. Throws {@link CliFailure}. */
export async function readReference(
  reference: string,
  context: Context,
  options: ReferenceOptions,
): Promise<Reference> {
  if (reference === "-")
    return {
      text: stripLineEnd(await context.readStandardInput()),
      source: "standard input",
      isArgument: false,
    };
  if (reference.startsWith("env:")) return readVariable(reference.slice(4), context);
  if (reference.startsWith("file:")) return readNamedFile(reference.slice(5), context, options.what);
  if (options.bare === "token")
    return LOOKS_LIKE_TOKEN_FILE.test(reference)
      ? readNamedFile(reference, context, options.what)
      : fromArgument(reference);
  if (options.bare === "value" || reference.includes("-----BEGIN") || /^\s*["'[{]/.test(reference)) {
    return fromArgument(reference);
  }
  if (options.bare === "file" || (await exists(resolve(context.workingDirectory, reference)))) {
    return readNamedFile(reference, context, options.what);
  }
  // A mistyped path must not be taken for a secret; and since it may be one after all, it is not shown.
  if (!LOOKS_LIKE_FILE.test(reference)) return fromArgument(reference);
  throw new CliFailure(`the ${options.what} looks like the path of a file, and there is no such file`, {
    fix: "correct the path (it is relative to the current folder), or give the value as env:NAME or on standard input as -",
  });
}

function fromArgument(text: string): Reference {
  return { text, source: "the argument", isArgument: true };
}

function readVariable(name: string, context: Context): Reference {
  if (!NAME.test(name)) {
    throw new CliFailure('the text behind "env:" is not the name of an environment variable', {
      fix: "write env:NAME, without the value",
    });
  }
  const value = context.env[name];
  if (value === undefined || value === "") {
    throw new CliFailure(
      `the environment variable ${showVariable(name) ?? "that is named"} is ${value === undefined ? "not set" : "empty"}`,
      {
        fix: `set it in the shell that runs this command: export ${showVariable(name) === undefined ? "NAME" : name}=…`,
      },
    );
  }
  return { text: value, source: `env:${name}`, isArgument: false };
}

async function readNamedFile(path: string, context: Context, what: string): Promise<Reference> {
  const full = resolve(context.workingDirectory, path);
  // Without an ending it may be a key that was pasted in place of a path.
  const shown = path.length <= 200 && /\.[A-Za-z0-9]{1,8}$/.test(path) ? `"${path}"` : "that was named";
  const read = await readFileText(full, {
    limit: MAX_FILE_BYTES,
    as: what === "key" ? "key" : "text",
    allowsPipe: true,
  });
  if (read.ok) return { text: stripLineEnd(read.value.text), source: path, isArgument: false };
  const { fault } = read;
  throw new CliFailure(describeFileProblem(fault, shown), {
    fix: suggestForFile(
      fault,
      what,
      `check the path (it is relative to the current folder); a ${what} can also come from env:NAME or, with "-", from standard input`,
    ),
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}
