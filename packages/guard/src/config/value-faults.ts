/** Values that are well-formed and yet cannot work, or would give away more than they seem to. */
import { parseScope } from "@agentos/auth";
import {
  ADMIN_SCOPE,
  createFault,
  type Fault,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  SERVICE_ACCOUNT_TOKEN_PREFIX,
} from "@agentos/contract";

const MINIMUM_KEY_CHARACTERS = 16;

/** Of the shared key; its value is in no fault. */
export function findSecurityKeyFaults(key: string): readonly Fault[] {
  // A key that looks like a service account's token would never be compared (contract 1.6).
  const cannotArrive = !/^[\x21-\x2b\x2d-\x7e]+$/.test(key) || key.startsWith(SERVICE_ACCOUNT_TOKEN_PREFIX);
  if (cannotArrive) return [createFault({ code: "CONFIG_SECURITY_KEY_INVALID" })];
  const isWeak = key.length < MINIMUM_KEY_CHARACTERS || new Set(key).size < 5;
  const facts = { minimum: MINIMUM_KEY_CHARACTERS };
  return isWeak ? [createFault({ code: "CONFIG_SECURITY_KEY_WEAK", facts })] : [];
}

/** An admin scope that people also get for something ordinary would make all of them administrators. */
export function findAdminScopeFaults(adminScope: string): readonly Fault[] {
  const parsed = parseScope(adminScope, ADMIN_SCOPE);
  if (parsed.kind !== "scope") return [];
  const resource = SCOPE_RESOURCE_ALIASES[parsed.resource] ?? parsed.resource;
  const isOrdinary = Object.hasOwn(SCOPE_RESOURCES, resource);
  return isOrdinary
    ? [createFault({ code: "CONFIG_ADMIN_SCOPE_ORDINARY", facts: { scope: adminScope } })]
    : [];
}

/** Origins are compared to the letter with what a browser sends; a spelling that no browser sends never matches. */
export function findOriginFaults(origins: readonly string[]): readonly Fault[] {
  return origins.flatMap((origin) => {
    if (origin === "*") return [];
    const expected = spellOrigin(origin);
    if (expected === origin) return [];
    const facts = { origin: origin.slice(0, 200), expected: expected ?? "scheme://host[:port]" };
    return [createFault({ code: "CONFIG_ORIGIN_INVALID", facts })];
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
