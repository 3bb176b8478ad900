/** Every check of a token's claims in its fixed order (design.md section 4). Pure: the same for a server and for a diagnosis. */
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { checkAudience, checkIssuer, checkKind, checkSubject } from "./check-claims.ts";
import { checkTimes, type TokenTimes } from "./check-times.ts";

export interface AcceptedClaims {
  readonly userId: string | undefined;
  readonly times: TokenTimes;
}

const NO_TIMES: TokenTimes = { expiresAt: undefined, notBefore: undefined };

/** Checks claims at `now` (seconds since 1970); the first check that fails answers. */
export function checkAllClaims(
  claims: Readonly<Record<string, unknown>>,
  policy: TokenPolicy,
  now: number,
): Result<AcceptedClaims> {
  if (claims["jti"] !== undefined && typeof claims["jti"] !== "string") return refuse("AUTH_JWT_ID_INVALID");
  const times = policy.verifiesSignature ? checkTimes(claims, policy, now) : ok(NO_TIMES);
  if (!times.ok) return times;
  for (const check of [checkIssuer(claims, policy), checkAudience(claims, policy), checkKind(claims)])
    if (!check.ok) return check;
  const userId = checkSubject(claims, policy);
  return userId.ok ? ok({ userId: userId.value, times: times.value }) : userId;
}
