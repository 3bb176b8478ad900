/** The security key of `agentos dev`: made once, kept in a file, and never printed. A person reads it there. */
import { randomBytes } from "node:crypto";
import { chmod, lstat } from "node:fs/promises";
import { readFileText, stripLineEnd } from "@agentos/guard/app";
import { createFile, isOwnedByUs, isTaken } from "../files/write-file.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { devFilePath, explainTrouble, showDevFile } from "./dev-folder.ts";

const BYTES = 32;
const MAX_BYTES = 4_096;

/** The key of this folder, made if there is none. The folder is there and closed already. */
export async function ensureDevSecurityKey(workingDirectory: string, cli: string): Promise<string> {
  return explainTrouble(cli, async () => {
    const path = devFilePath(workingDirectory, "securityKey");
    if (!(await isTaken(path)))
      await createFile({ path, content: `${randomBytes(BYTES).toString("base64url")}\n`, mode: 0o600 });
    const status = await lstat(path);
    const file =
      status.isFile() && (await isOwnedByUs(path))
        ? await readFileText(path, { limit: MAX_BYTES, as: "text" })
        : undefined;
    const key = file?.ok === true ? stripLineEnd(file.value.text) : "";
    if (key === "")
      throw new CliFailure(`the security key "${showDevFile("securityKey")}" cannot be read`, {
        fix: "delete the file and start again; a new one is made",
        exitCode: ExitCode.invalidConfiguration,
      });
    if ((status.mode & 0o077) !== 0) await chmod(path, 0o600);
    return key;
  });
}
