/** Migrations: one list for both databases, applied in its order, each once, under a lock. None is ever changed. */
import { createHash } from "node:crypto";
import { type QueryExecutorProvider, sql } from "kysely";
import { StorageError } from "../faults/storage-error.ts";
import type { Dialect } from "./dialect.ts";

/** One step of the schema. */
export interface Migration {
  /** Sorts after the names before it: `0001-initial`. */
  readonly name: string;
  /** Statements in their order. All that is missing is applied, or nothing is. */
  readonly up: (types: Dialect["types"]) => readonly string[];
}

export interface MigrationState {
  readonly name: string;
  readonly isApplied: boolean;
}

/** The steps of one product, and the table that says which of them a database has. */
export interface MigrationPlan {
  readonly migrations: readonly Migration[];
  readonly table: string;
}

interface AppliedRow {
  readonly name: string;
  /** Of its statements. */
  readonly hash: string;
}

/** What identifies the text of a step on one of the databases. */
export function hashMigration({ up }: Migration, { types }: Dialect): string {
  return createHash("sha256")
    .update(JSON.stringify(up(types)))
    .digest("hex");
}

/** Applies what is missing; gives the names of what it applied. The caller's transaction has the database to itself. */
export async function applyMigrations(
  transaction: QueryExecutorProvider,
  dialect: Dialect,
  plan: MigrationPlan,
): Promise<readonly string[]> {
  const { text, seconds } = dialect.types;
  // Not "if not exists": PostgreSQL asks for the right to make tables even where there is nothing to make.
  if (!(await hasTable(transaction, dialect, plan)))
    await sql
      .raw(
        `create table ${plan.table} (name ${text} primary key, hash ${text} not null, applied_at ${seconds} not null)`,
      )
      .execute(transaction);
  const missing = await findMissing(transaction, dialect, plan);
  for (const migration of missing) {
    for (const statement of migration.up(dialect.types)) await sql.raw(statement).execute(transaction);
    const hash = hashMigration(migration, dialect);
    await sql`insert into ${sql.table(plan.table)} (name, hash, applied_at) values (${migration.name}, ${hash}, ${dialect.now})`.execute(
      transaction,
    );
  }
  return missing.map(({ name }) => name);
}

/** Every migration that this version knows, and whether the database has it. Changes nothing. */
export async function readMigrations(
  db: QueryExecutorProvider,
  dialect: Dialect,
  plan: MigrationPlan,
): Promise<readonly MigrationState[]> {
  const { migrations } = plan;
  const missing = (await hasTable(db, dialect, plan)) ? await findMissing(db, dialect, plan) : migrations;
  return migrations.map((migration) => ({ name: migration.name, isApplied: !missing.includes(migration) }));
}

async function hasTable(
  db: QueryExecutorProvider,
  { name }: Dialect,
  { table }: MigrationPlan,
): Promise<boolean> {
  const found =
    name === "sqlite"
      ? sql`select 1 from sqlite_master where type = 'table' and name = ${table}`
      : sql`select 1 where to_regclass(${table}) is not null`;
  return (await found.execute(db)).rows.length > 0;
}

async function findMissing(
  db: QueryExecutorProvider,
  dialect: Dialect,
  { migrations, table }: MigrationPlan,
): Promise<readonly Migration[]> {
  const { rows } = await sql<AppliedRow>`select name, hash from ${sql.table(table)} order by name`.execute(
    db,
  );
  const hashes = new Map(rows.map(({ name, hash }) => [name, hash]));
  refuseUnknown([...hashes.keys()], migrations);
  for (const migration of migrations) {
    const hash = hashes.get(migration.name);
    if (hash !== undefined && hash !== hashMigration(migration, dialect))
      throw new StorageError(
        "unsupported",
        `it was made by a version that was never released, whose migration ${migration.name} differs from the one of this version`,
      );
  }
  return migrations.filter(({ name }) => !hashes.has(name));
}

/** A database that has steps which this version does not know belongs to a newer one: what it means is not known here. */
function refuseUnknown(applied: readonly string[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new StorageError(
      "newer",
      `the database has migrations that this version does not know: ${unknown.join(", ")}`,
    );
}
