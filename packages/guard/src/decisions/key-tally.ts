/**
 * Adds requests up by key and span of ten minutes, in bounded memory, fast enough to stand in front of every answer. What
 * is older than the hour is dropped.
 */

/** Seconds of a span. */
export const SLOT_SECONDS = 600;
/** Spans that make up the hour: the one that has begun, and six before it. */
const SHOWN_SLOTS = 7;
/** Keys of one span. A policy has some; only policies that replace each other all the time have no end. */
const MAX_KEYS = 1_000;
/** Stands for the keys that a span has no room for. */
const MORE_KEYS = "(more)";

/** Requests of one key in one span. */
export interface KeyRow {
  readonly key: string;
  /** Whole spans since the epoch. */
  readonly slot: number;
  /** Not taken out yet. */
  count: number;
}

export interface KeyTally {
  count(key: string): void;
  /** Every row of the hour; they are the tally's own, and are counted up again. */
  rows(): readonly KeyRow[];
  /** The first span of the hour. */
  firstSlot(): number;
  /** When counting began, seconds since the epoch. */
  readonly beganAt: number;
}

/** Creates it; `now` gives seconds since the epoch. */
export function createKeyTally(now: () => number): KeyTally {
  const current = new Map<string, KeyRow>();
  let rows: KeyRow[] = [];
  let slot = slotOf(now());
  const firstSlot = () => slotOf(now()) - SHOWN_SLOTS + 1;

  function dropOld(): void {
    const first = firstSlot();
    rows = rows.filter((row) => row.slot >= first);
  }

  function begin(key: string): KeyRow {
    const name = current.size < MAX_KEYS ? key : MORE_KEYS;
    const known = current.get(name);
    if (known !== undefined) return known;
    const row = { key: name, slot, count: 0 };
    current.set(name, row);
    rows.push(row);
    return row;
  }

  return {
    beganAt: now(),
    count(key) {
      const at = slotOf(now());
      if (at !== slot) {
        slot = at;
        current.clear();
        dropOld();
      }
      (current.get(key) ?? begin(key)).count += 1;
    },
    rows() {
      dropOld();
      return rows;
    },
    firstSlot,
  };
}

function slotOf(time: number): number {
  return Math.floor(time / SLOT_SECONDS);
}
