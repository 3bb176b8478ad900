/** Opens a database of either kind. */
import type { DatabaseNotice } from "../faults/notices.ts";
import { type DatabaseLocation, showLocation } from "../location/parse-location.ts";
import { DIALECTS } from "../schema/dialect.ts";
import type { Migration } from "../schema/migrate.ts";
import { connectPostgres } from "./connect-postgres.ts";
import { connectSqlite } from "./connect-sqlite.ts";
import type { Database } from "./database.ts";

export interface OpenDatabaseOptions {
  readonly location: DatabaseLocation;
  readonly migrations: readonly Migration[];
  /** Where it is kept which of them are applied; two products in one database have one each. Default: `agentos_migrations`. */
  readonly migrationsTable?: string | undefined;
  /** Told of a connection that broke while nobody used it. Default: nobody. */
  readonly onIdleError?: ((cause: Error) => void) | undefined;
  /** Told what does not stop it, and somebody should know. Default: nobody. */
  readonly onNotice?: ((notice: DatabaseNotice) => void) | undefined;
  /** Processes that name the same one hear each other's hints, on PostgreSQL. Default: hints stay in this process. */
  readonly hintGroup?: string | undefined;
  /** How long a query waits for a file that another process holds, or for a connection, milliseconds. Default: 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** How long another process is waited for that applies migrations, milliseconds. Default: 60,000. */
  readonly migrationTimeoutMs?: number | undefined;
}

/** Connects, and changes nothing yet. Throws a {@link StorageError} where the file cannot be opened. */
export function openDatabase<Tables>({
  location,
  migrations,
  migrationsTable: table = "agentos_migrations",
  onIdleError = () => undefined,
  onNotice = () => undefined,
  hintGroup,
  busyTimeoutMs = 5_000,
  migrationTimeoutMs = 60_000,
}: OpenDatabaseOptions): Database<Tables> {
  const limits = { busyTimeoutMs, migrationTimeoutMs };
  const plan = { migrations, table };
  const connected =
    location.kind === "sqlite"
      ? connectSqlite<Tables>(location.file, plan, limits)
      : connectPostgres<Tables>({ location, onIdleError, onNotice, hintGroup }, plan, limits);
  return { ...connected, dialect: DIALECTS[location.kind], shownLocation: showLocation(location) };
}
