/** What a schema of the contract finds wrong with input, in the contract's words (4.0), which are pydantic's. */
import { type InputFault, invalidFields, type ValidationIssue, valueIssue } from "@agentos/guard/app";
import type { z } from "zod";
import { echo } from "../runs/form/field-values.ts";

type Words = Pick<ValidationIssue, "type" | "msg"> & Pick<Partial<ValidationIssue>, "ctx">;

/** Status 422 with every issue; `place` is where the input was. */
export function describeIssues(error: z.ZodError, place: "body" | "query"): InputFault {
  return invalidFields(error.issues.map((issue) => describeIssue(issue, place)));
}

function describeIssue(issue: z.core.$ZodIssue, place: string): ValidationIssue {
  const loc = [place, ...issue.path.filter((step) => typeof step !== "symbol")];
  if (issue.code === "custom") return valueIssue(loc, issue.message);
  // A key that is not there is told from one that is null.
  if (issue.code === "invalid_type" && issue.input === undefined)
    return { type: "missing", loc, msg: "Field required", input: null };
  return { ...findWords(issue), loc, input: echo(issue.input) };
}

const TYPES: Readonly<Record<string, Words>> = {
  string: { type: "string_type", msg: "Input should be a valid string" },
  boolean: { type: "bool_type", msg: "Input should be a valid boolean" },
  int: { type: "int_type", msg: "Input should be a valid integer" },
  number: { type: "float_type", msg: "Input should be a valid number" },
  array: { type: "list_type", msg: "Input should be a valid list" },
  object: { type: "dict_type", msg: "Input should be a valid dictionary" },
  record: { type: "dict_type", msg: "Input should be a valid dictionary" },
};

function findWords(issue: z.core.$ZodIssue): Words {
  switch (issue.code) {
    case "invalid_type":
      // A text of a query that is no number was left a text.
      return issue.expected === "int" && typeof issue.input === "string"
        ? {
            type: "int_parsing",
            msg: "Input should be a valid integer, unable to parse string as an integer",
          }
        : (TYPES[issue.expected] ?? OTHER);
    case "too_small":
      return describeBound(issue.origin, "least", { bound: Number(issue.minimum), input: issue.input });
    case "too_big":
      return describeBound(issue.origin, "most", { bound: Number(issue.maximum), input: issue.input });
    case "invalid_value": {
      const expected = listChoices(issue.values.map((value) => `'${String(value)}'`));
      return { type: "enum", msg: `Input should be ${expected}`, ctx: { expected } };
    }
    default:
      return OTHER;
  }
}

const OTHER: Words = { type: "value_error", msg: "Value error, this value cannot be used" };

function describeBound(
  origin: string,
  side: "least" | "most",
  { bound, input }: { readonly bound: number; readonly input: unknown },
): Words {
  const name = side === "least" ? "min_length" : "max_length";
  if (origin === "string") {
    const characters = bound === 1 ? "character" : "characters";
    return {
      type: side === "least" ? "string_too_short" : "string_too_long",
      msg: `String should have at ${side} ${bound} ${characters}`,
      ctx: { [name]: bound },
    };
  }
  if (origin === "array") {
    const actual = Array.isArray(input) ? input.length : 0;
    const items = bound === 1 ? "item" : "items";
    return {
      type: side === "least" ? "too_short" : "too_long",
      msg: `List should have at ${side} ${bound} ${items} after validation, not ${actual}`,
      ctx: { field_type: "List", [name]: bound, actual_length: actual },
    };
  }
  return side === "least"
    ? {
        type: "greater_than_equal",
        msg: `Input should be greater than or equal to ${bound}`,
        ctx: { ge: bound },
      }
    : { type: "less_than_equal", msg: `Input should be less than or equal to ${bound}`, ctx: { le: bound } };
}

/** As in `'agent', 'team' or 'workflow'`. */
function listChoices(choices: readonly string[]): string {
  const last = choices.at(-1) ?? "";
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(", ")} or ${last}`;
}
