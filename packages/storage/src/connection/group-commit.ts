/**
 * Changes of one SQLite file, several in one commit: what is asked for in one turn of the event loop is kept by one
 * flush of the disk, which is what a change costs. Where one of them fails all are taken back and made again, each by
 * itself, so that it takes no other with it. Nobody is answered before the commit.
 */
import type { Kysely, Transaction } from "kysely";

type Change<Tables> = (transaction: Transaction<Tables>) => Promise<unknown>;

interface Waiting<Tables> {
  readonly change: Change<Tables>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** Most changes of one commit: whoever comes after them is not kept waiting by more. */
const MAX_CHANGES = 200;

export function createGroupCommit<Tables>(db: Kysely<Tables>): (change: Change<Tables>) => Promise<unknown> {
  const waiting: Waiting<Tables>[] = [];
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
    await commit(group);
    isScheduled = false;
    if (waiting.length > 0) schedule();
  }

  async function commit(group: readonly Waiting<Tables>[]): Promise<void> {
    try {
      const values = await db.transaction().execute(async (transaction) => {
        const given: unknown[] = [];
        for (const { change } of group) given.push(await change(transaction));
        return given;
      });
      for (const [index, { resolve }] of group.entries()) resolve(values[index]);
    } catch (cause) {
      const [first, ...others] = group;
      if (others.length === 0) first?.reject(cause);
      // One of them has failed, and took the others with it: each again by itself.
      else for (const alone of group) await commit([alone]);
    }
  }

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      schedule();
    });
}
