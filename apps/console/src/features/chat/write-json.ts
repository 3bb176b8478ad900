/**
 * Values of strangers as JSON that people read: bounded while it is written, in length and in depth, and with nothing in it
 * that is not seen. Pure.
 */
import { countHidden, showHidden } from "../../lib/hidden-text.ts";

export interface WrittenJson {
  readonly text: string;
  /** Nothing was left out. */
  readonly isWhole: boolean;
  /** Every number is the one that was sent: larger ones were rounded when they were read. */
  readonly isExact: boolean;
  /** How many characters nobody would see; they are written as escapes. */
  readonly hidden: number;
}

const MAX_DEPTH = 50;
/** What is deeper is not moved further to the right: it would be more space than text. */
const MAX_INDENT = 8;

export function writeJson(value: unknown, maxLength: number): WrittenJson {
  const pieces: string[] = [];
  let room = maxLength;
  let isWhole = true;
  let isExact = true;
  let hidden = 0;

  function put(piece: string): void {
    if (room <= 0) {
      isWhole = false;
      return;
    }
    if (piece.length > room) isWhole = false;
    pieces.push(piece.slice(0, room));
    room -= piece.length;
  }

  function putText(text: string): void {
    const kept = text.slice(0, Math.max(room, 0));
    if (kept.length < text.length) isWhole = false;
    hidden += countHidden(kept);
    put(showHidden(JSON.stringify(kept)));
  }

  function putNumber(number: number): void {
    if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
      isExact = false;
    put(String(number));
  }

  function putList(
    [open, close]: readonly [string, string],
    entries: readonly (readonly [key: string | undefined, value: unknown])[],
    depth: number,
  ): void {
    if (entries.length === 0) {
      put(open + close);
      return;
    }
    if (depth >= MAX_DEPTH) {
      isWhole = false;
      put(`${open}…${close}`);
      return;
    }
    put(open);
    let isFirst = true;
    for (const [key, entry] of entries) {
      if (room <= 0) {
        isWhole = false;
        return;
      }
      put(`${isFirst ? "" : ","}${newLine(depth + 1)}`);
      isFirst = false;
      if (key !== undefined) {
        putText(key);
        put(": ");
      }
      putValue(entry, depth + 1);
    }
    put(newLine(depth) + close);
  }

  function putValue(one: unknown, depth: number): void {
    if (typeof one === "string") putText(one);
    else if (typeof one === "number") putNumber(one);
    else if (Array.isArray(one))
      putList(
        ["[", "]"],
        one.map((entry: unknown) => [undefined, entry]),
        depth,
      );
    else if (typeof one === "object" && one !== null) putList(["{", "}"], Object.entries(one), depth);
    else put(String(one));
  }

  putValue(value, 0);
  // In one piece, so that nothing longer is kept for it.
  return { text: pieces.join(""), isWhole, isExact, hidden };
}

function newLine(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, MAX_INDENT))}`;
}
