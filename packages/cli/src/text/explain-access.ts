/** What scopes open a route, as plain data: the same for `scopes explain` and `token explain`. */
import { compileGrants, type Decision, decide, visibleItems } from "@agentos/auth";
import type { MatchedRoute } from "../scopes/route-table.ts";

export interface AccessVerdict {
  readonly decision: Decision;
  /** Items for which a route with a parameter is open, when it is not open for all. */
  readonly onlyItems: readonly string[];
}

/** What scopes open of a route. A route whose parameters have no values is decided for every item, then for single ones. */
export function decideAccess(
  scopes: readonly string[],
  { route, parameters }: Pick<MatchedRoute, "route" | "parameters">,
  adminScope: string,
): AccessVerdict {
  const grants = compileGrants(scopes, adminScope);
  const decision = decide(grants, route, parameters);
  if (decision.isAllowed) {
    return { decision, onlyItems: decision.visible === "all" ? [] : [...decision.visible] };
  }
  const { rule } = route.access;
  if (typeof rule === "string" || Object.keys(parameters).length > 0) return { decision, onlyItems: [] };
  const items = rule.map(({ resource, action, id }) =>
    id.kind === "parameter" ? visibleItems(grants, resource, action) : undefined,
  );
  const [first] = items;
  const isEach = items.every((set) => set !== undefined);
  if (!isEach || first === undefined) return { decision, onlyItems: [] };
  const candidates = items.flatMap((set) => (set === "all" || set === undefined ? [] : [...set]));
  const onlyItems = [...new Set(candidates)].filter((item) =>
    items.every((set) => set === "all" || set?.has(item)),
  );
  return { decision, onlyItems };
}

/** What a route asks for, in a few words. */
export function describeAccess({ route, requiredScopes }: MatchedRoute): string {
  if (route.access.rule === "public") return "nothing: public, no credential is read";
  if (route.access.rule === "authenticated") return "any valid credential";
  return requiredScopes.join(" and ");
}
