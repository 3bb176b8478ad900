import { afterEach, describe, expect, it } from "vitest";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const opened: TestDatabase[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

describe.each(TEST_DIALECTS)("a test database on %s", (dialect) => {
  async function open(): Promise<TestDatabase> {
    const database = await openTestDatabase(dialect);
    opened.push(database);
    return database;
  }

  it("has every table, empty, and shares no row with another", async () => {
    const [one, other] = await Promise.all([open(), open()]);
    const revocation = {
      deployment: "os",
      kind: "jti",
      issuer: "i",
      value: "v",
      issued_before: null,
    } as const;
    await one.write((db) =>
      db
        .insertInto("agentos_revocations")
        .values({ ...revocation, until: 1 })
        .execute(),
    );
    const read = (database: TestDatabase) =>
      database.read((db) => db.selectFrom("agentos_revocations").select("until").execute());
    expect(await read(one)).toEqual([{ until: 1 }]);
    expect(await read(other)).toEqual([]);
  });
});
