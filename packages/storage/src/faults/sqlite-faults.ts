/** Errors of `node:sqlite`, and of the file system around its file. */
import { StorageError, type StorageFault } from "./storage-error.ts";

export function toSqliteError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const { errcode, code } = cause as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === "number") {
    if (LOCKING.has(errcode))
      return new StorageError("unsupported", "its file system cannot lock files, as some network shares", {
        cause,
      });
    // The low byte is the primary code, the rest says more.
    return new StorageError(PRIMARY_FAULTS[errcode & 0xff] ?? "failed", undefined, { cause });
  }
  return new StorageError(FILE_FAULTS[String(code)] ?? "failed", undefined, { cause });
}

/** https://www.sqlite.org/rescode.html */
const PRIMARY_FAULTS: Readonly<Record<number, StorageFault>> = {
  3: "refused",
  5: "busy",
  6: "busy",
  8: "read-only",
  10: "unreachable",
  11: "damaged",
  13: "full",
  14: "missing",
  // Somebody else opens or closes the file at this moment.
  15: "busy",
  26: "damaged",
};

/** `SQLITE_IOERR_UNLOCK`, `_RDLOCK`, `_LOCK`, `_SHMLOCK`. */
const LOCKING: ReadonlySet<number> = new Set([2058, 2314, 3850, 5130]);

const FILE_FAULTS: Readonly<Record<string, StorageFault>> = {
  EACCES: "refused",
  EPERM: "refused",
  ENOENT: "missing",
  ENOTDIR: "missing",
  EEXIST: "missing",
  EISDIR: "damaged",
  EROFS: "read-only",
  ENOSPC: "full",
  EDQUOT: "full",
};
