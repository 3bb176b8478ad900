/** A JSON body, read once and within limits, as a schema of the contract wants it (contract 4.0). */
import { fail, ok, type Result } from "@agentos/auth";
import { invalidFields, type RequestFault } from "@agentos/guard/app";
import type { z } from "zod";
import { noObject, parseJsonObject } from "../runs/form/parse-json-body.ts";
import { readBytes } from "../runs/form/read-bytes.ts";
import { describeIssues } from "./describe-issues.ts";

const JSON_TYPE = /^application\/(?:[!#$&^_.+0-9a-z-]+\+)?json\s*(?:;|$)/i;
/** Of the characters `[]{},:` outside of texts. A list of values has one for each. */
const MAX_MARKS = 5_000;

/** A body that does not say what it is counts as JSON, as in the reference; keys that the schema has not are not read. */
export async function readJsonBody<Schema extends z.ZodObject>(
  request: Request,
  schema: Schema,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Result<z.output<Schema>, RequestFault>> {
  const type = request.headers.get("content-type") ?? "";
  if (type !== "" && !JSON_TYPE.test(type.trimStart())) return fail(noObject(undefined));
  const bytes = await readBytes(request, maxBytes);
  if (!bytes.ok) return fail(bytes.fault);
  if (bytes.value.length === 0)
    return fail(invalidFields([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]));
  const body = parseJsonObject(bytes.value, MAX_MARKS);
  if (!body.ok) return body;
  const parsed = schema.safeParse(body.value, { reportInput: true });
  return parsed.success ? ok(parsed.data) : fail(describeIssues(parsed.error, "body"));
}
