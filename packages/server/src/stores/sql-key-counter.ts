/**
 * Counts of keys in a database: added up in memory, and added to their rows every few seconds. Several servers add to the
 * same rows. What a crash takes is what was counted since the last time.
 */
import type { KeyCounter } from "@agentos/guard";
import { createKeyTally, type KeyRow, SLOT_SECONDS } from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";
import { type BackgroundRowsOptions, createWriteBehind } from "./write-behind.ts";

/** Rows are asked for within the hour; a day of them tells since when there are any. */
export const KEY_COUNTS_SECONDS = 24 * 60 * 60;

export interface SqlKeyCounter extends KeyCounter {
  /** Writes what was not written yet. */
  close(): Promise<void>;
}

const FLUSH_MS = 5_000;
/** Rows of one transaction: on SQLite everybody waits for it. */
const MAX_ROWS_PER_WRITE = 200;

/** Creates the counter. The database stays its owner's to close, after the counter. */
export function createSqlKeyCounter(
  database: Database<Tables>,
  { deployment, now, logger }: Omit<BackgroundRowsOptions, "retentionSeconds">,
): SqlKeyCounter {
  const tally = createKeyTally(now);
  const behind = createWriteBehind({ write, delayMs: FLUSH_MS, what: "counts of keys", logger });

  async function write(): Promise<void> {
    const waiting = tally.rows().filter(({ count }) => count > 0);
    for (let at = 0; at < waiting.length; at += MAX_ROWS_PER_WRITE)
      await addRows(waiting.slice(at, at + MAX_ROWS_PER_WRITE));
  }

  async function addRows(part: readonly KeyRow[]): Promise<void> {
    const taken = part.map((row) => ({ row, count: row.count }));
    for (const { row } of taken) row.count = 0;
    // In one order on every server: two that add to the same rows wait for each other, and never both.
    const values = taken
      .map(({ row: { key, slot }, count }) => ({ deployment, slot, key: toKeyText(key), count }))
      .toSorted((a, b) => a.slot - b.slot || (a.key < b.key ? -1 : 1));
    try {
      await database.write((transaction) =>
        transaction
          .insertInto("agentos_key_counts")
          .values(values)
          .onConflict((conflict) =>
            conflict.columns(["deployment", "slot", "key"]).doUpdateSet(({ ref, eb }) => ({
              count: eb("agentos_key_counts.count", "+", ref("excluded.count")),
            })),
          )
          .execute(),
      );
    } catch (cause) {
      for (const { row, count } of taken) row.count += count;
      throw cause;
    }
  }

  return {
    count(key) {
      tally.count(key);
      behind.note();
    },
    async read() {
      await behind.flush();
      const firstSlot = tally.firstSlot();
      const [rows, oldest] = await database.read((db) => {
        const found = db.selectFrom("agentos_key_counts").where("deployment", "=", deployment);
        return Promise.all([
          found.where("slot", ">=", firstSlot).select(["key", "count"]).execute(),
          found.select(({ fn }) => fn.min("slot").as("slot")).executeTakeFirst(),
        ]);
      });
      const counts = new Map<string, number>();
      for (const { key, count } of rows) {
        const name = fromKeyText(key);
        counts.set(name, (counts.get(name) ?? 0) + count);
      }
      // Another server, or this one before its start, may have counted for longer.
      const others = (oldest?.slot ?? Number.POSITIVE_INFINITY) + 1;
      const beganAt = Math.min(tally.beganAt, others * SLOT_SECONDS);
      return { since: Math.max(beganAt, firstSlot * SLOT_SECONDS), counts };
    },
    close: () => behind.close(),
  };
}
