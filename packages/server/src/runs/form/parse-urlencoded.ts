/**
 * An `application/x-www-form-urlencoded` body as names and values, by the URL standard. Ours, because the platform's
 * parser needs seconds for megabytes of `+`, and that of busboy for megabytes of `%`: one pass over the bytes here
 * (docs/decisions/0038-forms-by-our-reader.md).
 */

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/** The caller bounds the number of fields. */
export function parseUrlencoded(bytes: Uint8Array): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [];
  let start = 0;
  while (start < bytes.length) {
    const next = bytes.indexOf(AMPERSAND, start);
    const field = bytes.subarray(start, next === -1 ? bytes.length : next);
    start += field.length + 1;
    if (field.length === 0) continue;
    // Searched in the field alone: in the whole body, fields without a value would each cost all that follows.
    const equals = field.indexOf(EQUALS);
    const nameEnd = equals === -1 ? field.length : equals;
    fields.push([decode(field.subarray(0, nameEnd)), decode(field.subarray(nameEnd + 1))]);
  }
  return fields;
}

function decode(bytes: Uint8Array): string {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let byte = bytes[at] ?? 0;
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high !== undefined && low !== undefined) {
        byte = high * 16 + low;
        at += 2;
      }
    }
    decoded[length] = byte;
    length += 1;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoded.subarray(0, length));
}

function hexValue(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}
