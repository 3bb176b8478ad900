/** What a client writes into a session: bounded, and without anything that looks like a token. */
import { fail, ok, type Result } from "@agentos/auth";
import { redactTokens } from "@agentos/guard";
import { invalidFields, type RequestFault, type ValidationIssue, valueIssue } from "@agentos/guard/app";
import { findOptionOverlength } from "../runs/form/json-text.ts";
import { MAX_SESSION_STATE_BYTES } from "../runs/run-limits.ts";
import { withoutTokens } from "../runs/session-state.ts";
import type { SessionChange } from "../runs/store.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** As the bodies of `POST /sessions` and `PATCH /sessions/{id}` have it; null says nothing. */
export interface GivenValues {
  readonly session_name?: string | null | undefined;
  readonly session_state?: JsonObject | null | undefined;
  readonly metadata?: JsonObject | null | undefined;
  readonly summary?: JsonObject | null | undefined;
}

export type SessionValues = Omit<SessionChange, "at">;

export function readSessionValues(given: GivenValues): Result<SessionValues, RequestFault> {
  const givenState = given.session_state ?? undefined;
  const state = givenState && withoutTokens(givenState);
  if (state !== undefined && Buffer.byteLength(state.json) > MAX_SESSION_STATE_BYTES)
    return fail({ code: "RUN_STATE_TOO_LARGE", limit: MAX_SESSION_STATE_BYTES });
  const issues: ValidationIssue[] = [];
  const readObject = (field: "metadata" | "summary") => {
    const object = given[field] ?? undefined;
    if (object === undefined) return undefined;
    const { value, json } = withoutTokens(object);
    const problem = findOptionOverlength(json);
    if (problem !== undefined) issues.push(valueIssue(["body", field], problem));
    return value;
  };
  const name = given.session_name ?? undefined;
  // PostgreSQL has no such character in a text.
  if (name?.includes("\0") === true)
    issues.push(valueIssue(["body", "session_name"], "the character U+0000 is not allowed"));
  const values: SessionValues = {
    ...(name === undefined ? {} : { name: redactTokens(name) }),
    ...(state === undefined ? {} : { state: state.value }),
    metadata: readObject("metadata"),
    summary: readObject("summary"),
  };
  return issues.length === 0 ? ok(values) : fail(invalidFields(issues));
}
