/** Real databases for tests of stores: an empty one for each call, with every table. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, type DatabaseLocation, type DialectName, openDatabase } from "@agentos/storage";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { sql } from "kysely";
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

/** Names of the tables with this column, in their order: what lists of tables are held against. */
export async function listTablesWith(column: string): Promise<readonly string[]> {
  const database = await openTestDatabase("sqlite");
  try {
    const { rows } = await database.read((db) =>
      sql<{ name: string }>`
        select name from sqlite_master
        where type = 'table' and exists (select 1 from pragma_table_info(sqlite_master.name) where name = ${column})
        order by name`.execute(db),
    );
    return rows.map(({ name }) => name);
  } finally {
    await database.close();
  }
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
