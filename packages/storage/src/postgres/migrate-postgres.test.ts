import { expect, it } from "vitest";
import { findServerFault } from "./migrate-postgres.ts";

it.each([
  [{ version: 130_022, encoding: "UTF8" }, "the server is PostgreSQL 13, and 14 or newer is needed"],
  [{ version: 90_624, encoding: "UTF8" }, "the server is PostgreSQL 9, and 14 or newer is needed"],
  [{ version: 140_000, encoding: "UTF8" }, undefined],
  [
    { version: 180_004, encoding: "SQL_ASCII" },
    "the database has the encoding SQL_ASCII, and UTF8 is needed",
  ],
])("a server with %j is taken or named", (facts, fault) => {
  expect(findServerFault(facts)).toBe(fault);
});
