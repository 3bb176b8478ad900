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
  /** It cannot keep what we promise: the message says what it lacks. */
  | "unsupported"
  /** A statement failed: a fault of ours. */
  | "failed";

/** Its message names the fault in plain words and holds nothing of a location, a statement or a value. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly fault: StorageFault;

  constructor(fault: StorageFault, message = MESSAGES[fault], options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.fault = fault;
  }

  /** The same statement may succeed in a moment without anybody's help: after a restart, or once another lets go. */
  get isPassing(): boolean {
    return this.fault === "unreachable" || this.fault === "busy";
  }
}

const MESSAGES: Readonly<Record<StorageFault, string>> = {
  unreachable: "the database cannot be reached",
  busy: "the database is busy",
  full: "the database has no space left",
  "read-only": "the database can only be read",
  refused: "the database does not let this user in",
  missing: "the database does not exist",
  damaged: "the database is damaged, or no database",
  newer: "the database belongs to a newer version",
  unsupported: "the database lacks what is needed of it",
  failed: "the database refused a statement",
};
