/** What a caller's scopes allow, compiled once per identity so that a decision is a few map lookups. */
import { parseScope } from "./parse.ts";

/** Compiled scopes. Keys are `resource:action`; values are the scope texts that grant. */
export interface Grants {
  readonly adminScope: string | undefined;
  /** Scopes for a whole resource, `resource:*:action` included. */
  readonly wide: Lookup<string>;
  /** Scopes for one item: id to scope text. */
  readonly narrow: Lookup<Lookup<string>>;
  /** Every scope as written: an identical requirement is always satisfied. */
  readonly exact: Pick<ReadonlySet<string>, "has">;
}

/**
 * A map that can be read and in no way be changed. Identities are shared by every request with the same token, so a
 * handler that could write here would give its caller rights.
 */
type Lookup<Value> = Pick<ReadonlyMap<string, Value>, "get" | "has" | "keys" | "values">;

function seal<Value>(map: ReadonlyMap<string, Value>): Lookup<Value> {
  return Object.freeze({
    get: (key: string) => map.get(key),
    has: (key: string) => map.has(key),
    keys: () => map.keys(),
    values: () => map.values(),
  });
}

const NOTHING = seal(new Map<string, Lookup<string>>());

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
  const texts = new Set(scopes);
  return Object.freeze({
    adminScope: admin,
    wide: seal(wide),
    narrow: narrow.size === 0 ? NOTHING : seal(new Map([...narrow].map(([key, ids]) => [key, seal(ids)]))),
    exact: Object.freeze({ has: (text: string) => texts.has(text) }),
  });
}

/** The ids of a resource on which the caller may act: every one, or just these. */
export function visibleItems(grants: Grants, resource: string, action: string): "all" | ReadonlySet<string> {
  const key = `${resource}:${action}`;
  if (grants.adminScope !== undefined || grants.wide.has(key)) return "all";
  return new Set(grants.narrow.get(key)?.keys());
}
