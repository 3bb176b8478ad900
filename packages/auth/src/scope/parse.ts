/** Scope grammar (contract 2.1). Case-sensitive, no trimming, no wildcard for the action. */
import { GLOBAL_SCOPES, SCOPE_RESOURCE_ALIASES, SCOPE_RESOURCES } from "@agentos/contract";

/** A scope taken apart. `id` is undefined for the whole resource, `*` for every item. */
export type ParsedScope =
  | { readonly kind: "admin"; readonly text: string }
  | {
      readonly kind: "scope";
      readonly text: string;
      readonly resource: string;
      readonly id: string | undefined;
      readonly action: string;
    }
  | { readonly kind: "unknown"; readonly text: string };

/** Takes a scope apart; whatever fits no form is `unknown` and matches nothing. Never throws. */
export function parseScope(text: string, adminScope: string): ParsedScope {
  if (text === adminScope) return { kind: "admin", text };
  if (isJoined(text)) return { kind: "unknown", text };
  const parts = text.split(":");
  const [resource, middle, last] = parts;
  if (resource === undefined || resource === "" || middle === undefined) return { kind: "unknown", text };
  if (parts.length === 2) return known(text, resource, undefined, middle);
  // `org:members` is a resource, and no item of `org`: who may enter the organization does not read its members by that.
  if (parts.length === 3 && last !== undefined && Object.hasOwn(SCOPE_RESOURCES, `${resource}:${middle}`))
    return known(text, `${resource}:${middle}`, undefined, last);
  // An empty id means the whole resource, as in the reference (contract 2.1).
  if (parts.length === 3 && last !== undefined)
    return known(text, resource, middle === "" ? undefined : middle, last);
  return { kind: "unknown", text };
}

/**
 * Several scopes in one text, such as `agents:read sessions:read`: three parts as well, whose id would be "read sessions".
 * A scope has no white space (RFC 6749 section 3.3); an id may have a comma, unless what stands before it is whole.
 */
function isJoined(text: string): boolean {
  if (!/[\s,;]/.test(text)) return false;
  if (/\s/.test(text)) return true;
  const [first, ...others] = text.split(/[,;]/);
  return others.length > 0 && GLOBAL_SCOPES.some((scope) => scope === first);
}

function known(text: string, resource: string, id: string | undefined, action: string): ParsedScope {
  if (action === "") return { kind: "unknown", text };
  // Own properties only: "constructor" is no alias.
  const alias = Object.hasOwn(SCOPE_RESOURCE_ALIASES, resource)
    ? SCOPE_RESOURCE_ALIASES[resource]
    : undefined;
  return { kind: "scope", text, resource: alias ?? resource, id, action };
}
