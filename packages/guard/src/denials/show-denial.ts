/** A kept denial on the wire: what the refused caller was told and, for the operator, what the server knows beside it. */
import { describeProblem } from "@agentos/auth";
import { type DenialObject, REFUSALS, renderText } from "@agentos/contract";
import type { DenialRecord } from "./denial-recorder.ts";

/** Facts that only fill the texts of an answer: they say nothing of the request. */
export const FACTS_FOR_TEXTS: ReadonlySet<string> = new Set([
  "cli",
  "alternative",
  "why_open",
  "way_out",
  "audience_hint",
  "accepted_credential",
  "scope_choice",
  "suggestion",
  "user_elsewhere",
  "issuer_found",
  "issuer_remedy",
  "word_cause",
  "word_remedy",
  "header_name",
  "cookie_name",
  "duration",
]);

/** Nothing but what the answer said, and how often. */
export function showToCaller(record: DenialRecord, cli: string): DenialObject {
  return { view: "caller", ...describe(record, cli) };
}

/** Everything that is kept. */
export function showToOperator(record: DenialRecord, cli: string): DenialObject {
  const { code, facts, timeline, subject, issuer, client, fix } = record;
  const { stage, title } = REFUSALS[code];
  const told = Object.entries(facts).filter(([name]) => !FACTS_FOR_TEXTS.has(name));
  return {
    view: "operator",
    ...describe(record, cli),
    title: renderText(title, facts),
    fix,
    exact_code: code,
    stage,
    timeline: timeline.map((step) => ({ ...step })),
    facts: Object.fromEntries(
      told.map(([name, value]) => [name, typeof value === "object" ? [...value] : value]),
    ),
    subject: subject ?? null,
    issuer: issuer ?? null,
    client: client ?? null,
  };
}

function describe({ id, code, facts, route, time, lastSeenAt, count }: DenialRecord, cli: string) {
  return {
    ...describeProblem({ code, facts }, { denialId: id, cli }),
    route,
    created_at: Math.floor(time),
    last_seen_at: Math.floor(lastSeenAt),
    count,
  };
}
