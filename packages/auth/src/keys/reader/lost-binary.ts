/** Recognises DER that was read as UTF-8: what is lost is every byte above 0x7f, the beginning still tells what it was. */

import type { KeyVerdict } from "./verdict.ts";

const REPLACEMENT = 0xfffd;
const SEQUENCE = 0x30;
const INTEGER = 2;
const OBJECT_IDENTIFIER = 6;

const PUBLIC = { kind: "binary" } as const;
const PRIVATE = { kind: "private", found: "DER", key: "binary" } as const;

/** A private key is a sequence that begins with a version number; undefined for any other text. */
export function recogniseLostBinary(text: string): KeyVerdict | undefined {
  if (!text.startsWith("0")) return undefined;
  const codeAt = (index: number) => text.charCodeAt(index);
  // A long length is one byte above 0x7f and one or two more.
  const isLong = codeAt(1) === REPLACEMENT;
  for (const start of isLong ? [3, 4] : [2]) {
    if (codeAt(start) === INTEGER && codeAt(start + 1) === 1 && codeAt(start + 2) <= 1) return PRIVATE;
    if (codeAt(start) === SEQUENCE && (isLong || codeAt(start + 2) === OBJECT_IDENTIFIER)) return PUBLIC;
    if (isLong && codeAt(start) === INTEGER) return PUBLIC;
  }
  return undefined;
}
