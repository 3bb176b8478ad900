/** The body of a run, read once and within limits, by the encoding that its content type names (contract 4.0). */

import { ok, type Result } from "@agentos/auth";
import type { RequestFault } from "@agentos/guard/app";
import { readBytes } from "@agentos/guard/app";
import { parseBodyType } from "./body-type.ts";
import { MAX_FORM_BYTES, MAX_FORM_FIELDS } from "./form-limits.ts";
import { parseJsonBody } from "./parse-json-body.ts";
import { parseMultipart } from "./parse-multipart.ts";
import { parseUrlencoded } from "./parse-urlencoded.ts";
import { createRunBody, type FieldSet, type FormLimits, type RunBody } from "./run-body.ts";

const DEFAULT_LIMITS: FormLimits = { maxBytes: MAX_FORM_BYTES, maxFields: MAX_FORM_FIELDS };

export async function readBody<Name extends string>(
  request: Request,
  fields: FieldSet<Name>,
  { maxBytes, maxFields }: FormLimits = DEFAULT_LIMITS,
): Promise<Result<RunBody<Name>, RequestFault>> {
  const type = parseBodyType(request.headers.get("content-type") ?? "", fields.required);
  if (!type.ok && fields.required !== undefined) return type;
  const bytes = await readBytes(request, maxBytes);
  if (!bytes.ok) return bytes;
  // What is nothing is written in no way: a body may be left out under any content type, or none.
  if (bytes.value.length === 0 && fields.required === undefined) return ok(createRunBody<Name>(false));
  if (!type.ok) return type;
  if (type.value.kind === "urlencoded") return parseUrlencoded(bytes.value, maxFields, fields);
  if (type.value.kind === "json") return parseJsonBody(bytes.value, maxFields, fields);
  return parseMultipart(bytes.value, { boundary: type.value.boundary, maxFields }, fields);
}
