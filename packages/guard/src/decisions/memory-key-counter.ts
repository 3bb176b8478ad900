/** Counts of keys in memory alone: those of this process, and they end with it. */
import type { KeyCounter } from "./key-counter.ts";
import { createKeyTally, SLOT_SECONDS } from "./key-tally.ts";

/** Creates the counter; `now` gives seconds since the epoch. */
export function createMemoryKeyCounter({ now }: { readonly now: () => number }): KeyCounter {
  const tally = createKeyTally(now);
  return {
    count: (key) => tally.count(key),
    async read() {
      const counts = new Map<string, number>();
      for (const { key, count } of tally.rows()) counts.set(key, (counts.get(key) ?? 0) + count);
      return { since: Math.max(tally.beganAt, tally.firstSlot() * SLOT_SECONDS), counts };
    },
  };
}
