import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { parseLocation } from "../location/parse-location.ts";
import {
  addNote,
  expectFault,
  makeFolder,
  open,
  openMigrated,
  readNotes,
  startProcess,
  TEST_DIALECTS,
} from "./opened.fixture.ts";

describe.each(TEST_DIALECTS)("a database on %s", (dialect) => {
  it("keeps all of a change or nothing, and hands on the error of whoever asked for it", async () => {
    const database = await openMigrated(dialect);
    const own = new Error("changed my mind");
    const change = database.write(async (transaction) => {
      await transaction.insertInto("notes").values({ id: 1, text: "a" }).execute();
      throw own;
    });
    await expect(change).rejects.toBe(own);
    expect(await readNotes(database)).toEqual([]);
    await addNote(database, 1);
    expect(await readNotes(database)).toEqual([1]);
  });

  it("keeps what was asked for beside a change that failed", async () => {
    const database = await openMigrated(dialect);
    await addNote(database, 5);
    const changes = Array.from({ length: 30 }, (_, id) => addNote(database, id));
    const settled = await Promise.allSettled(changes);
    expect(settled.flatMap(({ status }, id) => (status === "rejected" ? [id] : []))).toEqual([5]);
    await expectFault(() => changes[5], "failed");
    expect(await readNotes(database)).toHaveLength(30);
  });

  it("shows nobody a change that is not kept yet", async () => {
    const database = await openMigrated(dialect);
    const reads: Promise<readonly number[]>[] = [];
    const change = database.write(async (transaction) => {
      await transaction.insertInto("notes").values({ id: 1, text: "a" }).execute();
      reads.push(readNotes(database));
      // Many turns of the queue: a read that could come between would come now.
      for (let turn = 0; turn < 50; turn++) await transaction.selectFrom("notes").select("id").execute();
      throw new Error("taken back");
    });
    await expect(change).rejects.toThrow("taken back");
    expect(await Promise.all(reads)).toEqual([[]]);
  });

  it("gives keys, counts and sums as numbers", async () => {
    const database = await openMigrated(dialect);
    for (const id of [1, 2]) await addNote(database, id);
    const rows = await database.read((db) =>
      db
        .selectFrom("notes")
        .select(({ fn }) => [fn.countAll<number>().as("count"), fn.sum<number>("id").as("sum")])
        .execute(),
    );
    expect(rows.map((row) => ({ ...row }))).toEqual([{ count: 2, sum: 3 }]);
  });

  it("says how many rows a change found", async () => {
    const database = await openMigrated(dialect);
    await addNote(database, 1);
    const { numDeletedRows } = await database.write((transaction) =>
      transaction.deleteFrom("notes").where("id", "<", 9).executeTakeFirstOrThrow(),
    );
    expect(numDeletedRows).toBe(1n);
  });

  it("finds a part of a text whatever the case of its letters, and takes no character for a wildcard", async () => {
    const database = await openMigrated(dialect);
    await addNote(database, 1, "Rates of 100% in JUNE");
    await addNote(database, 2, "Rates of 1000 in June");
    const find = (part: string) =>
      database.read((db) =>
        db
          .selectFrom("notes")
          .select("id")
          .where(({ ref }) => database.dialect.contains(ref("text"), part))
          .orderBy("id")
          .execute(),
      );
    expect((await find("june")).map(({ id }) => id)).toEqual([1, 2]);
    expect((await find("100%")).map(({ id }) => id)).toEqual([1]);
    expect(await find("1_0%")).toEqual([]);
  });

  it("has a clock of its own, in seconds with a fraction", async () => {
    const database = await openMigrated(dialect);
    const { rows } = await database.read((db) =>
      sql<{ now: number }>`select ${database.dialect.now} as now`.execute(db),
    );
    expect(Math.abs((rows[0]?.now ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
  });
});

describe("a file of SQLite", () => {
  it("is read in the middle of many changes, and not after the last of them", async () => {
    const database = await openMigrated("sqlite");
    let kept = 0;
    const changes = Array.from({ length: 1_000 }, async (_, id) => {
      await addNote(database, id);
      kept += 1;
    });
    await Promise.race(changes);
    await readNotes(database);
    expect(kept).toBeLessThan(1_000);
    await Promise.all(changes);
  });

  it("belongs to its owner alone, with its folder and what SQLite puts beside it", async () => {
    const file = join(makeFolder(), "new", "deep", "data.db");
    const database = open({ kind: "sqlite", file });
    await database.migrate();
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
    expect(modeOf(dirname(file))).toBe(0o700);
  });

  it("can be in memory, for what need not stay", async () => {
    const location = parseLocation("sqlite::memory:");
    if (typeof location === "string") throw new Error(location);
    const database = open(location);
    await database.migrate();
    await addNote(database, 1);
    expect(await readNotes(database)).toEqual([1]);
    expect(existsSync(":memory:")).toBe(false);
  });

  it("prints no warning of Node's, and leaves every other warning as it is", async () => {
    const { ended } = startProcess(`
      const { openDatabase } = await import("@agentos/storage");
      await openDatabase({ location: { kind: "sqlite", file: ":memory:" }, migrations: [] }).close();
      process.emitWarning("another one");`);
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output).not.toContain("SQLite");
    expect(output).toContain("another one");
  });
});
