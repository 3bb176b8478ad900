/** Issuer, audience, user id (RFC 8725 sections 3.8, 3.9; contract 1.7). Exact comparison only. */

import { CONTROL_CHARACTER } from "@agentos/contract/text";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { ClaimNames, TokenPolicy } from "../policy/policy.ts";
import { describeIssuer } from "./compare-issuers.ts";
import { describeKind } from "./describe-value.ts";
import { findAudienceElsewhere } from "./find-elsewhere.ts";
import { type Claims, readClaim } from "./read-claim.ts";
import { MAX_IDENTIFIER_CHARACTERS } from "./token-limits.ts";

export function checkIssuer(claims: Claims, policy: TokenPolicy): Result<true> {
  if (policy.issuer === undefined) return ok(true);
  const { iss } = claims;
  if (iss === undefined) return refuse("AUTH_ISSUER_MISSING", { expected_issuer: policy.issuer });
  // A list is no issuer, even when it contains the right one (lesson CVE-2025-30144).
  if (iss !== policy.issuer)
    return refuse("AUTH_ISSUER_MISMATCH", {
      expected_issuer: policy.issuer,
      token_issuer: shown(iss),
      issuer_found: describeIssuer(iss, [policy.issuer]),
    });
  return ok(true);
}

/** The id of a server is public; an audience that its operator chose is not. */
const AUDIENCE_IS_ID = 'the id of this AgentOS (the "os_id" of GET /info)';
const AUDIENCE_IS_CONFIGURED = "the audience that the operator of this server has configured";

export function checkAudience(
  claims: Claims,
  policy: TokenPolicy,
  { audience: claim }: Pick<ClaimNames, "audience">,
): Result<true> {
  if (policy.audience === undefined) return ok(true);
  const { audience: accepted } = policy;
  const value = readClaim(claims, claim);
  if (isAccepted(value, accepted)) return ok(true);
  const elsewhere = findAudienceElsewhere(claims, claim, (other) => isAccepted(other, accepted));
  const hint = policy.isAudienceTheId === true ? AUDIENCE_IS_ID : AUDIENCE_IS_CONFIGURED;
  const facts = {
    audience_claim: claim,
    audience_hint: elsewhere === undefined ? hint : `${hint}, which the token has under "${elsewhere}" only`,
    expected_audience: accepted,
    ...(elsewhere === undefined
      ? {}
      : {
          other_claim: elsewhere,
          suggestion: `set "audienceClaim" to "${elsewhere}" on the server, which then reads the audience there, or issue the token with "${claim}" set to ${hint}`,
        }),
  };
  return value === undefined || value === null
    ? refuse("AUTH_AUDIENCE_MISSING", facts)
    : refuse("AUTH_AUDIENCE_MISMATCH", { ...facts, token_audience: shown(value) });
}

function isAccepted(value: unknown, accepted: readonly string[]): boolean {
  const audiences: readonly unknown[] = Array.isArray(value) ? value : [value];
  return audiences.some((audience) => typeof audience === "string" && accepted.includes(audience));
}

/** Whom a token names; both undefined for nobody. */
export interface NamedUser {
  /** As the claim says it. */
  readonly subject: string | undefined;
  /** With the prefix of its issuer. */
  readonly userId: string | undefined;
}

const NOBODY: NamedUser = { subject: undefined, userId: undefined };

/** Reads the user id. Whether a user may be called so is for the subject rules, whatever the credential. */
export function readUser(
  claims: Claims,
  policy: TokenPolicy,
  { userId: claim }: Pick<ClaimNames, "userId">,
): Result<NamedUser> {
  const subject = readClaim(claims, claim);
  if (subject === undefined) return ok(NOBODY);
  const refuseFor = (found: string) =>
    refuse("AUTH_SUBJECT_INVALID", {
      user_id_claim: claim,
      value_found: found,
      limit_characters: MAX_IDENTIFIER_CHARACTERS,
    });
  if (typeof subject !== "string") return refuseFor(describeKind(subject));
  if (!isIdentifier(subject)) return refuseFor(describeIdentifier(subject));
  // An empty id names nobody; isolation refuses it later (repair of contract Q10).
  if (subject.trim() === "") return ok(NOBODY);
  if (policy.subjectPrefix === undefined) return ok({ subject, userId: subject });
  const userId = `${policy.subjectPrefix}${subject}`;
  return isIdentifier(userId)
    ? ok({ subject, userId })
    : refuseFor(`${describeIdentifier(userId)} with the prefix of its issuer`);
}

/**
 * What a token and its sign-in are called. A name that cannot be told from every other could not be revoked, while whoever
 * revokes it is told that it is. An empty one is none, and some libraries write null for a sign-in that there is none of.
 */
export function checkTokenNames({ jti, sid }: Claims): Result<true> {
  const refuseFor = (code: "AUTH_JWT_ID_INVALID" | "AUTH_SIGN_IN_ID_INVALID", value: unknown) =>
    refuse(code, {
      value_found: typeof value === "string" ? describeIdentifier(value) : describeKind(value),
      limit_characters: MAX_IDENTIFIER_CHARACTERS,
    });
  const isName = (value: unknown) => typeof value === "string" && isIdentifier(value);
  if (jti !== undefined && !isName(jti)) return refuseFor("AUTH_JWT_ID_INVALID", jti);
  if (sid !== undefined && sid !== null && !isName(sid)) return refuseFor("AUTH_SIGN_IN_ID_INVALID", sid);
  return ok(true);
}

/** Session id of the token, if it is usable as one. */
export function readSessionId(
  claims: Claims,
  { sessionId: claim }: Pick<ClaimNames, "sessionId">,
): string | undefined {
  return readIdentifier(readClaim(claims, claim));
}

/** A claim that names one thing among others; undefined for what cannot be told from every other name. */
export function readIdentifier(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && isIdentifier(value) ? value : undefined;
}

/** Bounded, without control characters, and well-formed: two lone surrogates would be stored as one and the same id. */
function isIdentifier(text: string): boolean {
  return text.length <= MAX_IDENTIFIER_CHARACTERS && text.isWellFormed() && !CONTROL_CHARACTER.test(text);
}

/** What keeps a text from being an identifier. */
function describeIdentifier(text: string): string {
  if (text.length > MAX_IDENTIFIER_CHARACTERS) return `a text of ${text.length} characters`;
  return CONTROL_CHARACTER.test(text)
    ? "a text with a control character"
    : "a text that is not valid Unicode";
}

/** A claim value for the denial record: bounded, and never an object. */
function shown(value: unknown): string | readonly string[] {
  const one = (item: unknown) => (typeof item === "string" ? item.slice(0, 200) : `(${typeof item})`);
  return Array.isArray(value) ? value.slice(0, 10).map(one) : one(value);
}
