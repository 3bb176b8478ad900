/** Scopes out of a token's claims: Agno's `scopes`, OAuth's `scope` (RFC 9068), Entra's `scp`, Auth0's `permissions`. */
import { MAX_SCOPES } from "./token-limits.ts";

type Claims = Readonly<Record<string, unknown>>;

const USUAL_CLAIMS = ["scopes", "scope", "scp", "permissions"] as const;

/** The scopes of a token; the first usual claim that is present counts, unless another one is configured. */
export function readScopes(claims: Claims, configuredClaim: string | undefined): readonly string[] {
  const claim = configuredClaim ?? USUAL_CLAIMS.find((name) => claims[name] !== undefined);
  if (claim === undefined) return [];
  const value = claims[claim];
  // A string is a list with spaces (RFC 6749 section 3.3); an entry of a list is one scope, taken as it is.
  const entries: readonly unknown[] =
    typeof value === "string" ? value.split(/\s+/) : Array.isArray(value) ? value : [];
  return entries
    .filter((entry): entry is string => typeof entry === "string" && entry !== "")
    .slice(0, MAX_SCOPES);
}
