/** Which rules are matched for somebody whom nobody knows yet. */
import { describe, expect, it } from "vitest";
import { type CompiledRoute, compileRoutes, type RouteAccessDefinition } from "./compile-route.ts";
import { findRule, isPublicFor } from "./decide.ts";

/** The route with a count of the rules that are matched. */
function compile(
  access: RouteAccessDefinition["access"],
  rules: {
    readonly scopeMappings?: Readonly<Record<string, readonly string[]>>;
    readonly publicPaths?: readonly string[];
  },
) {
  const options = { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false, ...rules };
  const [compiled] = compileRoutes({ item: { method: "GET", path: "/items/{id}", access } }, options).routes;
  if (compiled === undefined) throw new Error("no route");
  let matched = 0;
  const conditional = compiled.access.conditional.map(({ rule, appliesTo }) => ({
    rule,
    appliesTo: (parameters: Parameters<typeof appliesTo>[0]) => {
      matched += 1;
      return appliesTo(parameters);
    },
  }));
  const route: CompiledRoute = { ...compiled, access: { ...compiled.access, conditional } };
  return { route, matched: () => matched };
}

const scopeMappings = { "GET /items/a*": ["vault:read"], "GET /items/*b*c": ["vault:read"] };

describe("whether a route is public", () => {
  it("takes no matching of rules that only say which scopes are needed", () => {
    const { route, matched } = compile(["items:read"], { scopeMappings });
    expect([isPublicFor(route, { id: "a".repeat(4_000) }), matched()]).toEqual([false, 0]);
    // Twin: once the caller is known they are matched, and hold.
    expect(findRule(route, { id: "a1" })).toMatchObject([{ text: "vault:read" }]);
  });

  it("takes the rules that open it, and none behind the last of them", () => {
    const { route, matched } = compile(["items:read"], { scopeMappings, publicPaths: ["/items/open*"] });
    expect([isPublicFor(route, { id: "closed" }), matched()]).toEqual([false, 1]);
    expect(isPublicFor(route, { id: "open1" })).toBe(true);
  });

  it("takes every rule of a route that is open itself: one may close it for some", () => {
    const { route } = compile("public", { scopeMappings });
    expect(isPublicFor(route, { id: "a1" })).toBe(false);
    expect(isPublicFor(route, { id: "x" })).toBe(true);
  });

  it("is what the rule in force says, whatever rules there are", () => {
    for (const access of ["public", "authenticated", ["items:read"]] as const)
      for (const publicPaths of [undefined, ["/items/a*"], ["/items/ab", "/other"], ["/*"]])
        for (const mappings of [{}, scopeMappings])
          for (const id of ["a", "ab", "abc", "x", "open"]) {
            const rules = { scopeMappings: mappings, ...(publicPaths === undefined ? {} : { publicPaths }) };
            const { route } = compile(access, rules);
            expect(isPublicFor(route, { id })).toBe(findRule(route, { id }) === "public");
          }
  });
});
