import { expect, it } from "vitest";
import { toPostgresError } from "./postgres-faults.ts";
import { toSqliteError } from "./sqlite-faults.ts";
import { StorageError, type StorageFault } from "./storage-error.ts";

const withCode = (code: string, message = "no") => Object.assign(new Error(message), { code });
const withNumber = (errcode: number) => Object.assign(new Error("no"), { code: "ERR_SQLITE_ERROR", errcode });

it.each<[StorageFault, unknown]>([
  ["busy", withNumber(5)],
  ["busy", withNumber(517)],
  ["read-only", withNumber(8)],
  ["read-only", withNumber(1_544)],
  ["unreachable", withNumber(10)],
  ["unsupported", withNumber(3_850)],
  ["damaged", withNumber(11)],
  ["damaged", withNumber(26)],
  ["full", withNumber(13)],
  ["missing", withNumber(14)],
  ["failed", withNumber(19)],
  ["full", withCode("ENOSPC")],
  ["refused", withCode("EACCES")],
  ["read-only", withCode("EROFS")],
  ["failed", new TypeError("a value that cannot be bound")],
  ["failed", "a text that was thrown"],
])("a file is %s", (fault, cause) => {
  expect(toSqliteError(cause)).toMatchObject({ fault, cause });
});

it.each<[StorageFault, unknown]>([
  ["unreachable", withCode("ECONNREFUSED")],
  ["unreachable", withCode("ENOTFOUND")],
  ["unreachable", withCode("57P01")],
  ["unreachable", withCode("57P03")],
  ["unreachable", new Error("Connection terminated unexpectedly")],
  ["unsupported", withCode("DEPTH_ZERO_SELF_SIGNED_CERT")],
  ["unsupported", withCode("ERR_TLS_CERT_ALTNAME_INVALID")],
  ["unsupported", withCode("CERT_HAS_EXPIRED")],
  ["unreachable", withCode("08P01", "server login has been failing")],
  ["unsupported", withCode("08P01", "unsupported startup parameter: statement_timeout")],
  ["busy", withCode("53300")],
  ["busy", withCode("55P03")],
  ["busy", withCode("57014")],
  ["full", withCode("53100")],
  ["refused", withCode("28P01")],
  ["missing", withCode("3D000")],
  ["read-only", withCode("25006")],
  ["failed", withCode("23505")],
  ["failed", withCode("42601")],
  ["failed", new TypeError("a value that cannot be bound")],
])("a server is %s", (fault, cause) => {
  expect(toPostgresError(cause)).toMatchObject({ fault, cause });
});

it("an error that has its name keeps it, and its message tells nothing of the driver's", () => {
  const error = toPostgresError(withCode("23505", "secret value"));
  expect(toPostgresError(error)).toBe(error);
  expect(toSqliteError(error)).toBe(error);
  expect(error.message).not.toContain("secret");
});

it("what passes by itself is known as that", () => {
  const isPassing = (["unreachable", "busy", "full", "refused"] as const).map(
    (fault) => new StorageError(fault).isPassing,
  );
  expect(isPassing).toEqual([true, true, false, false]);
});
