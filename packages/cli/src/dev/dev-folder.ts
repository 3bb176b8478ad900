/** The folder `.agentos/` of `agentos dev`: what is in it, for its owner alone. It is 0700, its files 0600, and git never sees it. */
import { chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createFile, isOwnedByUs } from "../files/write-file.ts";
import { CliFailure, systemCode } from "../program/failure.ts";

const FOLDER = ".agentos";

/** Its files, by what they hold. */
export const DEV_FILES = {
  privateKey: "dev-private.pem",
  publicKey: "dev-public.pem",
  /** What is said to the demo agents, from one start to the next. */
  database: "agentos.db",
  /** People, instances and keys of the control plane. */
  controlPlaneDatabase: "control-plane.db",
  securityKey: "security-key",
  /** Where a `dev` of this folder listens now. */
  running: "running.json",
} as const;

/** How people are told of one: relative to where they are. */
export function showDevFile(file: keyof typeof DEV_FILES): string {
  return `${FOLDER}/${DEV_FILES[file]}`;
}

/** Where it is. */
export function devFilePath(workingDirectory: string, file: keyof typeof DEV_FILES): string {
  return join(workingDirectory, FOLDER, DEV_FILES[file]);
}

/** The folder itself. */
export function devFolderPath(workingDirectory: string): string {
  return join(workingDirectory, FOLDER);
}

/** Makes it, closes it to others, and keeps it out of repositories. Throws {@link CliFailure}. */
export async function prepareDevFolder(workingDirectory: string, cli: string): Promise<void> {
  await explainTrouble(cli, async () => {
    const folder = devFolderPath(workingDirectory);
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
  });
}

/** What the system does not let us do there, in words. */
export async function explainTrouble<Result>(cli: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof CliFailure || code === undefined) throw error;
    throw new CliFailure(`the folder ".agentos" cannot be used (${code})`, {
      fix: `run \`${cli} dev\` in a folder that you may write to`,
      cause: error,
    });
  }
}
