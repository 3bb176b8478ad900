/** Scopes out of a token's claims: Agno's `scopes`, OAuth's `scope` (RFC 9068), Entra's `scp`, Auth0's `permissions`. */
import { type Claims, readClaim } from "./read-claim.ts";
import { MAX_SCOPES } from "./token-limits.ts";

/** Where scopes are looked for unless claims are configured, the one that wins first. */
export const USUAL_SCOPE_CLAIMS = ["scopes", "scope", "scp", "permissions"] as const;

/**
 * The claims that the scopes of a token are read from: the configured ones, all of them together, else the first usual
 * one that is present.
 */
export function findScopesClaims(
  claims: Claims,
  configured: readonly string[] | undefined,
): readonly string[] {
  if (configured !== undefined) return configured;
  const usual = USUAL_SCOPE_CLAIMS.find((name) => Object.hasOwn(claims, name));
  return usual === undefined ? [] : [usual];
}

/** The scopes of a token. */
export function readScopes(claims: Claims, configured: readonly string[] | undefined): readonly string[] {
  const scopes = findScopesClaims(claims, configured).flatMap((name) =>
    readScopeValue(readClaim(claims, name)),
  );
  return [...new Set(scopes)].slice(0, MAX_SCOPES);
}

/** The scopes that the value of a claim stands for: a text is a list with spaces, an entry of a list is one scope. */
export function readScopeValue(value: unknown): readonly string[] {
  const entries: readonly unknown[] =
    typeof value === "string" ? splitScopeText(value) : Array.isArray(value) ? value : [];
  return entries.filter((entry): entry is string => typeof entry === "string" && entry !== "");
}

/**
 * RFC 6749 section 3.3: scopes are separated by U+0020, and by nothing else. Whatever other white space an issuer lets
 * into a scope is a part of that scope, or one unknown scope would be two known ones here. More spaces than the grammar
 * has separate nothing more.
 */
export function splitScopeText(text: string): readonly string[] {
  return text.split(" ").filter((scope) => scope !== "");
}
