/** One form field's text as a value. Wrong values are named in the contract's words (4.0). */

import { fail, ok, type Result } from "@agentos/auth";
import type { ValidationIssue } from "@agentos/guard/app";
import {
  MAX_ECHOED_INPUT_LENGTH,
  MAX_JSON_DEPTH,
  MAX_OPTION_JSON_LENGTH,
  MAX_OPTION_JSON_MARKS,
} from "./form-limits.ts";

const TRUE = new Set(["true", "1", "yes", "on", "t", "y"]);
const FALSE = new Set(["false", "0", "no", "off", "f", "n"]);

export function parseBoolean(field: string, text: string): Result<boolean, ValidationIssue> {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return ok(true);
  if (FALSE.has(word)) return ok(false);
  const msg = "Input should be a valid boolean, unable to interpret input";
  return fail({
    type: "bool_parsing",
    loc: ["body", field],
    msg,
    input: text.slice(0, MAX_ECHOED_INPUT_LENGTH),
  });
}

export function parseInteger(field: string, text: string): Result<number, ValidationIssue> {
  const number = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
  if (number !== undefined) return ok(number);
  const msg = "Input should be a valid integer, unable to parse string as an integer";
  return fail({
    type: "int_parsing",
    loc: ["body", field],
    msg,
    input: text.slice(0, MAX_ECHOED_INPUT_LENGTH),
  });
}

export function missing(field: string): ValidationIssue {
  return { type: "missing", loc: ["body", field], msg: "Field required", input: null };
}

/** The contract drops an option that is not the JSON it should be; the caller warns. */
export function parseJsonOption(text: string): unknown {
  if (text.length > MAX_OPTION_JSON_LENGTH || !isModestJson(text, MAX_OPTION_JSON_MARKS)) return undefined;
  return parseJson(text);
}

/** Undefined for text that is not JSON. The caller has asked {@link isModestJson} before. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * False for text with more than `maxMarks` structural characters outside strings, or nested deeper than anything honest:
 * what makes JSON costly is the number of its values, not its length. One pass that builds nothing and stops at the limit.
 * Text that is not JSON may be either; whatever part of it a parser takes has then been counted.
 */
export function isModestJson(text: string, maxMarks: number): boolean {
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
    if (marks > maxMarks || depth > MAX_JSON_DEPTH) return false;
  }
  return true;
}

/** Where the string that starts at `start` has its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return at;
    if (character === "\\") at += 1;
  }
  return text.length;
}
