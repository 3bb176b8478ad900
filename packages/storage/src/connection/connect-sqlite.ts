/** A file of SQLite. */
import { Kysely } from "kysely";
import { createHintBoard } from "../hints/hints.ts";
import { DIALECTS } from "../schema/dialect.ts";
import { applyMigrations, type MigrationPlan, readMigrations } from "../schema/migrate.ts";
import { backupSqlite } from "../sqlite/backup-sqlite.ts";
import { createChangeStamp } from "../sqlite/change-stamp.ts";
import { createGroupCommit } from "../sqlite/group-commit.ts";
import { openSqlite } from "../sqlite/open-sqlite.ts";
import { createReadTurns } from "../sqlite/read-turns.ts";
import { createSqliteDialect } from "../sqlite/sqlite-dialect.ts";
import { transact } from "../sqlite/transact.ts";
import type { Connected, Lane, WaitLimits } from "./database.ts";

export function connectSqlite<Tables>(
  file: string,
  plan: MigrationPlan,
  { busyTimeoutMs, migrationTimeoutMs }: WaitLimits,
): Connected<Tables> {
  const dialect = DIALECTS.sqlite;
  const opened = openSqlite(file);
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(opened) });
  const commit = createGroupCommit(db, busyTimeoutMs);
  const takeTurn = createReadTurns();
  const write: Lane<Tables>["write"] = (change) => commit(change) as ReturnType<typeof change>;
  return {
    read: (query) => takeTurn(() => query(db)),
    write,
    // There is one way to the file; here nobody waits for those who read.
    upkeep: { read: async (query) => query(db), write },
    // Another process of the file finds by its poll what happened here.
    hints: createHintBoard(),
    migrate: () =>
      transact(db, migrationTimeoutMs, (transaction) => applyMigrations(transaction, dialect, plan)),
    migrations: () => readMigrations(db, dialect, plan),
    changeStamp: createChangeStamp(opened.database),
    backup: (target) => backupSqlite(file, target),
    close: () => db.destroy(),
  };
}
