/** Names that callers and issuers choose, as keys of a table: every text has one form, and no two have the same. */
import { createHash } from "node:crypto";

/** Longest form that is kept as it is, bytes: an index of PostgreSQL has room for a few of them. */
const MAX_KEY_BYTES = 512;

/**
 * The text with what a database cannot hold escaped as in JSON (NUL, halves of a character); a longer one is its hash.
 * A quotation mark is escaped too, so that a hash, which begins with one, equals no other form.
 */
export function toKeyText(text: string): string {
  const escaped = escapeAsJson(text);
  return isShort(escaped) ? escaped : `"${createHash("sha256").update(escaped).digest("hex")}`;
}

/** The text of a form that is no hash. What `toKeyText` has not written is taken as it is: one row must not stop the rest. */
export function fromKeyText(key: string): string {
  return key.includes("\\") ? (readJsonText(`"${key}"`) ?? key) : key;
}

/** Undefined for what is no JSON text of a string. */
export function readJsonText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text as JSON where its key is a hash; null where the key says it all. */
export function toLongText(text: string): string | null {
  return isShort(escapeAsJson(text)) ? null : JSON.stringify(text);
}

/** A text that is only shown and searched, without what a database has no character for. */
export function toPlainText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

function isShort(escaped: string): boolean {
  return escaped.length * 3 <= MAX_KEY_BYTES || Buffer.byteLength(escaped) <= MAX_KEY_BYTES;
}

function escapeAsJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
