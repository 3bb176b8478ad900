/** Characters that move the cursor, hide, or turn text around. They are shown as escapes, never as themselves. */

import { UNPRINTABLE } from "@agentos/contract/text";

const EACH = new RegExp(UNPRINTABLE, "gu");

/** Text with each of them as `\uXXXX`, which JSON reads back as the same character. */
export function escapeUnprintable(text: string): string {
  return text.replace(EACH, escapeCharacter);
}

/** The same, except for what the other pattern matches; it is one alternative of a regular expression with the flag `u`. */
export function escapeUnprintableBut(text: string, kept: string): string {
  return text.replace(new RegExp(`(${kept})|${UNPRINTABLE.source}`, "gu"), (match, isKept?: string) =>
    isKept === undefined ? escapeCharacter(match) : match,
  );
}

/** One escape for each code unit: JSON has no other form for characters beyond U+FFFF. */
function escapeCharacter(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}
