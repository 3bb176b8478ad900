/** Opens a database, brings its tables up to date, and gives what stores are built on. */
import type { Kysely, Transaction } from "kysely";
import { type DatabaseLocation, showLocation } from "../location/parse-location.ts";
import { DIALECTS, type Dialect } from "../schema/dialect.ts";
import type { Migration, MigrationState } from "../schema/migrate.ts";
import type { BackupOutcome } from "../sqlite/backup-sqlite.ts";
import { connectPostgres } from "./connect-postgres.ts";
import { connectSqlite } from "./connect-sqlite.ts";

/** A database that is open. Whatever its driver throws is a {@link StorageError}. */
export interface Database<Tables> {
  readonly dialect: Dialect;
  /** Where it is, fit to be shown. */
  readonly shownLocation: string;
  /** Reads, outside of any transaction. */
  read<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Changes, kept together or not at all; resolves once they are on the disk. The change may await its own queries and
   * nothing else: on SQLite everybody waits for it, and a `read` or `write` inside of it would wait for ever. It may be
   * called again where the database asks for that.
   */
  write<Result>(change: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /** Applies the migrations that are missing; gives their names. Another process that does the same is waited for. */
  migrate(): Promise<readonly string[]>;
  migrations(): Promise<readonly MigrationState[]>;
  /** Copies a file of SQLite, while it is in use, to a file that does not exist yet. */
  backup(target: string): Promise<BackupOutcome>;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  readonly location: DatabaseLocation;
  readonly migrations: readonly Migration[];
  /** Told of a connection that broke while nobody used it. Default: nobody. */
  readonly onIdleError?: ((cause: Error) => void) | undefined;
  /** How long a query waits for a file that another process holds, or for a connection, milliseconds. Default: 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** How long another process is waited for that applies migrations, milliseconds. Default: 60,000. */
  readonly migrationTimeoutMs?: number | undefined;
}

/** Connects, and changes nothing yet. Throws a {@link StorageError} where the file cannot be opened. */
export function openDatabase<Tables>({
  location,
  migrations,
  onIdleError = () => undefined,
  busyTimeoutMs = 5_000,
  migrationTimeoutMs = 60_000,
}: OpenDatabaseOptions): Database<Tables> {
  const limits = { busyTimeoutMs, migrationTimeoutMs };
  const { db, ...connected } =
    location.kind === "sqlite"
      ? connectSqlite<Tables>(location.file, migrations, limits)
      : connectPostgres<Tables>({ url: location.url, onIdleError }, migrations, limits);
  return {
    ...connected,
    dialect: DIALECTS[location.kind],
    shownLocation: showLocation(location),
    read: async (query) => query(db),
    close: () => db.destroy(),
  };
}
