/** From what a server answered to the codes that it can mean. The Python AgentOS gives no code, only its sentence. */
import {
  CAUSES,
  ERRORS,
  type ErrorCode,
  type Facts,
  placesOf,
  REFUSALS,
  type RefusalEntry,
} from "@agentos/contract";
import type { ObservedAnswer } from "./diagnosis.ts";
import { FOUND_WORDS } from "./found-words.ts";

export interface AnswerMeaning {
  /** Codes that the answer can mean, the most likely first. */
  readonly codes: readonly ErrorCode[];
  /** Values read out of the sentence. */
  readonly facts: Facts;
  /** The answer leaves no other cause open: it has a code, or its sentence stands for one cause only. */
  readonly isNamed: boolean;
}

interface Reading {
  readonly pattern: RegExp;
  readonly codes: readonly ErrorCode[];
  /** Values of the entry's places that the sentence stands for. */
  readonly facts?: Facts;
  /** The sentence leaves other causes open. */
  readonly isVague?: true;
}

const reading = (pattern: RegExp, codes: readonly ErrorCode[], facts?: Facts): Reading =>
  facts === undefined ? { pattern, codes } : { pattern, codes, facts };

/** Sentences of the Python AgentOS (contract 1.6) that stand for no entry of ours, or for more than one. */
const READINGS: readonly Reading[] = [
  reading(/^Invalid authentication token$/, ["AUTH_SECURITY_KEY_INVALID", "AUTH_TOKEN_NOT_ACCEPTED"]),
  reading(/Not enough segments$/, ["AUTH_TOKEN_MALFORMED", "AUTH_SECURITY_KEY_NOT_ACCEPTED"]),
  reading(/Invalid header padding$|Invalid header string/, [
    "AUTH_TOKEN_QUOTED",
    "AUTH_TOKEN_SPACED",
    "AUTH_TOKEN_HEADER_INVALID",
    "AUTH_TOKEN_ENCRYPTED",
  ]),
  reading(/Signature verification failed$/, ["AUTH_SIGNATURE_INVALID"]),
  reading(/Invalid crypto padding$/, ["AUTH_SIGNATURE_MALFORMED"]),
  reading(/alg value is not allowed$/, ["AUTH_ALGORITHM_MISMATCH", "AUTH_TOKEN_ENCRYPTED"]),
  reading(/Could not (parse|deserialize)/, ["KEY_UNREADABLE"], {
    reason: "the server cannot parse its own verification key",
  }),
  reading(/has no attribute 'verify'/, ["KEY_PRIVATE"], { found: "its own error shows it" }),
  reading(/should not be used as an HMAC secret/, ["KEY_PUBLIC_AS_SECRET"], {
    algorithm: "an HS algorithm",
    found: "a public key or certificate",
  }),
  {
    ...reading(/^Error decoding token/, ["KEY_UNREADABLE"], { reason: "the server fails while it decodes" }),
    isVague: true,
  },
  reading(/^Invalid or expired service account token$/, ["AUTH_SERVICE_ACCOUNT_REFUSED"]),
  reading(/^Too many failed authentication attempts$/, ["AUTH_THROTTLED"]),
  reading(/^Authentication is temporarily unavailable$/, [
    "AUTH_DATABASE_UNAVAILABLE",
    "AUTH_KEYS_UNAVAILABLE",
  ]),
  reading(/^Insufficient permissions(\. Required scope|$)/, ["SCOPE_MISSING"]),
  // The words of version 2.3.13 (contract 1.12).
  reading(/^Invalid audience - token not valid for this AgentOS instance$/, ["AUTH_AUDIENCE_MISMATCH"]),
  reading(/^Access denied to (\w+) this (agent|team|workflow)$/, ["SCOPE_OTHER_RESOURCE"]),
];

/** Reads an answer; no code at all when it says nothing that we know. */
export function readAnswer(answer: ObservedAnswer): AnswerMeaning {
  const { code, detail, title, fix } = answer;
  const { required, missing } = readNamedScopes(answer);
  const facts: Facts = {
    ...(required === undefined ? {} : { required_scopes: required }),
    ...(missing === undefined ? {} : { missing_scopes: missing }),
  };
  // A cause is what a diagnosis finds. A server that answers with one knows nothing of it.
  if (code !== undefined && isErrorCode(code) && !Object.hasOwn(CAUSES, code))
    return { codes: [code], facts: { ...readPlaces(code, { title, fix }), ...facts }, isNamed: true };
  if (detail === undefined) return { codes: [], facts, isNamed: false };
  const known = READINGS.find(({ pattern }) => pattern.test(detail));
  const found = known ?? readEntries(detail);
  return {
    codes: found.codes,
    facts: { ...found.facts, ...facts },
    isNamed: known !== undefined && known.codes.length === 1 && known.isVague !== true,
  };
}

/** The scopes that the server itself asks for, and those of them that it says are missing: it may have rules of its own. */
export function readNamedScopes({ detail, requiredScopes, missingScopes }: ObservedAnswer): {
  readonly required: readonly string[] | undefined;
  readonly missing: readonly string[] | undefined;
} {
  return {
    required: requiredScopes?.filter(isScopeText) ?? readRequiredScopes(detail ?? ""),
    missing: missingScopes?.filter(isScopeText),
  };
}

/** True for a code of the catalogue, exact in spelling and case. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Entries whose `detail` is this sentence, with any plain name in its places. */
function readEntries(detail: string): Pick<Reading, "codes" | "facts"> {
  let facts: Facts = {};
  const codes = Object.entries<RefusalEntry>(REFUSALS).flatMap(([code, entry]) => {
    // Only our own server tells what is empty from what is missing, and it does so by code.
    if (!isErrorCode(code) || code.endsWith("_EMPTY")) return [];
    const places = placesOf(entry.detail);
    if (places.length === 0) return entry.detail === detail ? [code] : [];
    const parts = entry.detail.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const match = new RegExp(`^${parts.join("([\\w.-]{1,64})")}$`).exec(detail);
    if (match === null) return [];
    facts = Object.fromEntries(places.map((name, index) => [name, match[index + 1] ?? ""]));
    return [code];
  });
  return { codes, facts };
}

/** A name or some, as a server of ours fills the places of its texts with; nothing that could make a sentence. */
const PLAIN = String.raw`[\w:.*/-]{1,100}(?:, [\w:.*/-]{1,100}){0,20}`;

/** The values that an answer of ours has in the places of its title and fix: its texts are the catalogue's. */
function readPlaces(
  code: ErrorCode,
  said: { readonly title?: string | undefined; readonly fix?: string | undefined },
): Facts {
  const entry = ERRORS[code];
  if (entry === undefined) return {};
  const facts: Record<string, string | readonly string[]> = {};
  for (const [template, text] of [
    [entry.title, said.title],
    [entry.fix, said.fix],
  ] as const) {
    const names = placesOf(template);
    if (text === undefined || text.length > 4_000 || names.length === 0) continue;
    const [first = "", ...parts] = template
      .split(/\{[a-z_]+\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const places = parts.map((part, index) => `(${FOUND_WORDS[names[index] ?? ""] ?? PLAIN})${part}`);
    const match = new RegExp(`^${first}${places.join("")}$`).exec(text);
    for (const [index, name] of names.entries()) {
      const value = match?.[index + 1];
      if (value !== undefined && name !== "cli") facts[name] = isList(name) ? value.split(", ") : value;
    }
  }
  return facts;
}

/** Facts of several values have a name in the plural. */
function isList(name: string): boolean {
  return name === "expected_algorithms" || name.endsWith("_scopes");
}

function readRequiredScopes(detail: string): readonly string[] | undefined {
  const listed = /Required scope\(s\): (.{1,1000})$/.exec(detail)?.[1];
  return listed?.split(/,\s*/).filter(isScopeText);
}

/** Anything else that a remote server calls a scope stays out of our texts. */
function isScopeText(scope: string): boolean {
  return /^[\w:.*-]{1,200}$/.test(scope);
}
