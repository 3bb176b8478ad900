/**
 * Changes of one SQLite file, several in one commit: what is asked for in one turn of the event loop is kept by one
 * flush of the disk, which is what a change costs. Where one of them fails all are taken back and made again, each by
 * itself, so that it takes no other with it. Nobody is answered before the commit.
 */
import type { Kysely, Transaction } from "kysely";
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
    try {
      const values = await transact(db, waitMs, async (transaction) => {
        const given: unknown[] = [];
        for (const { change } of group) given.push(await change(transaction));
        return given;
      });
      for (const [index, { resolve }] of group.entries()) resolve(values[index]);
      return undefined;
    } catch (cause) {
      // One of them has failed, and took the others with it.
      if (group.length > 1 && !(cause instanceof FileLocked)) return commitEach(group);
      for (const { reject } of group) reject(cause);
      return cause;
    }
  }

  async function commitEach(group: readonly Waiting<Tables>[]): Promise<unknown> {
    let cause: unknown;
    for (const one of group) {
      if (cause instanceof FileLocked) one.reject(cause);
      else cause = await commit([one]);
    }
    return cause;
  }

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      schedule();
    });
}
