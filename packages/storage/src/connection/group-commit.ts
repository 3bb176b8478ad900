/**
 * Changes of one SQLite file, several in one commit: what is asked for in one turn of the event loop is kept by one
 * flush of the disk, which is what a change costs. Each has a savepoint of its own, so that one that fails takes no
 * other with it, and nobody is answered before the commit.
 */
import { type Kysely, sql, type Transaction } from "kysely";

type Change<Tables> = (transaction: Transaction<Tables>) => Promise<unknown>;

interface Waiting<Tables> {
  readonly change: Change<Tables>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** Most changes of one commit: whoever comes after them is not kept waiting by more. */
const MAX_CHANGES = 200;

export function createGroupCommit<Tables>(db: Kysely<Tables>): (change: Change<Tables>) => Promise<unknown> {
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
    await commit(group);
    isScheduled = false;
    if (waiting.length > 0) schedule();
  }

  async function commit(group: readonly Waiting<Tables>[]): Promise<void> {
    const settled: (() => void)[] = [];
    try {
      await db.transaction().execute(async (transaction) => {
        for (const { change, resolve, reject } of group) {
          // Alone, the transaction itself takes back what failed.
          if (group.length === 1) {
            const value = await change(transaction);
            settled.push(() => resolve(value));
            return;
          }
          await sql`savepoint change`.execute(transaction);
          try {
            const value = await change(transaction);
            await sql`release change`.execute(transaction);
            settled.push(() => resolve(value));
          } catch (cause) {
            // Where the file itself is in trouble this fails too, and with it the whole group.
            await sql`rollback to change`.execute(transaction);
            await sql`release change`.execute(transaction);
            settled.push(() => reject(cause));
          }
        }
      });
      for (const settle of settled) settle();
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  }

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      schedule();
    });
}
