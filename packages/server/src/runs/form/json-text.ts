/** The JSON text of one option of a run: what it may cost is counted before anything is built from it. */
import { findExcess } from "@agentos/guard/app";
import { MAX_JSON_DEPTH, MAX_OPTION_JSON_LENGTH, MAX_OPTION_JSON_MARKS } from "./form-limits.ts";

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
