/** The body of a request that takes up a stream again: both fields may be missing, and so may the body. */
import { fail, ok, type Result } from "@agentos/auth";
import { invalidFields, type RequestFault, type ValidationIssue } from "@agentos/guard/app";
import { parseInteger, parseText } from "./field-values.ts";
import { readBody } from "./read-body.ts";
import { createFieldSet } from "./run-body.ts";

export interface ResumeForm {
  /** Index of the last event that the client has; undefined: it has none. */
  readonly lastEventIndex: number | undefined;
  readonly sessionId: string | undefined;
}

const FIELDS = createFieldSet({ last_event_index: true, session_id: true });
const LIMITS = { maxBytes: 16 * 1024, maxFields: 20 };

export async function parseResumeForm(request: Request): Promise<Result<ResumeForm, RequestFault>> {
  const body = await readBody(request, FIELDS, LIMITS);
  if (!body.ok) return body;
  const issues: ValidationIssue[] = [];

  function read<Value>(
    name: "last_event_index" | "session_id",
    parse: (field: string, value: unknown) => Result<Value, ValidationIssue>,
  ): Value | undefined {
    const value: unknown = body.ok ? body.value.values.get(name) : undefined;
    if (value === undefined || value === "" || value === null) return undefined;
    const parsed = parse(name, value);
    if (parsed.ok) return parsed.value;
    issues.push(parsed.fault);
    return undefined;
  }

  const form = {
    lastEventIndex: read("last_event_index", parseInteger),
    sessionId: read("session_id", parseText),
  };
  return issues.length > 0 ? fail(invalidFields(issues)) : ok(form);
}
