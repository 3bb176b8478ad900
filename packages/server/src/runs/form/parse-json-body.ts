/**
 * A JSON body with the fields of the form. Unlike a form it is read strictly: text that is not UTF-8 is refused, and so
 * is a value of the wrong type. As in Python a leading BOM is passed over, and of two equal keys the last counts.
 */

import { isUtf8 } from "node:buffer";
import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { echo, type InputFault, inputFault, invalidFields, type RequestFault } from "@agentos/guard/app";
import { findJsonFault } from "./find-json-fault.ts";
import { MAX_BODY_JSON_MARKS, MAX_JSON_DEPTH } from "./form-limits.ts";
import { findExcess, parseJson } from "./json-text.ts";
import { createRunBody, type FieldSet, type RunBody, tooManyFields } from "./run-body.ts";

const NOT_AN_OBJECT = "Input should be a valid dictionary or object to extract fields from";

export function parseJsonBody<Name extends string>(
  bytes: Uint8Array<ArrayBuffer>,
  maxFields: number,
  fields: FieldSet<Name>,
): Result<RunBody<Name>, RequestFault> {
  const body = createRunBody<Name>(true);
  if (bytes.length === 0) return ok(body);
  const json = parseJsonText(bytes);
  if (!json.ok) return json;
  const { value: parsed } = json;
  if (!isRecord(parsed)) {
    const input = echo(parsed);
    return fail(invalidFields([{ type: "model_attributes_type", loc: ["body"], msg: NOT_AN_OBJECT, input }]));
  }
  // `JSON.parse` makes of "__proto__" a key like any other, and a field's name never is one.
  const members = Object.entries(parsed);
  if (members.length > maxFields) return tooManyFields(maxFields);
  for (const [name, value] of members) {
    if (value !== null && fields.has(name)) body.values.set(name, value);
  }
  return ok(body);
}

/** The value of a JSON text, once what it costs has been counted. */
export function parseJsonText(bytes: Uint8Array<ArrayBuffer>): Result<unknown, RequestFault> {
  const text = decodeStrictly(bytes);
  if (text === undefined) return fail(inputFault(400, "The JSON body is not valid UTF-8"));
  const excess = findExcess(text, MAX_BODY_JSON_MARKS, MAX_JSON_DEPTH + 1);
  if (excess === "marks") return fail({ code: "INPUT_JSON_TOO_COMPLEX", limit: MAX_BODY_JSON_MARKS });
  if (excess === "depth") return fail({ code: "INPUT_JSON_TOO_DEEP", limit: MAX_JSON_DEPTH + 1 });
  const parsed = parseJson(text);
  return parsed === undefined ? fail(describeFault(text)) : ok(parsed);
}

function decodeStrictly(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function describeFault(text: string): InputFault {
  const { offset = 0, error = "Expecting value" } = findJsonFault(text) ?? {};
  const loc = ["body", offset];
  return invalidFields([{ type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx: { error } }]);
}
