import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Migration } from "../schema/migrate.ts";
import {
  addNote,
  execute,
  expectFault,
  makeLocation,
  NOTES,
  open,
  openMigrated,
  readNotes,
  startProcess,
  TEST_DIALECTS,
} from "./opened.fixture.ts";

const COLOURS: Migration = {
  name: "0002-colours",
  up: ({ text }) => [`alter table notes add column colour ${text}`],
};

describe.each(TEST_DIALECTS)("migrations on %s", (dialect) => {
  it("are applied once each, in their order, and listed", async () => {
    const location = await makeLocation(dialect);
    const database = open(location);
    expect(await database.migrations()).toEqual([{ name: "0001-notes", isApplied: false }]);
    expect(await database.migrate()).toEqual(["0001-notes"]);
    expect(await database.migrate()).toEqual([]);
    await addNote(database, 1);
    const next = open(location, { migrations: [...NOTES, COLOURS] });
    expect(await next.migrations()).toEqual([
      { name: "0001-notes", isApplied: true },
      { name: "0002-colours", isApplied: false },
    ]);
    expect(await next.migrate()).toEqual(["0002-colours"]);
    expect(await readNotes(next)).toEqual([1]);
  });

  it("leave nothing behind when one fails", async () => {
    const location = await makeLocation(dialect);
    const broken = { name: "0003-broken", up: () => ["create table half (id integer)", "no SQL at all"] };
    const database = open(location, { migrations: [...NOTES, COLOURS, broken] });
    await expectFault(() => database.migrate(), "failed");
    const again = open(location, { migrations: [...NOTES, COLOURS] });
    expect((await again.migrations()).map(({ isApplied }) => isApplied)).toEqual([false, false]);
    expect(await again.migrate()).toEqual(["0001-notes", "0002-colours"]);
    await expectFault(() => execute(again, "select * from half"), "failed");
  });

  it("of a newer version are refused, and so is a step that was another one", async () => {
    const location = await makeLocation(dialect);
    await open(location, { migrations: [...NOTES, COLOURS] }).migrate();
    const older = open(location);
    await expectFault(() => older.migrate(), "newer");
    await expectFault(() => older.migrations(), "newer");
    const changed = { ...COLOURS, up: () => ["select 1"] };
    await expectFault(() => open(location, { migrations: [...NOTES, changed] }).migrate(), "unsupported");
  });

  it("are applied once when several processes start on an empty database", async () => {
    const location = await makeLocation(dialect);
    const module = `
      const { openDatabase } = await import("@agentos/storage");
      const database = openDatabase({
        location: ${JSON.stringify(location)},
        migrations: [{ name: "0001-notes", up: () => ["create table notes (id integer primary key, text text)"] }],
      });
      console.log(JSON.stringify(await database.migrate()));
      await database.write((transaction) =>
        transaction.insertInto("notes").values({ id: process.pid, text: "" }).execute());
      await database.close();`;
    const ended = await Promise.all(Array.from({ length: 4 }, () => startProcess(module).ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(ended.map(({ output }) => output.trim()).toSorted()).toEqual(['["0001-notes"]', "[]", "[]", "[]"]);
    const database = open(location, { migrations: [] });
    expect(await readNotes(database)).toHaveLength(4);
  });

  it("wait so long for another process that applies its own, and then name it", async () => {
    const location = await makeLocation(dialect);
    const holder = open(location);
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const hold = holder.write(async (transaction) => {
      if (dialect === "postgres") await sql`select pg_advisory_xact_lock(4726116915)`.execute(transaction);
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    const other = open(location, { migrationTimeoutMs: 100 });
    await expectFault(() => other.migrate(), "busy");
    held.resolve();
    await hold;
    expect(await other.migrate()).toEqual(["0001-notes"]);
  });
});

it("a migration on PostgreSQL may take longer than a statement of a request", async () => {
  const check = `do $$ begin
    if current_setting('statement_timeout') <> '0' then raise exception 'it is limited'; end if;
  end $$`;
  await openMigrated("postgres", { migrations: [...NOTES, { name: "0002-slow", up: () => [check] }] });
});
