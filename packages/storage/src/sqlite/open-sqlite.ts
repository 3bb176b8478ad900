/** Opens a file of SQLite, and makes it, and its folder, where they are missing: both for their owner alone. */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync as SqliteFile } from "node:sqlite";
import { toSqliteError } from "../faults/sqlite-faults.ts";
import { StorageError } from "../faults/storage-error.ts";
import { DatabaseSync } from "./node-sqlite.ts";

const MEMORY = ":memory:";

/** How long opening waits for another process that opens the same file, milliseconds. */
const OPEN_TIMEOUT_MS = 5_000;
/**
 * How long a statement waits for another process. All of ours stands still meanwhile, so it is short: whoever wants to
 * write comes again by itself, see `group-commit.ts`.
 */
const BUSY_TIMEOUT_MS = 10;

/** A file that is open. */
export interface OpenedSqlite {
  readonly database: SqliteFile;
  /** Throws where another file, or none, has its name now: what is written to it is gone with the process. */
  readonly assertInPlace: () => void;
}

export function openSqlite(file: string): OpenedSqlite {
  try {
    if (file !== MEMORY) createFile(file);
    const database = new DatabaseSync(file, { timeout: OPEN_TIMEOUT_MS });
    try {
      prepareConnection(database, file);
    } catch (cause) {
      database.close();
      throw cause;
    }
    return { database, assertInPlace: file === MEMORY ? () => undefined : watchPlace(file) };
  } catch (cause) {
    throw toSqliteError(cause);
  }
}

/** The number of the file's place on its disk, as SQLite itself looks at it. */
function watchPlace(file: string): () => void {
  const path = resolve(file);
  const findPlace = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const place = findPlace();
  return () => {
    if (findPlace() !== place)
      throw new StorageError(
        "missing",
        "the database file was deleted, moved or replaced while it was in use",
      );
  };
}

/** What SQLite puts beside the file has the file's own mode. One that was there keeps the mode that its owner gave it. */
function createFile(file: string): void {
  makeFolder(dirname(file));
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== "EEXIST") throw cause;
    // SQLite says of a file that it may not read that it cannot be opened, as of one that is not there.
    accessSync(file, constants.R_OK);
  }
}

/** Not `recursive`: Node then tries for ever where a folder exists and none can be made in it, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // Another process may have made it at this moment.
    if ((cause as { readonly code?: unknown }).code !== "EEXIST") throw cause;
  }
}

function prepareConnection(database: SqliteFile, file: string): void {
  const mode = database.prepare("pragma journal_mode = wal").get()?.journal_mode;
  if (mode !== "wal" && file !== MEMORY)
    throw new StorageError(
      "unsupported",
      "its file system cannot share memory between processes, as some network shares",
    );
  // A commit is on the disk before it is answered.
  database.exec("pragma synchronous = full; pragma foreign_keys = on");
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
}
