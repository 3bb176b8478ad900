/** The line for a terminal that asks an instance. Pure. */

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

/** The console and every client begin with this one. */
export const NEEDED_SCOPE = "config:read";
