/** What goes wrong with a file, made to go wrong for real: each has its name, and nothing is half written. */
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import {
  addNote,
  afterTest,
  execute,
  expectFault,
  makeFolder,
  NOTES,
  open,
  openMigrated,
  readNotes,
  startProcess,
} from "./opened.fixture.ts";

describe("a disk that is full", () => {
  async function openFull() {
    const database = await openMigrated("sqlite");
    await addNote(database, 1);
    await execute(database, "pragma max_page_count = 1");
    return database;
  }
  const large = "x".repeat(100_000);

  it("refuses a change by name, keeps none of it, and takes it once there is room", async () => {
    const database = await openFull();
    await expectFault(() => addNote(database, 2, large), "full");
    expect(await readNotes(database)).toEqual([1]);
    await execute(database, "pragma max_page_count = 1000000");
    await addNote(database, 2, large);
    expect(await readNotes(database)).toEqual([1, 2]);
  });

  it("keeps what is small enough of the changes that came together", async () => {
    const database = await openFull();
    const changes = [addNote(database, 2), addNote(database, 3, large), addNote(database, 4)];
    expect((await Promise.allSettled(changes)).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(await readNotes(database)).toEqual([1, 2, 4]);
  });
});

describe("a file that another process holds", () => {
  const holder = (file: string) => `
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec("begin immediate");
    console.log("held");
    process.stdin.once("data", () => {
      database.exec("commit");
      console.log("let go");
      process.exit();
    });`;

  async function openHeld(busyTimeoutMs: number) {
    const file = join(makeFolder(), "data.db");
    const database = open({ kind: "sqlite", file }, { busyTimeoutMs });
    await database.migrate();
    const other = startProcess(holder(file));
    await other.untilPrinted("held");
    return { database, other };
  }

  it("refuses every change by name after a bounded wait, and takes them once it is free", async () => {
    const { database, other } = await openHeld(50);
    const changes = Array.from({ length: 500 }, (_, id) => addNote(database, id));
    // More than one commit takes: nobody waits for the wait of somebody else to end.
    for (const change of changes) await expectFault(() => change, "busy");
    other.tell("let go");
    await other.ended;
    await addNote(database, 1);
    expect(await readNotes(database)).toEqual([1]);
  });

  it("is waited for once by those whose common commit failed, not by one after the other", async () => {
    const file = join(makeFolder(), "data.db");
    const database = open({ kind: "sqlite", file }, { busyTimeoutMs: 50 });
    await database.migrate();
    const other = new DatabaseSync(file);
    afterTest(() => other.close());
    const failing = database.write(() => Promise.reject(new Error("no")));
    const changes = [1, 2, 3].map((id) => addNote(database, id));
    // Locked between the failed one and the next, and free again once that one has waited in vain.
    const locked = failing.catch(() => other.exec("begin immediate"));
    const freed = changes[0]?.catch(() => other.exec("commit"));
    for (const change of changes) await expectFault(() => change, "busy");
    await Promise.all([locked, freed]);
    expect(await readNotes(database)).toEqual([]);
  });

  it("lets everybody read while a change waits, and the change is kept when it is free", async () => {
    const { database, other } = await openHeld(60_000);
    const change = addNote(database, 1);
    expect(await readNotes(database)).toEqual([]);
    // The loop turns: nothing of ours stands still for the sake of the lock.
    await other.untilPrinted("held");
    other.tell("let go");
    await change;
    expect(await readNotes(database)).toEqual([1]);
  });
});

// Windows lets nobody take away a file that is open.
describe.skipIf(process.platform === "win32")("a file that is taken away while it is in use", () => {
  it.each([
    ["deleted", (file: string) => rmSync(file)],
    [
      "replaced",
      (file: string) => {
        copyFileSync(file, `${file}.copy`);
        renameSync(`${file}.copy`, file);
      },
    ],
  ])("takes no change that nobody would find again: %s", async (_, takeAway) => {
    const file = join(makeFolder(), "data.db");
    const database = open({ kind: "sqlite", file });
    await database.migrate();
    await addNote(database, 1);
    takeAway(file);
    await expectFault(() => addNote(database, 2), "missing");
    await expectFault(() => addNote(database, 3), "missing");
    expect(await readNotes(database)).toEqual([1]);
  });

  it("takes changes again once it is back", async () => {
    const file = join(makeFolder(), "data.db");
    const database = open({ kind: "sqlite", file });
    await database.migrate();
    renameSync(file, `${file}.moved`);
    await expectFault(() => addNote(database, 1), "missing");
    renameSync(`${file}.moved`, file);
    await addNote(database, 2);
    expect(await readNotes(database)).toEqual([2]);
  });
});

describe("a file that cannot be used", () => {
  it("is named when it is no database", async () => {
    const file = join(makeFolder(), "data.db");
    writeFileSync(file, "this is a letter, and a long one. ".repeat(100));
    await expectFault(() => open({ kind: "sqlite", file }), "damaged");
  });

  it("is named when it is damaged, and those that are whole still open", async () => {
    const file = join(makeFolder(), "data.db");
    const database = open({ kind: "sqlite", file });
    await database.migrate();
    for (let id = 0; id < 50; id++) await addNote(database, id, "x".repeat(2_000));
    await execute(database, "pragma wal_checkpoint(truncate)");
    const descriptor = openSync(file, "r+");
    for (let page = 1; page < 40; page++)
      writeSync(descriptor, Buffer.alloc(4_096, 0xff), 0, 4_096, page * 4_096);
    closeSync(descriptor);
    await expectFault(() => readNotes(open({ kind: "sqlite", file })), "damaged");
  });

  it("is named when its folder cannot be made", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "file"), "");
    await expectFault(() => open({ kind: "sqlite", file: join(folder, "file", "data.db") }), "missing");
    await expectFault(() => open({ kind: "sqlite", file: folder }), "missing");
  });

  // Node's own recursive making of folders never ends there.
  it.skipIf(process.platform !== "linux")("is named where a file system makes no folders", async () => {
    await expectFault(() => open({ kind: "sqlite", file: "/proc/agentos/data/data.db" }), "missing");
  });
});

// Root may write everywhere: as root, the process of the test becomes nobody once it has read its modules.
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe.skipIf(process.platform === "win32")("a file or folder without the right to write", () => {
  const tryToWrite = (file: string) => `
    const { openDatabase } = await import("@agentos/storage");
    if (process.getuid() === 0) process.setuid(${NOBODY});
    try {
      const database = openDatabase({
        location: { kind: "sqlite", file: ${JSON.stringify(file)} },
        migrations: [{ name: "0001-notes", up: () => ["create table notes (id integer)"] }],
      });
      await database.migrate();
      console.log("migrated");
    } catch (cause) {
      console.log(cause.name, cause.fault);
    }`;

  async function outcomeIn(folder: string, file = join(folder, "data.db")): Promise<string> {
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    return (await startProcess(tryToWrite(file)).ended).output.trim();
  }

  it("is read only where the file is", async () => {
    const folder = makeFolder();
    const file = join(folder, "data.db");
    await open({ kind: "sqlite", file }).close();
    if (isRoot) chownSync(file, NOBODY, NOBODY);
    chmodSync(file, 0o400);
    expect(await outcomeIn(folder)).toBe("StorageError read-only");
  });

  it("lets nobody in where the file may not be read, which is another cause than a file that is missing", async () => {
    const folder = makeFolder();
    const file = join(folder, "data.db");
    await open({ kind: "sqlite", file }).close();
    if (isRoot) chownSync(file, 0, 0);
    chmodSync(file, isRoot ? 0o600 : 0o000);
    expect(await outcomeIn(folder)).toBe("StorageError refused");
  });

  it("lets nobody in where the folder may not be written, or a new one not made in it", async () => {
    const folder = makeFolder();
    chmodSync(folder, 0o755);
    const closed = join(folder, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(await outcomeIn(closed)).toBe("StorageError refused");
    expect(await outcomeIn(closed, join(closed, "new", "data.db"))).toBe("StorageError refused");
    chmodSync(closed, 0o700);
    expect(await outcomeIn(closed)).toBe("migrated");
  });
});

it("a change after a failed one finds the connection free of its transaction", async () => {
  const database = await openMigrated("sqlite", { migrations: NOTES });
  await expect(database.write(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await execute(database, "begin immediate");
  await expectFault(() => addNote(database, 1), "failed");
  await execute(database, "rollback");
  await addNote(database, 1);
  expect(await readNotes(database)).toEqual([1]);
});
