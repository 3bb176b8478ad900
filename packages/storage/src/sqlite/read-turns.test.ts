import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Database } from "../connection/database.ts";
import { addNote, type NotesTables, openMigrated } from "../connection/opened.fixture.ts";

/** Takes SQLite many times what a reader may take of a turn. */
async function readSlowly(database: Pick<Database<NotesTables>, "read">): Promise<void> {
  await database.read((db) =>
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select max(i) from n`.execute(
      db,
    ),
  );
}

describe("many readers of one file at one time", () => {
  it("leave others their turns, and read in the order of their asking", async () => {
    const database = await openMigrated("sqlite");
    const read: number[] = [];
    const readers = Array.from({ length: 10 }, async (_, number) => {
      await readSlowly(database);
      read.push(number);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(read.length).toBeLessThan(5);
    await Promise.all(readers);
    expect(read).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("keep neither a change waiting nor what keeps the server alive", async () => {
    const database = await openMigrated("sqlite");
    const read: number[] = [];
    const readers = Array.from({ length: 10 }, async (_, number) => {
      await readSlowly(database);
      read.push(number);
    });
    await database.upkeep.read((db) => db.selectFrom("notes").select("id").execute());
    const before = read.length;
    await addNote(database, 1);
    expect([before < 3, read.length < 6]).toEqual([true, true]);
    await Promise.all(readers);
  });

  it("read although one of them fails, or waits for another", async () => {
    const database = await openMigrated("sqlite");
    const failed = database.read(() => Promise.reject(new Error("own")));
    const readers = Array.from({ length: 5 }, () => readSlowly(database));
    // Where each waits for the other's end nobody gets on.
    const outer = database.read(() => readSlowly(database));
    await expect(failed).rejects.toThrow("own");
    await Promise.all([...readers, outer]);
  });
});
