/**
 * The one function that turns a refusal into an answer (design.md sections 4 and 10): RFC 9457 body, RFC 6750
 * challenge. Only facts that the catalogue lists as public go in.
 */
import {
  type ErrorCode,
  type Facts,
  type Problem,
  REFUSALS,
  type RefusalEntry,
  renderText,
} from "@agentos/contract";
import type { Refusal } from "../outcome/result.ts";

/** What an answer depends on besides the refusal. */
export interface ProblemOptions {
  /** Names the denial record, for whoever may read it. */
  readonly denialId: string;
  /** The request's `Accept`, which decides the media type. */
  readonly accept: string | null;
  /** The operator's own command, for fixes. */
  readonly cli: string;
  /** RFC 9728 metadata URL; sent only when an OAuth or OIDC issuer is configured. */
  readonly resourceMetadataUrl?: string | undefined;
  /** Sends `Retry-After`, in seconds (RFC 9110 section 10.2.3). Default: that of the refusal, if any. */
  readonly retryAfterSeconds?: number | undefined;
}

/** An answer as plain data; hosts make their own response of it. */
export interface ProblemAnswer {
  /** HTTP status of the catalogue entry. */
  readonly status: number;
  /** By lower-case name: content type, `cache-control`, `vary`, and the challenge where the entry has one. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text (RFC 9457). */
  readonly body: string;
}

/** What a refused caller is told: the body of the answer, and the caller's view of the record. */
export function describeProblem(
  refusal: Pick<Refusal, "code" | "facts">,
  { denialId, cli }: Pick<ProblemOptions, "denialId" | "cli">,
): Problem {
  const entry: RefusalEntry = REFUSALS[refusal.code];
  const code = publicCode(refusal);
  const facts = publicFacts(entry, refusal.facts, cli);
  const scopes =
    entry.challenge === "insufficient_scope"
      ? {
          required_scopes: [...listOf(facts["required_scopes"])],
          missing_scopes: [...listOf(facts["missing_scopes"])],
        }
      : {};
  return {
    type: `/errors/${code}`,
    title: renderText(entry.title, facts),
    status: entry.status,
    detail: renderText(entry.detail, facts),
    code,
    fix: renderText(entry.fix, facts),
    denial_id: denialId,
    ...scopes,
  };
}

/** Builds the answer to a refused request. */
export function toProblem(refusal: Refusal, options: ProblemOptions): ProblemAnswer {
  const entry: RefusalEntry = REFUSALS[refusal.code];
  const facts = publicFacts(entry, refusal.facts, options.cli);
  const body = describeProblem(refusal, options);
  const challenge = toChallenge(entry, facts, options.resourceMetadataUrl);
  const { retryAfterSeconds = entry.retryAfterSeconds } = options;
  return {
    status: entry.status,
    headers: {
      "content-type": wantsProblemJson(options.accept) ? "application/problem+json" : "application/json",
      "cache-control": "no-store",
      vary: "Accept",
      ...(challenge === undefined ? {} : { "www-authenticate": challenge }),
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: JSON.stringify(body),
  };
}

/** The code that a caller is shown for a refusal. */
export function publicCode(refusal: Pick<Refusal, "code">): ErrorCode {
  const entry: RefusalEntry = REFUSALS[refusal.code];
  return (entry.publicCode as ErrorCode | undefined) ?? refusal.code;
}

function publicFacts(entry: RefusalEntry, facts: Facts, cli: string): Facts {
  const shown = entry.publicFacts.flatMap((name) =>
    facts[name] === undefined ? [] : [[name, facts[name]] as const],
  );
  return { ...Object.fromEntries(shown), cli };
}

function listOf(value: Facts[string] | undefined): readonly string[] {
  return typeof value === "object" ? value : [];
}

/** RFC 6750 section 3. A quoted-string may hold neither quotes nor backslashes nor anything outside ASCII there. */
function toChallenge(
  entry: RefusalEntry,
  facts: Facts,
  resourceMetadataUrl: string | undefined,
): string | undefined {
  if (entry.challenge === "none") return undefined;
  const quote = (text: string) => `"${text.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, "?")}"`;
  const parts = [`realm="agentos"`];
  if (entry.challenge !== "bare") {
    parts.push(`error="${entry.challenge}"`, `error_description=${quote(renderText(entry.title, facts))}`);
  }
  const scopes = listOf(facts["required_scopes"]);
  if (entry.challenge === "insufficient_scope" && scopes.length > 0)
    parts.push(`scope=${quote(scopes.join(" "))}`);
  if (resourceMetadataUrl !== undefined) parts.push(`resource_metadata=${quote(resourceMetadataUrl)}`);
  return `Bearer ${parts.join(", ")}`;
}

/** Longer than any client's: what stands behind it counts as not said. */
const MAX_ACCEPT_CHARACTERS = 1_000;

/** True when the client names the problem media type itself: several published clients read only `application/json`. */
function wantsProblemJson(accept: string | null): boolean {
  return (accept ?? "")
    .slice(0, MAX_ACCEPT_CHARACTERS)
    .split(",")
    .some((range) => {
      const [type = "", ...parameters] = range
        .toLowerCase()
        .split(";")
        .map((part) => part.trim());
      return (
        type === "application/problem+json" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
      );
    });
}
