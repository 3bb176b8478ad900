/**
 * The JSON body of a request, checked by the schema that the contract has for it. What it may cost is counted before
 * anything is built from it; what the schema does not name is passed over, unless the schema is strict.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import { nearest } from "@agentos/contract/text";
import type { z } from "zod";
import { redactTokens } from "../log/redact-tokens.ts";
import { MAX_JSON_BODY_BYTES } from "./body-limits.ts";
import { describeIssues } from "./describe-issues.ts";
import { invalidFields, type RequestFault, type ValidationIssue, valueIssue } from "./input-fault.ts";
import { hasLoneSurrogate } from "./json-text.ts";
import { parseJsonText } from "./parse-json-text.ts";
import { readBytes } from "./read-bytes.ts";

const JSON_TYPE = /^application\/(?:[!#$&^_.+0-9a-z-]+\+)?json$/;

/** What the body says. Faults: 400, 413, or 422 with every wrong field. A body that may be left out then says nothing. */
export async function readJsonBody<Schema extends z.ZodObject>(
  request: Request,
  schema: Schema,
  {
    maxBytes = MAX_JSON_BODY_BYTES,
    isOptional = false,
  }: { readonly maxBytes?: number; readonly isOptional?: boolean } = {},
): Promise<Result<z.output<Schema>, RequestFault>> {
  const bytes = await readBytes(request, maxBytes);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0) {
    if (isOptional) return check(schema, {});
    return fail(invalidFields([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]));
  }
  if (!isJson(request)) {
    const problem = "the body is read as JSON only; send it with the content type application/json";
    return fail(invalidFields([valueIssue(["header", "content-type"], problem)]));
  }
  const parsed = parseJsonText(bytes.value);
  if (!parsed.ok) return parsed;
  if (isRecord(parsed.value) && hasLoneSurrogate(JSON.stringify(parsed.value)))
    return fail(invalidFields([valueIssue(["body"], "a text in it is not well-formed Unicode")]));
  return check(schema, parsed.value);
}

function check<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
): Result<z.output<Schema>, RequestFault> {
  const checked = schema.safeParse(value);
  if (checked.success) return ok(checked.data);
  const { issues } = checked.error;
  const strays = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  return fail(
    invalidFields([
      ...strays.slice(0, MAX_STRAYS).map((name) => describeStray(name, Object.keys(schema.shape))),
      ...describeIssues(
        "body",
        issues.filter(({ code }) => code !== "unrecognized_keys"),
        value,
      ),
    ]),
  );
}

/** So many fields that there are not are named, and so many characters of each. */
const MAX_STRAYS = 10;
const MAX_STRAY_LENGTH = 100;

/** In pydantic's words first, as of all that is wrong with a body. */
function describeStray(given: string, fields: readonly string[]): ValidationIssue {
  const name = given.slice(0, MAX_STRAY_LENGTH).toWellFormed();
  const meant = nearest(name, fields);
  const hint =
    meant === undefined
      ? `the fields are ${fields.map((field) => `"${field}"`).join(", ")}`
      : `the nearest field is "${meant}"`;
  const msg = `Extra inputs are not permitted; ${hint}`;
  return { type: "extra_forbidden", loc: ["body", redactTokens(name)], msg, input: null };
}

/** A form's content type would let any web page send it without being asked (contract 7.1: browsers ask first for JSON). */
function isJson({ headers }: Request): boolean {
  const [mediaType = ""] = (headers.get("content-type") ?? "").split(";");
  return JSON_TYPE.test(mediaType.trim().toLowerCase());
}
