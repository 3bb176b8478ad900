/** The ceiling of an issuer: scopes that it may grant here at most. What goes beyond is dropped, never narrowed. */
import { compileGrants, type Grants } from "./grants.ts";
import { parseScope } from "./parse.ts";

export interface LimitedScopes {
  readonly kept: readonly string[];
  /** Named in the token, beyond the ceiling. */
  readonly withheld: readonly string[];
}

/** Splits scopes by a ceiling; without one all are kept. */
export function limitScopes(
  scopes: readonly string[],
  {
    allowedScopes,
    adminScope,
  }: { readonly allowedScopes?: readonly string[] | undefined; readonly adminScope: string },
): LimitedScopes {
  if (allowedScopes === undefined) return { kept: scopes, withheld: [] };
  const ceiling = compileGrants(allowedScopes, adminScope);
  return {
    kept: scopes.filter((scope) => covers(ceiling, scope, adminScope)),
    withheld: scopes.filter((scope) => !covers(ceiling, scope, adminScope)),
  };
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
