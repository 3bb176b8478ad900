/** `exp`, `nbf`, `iat` and the lifetime (RFC 7519 sections 4.1.4-4.1.6; contract 1.7). */

import { ok, type Result, refuse } from "../outcome/result.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { CLOCK_SKEW_SECONDS, MILLISECONDS_CEILING, MILLISECONDS_THRESHOLD } from "./token-limits.ts";

export interface TokenTimes {
  readonly expiresAt: number | undefined;
  readonly notBefore: number | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** Checks all times of a token against `now` (seconds since 1970). */
export function checkTimes(claims: Claims, policy: TokenPolicy, now: number): Result<TokenTimes> {
  const { exp, nbf, iat } = claims;
  const seen = { now, skew_seconds: CLOCK_SKEW_SECONDS };
  if (exp === undefined) {
    if (policy.requiresExpiration) return refuse("AUTH_EXPIRATION_MISSING");
  } else {
    if (!isNumericDate(exp)) return refuse("AUTH_EXPIRATION_INVALID");
    if (exp > MILLISECONDS_THRESHOLD && exp < MILLISECONDS_CEILING)
      return refuse("AUTH_EXPIRATION_IN_MILLISECONDS", { exp });
    if (exp <= now - CLOCK_SKEW_SECONDS) return refuse("AUTH_TOKEN_EXPIRED", { ...seen, exp });
  }
  if (nbf !== undefined) {
    if (!isNumericDate(nbf)) return refuse("AUTH_NOT_BEFORE_INVALID");
    if (nbf > now + CLOCK_SKEW_SECONDS) return refuse("AUTH_TOKEN_NOT_YET_VALID", { ...seen, nbf });
  }
  if (iat !== undefined) {
    if (!isNumericDate(iat)) return refuse("AUTH_ISSUED_AT_INVALID");
    if (iat > now + CLOCK_SKEW_SECONDS) return refuse("AUTH_ISSUED_IN_FUTURE", { ...seen, iat });
  }
  if (exp !== undefined && policy.maxLifetimeSeconds !== undefined) {
    // Without "iat" the life that is left is all that can be measured.
    const lifetimeSeconds = exp - (iat ?? now);
    if (lifetimeSeconds > policy.maxLifetimeSeconds + CLOCK_SKEW_SECONDS) {
      return refuse("AUTH_LIFETIME_EXCEEDED", {
        limit_hours: Math.floor(policy.maxLifetimeSeconds / 3600),
        lifetime_seconds: lifetimeSeconds,
      });
    }
  }
  return ok({ expiresAt: exp, notBefore: nbf });
}

const IN_TIME: Result<true> = Object.freeze(ok<true>(true));

/** Times that a cached identity must still satisfy. */
export function recheckTimes(times: TokenTimes, now: number): Result<true> {
  if (times.expiresAt !== undefined && times.expiresAt <= now - CLOCK_SKEW_SECONDS) {
    return refuse("AUTH_TOKEN_EXPIRED", { now, skew_seconds: CLOCK_SKEW_SECONDS, exp: times.expiresAt });
  }
  if (times.notBefore !== undefined && times.notBefore > now + CLOCK_SKEW_SECONDS) {
    return refuse("AUTH_TOKEN_NOT_YET_VALID", {
      now,
      skew_seconds: CLOCK_SKEW_SECONDS,
      nbf: times.notBefore,
    });
  }
  return IN_TIME;
}

function isNumericDate(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
