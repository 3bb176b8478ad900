/**
 * Events as rows of the log. Pieces of the answer that follow each other share a row, which has their text alone: the rest
 * is the same for all of them and made again by `RunEvents.toJson`. Each event stays apart, and keeps every byte.
 */
import type { LoggedKind, LoggedRow } from "./event-log.ts";
import { type ContentDelta, type EventText, isContentDelta, type RunLogEntry } from "./log-entry.ts";

/** Events of one row. */
export const MAX_ROW_EVENTS = 256;
/** Data of a row that holds more than one event, UTF-16 units. */
const MAX_ROW_LENGTH = 64 * 1024;

/** The rows of events that follow each other; none of them ends or pauses the run. */
export function toRows(firstIndex: number, entries: readonly RunLogEntry[]): readonly LoggedRow[] {
  const rows: LoggedRow[] = [];
  let group: RunLogEntry[] = [];
  let length = 0;
  let nextIndex = firstIndex;
  const close = () => {
    const [first] = group;
    if (first === undefined) return;
    const lastIndex = nextIndex + group.length - 1;
    const kind = isContentDelta(first) ? "delta" : "event";
    rows.push({ firstIndex: nextIndex, lastIndex, kind, data: write(group) });
    nextIndex = lastIndex + 1;
    group = [];
    length = 0;
  };
  for (const entry of entries) {
    const entryLength = lengthOf(entry);
    const [first] = group;
    const isFull = group.length === MAX_ROW_EVENTS || length + entryLength > MAX_ROW_LENGTH;
    if (first !== undefined && (isFull || !canShare(first, entry))) close();
    group.push(entry);
    length += entryLength;
  }
  close();
  return rows;
}

/** The row of the event that ends the run, or pauses it. */
export function toLastRow(
  index: number,
  entry: EventText,
  kind: Extract<LoggedKind, "pause" | "end">,
): LoggedRow {
  return { firstIndex: index, lastIndex: index, kind, data: write([entry]) };
}

/** The events of a row, one for each of its indices. */
export function readRow({ kind, data }: Pick<LoggedRow, "kind" | "data">): readonly RunLogEntry[] {
  return kind === "delta" ? readDeltas(data) : readTexts(data);
}

function canShare(first: RunLogEntry, entry: RunLogEntry): boolean {
  if (!isContentDelta(first) || !isContentDelta(entry))
    return isContentDelta(first) === isContentDelta(entry);
  return first.event === entry.event && first.createdAt === entry.createdAt;
}

function lengthOf(entry: RunLogEntry): number {
  return isContentDelta(entry) ? entry.text.length + entry.reasoning.length : entry.json.length;
}

function write(entries: readonly RunLogEntry[]): string {
  const [first] = entries;
  if (first !== undefined && isContentDelta(first)) {
    const { event, createdAt } = first;
    const pieces = entries.flatMap((entry) => (isContentDelta(entry) ? [toPiece(entry)] : []));
    return JSON.stringify([event, createdAt, ...pieces]);
  }
  const texts = entries.flatMap((entry) => (isContentDelta(entry) ? [] : [entry]));
  const heads = texts.map(({ event, json }) => [event, json.length]);
  // An event is JSON text in one line. Parsed and written again it might not be the same, so it is cut out by its length.
  return `${JSON.stringify(heads)}\n${texts.map(({ json }) => json).join("")}`;
}

type Piece = string | readonly [text: string, reasoning: string];

function toPiece({ text, reasoning }: ContentDelta): Piece {
  return reasoning === "" ? text : [text, reasoning];
}

/** INVARIANT of both: `write` wrote the row, and nobody else writes to the log. */
function readDeltas(data: string): readonly ContentDelta[] {
  const [event, createdAt, ...pieces] = JSON.parse(data) as [string, number, ...Piece[]];
  return pieces.map((piece) => {
    const [text, reasoning] = typeof piece === "string" ? [piece, ""] : piece;
    return { event, createdAt, text, reasoning };
  });
}

function readTexts(data: string): readonly EventText[] {
  const headEnd = data.indexOf("\n");
  const heads = JSON.parse(data.slice(0, headEnd)) as readonly [event: string, length: number][];
  let start = headEnd + 1;
  return heads.map(([event, length]) => {
    const json = data.slice(start, start + length);
    start += length;
    return { event, json };
  });
}
