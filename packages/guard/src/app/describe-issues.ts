/**
 * What a schema finds wrong, in the contract's words (4.0), which are pydantic's: existing clients read them. Values are
 * echoed only where they are short and plain, and never where they are too long or look like a token.
 */
import type { z } from "zod";
import { echo, type ValidationIssue, valueIssue } from "./input-fault.ts";

/** Where the values come from. A query has only text, so a number that is none has words of its own. */
export type InputPlace = "body" | "query";
type Issue = z.core.$ZodIssue;
type Words = Pick<ValidationIssue, "type" | "msg" | "ctx">;

const NOT_AN_OBJECT: Words = {
  type: "model_attributes_type",
  msg: "Input should be a valid dictionary or object to extract fields from",
};
const WRONG_INTEGER: Words = {
  type: "int_parsing",
  msg: "Input should be a valid integer, unable to parse string as an integer",
};
const WRONG_TYPES: Readonly<Record<string, Words>> = {
  string: { type: "string_type", msg: "Input should be a valid string" },
  number: { type: "int_type", msg: "Input should be a valid integer" },
  int: {
    type: "int_from_float",
    msg: "Input should be a valid integer, got a number with a fractional part",
  },
  boolean: { type: "bool_type", msg: "Input should be a valid boolean" },
  record: { type: "dict_type", msg: "Input should be a valid dictionary" },
  object: { type: "dict_type", msg: "Input should be a valid dictionary" },
  array: { type: "list_type", msg: "Input should be a valid list" },
};

/** `input` is what was given in whole. */
export function describeIssues(
  place: InputPlace,
  issues: readonly Issue[],
  input: unknown,
): readonly ValidationIssue[] {
  return issues.map((issue) => describeIssue(place, issue, input));
}

function describeIssue(place: InputPlace, issue: Issue, input: unknown): ValidationIssue {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const loc = [place, ...path];
  const given = path.reduce<unknown>((value, step) => Reflect.get(Object(value), step), input);
  if (issue.code === "invalid_type" && given === undefined)
    return { type: "missing", loc, msg: "Field required", input: null };
  const words = findWords(place, issue, given);
  if (words === undefined) return valueIssue(loc, issue.message);
  return { ...words, loc, input: words.type.endsWith("too_long") ? null : echo(given) };
}

/** Undefined for a rule of ours, which has its own words. */
function findWords(place: InputPlace, issue: Issue, given: unknown): Words | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.path.length === 0) return NOT_AN_OBJECT;
      return place === "query" && issue.expected !== "string" ? WRONG_INTEGER : WRONG_TYPES[issue.expected];
    case "invalid_value":
      return describeChoice(issue.values.map((value) => `'${String(value)}'`));
    case "too_small":
      return describeTooSmall(issue, sizeOf(given));
    case "too_big":
      return describeTooBig(issue, sizeOf(given));
    default:
      return undefined;
  }
}

function describeChoice(choices: readonly string[]): Words {
  const [last = "", ...rest] = choices.toReversed();
  const expected = rest.length === 0 ? last : `${rest.toReversed().join(", ")} or ${last}`;
  return { type: "enum", msg: `Input should be ${expected}`, ctx: { expected } };
}

function describeTooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall, size: number): Words {
  const least = Number(minimum);
  if (origin === "array") {
    const msg = `List should have at least ${count(least, "item")} after validation, not ${size}`;
    return { type: "too_short", msg, ctx: { field_type: "List", min_length: least, actual_length: size } };
  }
  if (origin === "string") {
    const msg = `String should have at least ${count(least, "character")}`;
    return { type: "string_too_short", msg, ctx: { min_length: least } };
  }
  const msg = `Input should be greater than or equal to ${least}`;
  return { type: "greater_than_equal", msg, ctx: { ge: least } };
}

function describeTooBig({ origin, maximum }: z.core.$ZodIssueTooBig, size: number): Words {
  const most = Number(maximum);
  if (origin === "array") {
    const msg = `List should have at most ${count(most, "item")} after validation, not ${size}`;
    return { type: "too_long", msg, ctx: { field_type: "List", max_length: most, actual_length: size } };
  }
  if (origin === "string") {
    const msg = `String should have at most ${count(most, "character")}`;
    return { type: "string_too_long", msg, ctx: { max_length: most } };
  }
  return { type: "less_than_equal", msg: `Input should be less than or equal to ${most}`, ctx: { le: most } };
}

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? "" : "s"}`;

function sizeOf(given: unknown): number {
  return Array.isArray(given) ? given.length : 0;
}
