/**
 * One event of a run, as it is held, stored and sent: as JSON text, made once. Pieces of the answer are most events, so
 * they are held without what all of them share.
 */

/** Any event but a piece of the answer. */
export interface EventText {
  /** Name of the event. */
  readonly event: string;
  /** The whole event. */
  readonly json: string;
}

/** A piece of the answer; with the names and ids of its run it becomes `RunContent`. */
export interface ContentDelta {
  /** Name of the event. */
  readonly event: string;
  /** Seconds since the epoch, whole. */
  readonly createdAt: number;
  readonly text: string;
  readonly reasoning: string;
}

export type RunLogEntry = EventText | ContentDelta;

/** An event of a run whose events are kept. */
export interface IndexedEntry {
  readonly index: number;
  readonly entry: RunLogEntry;
}

export function isContentDelta(entry: RunLogEntry): entry is ContentDelta {
  return "text" in entry;
}

/** What an object costs besides its texts, by and large. */
const ENTRY_BYTES = 96;

/** Memory of an entry, near enough to bound it: two bytes for each UTF-16 unit. */
export function sizeOfEntry(entry: RunLogEntry): number {
  const length = isContentDelta(entry) ? entry.text.length + entry.reasoning.length : entry.json.length;
  return ENTRY_BYTES + 2 * length;
}

/** Of an entry that is no longer held: its text, which is kept elsewhere. */
export function sizeOfKept(entry: RunLogEntry): number {
  return sizeOfEntry(entry) - ENTRY_BYTES;
}
