/** The line for a terminal that asks an instance, and what its token may do. Pure. */
import { ADMIN_SCOPE } from "@agentos/contract";

/** In single quotes a shell changes nothing; a quote within ends them, is escaped, and begins them again. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function writeCurlLine(endpoint: string, token: string): string {
  return `curl -sS ${quoteForShell(`${endpoint}/agents`)} -H ${quoteForShell(`Authorization: Bearer ${token}`)}`;
}

/** Scopes that mean something on an AgentOS, by resource: the others are about the organization. */
export function scopesForInstance(scopes: readonly string[]): readonly string[] {
  return scopes
    .filter((scope) => !/^(?:org|os|billing)(?::|$)/.test(scope))
    .toSorted((a, b) => Number(b === NEEDED_SCOPE) - Number(a === NEEDED_SCOPE) || a.localeCompare(b));
}

export interface ScopeGroup {
  readonly resource: string;
  readonly scopes: readonly string[];
}

const ACTIONS = ["read", "write", "run", "delete"];

/** By resource, the harmless before the others; what gives everything stands last. */
export function groupScopes(scopes: readonly string[]): readonly ScopeGroup[] {
  const resources = [...new Set(scopes.map(resourceOf))];
  const weight = (resource: string) => Number(resource === resourceOf(ADMIN_SCOPE));
  const rank = (scope: string) => (ACTIONS.indexOf(scope.split(":").at(-1) ?? "") + 9) % 9;
  return resources
    .toSorted((one, other) => weight(one) - weight(other))
    .map((resource) => ({
      resource,
      scopes: scopes
        .filter((scope) => resourceOf(scope) === resource)
        .toSorted((one, other) => rank(one) - rank(other)),
    }));
}

const resourceOf = (scope: string) => scope.split(":")[0] ?? scope;

/** The console and every client begin with this one. */
export const NEEDED_SCOPE = "config:read";
