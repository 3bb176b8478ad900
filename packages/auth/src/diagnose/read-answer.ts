/** From what a server answered to the codes that it can mean. The Python AgentOS gives no code, only its sentence. */
import { ERRORS, type ErrorCode, type Facts, placesOf, REFUSALS, type RefusalEntry } from "@agentos/contract";
import type { ObservedAnswer } from "./diagnosis.ts";

export interface AnswerMeaning {
  /** Codes that the answer can mean, the most likely first. */
  readonly codes: readonly ErrorCode[];
  /** Values read out of the sentence. */
  readonly facts: Facts;
  /** The server named the code itself. */
  readonly isNamed: boolean;
}

type Reading = readonly [pattern: RegExp, codes: readonly ErrorCode[]];

/** Sentences of the Python AgentOS (contract 1.6) that stand for no entry of ours, or for more than one. */
const READINGS: readonly Reading[] = [
  [/^Invalid authentication token$/, ["AUTH_SECURITY_KEY_INVALID", "AUTH_TOKEN_NOT_ACCEPTED"]],
  [/Not enough segments$/, ["AUTH_TOKEN_MALFORMED", "AUTH_SECURITY_KEY_NOT_ACCEPTED"]],
  [/Invalid header padding$|Invalid header string/, ["AUTH_TOKEN_QUOTED", "AUTH_TOKEN_HEADER_INVALID"]],
  [/Signature verification failed$/, ["AUTH_SIGNATURE_INVALID"]],
  [/Invalid crypto padding$/, ["AUTH_SIGNATURE_MALFORMED"]],
  [/alg value is not allowed$/, ["AUTH_ALGORITHM_MISMATCH"]],
  [/Could not (parse|deserialize)/, ["KEY_UNREADABLE"]],
  [/has no attribute 'verify'/, ["KEY_PRIVATE"]],
  [/should not be used as an HMAC secret/, ["KEY_PUBLIC_AS_SECRET"]],
  [/^Error decoding token/, ["KEY_UNREADABLE"]],
  [/^Invalid or expired service account token$/, ["AUTH_SERVICE_ACCOUNT_REFUSED"]],
  [/^Too many failed authentication attempts$/, ["AUTH_THROTTLED"]],
  [/^Authentication is temporarily unavailable$/, ["AUTH_DATABASE_UNAVAILABLE"]],
  [/^Insufficient permissions\. Required scope/, ["SCOPE_MISSING"]],
  [/^Access denied to (\w+) this (agent|team|workflow)$/, ["SCOPE_OTHER_RESOURCE"]],
];

/** Reads an answer; no code at all when it says nothing that we know. */
export function readAnswer({ code, detail, requiredScopes }: ObservedAnswer): AnswerMeaning {
  const scopes = requiredScopes ?? readRequiredScopes(detail ?? "");
  const facts: Facts = scopes === undefined ? {} : { required_scopes: scopes };
  if (code !== undefined && isErrorCode(code)) return { codes: [code], facts, isNamed: true };
  if (detail === undefined) return { codes: [], facts, isNamed: false };
  const reading = READINGS.find(([pattern]) => pattern.test(detail));
  const codes = reading?.[1] ?? entriesWithDetail(detail).slice(0, 3);
  return { codes, facts, isNamed: false };
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Entries whose `detail` is this sentence, with any value in its places. */
function entriesWithDetail(detail: string): readonly ErrorCode[] {
  return Object.entries<RefusalEntry>(REFUSALS).flatMap(([code, entry]) => {
    if (!isErrorCode(code)) return [];
    if (placesOf(entry.detail).length === 0) return entry.detail === detail ? [code] : [];
    const parts = entry.detail.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".{1,200}")}$`).test(detail) ? [code] : [];
  });
}

function readRequiredScopes(detail: string): readonly string[] | undefined {
  const listed = /Required scope\(s\): (.{1,1000})$/.exec(detail)?.[1];
  return listed?.split(/,\s*/).filter((scope) => /^[\w:.*-]{1,200}$/.test(scope));
}
