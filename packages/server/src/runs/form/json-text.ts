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

/** Half a surrogate pair in a text that `JSON.stringify` wrote: no UTF-8 can hold it, and some databases refuse it. */
export function hasLoneSurrogate(json: string): boolean {
  return LONE_SURROGATE.test(json);
}

/** What one option has more of than it may, in words with the numbers; told before anything is built from the text. */
export function findOptionExcess(text: string): string | undefined {
  const excess = findExcess(text, MAX_OPTION_JSON_MARKS, MAX_JSON_DEPTH);
  if (excess === "depth") return `at most ${MAX_JSON_DEPTH} levels of nesting; this has more`;
  if (excess === "marks")
    return `at most ${MAX_OPTION_JSON_MARKS} brackets, commas and colons outside of texts; this has more`;
  return undefined;
}

/** The same of its length, which is that of the text that `JSON.stringify` writes: spaces cost nothing. */
export function findOptionOverlength(json: string): string | undefined {
  return json.length > MAX_OPTION_JSON_LENGTH
    ? `at most ${MAX_OPTION_JSON_LENGTH} characters; this has ${json.length}`
    : undefined;
}

/** Whether a text that is too much to be parsed means to be an object or a list. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** Whether text holds no more than {@link findExcess} allows. */
export function isModestJson(text: string, maxMarks: number, maxDepth = MAX_JSON_DEPTH): boolean {
  return findExcess(text, maxMarks, maxDepth) === undefined;
}

/**
 * Finds more than `maxMarks` structural characters outside strings, or nesting deeper than anything honest: what makes
 * JSON costly is the number of its values, not its length. One pass that builds nothing and stops at the limit. Text that
 * is not JSON may have either or none; whatever part of it a parser takes has then been counted.
 */
export function findExcess(text: string, maxMarks: number, maxDepth: number): "marks" | "depth" | undefined {
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
    if (depth > maxDepth) return "depth";
    if (marks > maxMarks) return "marks";
  }
  return undefined;
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
