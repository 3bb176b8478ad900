/**
 * An `application/x-www-form-urlencoded` body, by the URL standard, in one pass over its bytes. Ours, because the
 * platform's parser needs seconds for megabytes of `+`, and that of busboy for megabytes of `%`
 * (docs/decisions/0038-forms-by-our-reader.md). As the standard says, bytes that are not UTF-8 become U+FFFD.
 */

import { ok, type Result } from "@agentos/auth";
import type { RequestFault } from "@agentos/guard/app";
import { addFormField, createRunBody, type FieldSet, type RunBody, tooManyFields } from "./run-body.ts";

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/** Decodes in place. What the run does not read is counted, and never becomes text. */
export function parseUrlencoded<Name extends string>(
  bytes: Uint8Array<ArrayBuffer>,
  maxFields: number,
  fields: FieldSet<Name>,
): Result<RunBody<Name>, RequestFault> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = createRunBody<Name>(false);
  let count = 0;
  for (let start = 0; start < buffer.length; ) {
    count += 1;
    if (count > maxFields) return tooManyFields(maxFields);
    const name = decodePiece(buffer, start, EQUALS);
    const hasValue = buffer[name.stop] === EQUALS;
    const value = hasValue ? decodePiece(buffer, name.stop + 1) : { start: 0, end: 0, stop: name.stop };
    if (name.end - start <= fields.longestName) {
      const field = buffer.toString("latin1", start, name.end);
      if (fields.has(field)) addFormField(body, field, buffer.toString("utf8", value.start, value.end));
    }
    start = value.stop + 1;
  }
  return ok(body);
}

interface Piece {
  readonly start: number;
  /** Behind its last decoded byte. */
  readonly end: number;
  /** Where the character stands that ended it, or the end of the body. */
  readonly stop: number;
}

/** Decoded text is never longer than encoded text, so it takes the place of it. */
function decodePiece(bytes: Uint8Array, start: number, terminator = AMPERSAND): Piece {
  let end = start;
  let at = start;
  for (; at < bytes.length; at += 1) {
    let byte = bytes[at] ?? 0;
    if (byte === AMPERSAND || byte === terminator) break;
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high !== undefined && low !== undefined) {
        byte = high * 16 + low;
        at += 2;
      }
    }
    bytes[end] = byte;
    end += 1;
  }
  return { start, end, stop: at };
}

function hexValue(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}
