/** Real databases for tests of stores: an empty one for each call, with every table. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, type DatabaseLocation, type DialectName, openDatabase } from "@agentos/storage";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { MIGRATIONS } from "./schema/migrations.ts";
import type { Tables } from "./schema/tables.ts";

export const TEST_DIALECTS: readonly DialectName[] = ["sqlite", "postgres"];

export interface TestDatabase extends Database<Tables> {
  /** Where it is: another process can open it too. */
  readonly location: DatabaseLocation;
  /** Closes it and removes it, with all that it holds. */
  close(): Promise<void>;
}

export async function openTestDatabase(dialect: DialectName): Promise<TestDatabase> {
  const { location, remove } = await createTestLocation(dialect);
  const database = openDatabase<Tables>({ location, migrations: MIGRATIONS });
  await database.migrate();
  return {
    ...database,
    location,
    async close() {
      await database.close();
      await remove();
    },
  };
}

/** Where an empty database is, without any table. */
export async function createTestLocation(dialect: DialectName): Promise<Created> {
  return dialect === "sqlite" ? createFile() : createOnServer();
}

interface Created {
  readonly location: DatabaseLocation;
  readonly remove: () => Promise<void> | void;
}

function createFile(): Created {
  const folder = mkdtempSync(join(tmpdir(), "agentos-database-"));
  return {
    location: { kind: "sqlite", file: join(folder, "agentos.db") },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function createOnServer(): Promise<Created> {
  const { url, drop } = await createTestPostgres();
  return { location: { kind: "postgres", url }, remove: drop };
}
