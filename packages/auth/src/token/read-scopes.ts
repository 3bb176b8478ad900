/** Scopes out of a token's claims: Agno's `scopes`, OAuth's `scope` (RFC 9068), Entra's `scp`, Auth0's `permissions`. */
import { MAX_SCOPES } from "./token-limits.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Where scopes are looked for unless a claim is configured, the one that wins first. */
export const USUAL_SCOPE_CLAIMS = ["scopes", "scope", "scp", "permissions"] as const;

/** The claim that the scopes of a token are read from: the configured one, else the first usual one that is present. */
export function findScopesClaim(claims: Claims, configuredClaim: string | undefined): string | undefined {
  return configuredClaim ?? USUAL_SCOPE_CLAIMS.find((name) => claims[name] !== undefined);
}

/** The scopes of a token. */
export function readScopes(claims: Claims, configuredClaim: string | undefined): readonly string[] {
  const claim = findScopesClaim(claims, configuredClaim);
  if (claim === undefined) return [];
  const value = claims[claim];
  // A string is a list with spaces (RFC 6749 section 3.3); an entry of a list is one scope, taken as it is.
  const entries: readonly unknown[] =
    typeof value === "string" ? value.split(/\s+/) : Array.isArray(value) ? value : [];
  return entries
    .filter((entry): entry is string => typeof entry === "string" && entry !== "")
    .slice(0, MAX_SCOPES);
}
