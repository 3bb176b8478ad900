/** What a caller's scopes allow, compiled once per identity so that a decision is a few map lookups. */
import { parseScope } from "./parse.ts";

/** Compiled scopes. Keys are `resource:action`; values are the scope texts that grant. */
export interface Grants {
  readonly adminScope: string | undefined;
  /** Scopes for a whole resource, `resource:*:action` included. */
  readonly wide: ReadonlyMap<string, string>;
  /** Scopes for one item: id to scope text. */
  readonly narrow: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Every scope as written: an identical requirement is always satisfied. */
  readonly exact: ReadonlySet<string>;
}

/** Compiles scopes; unknown ones stay only in `exact`. */
export function compileGrants(scopes: readonly string[], adminScope: string): Grants {
  const wide = new Map<string, string>();
  const narrow = new Map<string, Map<string, string>>();
  let admin: string | undefined;
  for (const text of scopes) {
    const scope = parseScope(text, adminScope);
    if (scope.kind === "admin") admin = text;
    if (scope.kind !== "scope") continue;
    const key = `${scope.resource}:${scope.action}`;
    if (scope.id === undefined || scope.id === "*") wide.set(key, text);
    else {
      const items = narrow.get(key) ?? new Map<string, string>();
      narrow.set(key, items.set(scope.id, text));
    }
  }
  return { adminScope: admin, wide, narrow, exact: new Set(scopes) };
}

/** The ids of a resource on which the caller may act: every one, or just these. */
export function visibleItems(grants: Grants, resource: string, action: string): "all" | ReadonlySet<string> {
  const key = `${resource}:${action}`;
  if (grants.adminScope !== undefined || grants.wide.has(key)) return "all";
  return new Set(grants.narrow.get(key)?.keys());
}
