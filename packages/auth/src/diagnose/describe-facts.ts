/** Facts of a refusal as evidence: each with where it was seen. */
import { DEFAULT_COOKIE_NAME, DEFAULT_TOKEN_HEADER, type ErrorCode, type Facts } from "@agentos/contract";
import { type ClaimNames, DEFAULT_CLAIM_NAMES } from "../policy/policy.ts";
import { MAX_IDENTIFIER_CHARACTERS, MAX_TOKEN_LIFETIME_SECONDS } from "../token/token-limits.ts";
import type { DiagnosisInput, Evidence, EvidenceSource, KnownServer } from "./diagnosis.ts";
import type { InspectedToken } from "./inspect-token.ts";

const MAX_SHOWN_CHARACTERS = 200;

/** Values of catalogue places that a refusal's facts may lack when the server is not ours. */
export function placesFor(server: KnownServer | undefined): Facts {
  return {
    audience_claim: claimNamesOf(server).audience,
    audience_hint:
      'the id of that AgentOS (the "os_id" of GET /info), unless another audience is configured there',
    accepted_credential: server?.policy.mode === "security_key" ? "the security key" : "a JWT",
    alternative: "",
    user_id_claim: claimNamesOf(server).userId,
    cookie_name: DEFAULT_COOKIE_NAME,
    header_name: DEFAULT_TOKEN_HEADER,
    limit_characters: MAX_IDENTIFIER_CHARACTERS,
    limit_hours: MAX_TOKEN_LIFETIME_SECONDS / 3_600,
  };
}

function claimNamesOf(server: KnownServer | undefined): ClaimNames {
  return { ...DEFAULT_CLAIM_NAMES, ...server?.policy.claimNames };
}

const SHOWN = [
  ["expected_audience", "the server expects the audience", "server"],
  ["token_audience", "the token is for", "the token"],
  ["expected_issuer", "the server expects the issuer", "server"],
  ["token_issuer", "the token comes from", "the token"],
  ["exp", '"exp" is', "the token"],
  ["lifetime_seconds", "the lifetime of the token in seconds is", "the token"],
] as const;

/** What of a token a refusal is about, for whoever holds the token; `sub` stands for the configured user id claim. */
const ABOUT: Readonly<Partial<Record<ErrorCode, { readonly header: string } | { readonly claim: string }>>> =
  {
    AUTH_TOKEN_TYPE_REFUSED: { header: "typ" },
    AUTH_KEY_UNKNOWN: { header: "kid" },
    AUTH_KEY_ID_MISSING: { header: "kid" },
    AUTH_KEY_ID_INVALID: { header: "kid" },
    AUTH_HEADER_CRITICAL: { header: "crit" },
    AUTH_EXPIRATION_MISSING: { claim: "exp" },
    AUTH_EXPIRATION_INVALID: { claim: "exp" },
    AUTH_EXPIRATION_IN_MILLISECONDS: { claim: "exp" },
    AUTH_NOT_BEFORE_INVALID: { claim: "nbf" },
    AUTH_ISSUED_AT_INVALID: { claim: "iat" },
    AUTH_JWT_ID_INVALID: { claim: "jti" },
    AUTH_SIGN_IN_ID_INVALID: { claim: "sid" },
    AUTH_ISSUER_MISSING: { claim: "iss" },
    AUTH_ISSUER_MISMATCH: { claim: "iss" },
    AUTH_ISSUER_UNKNOWN: { claim: "iss" },
    AUTH_ISSUER_UNNAMED: { claim: "iss" },
    AUTH_SUBJECT_INVALID: { claim: "sub" },
    AUTH_SUBJECT_RESERVED: { claim: "sub" },
    AUTH_SUBJECT_FOREIGN: { claim: "sub" },
  };

/** The evidence for a code. */
export function describeFacts(
  code: ErrorCode,
  facts: Facts,
  { answer, refusal, server, credential }: DiagnosisInput,
  inspected: InspectedToken | undefined,
): readonly Evidence[] {
  const serverSource: EvidenceSource =
    refusal === undefined ? (server?.source ?? "the answer") : "the denial record";
  const evidence: Evidence[] = [];
  for (const [name, text, source] of SHOWN) {
    const value = facts[name];
    if (value === undefined) continue;
    evidence.push({
      fact: `${text} ${typeof value === "object" ? value.join(", ") : String(value)}`,
      source: source === "server" ? serverSource : source,
    });
  }
  if (code.startsWith("AUTH_AUDIENCE") && facts["expected_audience"] === undefined) {
    const id = server?.policy.id;
    if (server !== undefined && id !== undefined)
      evidence.push({ fact: `the id of the server is ${id.slice(0, 200)}`, source: server.source });
    evidence.push(...tokenAudience(inspected?.unverifiedClaims, server));
  }
  if (code === "AUTH_ISSUER_UNKNOWN") evidence.push(...findOpenKeys(server));
  const fact = describePart(code, inspected, server);
  const isSaid = evidence.some(({ source }) => source === "the token");
  if (fact !== undefined && !isSaid) evidence.push({ fact, source: "the token" });
  if (code === "AUTH_TOKEN_QUOTED" || code === "AUTH_TOKEN_SPACED") evidence.push(...findForeign(credential));
  return evidence.length === 0 && answer !== undefined ? [sawStatus(answer.status)] : evidence;
}

/** Keys outside "issuers" that are for tokens without "iss": the token may well be signed with one of them. */
function findOpenKeys(server: KnownServer | undefined): readonly Evidence[] {
  const { tokens = [], separatesIssuers } = server?.policy ?? {};
  if (server === undefined || separatesIssuers !== true || !tokens.some((part) => part.issuer === undefined))
    return [];
  const fact =
    'the keys outside "issuers" verify only tokens without "iss", since no "issuer" is set for them';
  return [{ fact, source: server.source }];
}

/** `"exp" is "tomorrow"`; undefined where no part of the token is to blame, or there is no token. */
function describePart(
  code: ErrorCode,
  inspected: InspectedToken | undefined,
  server: KnownServer | undefined,
): string | undefined {
  const about = ABOUT[code];
  if (about === undefined || inspected === undefined) return undefined;
  const isClaim = "claim" in about;
  const name = !isClaim ? about.header : about.claim === "sub" ? claimNamesOf(server).userId : about.claim;
  const part = isClaim ? inspected.unverifiedClaims : inspected.unverifiedHeader;
  if (part === undefined) return undefined;
  const value = Object.hasOwn(part, name) ? part[name] : undefined;
  return value === undefined
    ? `it has no "${name}"`
    : `"${name}" is ${show(value).slice(0, MAX_SHOWN_CHARACTERS)}`;
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Some thousand levels are more than it can write.
    return "nested too deeply to be shown";
  }
}

/** The first character that no token has, and where it stands. */
function findForeign(credential = ""): readonly Evidence[] {
  const at = credential.trim().search(/[\s"'`“”‘’]/);
  if (at === -1) return [];
  const character = credential.trim().charAt(at);
  const name = /[\r\n]/.test(character) ? "a line break" : /\s/.test(character) ? "a space" : "a quote";
  return [{ fact: `character ${at + 1} of the credential is ${name}`, source: "the command line" }];
}

function tokenAudience(
  claims: Readonly<Record<string, unknown>> | undefined,
  server: KnownServer | undefined,
): readonly Evidence[] {
  const value = claims?.[claimNamesOf(server).audience];
  const listed = (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === "string");
  if (listed.length === 0) return [];
  const shown = listed.slice(0, 5).map((entry) => entry.slice(0, 200));
  return [{ fact: `the token is for ${shown.join(", ")}`, source: "the token" }];
}

/**
 * From whom and for whom a token is, by its own words, beside what the server expects. Nobody has signed for them, and
 * yet they are the quickest way to a token that was never meant for this server.
 */
export function describeOrigin(
  claims: Readonly<Record<string, unknown>> | undefined,
  server: KnownServer | undefined,
): readonly Evidence[] {
  if (claims === undefined) return [];
  const { tokens = [], id } = server?.policy ?? {};
  const audienceClaim = claimNamesOf(server).audience;
  const audiences = tokens.flatMap(({ audience = [] }) => audience);
  const issuers = tokens.flatMap(({ issuer }) => issuer ?? []);
  const isById = audiences.length === 0 && id !== undefined;
  return [
    ...compareClaim("iss", claims["iss"], { values: issuers, says: "the server expects the issuer" }, server),
    ...compareClaim(
      audienceClaim,
      claims[audienceClaim],
      // Another audience may be configured; only the operator knows.
      isById
        ? { values: [id], says: "the id of the server is" }
        : { values: audiences, says: "the server expects the audience" },
      server,
    ),
  ];
}

/** Whether a token names other servers alone as those it is for. A Python AgentOS may not look, so there it says nothing. */
export function isForAnotherServer(
  claims: Readonly<Record<string, unknown>> | undefined,
  server: KnownServer | undefined,
): boolean {
  const { tokens = [], id } = server?.policy ?? {};
  const configured = tokens.flatMap(({ audience = [] }) => audience);
  const expected = configured.length > 0 || id === undefined ? configured : [id];
  const named = [claims?.[claimNamesOf(server).audience]].flat().filter((entry) => typeof entry === "string");
  if (server?.isPython === true || expected.length === 0 || named.length === 0) return false;
  return !named.some((entry) => expected.includes(entry));
}

function compareClaim(
  name: string,
  value: unknown,
  { values: expected, says }: { readonly values: readonly string[]; readonly says: string },
  server: KnownServer | undefined,
): readonly Evidence[] {
  const values = [value].flat().filter((entry) => typeof entry === "string");
  if (values.length === 0 || values.some((entry) => expected.includes(entry))) return [];
  const list = (texts: readonly string[]) =>
    texts
      .slice(0, 5)
      .map((text) => text.slice(0, 100))
      .join(", ");
  return [
    { fact: `unverified, "${name}" is ${list(values)}`, source: "the token" },
    ...(expected.length === 0 || server === undefined
      ? []
      : [{ fact: `${says} ${list(expected)}`, source: server.source }]),
  ];
}

export function sawStatus(status: number): Evidence {
  return { fact: `the server answered ${status}`, source: "the answer" };
}
