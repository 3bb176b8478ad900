/** The one escape for text from outside that is shown on a line: in a log, and on a terminal. */
import { UNPRINTABLE } from "./characters.ts";

const ALL = new RegExp(UNPRINTABLE.source, "gu");
/** Most lines are plain ASCII, and need no table of characters. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * The text with everything that ends or turns a line, drives a terminal or is not seen at all written as `\uXXXX`, as JSON
 * does: inside of JSON text it is the same text to whoever parses it.
 */
export function escapeUnprintable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(ALL, (character) => {
    let escaped = "";
    for (let index = 0; index < character.length; index += 1)
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    return escaped;
  });
}

/** The same for text of several lines, whose line breaks stay. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeUnprintable).join("\n");
}
