/**
 * A JSON body with the fields of the form. Unlike a form it is read strictly: text that is not UTF-8 is refused, and so
 * is a value of the wrong type. As in Python a leading BOM is passed over, and of two equal keys the last counts.
 */

import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { echo, invalidFields, parseJsonText, type RequestFault } from "@agentos/guard/app";
import { MAX_BODY_JSON_MARKS } from "./form-limits.ts";
import { createRunBody, type FieldSet, type RunBody, tooManyFields } from "./run-body.ts";

const NOT_AN_OBJECT = "Input should be a valid dictionary or object to extract fields from";

export function parseJsonBody<Name extends string>(
  bytes: Uint8Array<ArrayBuffer>,
  maxFields: number,
  fields: FieldSet<Name>,
): Result<RunBody<Name>, RequestFault> {
  const body = createRunBody<Name>(true);
  if (bytes.length === 0) return ok(body);
  const json = parseJsonText(bytes, MAX_BODY_JSON_MARKS);
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
