/** Issuer, audience, kind of token, user id (RFC 8725 sections 3.8, 3.9, 3.12; contract 1.7). Exact comparison only. */

import { CONTROL_CHARACTER } from "@agentos/contract/text";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { ClaimNames, TokenPolicy } from "../policy/policy.ts";
import { MAX_IDENTIFIER_CHARACTERS } from "./token-limits.ts";

type Claims = Readonly<Record<string, unknown>>;

export function checkIssuer(claims: Claims, policy: TokenPolicy): Result<true> {
  if (policy.issuer === undefined) return ok(true);
  const { iss } = claims;
  if (iss === undefined) return refuse("AUTH_ISSUER_MISSING", { expected_issuer: policy.issuer });
  // A list is no issuer, even when it contains the right one (lesson CVE-2025-30144).
  if (iss !== policy.issuer)
    return refuse("AUTH_ISSUER_MISMATCH", { expected_issuer: policy.issuer, token_issuer: shown(iss) });
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
  const value = claims[claim];
  const facts = {
    audience_claim: claim,
    audience_hint: policy.isAudienceTheId === true ? AUDIENCE_IS_ID : AUDIENCE_IS_CONFIGURED,
    expected_audience: policy.audience,
  };
  if (value === undefined || value === null) return refuse("AUTH_AUDIENCE_MISSING", facts);
  const audiences = Array.isArray(value) ? value : [value];
  if (audiences.some((audience) => typeof audience === "string" && policy.audience?.includes(audience)))
    return ok(true);
  return refuse("AUTH_AUDIENCE_MISMATCH", { ...facts, token_audience: shown(value) });
}

/** Refuses what is signed by the right key, but is no access token. */
export function checkKind(claims: Claims): Result<true> {
  if (claims["cnf"] !== undefined) return refuse("AUTH_TOKEN_BOUND");
  // OpenID Connect Core section 2: these bind an ID token to a sign-in. Some issuers copy the nonce into access tokens
  // as well; those have OAuth's own scope claim, which an ID token has not.
  const isAccessToken = claims["scope"] !== undefined || claims["scp"] !== undefined;
  const isIdToken = claims["at_hash"] !== undefined || claims["c_hash"] !== undefined;
  if (isIdToken || (claims["nonce"] !== undefined && !isAccessToken)) return refuse("AUTH_ID_TOKEN_REFUSED");
  return ok(true);
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
  const subject = claims[claim];
  if (subject === undefined) return ok(NOBODY);
  const facts = { user_id_claim: claim, limit_characters: MAX_IDENTIFIER_CHARACTERS };
  if (typeof subject !== "string" || !isIdentifier(subject)) return refuse("AUTH_SUBJECT_INVALID", facts);
  // An empty id names nobody; isolation refuses it later (repair of contract Q10).
  if (subject.trim() === "") return ok(NOBODY);
  const userId = `${policy.subjectPrefix ?? ""}${subject}`;
  return isIdentifier(userId) ? ok({ subject, userId }) : refuse("AUTH_SUBJECT_INVALID", facts);
}

/** Session id of the token, if it is usable as one. */
export function readSessionId(
  claims: Claims,
  { sessionId: claim }: Pick<ClaimNames, "sessionId">,
): string | undefined {
  return readIdentifier(claims[claim]);
}

/** A claim that names one thing among others; undefined for what cannot be told from every other name. */
export function readIdentifier(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && isIdentifier(value) ? value : undefined;
}

/** Bounded, without control characters, and well-formed: two lone surrogates would be stored as one and the same id. */
function isIdentifier(text: string): boolean {
  return text.length <= MAX_IDENTIFIER_CHARACTERS && text.isWellFormed() && !CONTROL_CHARACTER.test(text);
}

/** A claim value for the denial record: bounded, and never an object. */
function shown(value: unknown): string | readonly string[] {
  const one = (item: unknown) => (typeof item === "string" ? item.slice(0, 200) : `(${typeof item})`);
  return Array.isArray(value) ? value.slice(0, 10).map(one) : one(value);
}
