/** Turns an answer that is none of success into an error. Everything in it is a stranger's text: bounded, and never trusted. */
import { isRecord } from "@agentos/contract/text";
import { AgentOSRefusal, type InputIssue, InvalidInput } from "./client-errors.ts";
import { isJson, parseJson, readText } from "./read-body.ts";

/** A body of an error has a few hundred bytes; a list of faults has more. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_TEXT = 2_000;
const MAX_ENTRIES = 100;

/** Replaces what must not be shown. */
export type HideSecrets = (text: string) => string;

/** Reads the answer to its end, or to where it is too long. */
export async function readRefusal(
  response: Response,
  hide: HideSecrets,
): Promise<AgentOSRefusal | InvalidInput> {
  const { text } = await readText(response, MAX_BODY_BYTES);
  const body = isJson(response) ? parseJson(text)?.value : undefined;
  const facts = isRecord(body) ? body : {};
  const { status } = response;
  const say = (value: unknown) => (typeof value === "string" ? cutText(hide(value)) : undefined);
  const { detail } = facts;
  if (status === 422 && Array.isArray(detail)) {
    const issues = detail.slice(0, MAX_ENTRIES).flatMap((entry: unknown) => toIssue(entry, say));
    if (issues.length > 0) return new InvalidInput(issues);
  }
  return new AgentOSRefusal({
    status,
    code: codeOf(facts["code"]),
    title: say(facts["title"]),
    detail: say(detail) ?? describeUnknown(status),
    fix: say(facts["fix"]),
    denialId: say(facts["denial_id"]),
    requiredScopes: textsOf(facts["required_scopes"], say),
    missingScopes: textsOf(facts["missing_scopes"], say),
    retryAfterSeconds: readRetryAfter(response),
    date: say(response.headers.get("date")),
  });
}

/** What is in the catalogue has this shape; a name of another is text for nobody. */
function codeOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Z][A-Z0-9_]{2,63}$/.test(value) ? value : undefined;
}

/** A proxy's page says nothing that helps. */
function describeUnknown(status: number): string {
  return `The server answered with status ${status} and without a reason`;
}

function toIssue(entry: unknown, say: (value: unknown) => string | undefined): InputIssue[] {
  if (!isRecord(entry)) return [];
  const { loc, msg, type } = entry;
  const parts: readonly unknown[] = Array.isArray(loc) ? loc.slice(0, MAX_ENTRIES) : [];
  const location = parts.map((part) => (typeof part === "number" ? part : (say(part) ?? "?")));
  return [{ location, message: say(msg) ?? "cannot be used", type: say(type) ?? "unknown" }];
}

function textsOf(value: unknown, say: (value: unknown) => string | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, MAX_ENTRIES).flatMap((entry: unknown) => say(entry) ?? []);
}

/** Cut where somebody would stop to read. */
function cutText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** Seconds; a date is not read, since the clocks may differ. Negative and odd values are none. */
function readRetryAfter(response: Response): number | undefined {
  const text = response.headers.get("retry-after")?.trim() ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
