/** Errors of `pg`: the server's own have five characters, those of the connection a name of Node's or none at all. */
import { StorageError, type StorageFault } from "./storage-error.ts";

export function toPostgresError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const { code } = cause as { readonly code?: unknown };
  if (isRefusedSetting(cause)) return new StorageError("unsupported", POOLER_REASON, { cause });
  if (typeof code === "string") return new StorageError(faultOfCode(code), undefined, { cause });
  if (cause instanceof Error && cause.message === NO_TLS)
    return new StorageError("unsupported", "its server offers no TLS, which the URL asks for", { cause });
  // What `pg` says of a connection that ended or of a time that ran out has no code; a wrong value is a TypeError.
  const isOfConnection = cause instanceof Error && cause.constructor === Error;
  return new StorageError(isOfConnection ? "unreachable" : "failed", undefined, { cause });
}

/** Whether a pooler knows no setting that a connection asks for, as a limit of time. */
export function isRefusedSetting(cause: unknown): boolean {
  return (
    cause instanceof Error && "code" in cause && cause.code === "08P01" && OTHER_PARAMETER.test(cause.message)
  );
}

/** Whether another transaction was in the way, so that the same one again succeeds. */
export function isSerializationFault(error: unknown): boolean {
  if (!(error instanceof StorageError)) return false;
  // What we found out ourselves has no cause.
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return code === "40001" || code === "40P01";
}

/** Word for word as `pg` says it. */
const NO_TLS = "The server does not support SSL connections";

/** As PgBouncer says it, whose other faults have the same code. */
const OTHER_PARAMETER = /^unsupported startup parameter/;

const POOLER_REASON =
  'the pooler before it refuses a setting that its address asks for; take it out of the address, or for PgBouncer name it in "ignore_startup_parameters"';

function faultOfCode(code: string): StorageFault {
  if (/^[0-9A-Z]{5}$/.test(code)) return SERVER_FAULTS[code] ?? SERVER_FAULTS[code.slice(0, 2)] ?? "failed";
  return NODE_FAULTS[code] ?? (TLS_FAULT.test(code) ? "unsupported" : "unreachable");
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, a whole code before its class. */
const SERVER_FAULTS: Readonly<Record<string, StorageFault>> = {
  "08": "unreachable",
  "25006": "read-only",
  // The server ended a transaction or a session that was idle for too long.
  "25P03": "unreachable",
  "57P05": "unreachable",
  "28": "refused",
  "3D000": "missing",
  // Another transaction was in the way, and again after every attempt.
  "40": "busy",
  "42501": "refused",
  "53": "busy",
  "53100": "full",
  "55P03": "busy",
  "57014": "busy",
  "57P01": "unreachable",
  "57P02": "unreachable",
  "57P03": "unreachable",
  "57P04": "missing",
  "58": "damaged",
  "58030": "unreachable",
  XX001: "damaged",
  XX002: "damaged",
};

const NODE_FAULTS: Readonly<Record<string, StorageFault>> = {
  // The folder of a socket.
  EACCES: "refused",
  EPERM: "refused",
  ENOENT: "unreachable",
};

/** Certificates that are not trusted or belong to another host, and failed handshakes. */
const TLS_FAULT = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_SSL|ERR_TLS|HOSTNAME/;
