import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it } from "vitest";
import {
  addNote,
  expectFault,
  makeFolder,
  open,
  openMigrated,
  readNotes,
} from "../connection/opened.fixture.ts";

it("a backup opens, is whole, and holds what was acknowledged before it, while changes go on", async () => {
  const database = await openMigrated("sqlite");
  const text = "x".repeat(20_000);
  for (let id = 0; id < 100; id++) await addNote(database, id, text);
  const target = join(makeFolder(), "copy.db");
  const over = new AbortController();
  let id = 1_000;
  const writing = (async () => {
    while (!over.signal.aborted) await addNote(database, id++, text);
  })();
  await addNote(database, 500);
  const outcome = await database.backup(target);
  over.abort();
  await writing;
  expect(outcome).toEqual({ kind: "written", bytes: statSync(target).size });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  const copy = open({ kind: "sqlite", file: target });
  expect(await copy.migrate()).toEqual([]);
  const { rows } = await copy.read((db) => sql`pragma integrity_check`.execute(db));
  expect(rows.map((row) => ({ ...(row as object) }))).toEqual([{ integrity_check: "ok" }]);
  const kept = await readNotes(copy);
  expect(kept).toEqual(expect.arrayContaining([...Array.from({ length: 100 }, (_, note) => note), 500]));
  // Those that came later are there in their order, without a gap.
  expect(kept.slice(101)).toEqual(Array.from({ length: kept.length - 101 }, (_, note) => 1_000 + note));
  expect(await readNotes(database)).toHaveLength(101 + id - 1_000);
});

it("a backup takes the place of no file, and leaves nothing where it fails", async () => {
  const database = await openMigrated("sqlite");
  const folder = makeFolder();
  const target = join(folder, "letter.txt");
  writeFileSync(target, "dear");
  expect(await database.backup(target)).toEqual({ kind: "target-exists" });
  expect(readFileSync(target, "utf8")).toBe("dear");
  expect(await database.backup(join(folder, "none", "copy.db"))).toEqual({ kind: "folder-missing" });
  expect(readdirSync(folder)).toEqual(["letter.txt"]);
});

it("the target of two backups at once is written by one of them", async () => {
  const database = await openMigrated("sqlite");
  const folder = makeFolder();
  const outcomes = await Promise.all([1, 2].map(() => database.backup(join(folder, "copy.db"))));
  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["target-exists", "written"]);
  expect(readdirSync(folder)).toEqual(["copy.db"]);
});

it("a backup takes the place of a file whose process was killed, once what lies beside it is gone too", async () => {
  const database = await openMigrated("sqlite");
  const folder = makeFolder();
  await addNote(database, 1);
  await database.backup(join(folder, "backup.db"));
  const { rows } = await database.read((db) => sql<{ file: string }>`pragma database_list`.execute(db));
  const file = rows[0]?.file;
  await addNote(database, 2);
  // What a process leaves that is killed now.
  const restored = join(folder, "data.db");
  copyFileSync(`${file}-wal`, `${restored}-wal`);
  copyFileSync(join(folder, "backup.db"), restored);
  expect(await readNotes(open({ kind: "sqlite", file: restored }))).toEqual([1, 2]);

  const whole = join(folder, "whole.db");
  copyFileSync(join(folder, "backup.db"), whole);
  expect(await readNotes(open({ kind: "sqlite", file: whole }))).toEqual([1]);
});

it("a copy of a file whose pages were written over is not kept", async () => {
  const database = await openMigrated("sqlite");
  for (let id = 0; id < 100; id++) await addNote(database, id, "x".repeat(2_000));
  const folder = makeFolder();
  await database.backup(join(folder, "whole.db"));
  const damaged = join(folder, "damaged.db");
  copyFileSync(join(folder, "whole.db"), damaged);
  const bytes = readFileSync(damaged);
  // From the third page on: the first has the schema, by which it still opens.
  writeFileSync(damaged, bytes.fill(0xa5, 3 * 4_096));
  const copy = join(folder, "copy.db");
  expect(await open({ kind: "sqlite", file: damaged }).backup(copy)).toEqual({ kind: "damaged" });
  expect(readdirSync(folder).filter((name) => name.includes("copy"))).toEqual([]);
  expect(await open({ kind: "sqlite", file: join(folder, "whole.db") }).backup(copy)).toMatchObject({
    kind: "written",
  });
});

it("what is no file has no backup here", async () => {
  const target = join(makeFolder(), "copy.db");
  expect(await open({ kind: "sqlite", file: ":memory:" }).backup(target)).toEqual({ kind: "not-a-file" });
  expect(await (await openMigrated("postgres")).backup(target)).toEqual({ kind: "not-a-file" });
});

it("a backup of a file that is gone says so", async () => {
  const folder = makeFolder();
  const database = open({ kind: "sqlite", file: join(folder, "data.db") });
  await database.close();
  const { backupSqlite } = await import("./backup-sqlite.ts");
  await expectFault(() => backupSqlite(join(folder, "none.db"), join(folder, "copy.db")), "missing");
  expect(readdirSync(folder)).toEqual(["data.db"]);
});
