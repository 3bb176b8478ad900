/**
 * Strict base64url (RFC 7515 section 2): no padding, no foreign characters, no stray bits at the end. One token then
 * has one spelling, and a damaged end is noticed before any key is used.
 */

import { isRecord } from "@agentos/contract";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALID = /^[A-Za-z0-9_-]*$/;

/** True when the text is the only base64url spelling of some bytes. */
export function isBase64url(text: string): boolean {
  const rest = text.length % 4;
  if (rest === 1 || !VALID.test(text)) return false;
  if (rest === 0) return true;
  const last = ALPHABET.indexOf(text.charAt(text.length - 1));
  return (last & (rest === 2 ? 0b1111 : 0b11)) === 0;
}

/** Number of bytes that a base64url text stands for. */
export function base64urlBytes(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

const decoder = new TextDecoder("utf-8", { fatal: true });
// oxlint-disable-next-line no-control-regex -- the whole of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

/** The JSON object in a segment, or undefined when it is anything else. */
export function decodeJsonObject(segment: string): Readonly<Record<string, unknown>> | undefined {
  if (!isBase64url(segment)) return undefined;
  try {
    const value: unknown = JSON.parse(decodeUtf8(atob(segment.replaceAll("-", "+").replaceAll("_", "/"))));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text in bytes that are given as characters; throws when they are no UTF-8. ASCII, as nearly every token is, costs nothing. */
function decodeUtf8(binary: string): string {
  if (ASCII.test(binary)) return binary;
  return decoder.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
