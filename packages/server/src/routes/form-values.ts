/** One form field's text as a value. Wrong values are named in the contract's words (4.0). */

import type { ValidationIssue } from "../input-fault.ts";
import { MAX_JSON_DEPTH, MAX_OPTION_JSON_LENGTH } from "../limits.ts";

const TRUE = new Set(["true", "1", "yes", "on", "t", "y"]);
const FALSE = new Set(["false", "0", "no", "off", "f", "n"]);

export type Parsed<Value> = { readonly value: Value } | { readonly issue: ValidationIssue };

export function parseBoolean(field: string, text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return { value: true };
  if (FALSE.has(word)) return { value: false };
  const msg = "Input should be a valid boolean, unable to interpret input";
  return { issue: { type: "bool_parsing", loc: ["body", field], msg, input: text } };
}

export function parseInteger(field: string, text: string): Parsed<number> {
  const number = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
  if (number !== undefined) return { value: number };
  const msg = "Input should be a valid integer, unable to parse string as an integer";
  return { issue: { type: "int_parsing", loc: ["body", field], msg, input: text } };
}

export function missing(field: string): ValidationIssue {
  return { type: "missing", loc: ["body", field], msg: "Field required", input: null };
}

/** The contract drops an option that is not the JSON it should be; the caller warns. */
export function parseJsonOption(text: string): unknown {
  if (text.length > MAX_OPTION_JSON_LENGTH) return undefined;
  return parseJson(text);
}

/** Undefined for text that is not JSON, or nested deeper than anything honest. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isShallow(value, MAX_JSON_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isShallow(item, depth - 1));
}
