/**
 * The one way to write a file: whole or not at all, under a name that nobody can guess, in the same folder, then put in its
 * place. So nothing is ever written through a link or into a file that somebody else holds open, and no reader sees half.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../program/failure.ts";

export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  /** Permissions, whatever the umask. Until the content is there only the owner can open it. */
  readonly mode: number;
}

/** File systems without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

/** Writes a file that does not exist; false when there is something of this name, a link that leads nowhere included. */
export async function createFile(file: FileToWrite): Promise<boolean> {
  const temporary = await writeTemporary(file);
  try {
    // Unlike a rename it never replaces anything, and it does not follow a link at the new name.
    await link(temporary, file.path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (NO_LINKS.has(code)) return await createInPlace(file);
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Puts a file in the place of whatever has this name: of a link itself, not of what it leads to. */
export async function replaceFile(file: FileToWrite): Promise<void> {
  await (await prepareFile(file)).replace();
}

/** A file that is written whole and waits to take its place. */
export interface PreparedFile {
  /** Puts it there; what was there is gone. */
  replace(): Promise<void>;
  /** Gives it up; nothing has changed. */
  discard(): Promise<void>;
}

/** Several that belong together are all prepared before the first replaces anything, so that none is lost alone. */
export async function prepareFile(file: FileToWrite): Promise<PreparedFile> {
  await assertNoFolder(file.path);
  const temporary = await writeTemporary(file);
  return {
    async replace() {
      try {
        await rename(temporary, file.path);
      } catch (error) {
        await unlink(temporary);
        throw error;
      }
    },
    discard: () => unlink(temporary),
  };
}

/** No file can take the place of a folder, which shows only when it is too late. */
async function assertNoFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw Object.assign(new Error("there is a folder of this name"), { code: "EISDIR" });
}

async function writeTemporary({ path, content, mode }: FileToWrite): Promise<string> {
  const temporary = `${path}.${randomBytes(12).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await fill(handle, content, mode);
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  return temporary;
}

async function createInPlace({ path, content, mode }: FileToWrite): Promise<boolean> {
  try {
    await fill(await open(path, "wx", 0o600), content, mode);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Closes the handle. On the disk before the name leads to it: a crash must not leave an empty key. */
async function fill(handle: FileHandle, content: string, mode: number): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** There is something of this name, be it a link that leads nowhere. */
export async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Whose the entry is that `path` names, and whether that is somebody whom this process may trust: this user, root, or, for
 * root, the owner of the folder around it, as with a folder that is mounted into a container.
 */
export async function isOwnedByUs(path: string): Promise<boolean> {
  const user = process.getuid?.();
  if (user === undefined) return true; // Windows has no such owner
  const { uid } = await lstat(path);
  if (uid === user || uid === 0) return true;
  return user === 0 && uid === (await lstat(dirname(path))).uid;
}

/** Everybody may put other files in the place of those in this folder. */
export async function isFolderOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await lstat(folder);
  const [writableByAll, sticky] = [0o002, 0o1000];
  return process.platform !== "win32" && (mode & writableByAll) !== 0 && (mode & sticky) === 0;
}
