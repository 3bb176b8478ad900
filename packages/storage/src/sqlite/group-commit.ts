/**
 * Changes of one SQLite file, several in one commit: what is asked for in one turn of the event loop is kept by one
 * flush of the disk, which is what a change costs. Each has a savepoint of its own, so that one that fails takes no
 * other with it, and nobody is answered before the commit.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { FileLocked, transact } from "./transact.ts";

type Change<Tables> = (transaction: Transaction<Tables>) => Promise<unknown>;

interface Waiting<Tables> {
  readonly change: Change<Tables>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** Most changes of one commit: whoever comes after them is not kept waiting by more. */
const MAX_CHANGES = 200;

/** Gives what keeps one change; `waitMs` is how long another process is waited for. */
export function createGroupCommit<Tables>(
  db: Kysely<Tables>,
  waitMs: number,
): (change: Change<Tables>) => Promise<unknown> {
  let waiting: Waiting<Tables>[] = [];
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      void commitAll();
    });
  }

  async function commitAll(): Promise<void> {
    const group = waiting.splice(0, MAX_CHANGES);
    const cause = await commit(group);
    isScheduled = false;
    if (cause instanceof FileLocked) {
      // Whoever came meanwhile would wait as long again, one group after the other.
      for (const { reject } of waiting) reject(cause);
      waiting = [];
    }
    if (waiting.length > 0) schedule();
  }

  /** Settles everybody of the group; gives what was in the way of all of them. */
  async function commit(group: readonly Waiting<Tables>[]): Promise<unknown> {
    const settled: (() => void)[] = [];
    try {
      await transact(db, waitMs, (transaction) => keep(group, transaction, settled));
      for (const settle of settled) settle();
      return undefined;
    } catch (cause) {
      // A disk that is full ends the whole transaction, and what asks for less may still fit.
      if (group.length > 1 && !(cause instanceof FileLocked)) for (const one of group) await commit([one]);
      else for (const { reject } of group) reject(cause);
      return cause;
    }
  }

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      schedule();
    });
}

async function keep<Tables>(
  group: readonly Waiting<Tables>[],
  transaction: Transaction<Tables>,
  settled: (() => void)[],
): Promise<void> {
  for (const { change, resolve, reject } of group) {
    // Alone, the transaction itself takes back what failed.
    if (group.length > 1) await savepoint.execute(transaction);
    try {
      const value = await change(transaction);
      if (group.length > 1) await release.execute(transaction);
      settled.push(() => resolve(value));
    } catch (cause) {
      if (group.length === 1 || !(await takeBack(transaction))) throw cause;
      settled.push(() => reject(cause));
    }
  }
}

/** Undoes what the last change did; where SQLite has ended the whole transaction there is nothing to undo. */
async function takeBack<Tables>(transaction: Transaction<Tables>): Promise<boolean> {
  try {
    await rollback.execute(transaction);
    await release.execute(transaction);
    return true;
  } catch {
    return false;
  }
}

const savepoint = sql`savepoint change`;
const release = sql`release change`;
const rollback = sql`rollback to change`;
