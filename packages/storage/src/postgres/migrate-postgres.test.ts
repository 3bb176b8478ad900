import { expect, it } from "vitest";
import { findServerFault } from "./migrate-postgres.ts";

const FITTING = { version: 180_004, encoding: "UTF8", commit: "on", commitSource: "default" };
const UNSAFE =
  '"synchronous_commit" is off for this user, so a crash of the server would lose runs that were answered';

it.each([
  [{ ...FITTING, version: 130_022 }, "the server is PostgreSQL 13, and 14 or newer is needed"],
  [{ ...FITTING, version: 90_624 }, "the server is PostgreSQL 9, and 14 or newer is needed"],
  [{ ...FITTING, version: 140_000 }, undefined],
  [{ ...FITTING, encoding: "SQL_ASCII" }, "the database has the encoding SQL_ASCII, and UTF8 is needed"],
  [{ ...FITTING, commit: "remote_write" }, undefined],
  [
    { ...FITTING, commit: "off", commitSource: "configuration file" },
    `${UNSAFE}; turn it on with "alter role current_user set synchronous_commit = on"`,
  ],
  [
    { ...FITTING, commit: "off", commitSource: "database user" },
    `${UNSAFE}; turn it on with "alter role current_user in database NAME set synchronous_commit = on"`,
  ],
  [{ ...FITTING, commit: "off", commitSource: "client" }, `${UNSAFE}; take it out of the address`],
])("a server with %j is taken or named", (facts, fault) => {
  expect(findServerFault(facts)).toBe(fault);
});
