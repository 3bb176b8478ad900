/** The ceiling of an issuer: scopes that it may grant here at most. What goes beyond is dropped, never narrowed. */
import { compileGrants, type Grants } from "./grants.ts";
import { parseScope } from "./parse.ts";

export interface LimitedScopes {
  readonly kept: readonly string[];
  /** Named in the token, beyond the ceiling. */
  readonly withheld: readonly string[];
}

/** How far the tokens of one issuer reach. */
export interface ScopeCeiling {
  /** Most that its tokens may grant; undefined sets no ceiling. */
  readonly allowedScopes?: readonly string[] | undefined;
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Several issuers are trusted: what rules over all of them counts only where it is listed. */
  readonly isOneOfSeveral: boolean;
}

/** The ceiling of one part of a policy. */
export function ceilingOf(
  { allowedScopes }: Pick<ScopeCeiling, "allowedScopes">,
  { adminScope, tokens }: { readonly adminScope: string; readonly tokens: readonly unknown[] },
): ScopeCeiling {
  return { allowedScopes, adminScope, isOneOfSeveral: tokens.length > 1 };
}

/** Splits scopes by a ceiling. Without one all are kept, but with several issuers none that rules over all of them. */
export function limitScopes(scopes: readonly string[], ceiling: ScopeCeiling): LimitedScopes {
  const { allowedScopes, adminScope, isOneOfSeveral } = ceiling;
  if (allowedScopes === undefined && !isOneOfSeveral) return { kept: scopes, withheld: [] };
  const allowed = compileGrants(allowedScopes ?? [], adminScope);
  const isKept = (scope: string) =>
    allowedScopes === undefined ? !isRuling(scope, adminScope) : covers(allowed, scope, adminScope);
  return { kept: scopes.filter(isKept), withheld: scopes.filter((scope) => !isKept(scope)) };
}

/** INVARIANT: true only if whoever holds the whole ceiling may do all that this scope allows. */
function covers(ceiling: Grants, text: string, adminScope: string): boolean {
  if (ceiling.adminScope !== undefined) return true;
  const scope = parseScope(text, adminScope);
  // The admin scope too: a ceiling that lists it has been dealt with.
  if (scope.kind !== "scope") return ceiling.exact.has(text);
  const { resource, action, id } = scope;
  const key = `${resource}:${action}`;
  // A scope for every item stands in no table of single items, so that only an equally wide ceiling covers it.
  return ceiling.wide.has(key) || (id !== undefined && ceiling.narrow.get(key)?.has(id) === true);
}

/**
 * The admin scope, and whatever is about `authz`, in any spelling and with any number of parts: denial records, other
 * people's permissions and revocation are not for whoever may merely name users of their own.
 */
function isRuling(text: string, adminScope: string): boolean {
  return text === adminScope || text === "authz" || text.startsWith("authz:");
}
