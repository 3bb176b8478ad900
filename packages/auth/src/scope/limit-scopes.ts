/** The ceiling of an issuer: scopes that it may grant here at most. What goes beyond is dropped, never narrowed. */
import { compileGrants, type Grants } from "./grants.ts";
import { parseScope } from "./parse.ts";

export interface LimitedScopes {
  readonly kept: readonly string[];
  /** Named in the token, beyond the ceiling. */
  readonly withheld: readonly string[];
}

const NOTHING: readonly string[] = Object.freeze([]);

/** Splits scopes by a ceiling; without one all are kept. */
export function limitScopes(
  scopes: readonly string[],
  {
    allowedScopes,
    adminScope,
  }: { readonly allowedScopes?: readonly string[] | undefined; readonly adminScope: string },
): LimitedScopes {
  if (allowedScopes === undefined) return { kept: scopes, withheld: NOTHING };
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
  if (scope.kind === "admin") return false;
  if (scope.kind === "unknown") return ceiling.exact.has(text);
  const key = `${scope.resource}:${scope.action}`;
  if (ceiling.wide.has(key)) return true;
  const isWide = scope.id === undefined || scope.id === "*";
  return !isWide && scope.id !== undefined && ceiling.narrow.get(key)?.has(scope.id) === true;
}
