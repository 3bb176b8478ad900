/** Values that are well-formed and yet cannot work, or would give away more than they seem to. */
import { parseScope } from "@agentos/auth";
import { ADMIN_SCOPE, SCOPE_RESOURCE_ALIASES, SCOPE_RESOURCES } from "@agentos/contract";
import { type Finding, toFinding } from "./option-faults.ts";

const MINIMUM_KEY_CHARACTERS = 16;

/** Judges the shared key; its value is in no finding. */
export function judgeSecurityKey(key: string): readonly Finding[] {
  // A key that looks like a service account's token would never be compared (contract 1.6).
  const cannotArrive = !/^[\x21-\x2b\x2d-\x7e]+$/.test(key) || key.startsWith("agno_pat_");
  if (cannotArrive) return [toFinding("CONFIG_SECURITY_KEY_INVALID", {})];
  const isWeak = key.length < MINIMUM_KEY_CHARACTERS || new Set(key).size < 5;
  return isWeak ? [toFinding("CONFIG_SECURITY_KEY_WEAK", { minimum: MINIMUM_KEY_CHARACTERS })] : [];
}

/** An admin scope that people also get for something ordinary would make all of them administrators. */
export function judgeAdminScope(adminScope: string): readonly Finding[] {
  const parsed = parseScope(adminScope, ADMIN_SCOPE);
  if (parsed.kind !== "scope") return [];
  const resource = SCOPE_RESOURCE_ALIASES[parsed.resource] ?? parsed.resource;
  const isOrdinary = Object.hasOwn(SCOPE_RESOURCES, resource);
  return isOrdinary ? [toFinding("CONFIG_ADMIN_SCOPE_ORDINARY", { scope: adminScope })] : [];
}

/** Origins are compared to the letter with what a browser sends; a spelling that no browser sends never matches. */
export function judgeOrigins(origins: readonly string[]): readonly Finding[] {
  return origins.flatMap((origin) => {
    if (origin === "*") return [];
    const expected = spellOrigin(origin);
    if (expected === origin) return [];
    const facts = { origin: origin.slice(0, 200), expected: expected ?? "scheme://host[:port]" };
    return [toFinding("CONFIG_ORIGIN_INVALID", facts)];
  });
}

function spellOrigin(origin: string): string | undefined {
  try {
    const { origin: spelled } = new URL(origin);
    return spelled === "null" ? undefined : spelled;
  } catch {
    return undefined;
  }
}
