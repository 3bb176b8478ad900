/**
 * From the bytes of a file to text. Bytes are never replaced: two different files would become the same secret. So text
 * is UTF-8 to the letter, and the only other bytes that are read are those of a key in DER, which say themselves what they are.
 */

import { fail, ok, type Result } from "../../outcome/result.ts";
import { readDerVerdict } from "./der-verdict.ts";

/** Bytes that are no text, in words. */
export type NoText = "UTF-16 text" | "bytes that are no UTF-8 text";

/** The text of a file, a byte order mark included; the reader of keys knows what to do with one. */
export function decodeText(bytes: Uint8Array): Result<string, NoText> {
  if (isUtf16(bytes)) return fail("UTF-16 text");
  try {
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail("bytes that are no UTF-8 text");
  }
}

/** The same where a key is expected: one in DER comes as one character per byte, which `readKey` reads. */
export function decodeKeyText(bytes: Uint8Array): Result<string, NoText> {
  const text = decodeText(bytes);
  if (text.ok || bytes[0] !== 0x30) return text;
  const isKey = readDerVerdict(Uint8Array.from(bytes)).kind !== "unknown";
  return isKey ? ok(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) : text;
}

/** A mark, or a zero in every other place among the first characters, as text in the Latin alphabet has it. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const start = bytes.subarray(0, 32);
  if (start.length < 4) return false;
  return [0, 1].some((parity) => start.every((byte, index) => (byte === 0) === (index % 2 === parity)));
}
