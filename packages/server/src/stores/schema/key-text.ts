/** Names that callers and issuers choose, as keys of a table: every text has one form, and no two have the same. */
import { createHash } from "node:crypto";

/** Longest form that is kept as it is, bytes: an index of PostgreSQL has room for a few of them. */
const MAX_KEY_BYTES = 512;

/**
 * The text with what a database cannot hold escaped as in JSON (NUL, halves of a character); a longer one is its hash.
 * A quotation mark is escaped too, so that a hash, which begins with one, equals no other form.
 */
export function toKeyText(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1);
  if (Buffer.byteLength(escaped) <= MAX_KEY_BYTES) return escaped;
  return `"${createHash("sha256").update(escaped).digest("hex")}`;
}

/** The text of a form; of a hash the hash, since what it stands for is not kept. */
export function fromKeyText(key: string): string {
  return key.startsWith('"') ? key.slice(1) : String(JSON.parse(`"${key}"`));
}
