/** What a caller's scopes allow, compiled once per identity so that a decision is a few map lookups. */
import { parseScope } from "./parse.ts";

/** Compiled scopes. Keys are `resource:action`; values are the scope texts that grant. */
export interface Grants {
  /** The admin scope as held; it satisfies everything. Undefined when it is not held. */
  readonly adminScope: string | undefined;
  /** Scopes for a whole resource, `resource:*:action` included. */
  readonly wide: Lookup<string>;
  /** Scopes for one item: id to scope text. */
  readonly narrow: Lookup<Lookup<string>>;
  /** Every scope as written: an identical requirement is always satisfied. */
  readonly exact: Pick<Lookup<string>, "has">;
}

/**
 * A map that can be read and in no way be changed. Identities are shared by every request with the same token, so a
 * handler that could write here would give its caller rights.
 */
type Lookup<Value> = Pick<ReadonlyMap<string, Value>, "get" | "has" | "keys" | "values">;

class SealedMap<Value> implements Lookup<Value> {
  readonly #map: ReadonlyMap<string, Value>;

  constructor(map: ReadonlyMap<string, Value>) {
    this.#map = map;
    Object.freeze(this);
  }

  get(key: string) {
    return this.#map.get(key);
  }

  has(key: string) {
    return this.#map.has(key);
  }

  keys() {
    return this.#map.keys();
  }

  values() {
    return this.#map.values();
  }
}
Object.freeze(SealedMap.prototype);

const NOTHING = new SealedMap(new Map<string, Lookup<string>>());

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
  const items = [...narrow].map(([key, ids]) => [key, new SealedMap(ids)] as const);
  return Object.freeze({
    adminScope: admin,
    wide: new SealedMap(wide),
    narrow: items.length === 0 ? NOTHING : new SealedMap(new Map(items)),
    exact: new SealedMap(new Map(scopes.map((text) => [text, text]))),
  });
}

/** The ids of a resource on which the caller may act: every one, or just these. */
export function visibleItems(grants: Grants, resource: string, action: string): "all" | ReadonlySet<string> {
  const key = `${resource}:${action}`;
  if (grants.adminScope !== undefined || grants.wide.has(key)) return "all";
  return new Set(grants.narrow.get(key)?.keys());
}
