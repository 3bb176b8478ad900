/** Migrations: one list for both databases, applied in its order, each once, under a lock. None is ever changed. */
import { type Kysely, sql } from "kysely";
import { type MigrationInfo, Migrator } from "kysely/migration";
import { StorageError, toStorageError } from "../faults/storage-error.ts";
import type { Dialect } from "./dialect.ts";

/** One step of the schema. */
export interface Migration {
  /** Sorts after the names before it: `0001-initial`. */
  readonly name: string;
  /** Statements in their order; all of them, or none, are applied. */
  readonly up: (types: Dialect["types"]) => readonly string[];
}

export interface MigrationState {
  readonly name: string;
  readonly isApplied: boolean;
}

const TABLES = {
  migrationTableName: "agentos_migrations",
  migrationLockTableName: "agentos_migration_lock",
} as const;

function createMigrator(db: Kysely<unknown>, dialect: Dialect, migrations: readonly Migration[]): Migrator {
  return new Migrator({
    db,
    ...TABLES,
    provider: {
      async getMigrations() {
        return Object.fromEntries(
          migrations.map(({ name, up }) => [
            name,
            {
              async up(transaction: Kysely<unknown>) {
                for (const statement of up(dialect.types)) await sql.raw(statement).execute(transaction);
              },
            },
          ]),
        );
      },
    },
  });
}

/** Applies what is missing; gives the names of what it applied. Another process that does the same is waited for. */
export async function migrate(
  db: Kysely<unknown>,
  dialect: Dialect,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await refuseNewer(db, dialect, migrations);
  const { error, results = [] } = await createMigrator(db, dialect, migrations).migrateToLatest();
  if (error !== undefined) throw toStorageError(error);
  return results.map(({ migrationName }) => migrationName);
}

/** Every migration that this version knows, and whether the database has it. Changes nothing. */
export async function readMigrations(
  db: Kysely<unknown>,
  dialect: Dialect,
  migrations: readonly Migration[],
): Promise<readonly MigrationState[]> {
  await refuseNewer(db, dialect, migrations);
  const known: readonly MigrationInfo[] = await createMigrator(db, dialect, migrations).getMigrations();
  return known.map(({ name, executedAt }) => ({ name, isApplied: executedAt !== undefined }));
}

/** A database that has steps which this version does not know belongs to a newer one: what it means is not known here. */
async function refuseNewer(
  db: Kysely<unknown>,
  dialect: Dialect,
  migrations: readonly Migration[],
): Promise<void> {
  const exists =
    dialect.name === "sqlite"
      ? sql<{
          name: string;
        }>`select name from sqlite_master where type = 'table' and name = ${TABLES.migrationTableName}`
      : sql<{
          name: string;
        }>`select to_regclass(${TABLES.migrationTableName})::text as name where to_regclass(${TABLES.migrationTableName}) is not null`;
  if ((await exists.execute(db)).rows.length === 0) return;
  const applied = await sql<{
    name: string;
  }>`select name from ${sql.table(TABLES.migrationTableName)}`.execute(db);
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new StorageError(
      "newer",
      `the database has migrations that this version does not know: ${unknown.join(", ")}`,
    );
}
