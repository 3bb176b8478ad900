/** Scopes that somebody meant and did not write: the usual ways of getting one wrong, each under its own code. */
import { type CauseCode, type Facts, GLOBAL_SCOPES } from "@agentos/contract";
import { countChanges } from "@agentos/contract/text";

export interface NearMiss {
  readonly code: Extract<CauseCode, `SCOPE${string}`>;
  /** `held_scope` and `meant_scope`, but for entries that are joined. */
  readonly facts: Facts;
}

/** Of more held scopes than this, or of longer ones, none is compared: a request pays for it. */
const MAX_COMPARED = 50;
const MAX_SCOPE_CHARACTERS = 200;

/** The first near miss of the held scopes for a needed one, or undefined. `needed` is what would satisfy the route. */
export function findNearMiss(held: readonly string[], needed: string): NearMiss | undefined {
  for (const scope of held.slice(0, MAX_COMPARED)) {
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
  if (held.length > MAX_SCOPE_CHARACTERS) return undefined;
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

const SLIPS: Readonly<Partial<Record<NearMiss["code"], string>>> = {
  SCOPE_CASE_WRONG: "scopes are compared to the letter",
  SCOPE_SEPARATOR_WRONG: "scopes are written with colons",
  SCOPE_WILDCARD_UNKNOWN: "there is no wildcard for the action",
  SCOPE_MISSPELT: "which is no scope here",
};

/** For the end of a fix that names the needed scope: which held one was meant to be it. */
export function describeNearMiss(miss: NearMiss): string {
  if (miss.code === "SCOPE_ENTRIES_JOINED")
    return " as an entry of its own (it stands in one entry with others now, which count as one unknown scope)";
  return ` instead of "${String(miss.facts["held_scope"])}" (${SLIPS[miss.code] ?? "which is another one"})`;
}
