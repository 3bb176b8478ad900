/**
 * One field as a value: the text of a form, or what a JSON body has there. Wrong values are named in the contract's
 * words (4.0), which are pydantic's. Values are echoed only where they are short and plain.
 */

import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import {
  echo,
  hasLoneSurrogate,
  type LimitFault,
  parseJson,
  type ValidationIssue,
  valueIssue,
} from "@agentos/guard/app";
import { MAX_SESSION_STATE_BYTES } from "../run-limits.ts";
import { MAX_MESSAGE_LENGTH, MAX_OPTION_TEXT_LENGTH } from "./form-limits.ts";
import { findOptionExcess, findOptionOverlength, looksLikeJson } from "./json-text.ts";

type Parsed<Value> = Result<Value, ValidationIssue>;
type JsonObject = Readonly<Record<string, unknown>>;

const TRUE = new Set(["true", "1", "yes", "on", "t", "y"]);
const FALSE = new Set(["false", "0", "no", "off", "f", "n"]);

export function parseBoolean(field: string, value: unknown): Parsed<boolean> {
  if (typeof value === "boolean") return ok(value);
  if (typeof value !== "string" && typeof value !== "number")
    return fail(wrong(field, value, ["bool_type", "Input should be a valid boolean"]));
  const word = String(value).trim().toLowerCase();
  if (TRUE.has(word)) return ok(true);
  if (FALSE.has(word)) return ok(false);
  const msg = "Input should be a valid boolean, unable to interpret input";
  return fail(wrong(field, value, ["bool_parsing", msg]));
}

export function parseInteger(field: string, value: unknown): Parsed<number> {
  if (typeof value !== "string" && typeof value !== "number")
    return fail(wrong(field, value, ["int_type", "Input should be a valid integer"]));
  if (typeof value === "number" && !Number.isInteger(value)) {
    const msg = "Input should be a valid integer, got a number with a fractional part";
    return fail(wrong(field, value, ["int_from_float", msg]));
  }
  if (/^\s*[+-]?\d{1,15}\s*$/.test(String(value))) return ok(Number(value));
  const msg = "Input should be a valid integer, unable to parse string as an integer";
  return fail(wrong(field, value, ["int_parsing", msg]));
}

export function parseText(field: string, value: unknown): Parsed<string> {
  if (typeof value !== "string")
    return fail(wrong(field, value, ["string_type", "Input should be a valid string"]));
  return value.isWellFormed() ? ok(value) : fail(brokenUnicode(field));
}

export function parseMessage(field: string, value: unknown): Parsed<string> {
  const text = parseText(field, value);
  if (!text.ok || text.value.length <= MAX_MESSAGE_LENGTH) return text;
  const msg = `String should have at most ${MAX_MESSAGE_LENGTH} characters`;
  const ctx = { max_length: MAX_MESSAGE_LENGTH };
  return fail({ type: "string_too_long", loc: ["body", field], msg, input: null, ctx });
}

/** An object, or its JSON text; both are measured by the text that `JSON.stringify` writes. */
export function parseObject(field: string, value: unknown): Parsed<JsonObject> {
  const object = readObject(field, value);
  if (!object.ok) return object;
  const overlength = findOptionOverlength(object.value.json);
  return overlength === undefined ? ok(object.value.value) : fail(valueIssue(["body", field], overlength));
}

/** The same of a session's state, which has a limit of its own, in bytes. */
export function parseState(field: string, value: unknown): Result<JsonObject, ValidationIssue | LimitFault> {
  const object = readObject(field, value);
  if (!object.ok) return object;
  return Buffer.byteLength(object.value.json) > MAX_SESSION_STATE_BYTES
    ? fail({ code: "RUN_STATE_TOO_LARGE", limit: MAX_SESSION_STATE_BYTES })
    : ok(object.value.value);
}

function readObject(
  field: string,
  value: unknown,
): Parsed<{ readonly value: JsonObject; readonly json: string }> {
  const noObject = () => fail(wrong(field, value, ["dict_type", "Input should be a valid dictionary"]));
  const text = isRecord(value) ? JSON.stringify(value) : value;
  if (typeof text !== "string") return noObject();
  // Too long by any limit: its length is all that is asked for.
  if (text.length > MAX_OPTION_TEXT_LENGTH)
    return looksLikeJson(text) ? ok({ value: {}, json: text }) : noObject();
  const excess = findOptionExcess(text);
  if (excess !== undefined)
    return looksLikeJson(text) ? fail(valueIssue(["body", field], excess)) : noObject();
  const parsed = typeof value === "string" ? parseJson(value) : value;
  if (!isRecord(parsed)) return noObject();
  const json = typeof value === "string" ? JSON.stringify(parsed) : text;
  return hasLoneSurrogate(json) ? fail(brokenUnicode(field)) : ok({ value: parsed, json });
}

/** A list, or its JSON text, which the caller has measured. */
export function parseList(field: string, value: unknown): Parsed<readonly unknown[]> {
  const parsed = typeof value === "string" ? parseJson(value) : value;
  return Array.isArray(parsed)
    ? ok(parsed)
    : fail(wrong(field, value, ["list_type", "Input should be a valid list"]));
}

export function missing(field: string): ValidationIssue {
  return { type: "missing", loc: ["body", field], msg: "Field required", input: null };
}

function brokenUnicode(field: string): ValidationIssue {
  const msg = "Input should be a valid string, unable to parse raw data as a unicode string";
  return { type: "string_unicode", loc: ["body", field], msg, input: null };
}

function wrong(
  field: string,
  value: unknown,
  [type, msg]: readonly [type: string, msg: string],
): ValidationIssue {
  return { type, loc: ["body", field], msg, input: echo(value) };
}
