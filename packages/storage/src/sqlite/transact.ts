/** A transaction of SQLite that waits for another process without having all of ours wait for it. */
import { setTimeout as wait } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import { StorageError } from "../faults/storage-error.ts";

/** Longest pause before the next attempt, milliseconds: another process commits in less. */
const MAX_PAUSE_MS = 40;

/** Another process did not let go of the file, and nothing has begun. */
export class FileLocked extends StorageError {
  constructor(cause: unknown) {
    super("busy", "another process holds the database file", { cause });
  }
}

/** Runs it once the file is free. While it waits, everybody else can read. Throws a {@link FileLocked} after `waitMs`. */
export async function transact<Tables, Result>(
  db: Kysely<Tables>,
  waitMs: number,
  run: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  for (let attempt = 1; ; attempt++) {
    let hasBegun = false;
    try {
      return await db.transaction().execute((transaction) => {
        hasBegun = true;
        return run(transaction);
      });
    } catch (cause) {
      if (hasBegun || !(cause instanceof StorageError) || cause.fault !== "busy") throw cause;
      if (performance.now() - startedAt >= waitMs) throw new FileLocked(cause);
    }
    // Two processes that came at the same time shall not come again at the same time.
    await wait(Math.min(attempt * 4, MAX_PAUSE_MS) * (0.5 + Math.random()));
  }
}
