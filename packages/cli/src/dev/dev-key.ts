/**
 * The key pair of `agentos dev`: made once under `.agentos/` and used again. Creation is atomic, so two starts at the same
 * time end with the same key.
 */
import { chmod, lstat } from "node:fs/promises";
import {
  exportPrivatePem,
  exportPublicPem,
  generateSigningKey,
  importSigningKey,
  type SigningKeyPair,
} from "@agentos/auth/mint";
import { renderFault } from "@agentos/contract";
import { readFileText } from "@agentos/guard/app";
import { describeFileProblem } from "../files/describe-file.ts";
import { createFile, isOwnedByUs, isTaken, replaceFile } from "../files/write-file.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { DEV_FILES, devFilePath, explainTrouble, prepareDevFolder, showDevFile } from "./dev-folder.ts";

const MAX_BYTES = 64 * 1024;

/** The id of the AgentOS of `agentos dev`, for which the tokens of its key are. */
export const DEMO_ID = "demo";

/** What the tokens of its key name as their issuer: beside it the control plane is another one. */
export const DEV_ISSUER = "agentos-dev";

/** Where the private key of a working directory is. */
export function devKeyPath(workingDirectory: string): string {
  return devFilePath(workingDirectory, "privateKey");
}

export interface DevKey {
  readonly key: SigningKeyPair;
  readonly publicPem: string;
  /** Made by this start. */
  readonly isNew: boolean;
}

/** The key of this folder, made if there is none. */
export async function ensureDevKey(workingDirectory: string, cli: string): Promise<DevKey> {
  await prepareDevFolder(workingDirectory, cli);
  return explainTrouble(cli, async () => {
    const path = devKeyPath(workingDirectory);
    const isNew =
      !(await isTaken(path)) &&
      (await createFile({
        path,
        content: await exportPrivatePem(await generateSigningKey({ algorithm: "RS256" })),
        mode: 0o600,
      }));
    const key = await readDevKey(workingDirectory, cli);
    const publicPem = await exportPublicPem(key);
    // The public half always follows the private one, which may have been deleted and made anew.
    await replaceFile({ path: devFilePath(workingDirectory, "publicKey"), content: publicPem, mode: 0o600 });
    return { key, publicPem, isNew };
  });
}

/** The key that is there. Throws {@link CliFailure} where it cannot be used. */
export async function readDevKey(workingDirectory: string, cli: string): Promise<SigningKeyPair> {
  const path = devKeyPath(workingDirectory);
  const status = await lstat(path);
  if (!status.isFile()) throw unusable("it is not a file");
  if (!(await isOwnedByUs(path))) throw unusable("it belongs to another user");
  if ((status.mode & 0o077) !== 0) await chmod(path, 0o600);
  const file = await readFileText(path, { limit: MAX_BYTES, as: "key" });
  if (!file.ok) throw unusable(describeFileProblem(file.fault, `"${DEV_FILES.privateKey}"`));
  const read = await importSigningKey(file.value.text, { algorithm: "RS256" });
  if (!read.ok) throw unusable(renderFault(read.fault, cli).message);
  if (read.value.publicJwk === undefined) throw new TypeError("INVARIANT: RS256 signs with a key pair");
  return read.value;
}

function unusable(reason: string): CliFailure {
  return new CliFailure(`the key "${showDevFile("privateKey")}" cannot be used: ${reason}`, {
    fix: 'delete the folder ".agentos" and start again; tokens that were printed earlier then stop working',
    exitCode: ExitCode.invalidConfiguration,
  });
}
