/** Every check of a token's claims in its fixed order (design.md section 4). Pure: the same for a server and for a diagnosis. */
import { ok, type Result } from "../outcome/result.ts";
import type { AuthPolicy, TokenPolicy } from "../policy/policy.ts";
import { checkAudience, checkIssuer, checkTokenNames, type NamedUser, readUser } from "./check-claims.ts";
import { checkKind } from "./check-kind.ts";
import { checkTimes, type TokenTimes } from "./check-times.ts";
import type { Claims } from "./read-claim.ts";

/** What claims are checked against. */
export interface ClaimRules extends Pick<AuthPolicy, "mode" | "claimNames"> {
  /** The part for the issuer of the token. */
  readonly policy: TokenPolicy;
  /** Seconds since 1970. */
  readonly now: number;
  /** The `typ` of its header is that of an access token (RFC 9068). Default false. */
  readonly isAccessTyped?: boolean | undefined;
}

export interface AcceptedClaims extends NamedUser {
  readonly times: TokenTimes;
}

const NO_TIMES: TokenTimes = { expiresAt: undefined, notBefore: undefined };

/** Checks claims; the first check that fails answers. What a user may not be called is checked after it, of every identity. */
export function checkAllClaims(
  claims: Claims,
  { mode, claimNames, policy, now, isAccessTyped }: ClaimRules,
): Result<AcceptedClaims> {
  const names = checkTokenNames(claims);
  if (!names.ok) return names;
  const times = mode === "jwt-unverified" ? ok(NO_TIMES) : checkTimes(claims, policy, now);
  if (!times.ok) return times;
  const issuer = checkIssuer(claims, policy);
  if (!issuer.ok) return issuer;
  // Before the audience: an ID token is for its client, and naming the audience would ask to accept it here.
  const kind = checkKind(claims, { claimNames, isAccessTyped });
  if (!kind.ok) return kind;
  const audience = checkAudience(claims, policy, claimNames);
  if (!audience.ok) return audience;
  const user = readUser(claims, policy, claimNames);
  return user.ok ? ok({ ...user.value, times: times.value }) : user;
}

/** Of a token that was accepted once, and whatever its times are: whether it is still for this server, by other rules too. */
export function recheckClaims(
  claims: Claims,
  policy: TokenPolicy,
  claimNames: Pick<AuthPolicy["claimNames"], "audience">,
): Result<true> {
  const issuer = checkIssuer(claims, policy);
  return issuer.ok ? checkAudience(claims, policy, claimNames) : issuer;
}
