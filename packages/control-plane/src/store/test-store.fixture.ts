/** A control plane's own database for tests: an empty one for each call, of either kind, with every table. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, type DatabaseLocation, type DialectName, openDatabase } from "@agentos/storage";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";
import { type ControlPlaneStore, createStore } from "./control-plane-store.ts";

export const TEST_DIALECTS: readonly DialectName[] = ["sqlite", "postgres"];

export interface TestStore {
  readonly store: ControlPlaneStore;
  readonly database: Database<Tables>;
  /** Where it is: another process can open it too. */
  readonly location: DatabaseLocation;
  /** What the store takes for now, seconds since the epoch. Tests set it. */
  readonly clock: { now: number };
  /** Closes it and removes it, with all that it holds. */
  close(): Promise<void>;
}

/** Opens one, at the time that is given. */
export async function openTestStore(dialect: DialectName, now = 1_800_000_000): Promise<TestStore> {
  const { location, remove } = await createTestLocation(dialect);
  const database = openDatabase<Tables>({
    location,
    migrations: MIGRATIONS,
    migrationsTable: MIGRATIONS_TABLE,
  });
  await database.migrate();
  const clock = { now };
  return {
    database,
    location,
    clock,
    store: createStore(database, () => clock.now),
    async close() {
      await database.close();
      await remove();
    },
  };
}

interface Created {
  readonly location: DatabaseLocation;
  readonly remove: () => Promise<void> | void;
}

/** A place for a database, and nothing in it. */
export async function createTestLocation(dialect: DialectName): Promise<Created> {
  return dialect === "sqlite" ? createFile() : createOnServer();
}

function createFile(): Created {
  const folder = mkdtempSync(join(tmpdir(), "agentos-control-plane-"));
  return {
    location: { kind: "sqlite", file: join(folder, "control-plane.db") },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function createOnServer(): Promise<Created> {
  const { url, drop } = await createTestPostgres();
  return { location: { kind: "postgres", url }, remove: drop };
}
