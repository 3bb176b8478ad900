/** A copy of a file of SQLite while others write to it: as it was at one moment, with all that was acknowledged before. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { toSqliteError } from "../faults/sqlite-faults.ts";
import { StorageError } from "../faults/storage-error.ts";
import { backup, DatabaseSync } from "./node-sqlite.ts";

export type BackupOutcome =
  | { readonly kind: "written"; readonly bytes: number }
  /** What was copied is damaged, and so the copy was: it is not kept. */
  | { readonly kind: "damaged" }
  /** There is a file of that name, which stays as it is. */
  | { readonly kind: "target-exists" }
  /** The folder of the target does not exist. */
  | { readonly kind: "folder-missing" }
  /** A server has tools of its own for that; what is only in memory has no file. */
  | { readonly kind: "not-a-file" };

/** More pages than a file can have: in one step nothing can come between. */
const ALL_PAGES = 2 ** 31 - 1;

/** The target appears whole or not at all. Throws a {@link StorageError}, as for a disk that is full. */
export async function backupSqlite(file: string, target: string): Promise<BackupOutcome> {
  if (file === ":memory:") return { kind: "not-a-file" };
  if (statSync(target, { throwIfNoEntry: false }) !== undefined) return { kind: "target-exists" };
  const folder = dirname(target);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return { kind: "folder-missing" };
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  try {
    closeSync(openSync(temporary, "wx", 0o600));
    await copy(file, temporary);
    if (!isWhole(temporary)) return { kind: "damaged" };
    const bytes = flush(temporary);
    // Unlike a rename, a link never takes the place of a file that came meanwhile.
    linkSync(temporary, target);
    return { kind: "written", bytes };
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code === "EEXIST") return { kind: "target-exists" };
    throw toSqliteError(cause);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function copy(file: string, temporary: string): Promise<void> {
  // A connection of its own: the copy holds no lock that a writer waits for, and the server's own stays free.
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(source, temporary, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}

/** Pages are copied as they are, also those that nobody can read any more. */
function isWhole(path: string): boolean {
  const url = pathToFileURL(path);
  // Nobody else knows of the copy, and nothing is made beside it.
  url.search = "immutable=1";
  const copied = new DatabaseSync(url, { readOnly: true });
  try {
    return Object.values(copied.prepare("pragma quick_check(1)").get() ?? {})[0] === "ok";
  } catch (cause) {
    if (toSqliteError(cause).fault === "damaged") return false;
    throw cause;
  } finally {
    copied.close();
  }
}

function flush(path: string): number {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const { size } = statSync(path);
  if (size === 0) throw new StorageError("failed", "the copy is empty");
  return size;
}
