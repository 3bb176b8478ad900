/**
 * Everything that the checks would object to in a token, without its key: the same checks that a server runs, each
 * after the one before it has been put right. What only a key can tell is left open.
 */
import { REFUSALS } from "@agentos/contract";
import { decodeJsonObject } from "../encoding/base64url.ts";
import { createSubjectRules } from "../identity/subject-rules.ts";
import { type Refusal, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy, KnownPolicy, TokenPolicy } from "../policy/policy.ts";
import { type ClaimRules, checkAllClaims } from "../token/check-all-claims.ts";
import { checkHeader } from "../token/check-header.ts";
import { describeMalformed } from "../token/check-signature.ts";
import { readShape } from "../token/read-shape.ts";
import { refuseIssuer } from "../token/select-issuer.ts";
import { MAX_TOKEN_BYTES } from "../token/token-limits.ts";
import { completePolicy } from "./complete-policy.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What can be said of a token without any key. */
export interface InspectedToken {
  /** In the order of the checks. */
  readonly objections: readonly Refusal[];
  /** Undefined when it is no JSON object in base64url. */
  readonly unverifiedHeader: Claims | undefined;
  /** Undefined when they are no JSON object in base64url. Anybody could have written them. */
  readonly unverifiedClaims: Claims | undefined;
}

/** The server that the token is meant for. */
export interface InspectOptions {
  /** What it checks, as far as it is known. */
  readonly policy: KnownPolicy;
  /** Algorithms of the server's keys; none when they are not known. */
  readonly algorithms: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** Inspects a token; never throws, and needs no key. */
export function inspectToken(token: string, options: InspectOptions): InspectedToken {
  const { algorithms, now } = options;
  const policy = completePolicy(options.policy);
  const shape = token.length > MAX_TOKEN_BYTES ? refuseTooLarge(token) : readShape(token);
  const [headerSegment = "", payloadSegment = ""] = token.trim().split(".");
  const unverifiedHeader = decodeJsonObject(headerSegment);
  const unverifiedClaims = decodeJsonObject(payloadSegment);
  const read = { unverifiedHeader, unverifiedClaims };
  if (!shape.ok) return { ...read, objections: [shape.fault] };

  const header = checkHeader(shape.value.header, algorithms);
  const outer: readonly Refusal[] = header.ok
    ? [...objectToAlgorithm(header.value.algorithm, algorithms), ...objectToSignature(shape.value.signature)]
    : [header.fault];
  const inner =
    unverifiedClaims === undefined
      ? [{ code: "AUTH_PAYLOAD_INVALID" as const, facts: {} }]
      : objectToIssuerAndClaims(unverifiedClaims, policy, {
          now,
          isAccessTyped: header.ok && header.value.isAccessTyped,
        });
  return { ...read, objections: [...outer, ...inner] };
}

function refuseTooLarge(token: string): Result<never> {
  return refuse("AUTH_TOKEN_TOO_LARGE", { token_bytes: token.length, limit_bytes: MAX_TOKEN_BYTES });
}

/** No algorithm makes such a signature, whatever the key. */
function objectToSignature(signature: string): readonly Refusal[] {
  const found = describeMalformed(signature);
  return found === undefined ? [] : [{ code: "AUTH_SIGNATURE_MALFORMED", facts: { signature_found: found } }];
}

function objectToAlgorithm(algorithm: string, expected: readonly string[]): readonly Refusal[] {
  if (expected.length === 0 || expected.includes(algorithm)) return [];
  return [
    { code: "AUTH_ALGORITHM_MISMATCH", facts: { token_algorithm: algorithm, expected_algorithms: expected } },
  ];
}

/** Claims by which a token is told from an access token. */
const KIND_MARKS = [
  "cnf",
  "events",
  "token_use",
  "typ",
  "token_type",
  "type",
  "nonce",
  "at_hash",
  "c_hash",
] as const;

/** Where issuers are kept apart, a token meets the part of the policy for its own. */
function objectToIssuerAndClaims(claims: Claims, policy: AuthPolicy, seen: Seen): readonly Refusal[] {
  const [first] = policy.tokens;
  if (!policy.separatesIssuers) return objectToClaims(claims, policy, { part: first, ...seen });
  const part = policy.tokens.find(({ issuer }) => issuer === claims["iss"]);
  if (part !== undefined) return objectToClaims(claims, policy, { part, ...seen });
  const expected = policy.tokens.flatMap(({ issuer }) => issuer ?? []);
  // Of nobody's tokens it is not known for whom they would have to be.
  const nobodys = { ...first, issuer: undefined, audience: undefined };
  return [
    refuseIssuer(claims["iss"], expected, expected.length < policy.tokens.length).fault,
    ...objectToClaims(claims, policy, { part: nobodys, ...seen }),
  ];
}

type Seen = Pick<ClaimRules, "now" | "isAccessTyped">;

interface Part extends Seen {
  readonly part: TokenPolicy;
}

function objectToClaims(
  original: Claims,
  policy: AuthPolicy,
  { part, now, isAccessTyped }: Part,
): readonly Refusal[] {
  const findSubjectFault = createSubjectRules(policy);
  const rules: ClaimRules = {
    mode: policy.mode,
    claimNames: policy.claimNames,
    policy: part,
    now,
    isAccessTyped,
  };
  const objections: Refusal[] = [];
  let claims: Claims | undefined = original;
  // Each round puts one claim right, so there are never more rounds than claims that can be wrong.
  for (let round = 0; claims !== undefined && round < 12; round += 1) {
    const checked = checkAllClaims(claims, rules);
    const refusal = checked.ok ? findSubjectFault({ kind: "user", ...checked.value }) : checked.fault;
    if (refusal === undefined) break;
    objections.push(refusal);
    claims = putRight(claims, refusal, { policy, part, now });
  }
  return objections;
}

/** The claims with what was refused put right; undefined when that cannot be done. */
function putRight(
  claims: Claims,
  { code }: Refusal,
  { policy: { claimNames }, part, now }: Part & { readonly policy: AuthPolicy },
): Claims | undefined {
  const soon = Math.floor(now) + 60;
  const without = (...names: readonly string[]): Claims =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
  switch (REFUSALS[code].stage) {
    case "claims":
      if (code === "AUTH_JWT_ID_INVALID") return without("jti");
      return code === "AUTH_SIGN_IN_ID_INVALID" ? without("sid") : undefined;
    case "expiration":
      return { ...claims, exp: soon };
    case "not-before":
      return without("nbf");
    case "issued-at":
      return without("iat");
    case "lifetime":
      return { ...claims, exp: soon, iat: Math.floor(now) };
    case "issuer":
      return { ...claims, iss: part.issuer };
    case "audience":
      return { ...claims, [claimNames.audience]: part.audience };
    case "type":
      return without(...KIND_MARKS);
    case "subject":
      // A name comes before a path, so that this hides a nested claim too; an empty id names nobody.
      return { ...claims, [claimNames.userId]: "" };
    default:
      return undefined;
  }
}
