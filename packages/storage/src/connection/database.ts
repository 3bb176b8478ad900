/** What stores are built on. */
import type { Kysely, Transaction } from "kysely";
import type { Hints } from "../hints/hints.ts";
import type { Dialect } from "../schema/dialect.ts";
import type { MigrationState } from "../schema/migrate.ts";
import type { BackupOutcome } from "../sqlite/backup-sqlite.ts";

/** A way into a database. */
export interface Lane<Tables> {
  /** Reads, outside of any transaction. */
  read<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Changes, kept together or not at all; resolves once they are on the disk. The change may await its own queries and
   * nothing else: on SQLite everybody waits for it, and a `read` or `write` inside of it would wait for ever. It may be
   * called again where the database asks for that.
   */
  write<Result>(change: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result>;
}

/** A database that is open. Whatever its driver throws is a {@link StorageError}. */
export interface Database<Tables> extends Lane<Tables> {
  readonly dialect: Dialect;
  /** Where it is, fit to be shown. */
  readonly shownLocation: string;
  /**
   * For what keeps a server alive among others: a heartbeat, what was revoked. It waits behind no query of anybody else,
   * so each statement on it has to be short, and is given up after some seconds.
   */
  readonly upkeep: Lane<Tables>;
  /** Hints of, and to, the processes that have the same `hintGroup`; without one, of this process. */
  readonly hints: Hints;
  /** Applies the migrations that are missing; gives their names. Another process that does the same is waited for. */
  migrate(): Promise<readonly string[]>;
  migrations(): Promise<readonly MigrationState[]>;
  /**
   * A text that is another one after every change, by whatever process; undefined where that cannot be told without a
   * query. What was read after it was asked for holds as long as it is the same.
   */
  changeStamp(): string | undefined;
  /** Copies a file of SQLite, while it is in use, to a file that does not exist yet. */
  backup(target: string): Promise<BackupOutcome>;
  close(): Promise<void>;
}

/** What each of the two kinds gives. */
export type Connected<Tables> = Omit<Database<Tables>, "dialect" | "shownLocation">;

/** How long others are waited for, see `OpenDatabaseOptions`. */
export interface WaitLimits {
  readonly busyTimeoutMs: number;
  readonly migrationTimeoutMs: number;
}
