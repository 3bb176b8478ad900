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

/** What an object costs besides its texts, by and large. */
const ENTRY_BYTES = 96;

/** Memory of an entry, near enough to bound it: two bytes for each UTF-16 unit. */
export function sizeOfEntry(entry: RunLogEntry): number {
  if (isContentDelta(entry)) return ENTRY_BYTES + 2 * (entry.text.length + entry.reasoning.length);
  return ENTRY_BYTES + 2 * JSON.stringify(entry).length;
}
