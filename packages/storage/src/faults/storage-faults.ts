/** What a fault of the database is called: one table for the start, which it stops, and for a request, which it delays. */
import { createFault, type Fault, type FaultCode, type LimitCode } from "@agentos/contract";
import { StorageError, type StorageFault } from "./storage-error.ts";

interface Codes {
  /** Undefined: a fault of ours, and told as such. */
  readonly start?: Extract<FaultCode, `STORE_${string}`>;
  /** Undefined: waiting does not help, so the answer is 500. */
  readonly request?: Extract<LimitCode, `STORE_${string}`>;
}

const CODES: Readonly<Record<StorageFault, Codes>> = {
  unreachable: { start: "STORE_UNREACHABLE", request: "STORE_UNAVAILABLE" },
  busy: { start: "STORE_LOCKED", request: "STORE_BUSY" },
  full: { start: "STORE_FULL", request: "STORE_SPACE_USED_UP" },
  // As a server of PostgreSQL is while another takes over from it.
  "read-only": { start: "STORE_READ_ONLY", request: "STORE_NOT_WRITABLE" },
  // It was there at the start: who took it away can give it back, and the log says what it is.
  refused: { start: "STORE_ACCESS_REFUSED", request: "STORE_UNAVAILABLE" },
  missing: { start: "STORE_MISSING", request: "STORE_UNAVAILABLE" },
  damaged: { start: "STORE_DAMAGED" },
  newer: { start: "STORE_NEWER" },
  // The error says itself what is lacking.
  unsupported: { start: "STORE_UNSUPPORTED" },
  failed: {},
};

type Fixes = Partial<Readonly<Record<StorageFault, (at: string) => string>>>;

/** Where the catalogue speaks of a file and of a server, what is to be done with the one at hand. */
const FIXES: Readonly<Record<"sqlite" | "postgres", Fixes>> = {
  sqlite: {
    unreachable: () => "look after the disk that the file is on, which failed, then start again",
    "read-only": () => "let the user that runs this process write to the file and to its folder",
    refused: () => "let the user that runs this process read and write the file and its folder",
  },
  postgres: {
    "read-only": (at) =>
      `where it is a copy of another server, give the address of that one in "${at}"; else end "default_transaction_read_only" for this user and database`,
    refused: (at) => `correct user and password in "${at}", or give that user the right to make tables there`,
  },
};

/** What a fault tells of a database. */
export interface FaultyDatabase {
  /** The option or variable that named it. */
  readonly at: string;
  /** Where it is, fit to be shown. */
  readonly shown: string;
  readonly location: { readonly kind: "sqlite" | "postgres" };
}

/** Why a database cannot be opened; undefined for a fault of ours. */
export function toStartFault(error: unknown, { at, shown, location }: FaultyDatabase): Fault | undefined {
  if (!(error instanceof StorageError)) return undefined;
  const code = CODES[error.fault].start;
  const suggestion = FIXES[location.kind][error.fault]?.(at);
  // Its message is our own, and holds nothing of a location.
  const facts = {
    database: shown,
    reason: error.message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  return code === undefined ? undefined : createFault({ code, at, facts });
}

/** What the database lacks for a while, as an answer of the catalogue. */
export interface StorageOutage {
  readonly code: NonNullable<Codes["request"]>;
  readonly limit: number;
}

/** What a request meets; undefined for what does not pass by itself. */
export function findStorageOutage(error: unknown): StorageOutage | undefined {
  const code = error instanceof StorageError ? CODES[error.fault].request : undefined;
  return code === undefined ? undefined : { code, limit: 0 };
}

/** Whether the same change may be kept in a moment, without anybody's help. */
export function isPassingFault(error: unknown): boolean {
  return error instanceof StorageError && error.isPassing;
}
