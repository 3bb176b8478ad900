/** Opens a database, brings its tables up to date, and gives what stores are built on. */
import { Kysely, type Transaction } from "kysely";
import { StorageError, toStorageError } from "../faults/storage-error.ts";
import { type DatabaseLocation, showLocation } from "../location/parse-location.ts";
import { createPostgresDialect, createPostgresPool } from "../postgres/postgres-dialect.ts";
import { DIALECTS, type Dialect } from "../schema/dialect.ts";
import { type Migration, type MigrationState, migrate, readMigrations } from "../schema/migrate.ts";
import { createSqliteDialect, openSqlite } from "../sqlite/sqlite-dialect.ts";
import { createGroupCommit } from "./group-commit.ts";

/** A database that is open. Whatever a query throws is a {@link StorageError}. */
export interface Database<Tables> {
  readonly dialect: Dialect;
  /** Where it is, fit to be shown. */
  readonly shownLocation: string;
  /** Reads, outside of any transaction. */
  read<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Changes, kept together or not at all; resolves once they are on the disk. The change may await its own queries and
   * nothing else: on SQLite everybody waits for it. It may be called again where the database asks for that.
   */
  write<Result>(change: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /** Applies the migrations that are missing; gives their names. */
  migrate(): Promise<readonly string[]>;
  migrations(): Promise<readonly MigrationState[]>;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  readonly location: DatabaseLocation;
  readonly migrations: readonly Migration[];
  /** Told of a connection that broke while nobody used it. Default: nobody. */
  readonly onIdleError?: ((cause: Error) => void) | undefined;
}

/** Connects, and changes nothing yet. Throws a {@link StorageError} where the file cannot be opened. */
export function openDatabase<Tables>(options: OpenDatabaseOptions): Database<Tables> {
  const { location, migrations } = options;
  const dialect = DIALECTS[location.kind];
  const { db, write } =
    location.kind === "sqlite" ? onSqlite<Tables>(location.file) : onPostgres<Tables>(location.url, options);
  // A schema is about tables whose rows nobody reads here.
  const untyped = db as Kysely<unknown>;
  return {
    dialect,
    shownLocation: showLocation(location),
    read: (query) => named(() => query(db)),
    write: (change) => named(() => write(change)),
    migrate: () => named(() => migrate(untyped, dialect, migrations)),
    migrations: () => named(() => readMigrations(untyped, dialect, migrations)),
    close: () => db.destroy(),
  };
}

interface Opened<Tables> {
  readonly db: Kysely<Tables>;
  readonly write: Database<Tables>["write"];
}

function onSqlite<Tables>(file: string): Opened<Tables> {
  let database: ReturnType<typeof openSqlite>;
  try {
    database = openSqlite(file);
  } catch (cause) {
    throw toStorageError(cause);
  }
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(database) });
  const commit = createGroupCommit(db);
  return { db, write: (change) => commit(change) as ReturnType<typeof change> };
}

/** Another transaction was in the way; the same one again succeeds. */
const RETRIED = new Set(["40001", "40P01"]);
const MAX_ATTEMPTS = 5;

function onPostgres<Tables>(
  url: string,
  { onIdleError = () => undefined }: OpenDatabaseOptions,
): Opened<Tables> {
  const pool = createPostgresPool({ url, onIdleError });
  const db = new Kysely<Tables>({ dialect: createPostgresDialect(pool) });
  return {
    db,
    async write(change) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute(change);
        } catch (cause) {
          const { code } = cause as { readonly code?: unknown };
          if (attempt === MAX_ATTEMPTS || typeof code !== "string" || !RETRIED.has(code)) throw cause;
        }
      }
    },
  };
}

/** Errors of the driver under one name; those of the caller's own stay what they are. */
async function named<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    throw isOfDriver(cause) ? toStorageError(cause) : cause;
  }
}

function isOfDriver(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    !(cause instanceof StorageError) &&
    ("code" in cause || "errcode" in cause || /terminat|timeout|connect/i.test(cause.message))
  );
}
