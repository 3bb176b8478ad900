import { sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { ERASED_BY_OWNER } from "./sql-erase.ts";
import { openTestDatabase } from "./test-database.fixture.ts";

it("erases from every table that has rows of an owner", async () => {
  const database = await openTestDatabase("sqlite");
  onTestFinished(() => database.close());
  const { rows } = await database.read((db) =>
    sql<{ name: string }>`
      select name from sqlite_master
      where type = 'table' and exists (select 1 from pragma_table_info(sqlite_master.name) where name = 'owner_id')
      order by name`.execute(db),
  );
  expect(rows.map(({ name }) => name)).toEqual([...ERASED_BY_OWNER, "agentos_denials"].toSorted());
});
