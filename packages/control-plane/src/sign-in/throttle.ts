/**
 * Counts attempts that fail. Each is counted before it is made, so that a thousand at once are not all the first; one that
 * succeeds is given back. What is full is told by a limit of each key alone, so no stranger's failures keep anybody else
 * out: see docs/decisions/0081-signing-in.md.
 */
import type { Transaction } from "kysely";
import { sql } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";

export interface Allowance {
  readonly key: string;
  /** Attempts within the window that may fail; undefined: they are counted, and none is refused for it. */
  readonly limit: number | undefined;
  readonly windowSeconds: number;
  /** Taken of `limit` where another key has counted more than this. */
  readonly strict?: { readonly when: Counted; readonly limit: number } | undefined;
}

interface Counted {
  readonly key: string;
  readonly isOver: number;
}

export interface Throttle {
  /** Counts an attempt under each key. Gives the limit that is full; undefined where none is. Then nothing was counted. */
  take(allowances: readonly Allowance[]): Promise<number | undefined>;
  /** For an attempt that did not fail. Keys of `forgotten` begin anew: it was the right one that tried. */
  giveBack(allowances: readonly Allowance[], forgotten: readonly string[]): Promise<void>;
}

/** Whoever has many addresses fills no disk. Those that have failed least make room. */
const MAX_ATTEMPT_ROWS = 10_000;
/** No window is longer. */
const LONGEST_WINDOW_SECONDS = 3_600;

class Full extends Error {
  readonly limit: number;
  constructor(limit: number) {
    super("too many attempts");
    this.limit = limit;
  }
}

/** Creates it. */
export function createThrottle(store: ControlPlaneStore, maxRows: number = MAX_ATTEMPT_ROWS): Throttle {
  return {
    async take(allowances) {
      // In the order of the keys: two attempts that wait for each other's rows would both fail.
      const ordered = allowances.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      try {
        await store.note(async (db, now) => {
          const counts = new Map<string, number>();
          for (const allowance of ordered) counts.set(allowance.key, await count(db, allowance, now));
          for (const { key, limit, strict } of ordered) {
            const isStrict = strict !== undefined && (counts.get(strict.when.key) ?? 0) > strict.when.isOver;
            const most = isStrict ? strict.limit : limit;
            if (most !== undefined && (counts.get(key) ?? 0) > most) throw new Full(most);
          }
          if ([...counts.values()].includes(1)) await sweep(db, now, maxRows);
        });
        return undefined;
      } catch (cause) {
        if (cause instanceof Full) return cause.limit;
        throw cause;
      }
    },
    async giveBack(allowances, forgotten) {
      const keys = allowances.map(({ key }) => key).toSorted();
      await store.note(async (db) => {
        for (const key of keys)
          await db
            .updateTable("agentos_cp_attempts")
            .set((row) => ({ count: row("count", "-", 1) }))
            .where("key", "=", key)
            .where("count", ">", 0)
            .execute();
        if (forgotten.length > 0)
          await db.deleteFrom("agentos_cp_attempts").where("key", "in", forgotten).execute();
      });
    },
  };
}

async function count(
  db: Transaction<Tables>,
  { key, windowSeconds }: Allowance,
  now: number,
): Promise<number> {
  const isOver = sql<boolean>`agentos_cp_attempts.since <= ${now - windowSeconds}`;
  const row = await db
    .insertInto("agentos_cp_attempts")
    .values({ key, count: 1, since: now })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        count: sql<number>`case when ${isOver} then 1 else agentos_cp_attempts.count + 1 end`,
        since: sql<number>`case when ${isOver} then ${now} else agentos_cp_attempts.since end`,
      }),
    )
    .returning("count")
    .executeTakeFirstOrThrow();
  return row.count;
}

async function sweep(db: Transaction<Tables>, now: number, maxRows: number): Promise<void> {
  await db
    .deleteFrom("agentos_cp_attempts")
    .where("since", "<=", now - LONGEST_WINDOW_SECONDS)
    .execute();
  const { rows } = await db
    .selectFrom("agentos_cp_attempts")
    .select((row) => row.fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow();
  const excess = rows - maxRows;
  if (excess <= 0) return;
  const least = db
    .selectFrom("agentos_cp_attempts")
    .select("key")
    .orderBy("count")
    .orderBy("since")
    .limit(excess);
  await db.deleteFrom("agentos_cp_attempts").where("key", "in", least).execute();
}
