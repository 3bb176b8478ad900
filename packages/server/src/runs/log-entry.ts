/** One event of a run as it is held while the run lives. Deltas are most of them, so they are held without what all share. */
import type { AnyRunEvent } from "@agentos/contract";

/** A piece of the answer; with the names and ids of its run it becomes `RunContent`. */
export interface ContentDelta {
  /** Name of the event. */
  readonly event: string;
  /** Seconds since the epoch, whole. */
  readonly createdAt: number;
  readonly text: string;
  readonly reasoning: string;
}

export type RunLogEntry = AnyRunEvent | ContentDelta;

export function isContentDelta(entry: RunLogEntry): entry is ContentDelta {
  return "createdAt" in entry;
}

/** What a delta and an event cost besides their texts, by and large. */
const DELTA_BYTES = 96;
const EVENT_BYTES = 512;

/** Memory of an entry, near enough to bound it: two bytes for each UTF-16 unit. */
export function sizeOfEntry(entry: RunLogEntry): number {
  if (isContentDelta(entry)) return DELTA_BYTES + 2 * (entry.text.length + entry.reasoning.length);
  // Of the others these alone hold what a tool or a caller has sent.
  return EVENT_BYTES + ("tool" in entry ? 2 * JSON.stringify(entry.tool).length : 0);
}
