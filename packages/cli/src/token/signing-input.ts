/** Reads the signing key that `--key` names, or the one that `agentos dev` has made in this folder. */
import { resolve } from "node:path";
import type { SigningAlgorithm } from "@agentos/auth";
import {
  importSigningKey,
  isSigningAlgorithm,
  SIGNING_ALGORITHMS,
  type SigningKey,
} from "@agentos/auth/mint";
import { type FaultCode, renderFault } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import { readFileText } from "@agentos/guard/app";
import { devKeyPath } from "../dev/dev-key.ts";
import { type Reference, readReference } from "../input/read-reference.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";

export interface SigningInput {
  readonly key?: string | undefined;
  readonly algorithm?: string | undefined;
}

export interface NamedSigningKey {
  readonly key: SigningKey;
  /** The key of `agentos dev` in this folder, however it was named. */
  readonly isDevKey: boolean;
}

const MAX_DEV_KEY_BYTES = 64 * 1024;
/** A value that a person types is no key and no secret worth the name, but the name of a file. */
const LONGEST_FILE_NAME = 64;
/** What the name of a file is taken for. */
const CODES_OF_A_FILE_NAME: ReadonlySet<FaultCode> = new Set([
  "KEY_FILE_PATH",
  "KEY_SIGNING_ALGORITHM_REQUIRED",
  "KEY_SECRET_SHORT",
  "KEY_SECRET_LISTED",
]);

/** Reads it. Throws {@link CliFailure} with what is wrong; nothing of the key is shown. */
export async function readSigningKey(input: SigningInput, context: Context): Promise<NamedSigningKey> {
  const algorithm = input.algorithm === undefined ? undefined : readAlgorithm(input.algorithm);
  const reference =
    input.key === undefined
      ? await readDevKey(context)
      : await readReference(input.key, context, { what: "key", bare: "either" });
  const { text, source, isArgument } = reference;
  const devKey = devKeyPath(context.workingDirectory);
  const isDevKey = !isArgument && resolve(context.workingDirectory, source) === devKey;
  const imported = await importSigningKey(text, { algorithm });
  if (imported.ok) return { key: imported.value, isDevKey };
  const { code, message, fix } = renderFault(imported.fault, context.cli);
  // It may be a secret after all, so it is not shown.
  const mayBeFile = isArgument && text.length <= LONGEST_FILE_NAME && CODES_OF_A_FILE_NAME.has(code);
  throw new CliFailure(`${message}${mayBeFile ? "; there is no file of this name either" : ""} [${code}]`, {
    fix: mayBeFile
      ? `correct the path after --key (it is relative to the current folder); or, if it is meant as the key itself: ${fix}`
      : fix,
    exitCode: ExitCode.invalidConfiguration,
  });
}

/** An algorithm name, or a failure that names the nearest. */
export function readAlgorithm(name: string): SigningAlgorithm {
  if (isSigningAlgorithm(name)) return name;
  const meant = nearest(name, SIGNING_ALGORITHMS);
  throw new CliFailure("this algorithm is not supported", {
    fix: `${meant === undefined ? "" : `did you mean ${meant}? `}use one of ${SIGNING_ALGORITHMS.join(", ")}`,
  });
}

async function readDevKey(context: Context): Promise<Reference> {
  const path = devKeyPath(context.workingDirectory);
  const read = await readFileText(path, { limit: MAX_DEV_KEY_BYTES, as: "key" });
  if (!read.ok) {
    throw new CliFailure('the option "--key" is missing', {
      fix: `give a private key or secret: --key FILE, --key env:NAME, or --key - for standard input; \`${context.cli} keys generate\` makes a pair`,
    });
  }
  context.terminal.note(`no "--key": signing with the key of \`${context.cli} dev\` in this folder`);
  return { text: read.value.text, source: path, isArgument: false };
}
