/** Reads the signing key that `--key` names, or the one that `agentos dev` has made in this folder. */
import { readFile } from "node:fs/promises";
import type { SigningAlgorithm } from "@agentos/auth";
import { nearest } from "@agentos/auth";
import {
  importSigningKey,
  isSigningAlgorithm,
  SIGNING_ALGORITHMS,
  type SigningKey,
  SigningKeyError,
} from "@agentos/auth/mint";
import type { Context } from "../context.ts";
import { devKeyPath } from "../dev/dev-key.ts";
import { ExitCode } from "../exit-codes.ts";
import { CliFailure } from "../failure.ts";
import { readReference } from "../input/read-reference.ts";

export interface SigningInput {
  readonly key?: string | undefined;
  readonly algorithm?: string | undefined;
}

/** Reads it. Throws {@link CliFailure} with what is wrong; nothing of the key is shown. */
export async function readSigningKey(input: SigningInput, context: Context): Promise<SigningKey> {
  const algorithm = input.algorithm === undefined ? undefined : readAlgorithm(input.algorithm);
  const text =
    input.key === undefined
      ? await readDevKey(context)
      : (await readReference(input.key, context, { what: "key", bare: "either" })).text;
  try {
    return await importSigningKey(text, { algorithm });
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    throw new CliFailure(error.message, {
      fix: error.fix,
      exitCode: ExitCode.invalidConfiguration,
      cause: error,
    });
  }
}

/** An algorithm name, or a failure that names the nearest. */
export function readAlgorithm(name: string): SigningAlgorithm {
  if (isSigningAlgorithm(name)) return name;
  const meant = nearest(name, SIGNING_ALGORITHMS);
  throw new CliFailure("this algorithm is not supported", {
    fix: `${meant === undefined ? "" : `did you mean ${meant}? `}use one of ${SIGNING_ALGORITHMS.join(", ")}`,
  });
}

async function readDevKey(context: Context): Promise<string> {
  try {
    const text = await readFile(devKeyPath(context.workingDirectory), "utf8");
    context.terminal.note('no "--key": signing with the key of "agentos dev" in this folder');
    return text;
  } catch (cause) {
    throw new CliFailure('the option "--key" is missing', {
      fix: `give a private key or secret: --key FILE, --key env:NAME, or --key - for standard input; \`${context.cli} keys generate\` makes a pair`,
      cause,
    });
  }
}
