/** JSON as text: what it may cost is counted before anything is built from it. */

import { MAX_JSON_DEPTH, MAX_OPTION_JSON_LENGTH, MAX_OPTION_JSON_MARKS } from "./form-limits.ts";

/** In the text that `JSON.stringify` writes: pairs stand there as they are, and only half of one is escaped. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Undefined for text that is not JSON. The caller has asked {@link isModestJson} before. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether one option is within its limits. */
export function isModestOption(text: string): boolean {
  return text.length <= MAX_OPTION_JSON_LENGTH && isModestJson(text, MAX_OPTION_JSON_MARKS);
}

/** Half a surrogate pair in any text of a value: no UTF-8 can hold it, and some databases refuse it. */
export function hasLoneSurrogate(value: unknown): boolean {
  return LONE_SURROGATE.test(JSON.stringify(value));
}

/**
 * False for text with more than `maxMarks` structural characters outside strings, or nested deeper than anything honest:
 * what makes JSON costly is the number of its values, not its length. One pass that builds nothing and stops at the limit.
 * Text that is not JSON may be either; whatever part of it a parser takes has then been counted.
 */
export function isModestJson(text: string, maxMarks: number, maxDepth = MAX_JSON_DEPTH): boolean {
  let marks = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        continue;
      case "[":
      case "{":
        depth += 1;
        break;
      case "]":
      case "}":
        depth -= 1;
        break;
      case ",":
      case ":":
        break;
      default:
        continue;
    }
    marks += 1;
    if (marks > maxMarks || depth > maxDepth) return false;
  }
  return true;
}

/**
 * Where the string that starts at `start` has its closing quote; the end of the text when it has none. A quote is
 * closing unless an odd run of backslashes stands before it; runs do not overlap, so each character is seen twice at most.
 */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (before > start + 1 && text[before - 1] === "\\") before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
}
