/** What went wrong with a database, as one of few kinds. The driver's own error stays the cause, for the log. */

/** Kinds of faults; whoever answers a request or stops a start has a text for each. */
export type StorageFault =
  /** Nobody answers there, or the connection broke. */
  | "unreachable"
  /** It answers, and has no room for one more connection or is locked by another. */
  | "busy"
  /** No space is left. */
  | "full"
  /** It can be read only: a file without the right to write, or a standby. */
  | "read-only"
  /** User or password are not accepted, or lack a right. */
  | "refused"
  /** There is no such database, or no such folder. */
  | "missing"
  /** The file is no database, or is broken. */
  | "damaged"
  /** A newer version of the server has changed its tables. */
  | "newer"
  /** A statement failed: a fault of ours. */
  | "failed";

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly fault: StorageFault;

  constructor(fault: StorageFault, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.fault = fault;
  }

  /** The same request may succeed later without anybody changing it. */
  get isPassing(): boolean {
    return this.fault === "unreachable" || this.fault === "busy" || this.fault === "full";
  }
}

/** Names the fault of an error that a driver threw; a {@link StorageError} stays what it is. */
export function toStorageError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const fault = faultOf(cause);
  return new StorageError(fault, `the database ${MESSAGES[fault]}`, { cause });
}

const MESSAGES: Readonly<Record<StorageFault, string>> = {
  unreachable: "cannot be reached",
  busy: "is busy",
  full: "has no space left",
  "read-only": "can only be read",
  refused: "does not let this user in",
  missing: "does not exist",
  damaged: "is damaged, or no database",
  newer: "belongs to a newer version",
  failed: "refused a statement",
};

function faultOf(cause: unknown): StorageFault {
  if (!(cause instanceof Error)) return "failed";
  if ("errcode" in cause && typeof cause.errcode === "number")
    // The low byte is the primary code, the rest says more.
    return SQLITE_FAULTS[cause.errcode & 0xff] ?? "failed";
  const { code } = cause as { readonly code?: unknown };
  if (typeof code !== "string")
    return /terminat|timeout|connection/i.test(cause.message) ? "unreachable" : "failed";
  return POSTGRES_FAULTS[code] ?? POSTGRES_FAULTS[code.slice(0, 2)] ?? NODE_FAULTS[code] ?? "failed";
}

/** https://www.sqlite.org/rescode.html */
const SQLITE_FAULTS: Readonly<Record<number, StorageFault>> = {
  3: "refused",
  5: "busy",
  6: "busy",
  8: "read-only",
  10: "unreachable",
  11: "damaged",
  13: "full",
  14: "missing",
  26: "damaged",
};

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, a whole code before its class. */
const POSTGRES_FAULTS: Readonly<Record<string, StorageFault>> = {
  "08": "unreachable",
  "25006": "read-only",
  "28": "refused",
  "3D000": "missing",
  "42501": "refused",
  "53": "busy",
  "53100": "full",
  "55P03": "busy",
  "57014": "busy",
  "57P": "unreachable",
  "57P01": "unreachable",
  "57P02": "unreachable",
  "57P03": "unreachable",
  "58": "damaged",
  "58030": "full",
};

const NODE_FAULTS: Readonly<Record<string, StorageFault>> = {
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  ETIMEDOUT: "unreachable",
  EPIPE: "unreachable",
  EACCES: "refused",
  EPERM: "refused",
  ENOENT: "missing",
  ENOTDIR: "missing",
  EROFS: "read-only",
  ENOSPC: "full",
  EDQUOT: "full",
};
