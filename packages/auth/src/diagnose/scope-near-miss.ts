/** Scopes that somebody meant and did not write: the usual ways of getting one wrong, each under its own code. */
import { type CauseCode, type Facts, GLOBAL_SCOPES } from "@agentos/contract";
import { countChanges } from "@agentos/contract/text";
import { USUAL_SCOPE_CLAIMS } from "../token/read-scopes.ts";

export interface NearMiss {
  readonly code: Extract<CauseCode, `SCOPE${string}`>;
  readonly facts: Facts;
}

/** The first near miss of the held scopes for a needed one, or undefined. `needed` is what would satisfy the route. */
export function findNearMiss(held: readonly string[], needed: string): NearMiss | undefined {
  for (const scope of held) {
    const code = findSlip(scope, needed);
    if (code === "SCOPE_ENTRIES_JOINED") return { code, facts: {} };
    if (code !== undefined) return { code, facts: { held_scope: scope.slice(0, 100), meant_scope: needed } };
  }
  return undefined;
}

function findSlip(held: string, needed: string): NearMiss["code"] | undefined {
  if (held === needed) return undefined;
  if (/[\s,;]/.test(held.trim()))
    return held.split(/[\s,;]+/).includes(needed) ? "SCOPE_ENTRIES_JOINED" : undefined;
  if (held.trim() === needed || held.toLowerCase() === needed.toLowerCase()) return "SCOPE_CASE_WRONG";
  const colons = held.trim().replace(/[./_-]/g, ":");
  if (colons !== held && colons.toLowerCase() === needed.replace(/[./_-]/g, ":").toLowerCase())
    return "SCOPE_SEPARATOR_WRONG";
  const [resource = "", ...rest] = needed.split(":");
  if (held === "*" || held === `${resource}:*` || held === `${resource}:*:*`) return "SCOPE_WILDCARD_UNKNOWN";
  // A scope of the catalogue is another permission, not a typing error.
  if (GLOBAL_SCOPES.some((scope) => scope === held)) return undefined;
  const singular = [resource.replace(/s$/, ""), ...rest].join(":");
  if (held.toLowerCase() === singular || colons.toLowerCase() === singular) return "SCOPE_MISSPELT";
  return held.includes(":") && countChanges(held.toLowerCase(), needed.toLowerCase(), 3) <= 2
    ? "SCOPE_MISSPELT"
    : undefined;
}

/** Claims under which issuers are known to put scopes or roles, beside those that the server reads by itself. */
const OTHER_CLAIMS = [...USUAL_SCOPE_CLAIMS, "roles", "groups", "authorities", "cognito:groups"];

/** The claim in which a needed scope stands although the server does not read that claim. */
export function findScopesElsewhere(
  claims: Readonly<Record<string, unknown>>,
  needed: string,
  readClaim: string | undefined,
): string | undefined {
  const custom = Object.keys(claims).filter((name) => /(scope|permission|role)s?$/i.test(name));
  const nested = readNested(claims["realm_access"], "roles");
  if (nested.includes(needed)) return "realm_access.roles";
  return [...new Set([...OTHER_CLAIMS, ...custom])].find(
    (name) => name !== readClaim && textsOf(claims[name]).includes(needed),
  );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(/[\s,]+/);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function readNested(value: unknown, name: string): readonly string[] {
  return typeof value === "object" && value !== null ? textsOf(Reflect.get(value, name)) : [];
}
