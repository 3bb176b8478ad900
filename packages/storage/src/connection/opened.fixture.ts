/** Real databases for the tests of this package: empty, each of its own, and gone after the test. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { sql } from "kysely";
import { afterEach, expect } from "vitest";
import type { StorageFault } from "../faults/storage-error.ts";
import type { DatabaseLocation } from "../location/parse-location.ts";
import type { DialectName } from "../schema/dialect.ts";
import type { Migration } from "../schema/migrate.ts";
import type { Database } from "./database.ts";
import { type OpenDatabaseOptions, openDatabase } from "./open-database.ts";

export const TEST_DIALECTS: readonly DialectName[] = ["sqlite", "postgres"];

export interface NotesTables {
  notes: { id: number; text: string };
}

export const NOTES: readonly Migration[] = [
  {
    name: "0001-notes",
    up: ({ integer, text }) => [`create table notes (id ${integer} primary key, text ${text} not null)`],
  },
];

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** Does it after the test, the last one first. */
export function afterTest(end: () => unknown): void {
  endings.push(end);
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-storage-"));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function makeLocation(dialect: DialectName): Promise<DatabaseLocation> {
  if (dialect === "sqlite") return { kind: "sqlite", file: join(makeFolder(), "data.db") };
  const { url, drop } = await createTestPostgres();
  afterTest(drop);
  return { kind: "postgres", url };
}

export function open(
  location: DatabaseLocation,
  options: Partial<OpenDatabaseOptions> = {},
): Database<NotesTables> {
  const database = openDatabase<NotesTables>({ location, migrations: NOTES, ...options });
  afterTest(() => database.close());
  return database;
}

export async function openMigrated(
  dialect: DialectName,
  options: Partial<OpenDatabaseOptions> = {},
): Promise<Database<NotesTables>> {
  const database = open(await makeLocation(dialect), options);
  await database.migrate();
  return database;
}

export function addNote(database: Database<NotesTables>, id: number, text = "note"): Promise<unknown> {
  return database.write((transaction) => transaction.insertInto("notes").values({ id, text }).execute());
}

export async function readNotes(database: Database<NotesTables>): Promise<readonly number[]> {
  const rows = await database.read((db) => db.selectFrom("notes").select("id").orderBy("id").execute());
  return rows.map(({ id }) => id);
}

export async function execute(database: Database<NotesTables>, statement: string): Promise<void> {
  await database.read((db) => sql.raw(statement).execute(db));
}

export async function expectFault(run: () => unknown, fault: StorageFault): Promise<void> {
  const error = await Promise.resolve()
    .then(run)
    .then(
      () => "no error",
      (cause: unknown) => cause,
    );
  expect(error).toMatchObject({ name: "StorageError", fault });
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface TestProcess {
  readonly ended: Promise<Ended>;
  /** Resolves when it has printed this. */
  untilPrinted(text: string): Promise<void>;
  /** Sends it a line. */
  tell(line: string): void;
}

/** Another process that runs a module which may import this package. */
export function startProcess(module: string): TestProcess {
  const child = spawn(
    process.execPath,
    ["--conditions=@agentos/source", "--input-type=module-typescript", "-e", module],
    { cwd: join(import.meta.dirname, "../..") },
  );
  afterTest(() => child.kill("SIGKILL"));
  let output = "";
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const hear of heard) hear();
    });
  return {
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output }))),
    untilPrinted: (text) =>
      new Promise((resolve, reject) => {
        const hear = () => {
          if (output.includes(text)) resolve();
        };
        heard.add(hear);
        child.on("close", () => reject(new Error(`it ended without ${text}: ${output}`)));
        hear();
      }),
    tell: (line) => {
      child.stdin.write(`${line}\n`);
    },
  };
}
