/** `exp`, `nbf`, `iat` and the lifetime (RFC 7519 sections 4.1.4-4.1.6; contract 1.7). */

import { formatDuration } from "@agentos/contract/text";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { describeKind } from "./describe-value.ts";
import type { Claims } from "./read-claim.ts";
import { CLOCK_SKEW_SECONDS, MILLISECONDS_CEILING, MILLISECONDS_THRESHOLD } from "./token-limits.ts";

export interface TokenTimes {
  readonly expiresAt: number | undefined;
  readonly notBefore: number | undefined;
}

/** Checks all times of a token against `now` (seconds since 1970). */
export function checkTimes(claims: Claims, policy: TokenPolicy, now: number): Result<TokenTimes> {
  const { exp, nbf, iat } = claims;
  if (exp === undefined) {
    if (policy.requiresExpiration) return refuse("AUTH_EXPIRATION_MISSING");
  } else {
    if (!isNumericDate(exp)) return refuse("AUTH_EXPIRATION_INVALID", { value_found: describeKind(exp) });
    if (exp > MILLISECONDS_THRESHOLD && exp < MILLISECONDS_CEILING)
      return refuse("AUTH_EXPIRATION_IN_MILLISECONDS", { exp });
    if (exp <= now - CLOCK_SKEW_SECONDS) return refuseExpired(exp, now);
  }
  if (nbf !== undefined) {
    if (!isNumericDate(nbf)) return refuse("AUTH_NOT_BEFORE_INVALID", { value_found: describeKind(nbf) });
    if (nbf > now + CLOCK_SKEW_SECONDS) return refuseEarly(nbf, now);
  }
  if (iat !== undefined) {
    if (!isNumericDate(iat)) return refuse("AUTH_ISSUED_AT_INVALID", { value_found: describeKind(iat) });
    if (iat > now + CLOCK_SKEW_SECONDS) return refuse("AUTH_ISSUED_IN_FUTURE", { ...seenAt(now, iat), iat });
  }
  if (exp !== undefined && policy.maxLifetimeSeconds !== undefined) {
    // Without "iat" the life that is left is all that can be measured.
    const lifetimeSeconds = exp - (iat ?? now);
    if (lifetimeSeconds > policy.maxLifetimeSeconds + CLOCK_SKEW_SECONDS) {
      return refuse("AUTH_LIFETIME_EXCEEDED", {
        limit_hours: Math.floor(policy.maxLifetimeSeconds / 3600),
        lifetime_seconds: lifetimeSeconds,
        duration: formatDuration(lifetimeSeconds),
      });
    }
  }
  return ok({ expiresAt: exp, notBefore: nbf });
}

const IN_TIME: Result<true> = Object.freeze(ok<true>(true));

/** Times that a cached identity must still satisfy. */
export function recheckTimes(times: TokenTimes, now: number): Result<true> {
  if (times.expiresAt !== undefined && times.expiresAt <= now - CLOCK_SKEW_SECONDS) {
    return refuseExpired(times.expiresAt, now);
  }
  if (times.notBefore !== undefined && times.notBefore > now + CLOCK_SKEW_SECONDS) {
    return refuseEarly(times.notBefore, now);
  }
  return IN_TIME;
}

function refuseExpired(exp: number, now: number): Result<never> {
  return refuse("AUTH_TOKEN_EXPIRED", { ...seenAt(now, exp), exp });
}

function refuseEarly(nbf: number, now: number): Result<never> {
  return refuse("AUTH_TOKEN_NOT_YET_VALID", { ...seenAt(now, nbf), nbf });
}

/** The clock of this server, and how far a time of the token is from it. */
function seenAt(now: number, time: number) {
  return { now, skew_seconds: CLOCK_SKEW_SECONDS, duration: formatDuration(now - time) };
}

function isNumericDate(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
