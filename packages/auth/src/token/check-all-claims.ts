/** Every check of a token's claims in its fixed order (design.md section 4). Pure: the same for a server and for a diagnosis. */
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy, TokenPolicy } from "../policy/policy.ts";
import { checkAudience, checkIssuer, checkKind, type NamedUser, readUser } from "./check-claims.ts";
import { checkTimes, type TokenTimes } from "./check-times.ts";

/** What claims are checked against. */
export interface ClaimRules extends Pick<AuthPolicy, "mode" | "claimNames"> {
  /** The part for the issuer of the token. */
  readonly policy: TokenPolicy;
  /** Seconds since 1970. */
  readonly now: number;
}

export interface AcceptedClaims extends NamedUser {
  readonly times: TokenTimes;
}

const NO_TIMES: TokenTimes = { expiresAt: undefined, notBefore: undefined };

/** Checks claims; the first check that fails answers. What a user may not be called is checked after it, of every identity. */
export function checkAllClaims(
  claims: Readonly<Record<string, unknown>>,
  { mode, claimNames, policy, now }: ClaimRules,
): Result<AcceptedClaims> {
  if (claims["jti"] !== undefined && typeof claims["jti"] !== "string") return refuse("AUTH_JWT_ID_INVALID");
  const times = mode === "jwt-unverified" ? ok(NO_TIMES) : checkTimes(claims, policy, now);
  if (!times.ok) return times;
  const checks = [checkIssuer(claims, policy), checkAudience(claims, policy, claimNames), checkKind(claims)];
  for (const check of checks) if (!check.ok) return check;
  const user = readUser(claims, policy, claimNames);
  return user.ok ? ok({ ...user.value, times: times.value }) : user;
}
