/**
 * The key pair of `agentos dev`: made once under `.agentos/` and used again. The folder is 0700, its files 0600,
 * and git never sees it. Creation is atomic, so two starts at the same time end with the same key.
 */
import { chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
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
import { CliFailure, systemCode } from "../program/failure.ts";

const FOLDER = ".agentos";
const PRIVATE = "dev-private.pem";
const PUBLIC = "dev-public.pem";
const MAX_BYTES = 64 * 1024;

/** The id of the AgentOS of `agentos dev`, for which the tokens of its key are. */
export const DEMO_ID = "demo";

/** Where the private key of a working directory is. */
export function devKeyPath(workingDirectory: string): string {
  return join(workingDirectory, FOLDER, PRIVATE);
}

/** Where what is said to the demo agents is kept, from one start to the next. */
export function devDatabasePath(workingDirectory: string): string {
  return join(workingDirectory, FOLDER, "agentos.db");
}

export interface DevKey {
  readonly key: SigningKeyPair;
  readonly publicPem: string;
  /** Made by this start. */
  readonly isNew: boolean;
}

/** The key of this folder, made if there is none. */
export async function ensureDevKey(workingDirectory: string, cli: string): Promise<DevKey> {
  const folder = join(workingDirectory, FOLDER);
  try {
    await prepareFolder(folder, cli);
    const path = join(folder, PRIVATE);
    const isNew =
      !(await isTaken(path)) &&
      (await createFile({
        path,
        content: await exportPrivatePem(await generateSigningKey({ algorithm: "RS256" })),
        mode: 0o600,
      }));
    const key = await readKey(path, cli);
    const publicPem = await exportPublicPem(key);
    // The public half always follows the private one, which may have been deleted and made anew.
    await replaceFile({ path: join(folder, PUBLIC), content: publicPem, mode: 0o600 });
    return { key, publicPem, isNew };
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof CliFailure || code === undefined) throw error;
    throw new CliFailure(`the folder ".agentos" cannot be used (${code})`, {
      fix: `run \`${cli} dev\` in a folder that you may write to`,
      cause: error,
    });
  }
}

async function prepareFolder(folder: string, cli: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error;
  });
  const status = await lstat(folder);
  // A link could lead the private key to a place that others read.
  if (!status.isDirectory()) {
    throw new CliFailure('".agentos" is not a folder', {
      fix: `move it away; \`${cli} dev\` makes its own`,
    });
  }
  // Whoever made it for us knows the key in it.
  if (!(await isOwnedByUs(folder))) {
    throw new CliFailure('".agentos" belongs to another user', {
      fix: `run \`${cli} dev\` in a folder of your own, or let its owner remove it`,
    });
  }
  if ((status.mode & 0o077) !== 0) await chmod(folder, 0o700);
  await createFile({ path: join(folder, ".gitignore"), content: "*\n", mode: 0o600 });
}

async function readKey(path: string, cli: string): Promise<SigningKeyPair> {
  const status = await lstat(path);
  if (!status.isFile()) throw unusable("it is not a file");
  if (!(await isOwnedByUs(path))) throw unusable("it belongs to another user");
  if ((status.mode & 0o077) !== 0) await chmod(path, 0o600);
  const file = await readFileText(path, { limit: MAX_BYTES, as: "key" });
  if (!file.ok) throw unusable(describeFileProblem(file.fault, `"${PRIVATE}"`));
  const read = await importSigningKey(file.value.text, { algorithm: "RS256" });
  if (!read.ok) throw unusable(renderFault(read.fault, cli).message);
  if (read.value.publicJwk === undefined) throw new TypeError("INVARIANT: RS256 signs with a key pair");
  return read.value;
}

function unusable(reason: string, cause?: unknown): CliFailure {
  return new CliFailure(`the key ".agentos/${PRIVATE}" cannot be used: ${reason}`, {
    fix: 'delete the folder ".agentos" and start again; tokens that were printed earlier then stop working',
    exitCode: ExitCode.invalidConfiguration,
    ...(cause === undefined ? {} : { cause }),
  });
}
