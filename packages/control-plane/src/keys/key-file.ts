/**
 * The file of a generated installation secret. The folder is 0700, the file 0600, and git never sees them. It appears
 * whole or not at all, so two starts at the same time end with the same secret. Nothing is read or written through a
 * link, nor what belongs to another user.
 */
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { SECRET_BYTES } from "./installation-keys.ts";

const NAME = "control-plane.key";
/** How it is called wherever it is; a path of a machine stands in no fault. */
export const KEY_FILE = `.agentos/${NAME}`;
const MAX_BYTES = 4_096;

/** The text of the file in this folder; undefined where there is none. */
export async function readKeyFile(folder: string): Promise<Result<string | undefined, Fault>> {
  try {
    return await readText(join(folder, NAME));
  } catch (cause) {
    const code = systemCode(cause);
    if (code === "ENOENT") return ok(undefined);
    return unusable(code === "ELOOP" ? "it is a link" : `the system says ${code}`);
  }
}

/** Makes the file with a new secret, and gives its text; the text of another start where that was faster. */
export async function createKeyFile(folder: string): Promise<Result<string, Fault>> {
  try {
    const prepared = await prepareFolder(folder);
    if (!prepared.ok) return prepared;
    await createWhole(join(folder, NAME), `${randomBytes(SECRET_BYTES).toString("base64")}\n`);
  } catch (cause) {
    return unusable(`it cannot be made: the system says ${systemCode(cause)}`);
  }
  const text = await readKeyFile(folder);
  if (!text.ok) return text;
  return text.value === undefined ? unusable("it was removed while it was made") : ok(text.value);
}

async function readText(path: string): Promise<Result<string, Fault>> {
  // What the handle leads to is what is judged: the name could lead elsewhere a moment later.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    const problem = findProblem(status, 0o077);
    if (problem !== undefined) return unusable(problem);
    if (!status.isFile()) return unusable("it is not a file");
    if (status.size > MAX_BYTES) return unusable(`it has more than ${MAX_BYTES} bytes`);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return ok(buffer.subarray(0, bytesRead).toString("latin1"));
  } finally {
    await handle.close();
  }
}

async function prepareFolder(folder: string): Promise<Result<undefined, Fault>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const status = await lstat(folder);
  if (!status.isDirectory()) return unusable("its folder is a link or no folder");
  const problem = findProblem(status, 0o022);
  if (problem !== undefined) return unusable(`its folder: ${problem}`);
  await createWhole(join(folder, ".gitignore"), "*\n");
  return ok(undefined);
}

/** Windows knows neither such owners nor such permissions. */
function findProblem({ uid, mode }: Stats, forbidden: number): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (uid !== user && uid !== 0 && user !== 0) return "it belongs to another user";
  return (mode & forbidden) === 0 ? undefined : "others may read or change it";
}

/** Does nothing where there is something of this name, be it a link that leads nowhere. */
async function createWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(12).toString("hex")}.tmp`;
  await writeNew(temporary, content);
  try {
    // Unlike a rename it never replaces anything.
    await link(temporary, path);
  } catch (cause) {
    const code = systemCode(cause);
    if (code !== "EEXIST" && !NO_LINKS.has(code)) throw cause;
    if (code !== "EEXIST") await writeNew(path, content);
  } finally {
    await unlink(temporary);
  }
}

/** File systems without hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** On the disk before the name leads to it: a crash must not leave an empty key. */
async function writeNew(path: string, content: string): Promise<void> {
  const handle: FileHandle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unusable(problem: string): Result<never, Fault> {
  return fail(createFault({ code: "CONFIG_SEALING_FILE_UNUSABLE", at: KEY_FILE, facts: { problem } }));
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown";
}
