import { SCOPE_RESOURCE_ALIASES, SERVED_ROUTES } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRoutes } from "../decide/compile-route.ts";
import { decide } from "../decide/decide.ts";
import { compileGrants } from "./grants.ts";
import { limitScopes } from "./limit-scopes.ts";

const adminScope = "agent_os:admin";
const limit = (scopes: readonly string[], allowedScopes: readonly string[] | undefined) =>
  limitScopes(scopes, { allowedScopes, adminScope, isOneOfSeveral: false });
const kept = (...given: Parameters<typeof limit>) => limit(...given).kept;

describe("limitScopes", () => {
  it.each([
    ["agents:run", ["agents:run"], true],
    ["agents:run", ["agents:*:run"], true],
    ["agents:*:run", ["agents:run"], true],
    ["agents:web:run", ["agents:run"], true],
    ["agents:web:run", ["agents:web:run"], true],
    ["agents:web:run", ["agents:other:run"], false],
    ["agents:run", ["agents:web:run"], false],
    ["agents:*:run", ["agents:web:run"], false],
    ["agents::run", ["agents:web:run"], false],
    ["agents:read", ["agents:run"], false],
    ["teams:run", ["agents:run"], false],
    ["agent_os:admin", ["agents:run", "config:read"], false],
    ["agent_os:admin", ["agent_os:admin"], true],
    ["agents:run", ["agent_os:admin"], true],
    ["agents:run", [], false],
    ["nonsense", ["agents:run"], false],
    ["nonsense", ["nonsense"], true],
    ["a:b:c:d", ["a:b:c"], false],
    ["AGENTS:run", ["agents:run"], false],
  ])("%s below the ceiling %j: %s", (scope, ceiling, isKept) => {
    expect(kept([scope], ceiling)).toEqual(isKept ? [scope] : []);
    expect(limit([scope], ceiling).withheld).toEqual(isKept ? [] : [scope]);
  });

  it("keeps everything where there is no ceiling", () => {
    expect(kept(["agent_os:admin", "x"], undefined)).toEqual(["agent_os:admin", "x"]);
  });

  it("takes a custom admin scope for what it is", () => {
    const options = { allowedScopes: ["agents:run"], adminScope: "root:all", isOneOfSeveral: false };
    expect(limitScopes(["root:all", "agent_os:admin", "agents:run"], options).kept).toEqual(["agents:run"]);
  });

  const RULING = [
    "agent_os:admin",
    "authz:read",
    "authz:*:read",
    "authz::read",
    "authz:denials:read",
    "authz:{id}:read",
    "authz:*",
    "authz:write",
    "authz",
    "authz:",
    "authz:a:b:read",
  ];

  it.each(RULING)("of several issuers without a ceiling none grants %s, and one alone does", (scope) => {
    const held = ["agents:run", scope, "x:y"];
    const several = { allowedScopes: undefined, adminScope, isOneOfSeveral: true };
    expect(limitScopes(held, several)).toEqual({ kept: ["agents:run", "x:y"], withheld: [scope] });
    expect(limitScopes(held, { ...several, isOneOfSeveral: false })).toEqual({ kept: held, withheld: [] });
    // Listed to the letter it counts.
    expect(limitScopes(held, { ...several, allowedScopes: [scope, "agents:run", "x:y"] }).kept).toEqual(held);
  });

  it.each(["AUTHZ:read", "authz2:read", "my:authz:read", "agent_os:*:admin", "agent_os:admin:x", "*:read"])(
    "of several issuers each grants %s, which rules over nothing",
    (scope) => {
      const several = { allowedScopes: undefined, adminScope, isOneOfSeveral: true };
      expect(limitScopes([scope], several).kept).toEqual([scope]);
      const { routes } = compileRoutes(
        {
          audit: { method: "GET", path: "/audit", access: ["authz:read"] },
          admin: { method: "GET", path: "/admin", access: ["agent_os:admin"] },
        },
        { adminScope, scopeMappings: {}, allowUnmappedRoutes: false },
      );
      for (const route of routes)
        expect(decide(compileGrants([scope], adminScope), route, {}).isAllowed).toBe(false);
    },
  );

  it("knows every name of authz: no alias stands for it", () => {
    expect(Object.values(SCOPE_RESOURCE_ALIASES)).not.toContain("authz");
  });

  it("lets no scope without a listing open what is about authz, however it is written", () => {
    const { routes } = compileRoutes(
      {
        audit: { method: "GET", path: "/audit", access: ["authz:read"] },
        one: { method: "GET", path: "/audit/{id}", access: ["authz:{id}:read"] },
        every: { method: "GET", path: "/all", access: ["authz:*:read"] },
        fixed: { method: "GET", path: "/fixed", access: ["authz:denials:read"] },
        empty: { method: "GET", path: "/empty", access: ["authz::read"] },
        admin: { method: "GET", path: "/admin", access: ["agent_os:admin"] },
      },
      { adminScope, scopeMappings: {}, allowUnmappedRoutes: false },
    );
    const part = fc.constantFrom(
      "authz",
      "authz:",
      ":",
      "*",
      "read",
      "denials",
      "agent_os",
      "admin",
      "{id}",
      "",
    );
    const scope = fc.oneof(
      fc.constantFrom(...RULING),
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
    );
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), (scopes) => {
        const several = { allowedScopes: undefined, adminScope, isOneOfSeveral: true };
        const grants = compileGrants(limitScopes(scopes, several).kept, adminScope);
        for (const route of routes) expect(decide(grants, route, { id: "denials" }).isAllowed).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    // Twin: listed, they open it.
    const listed = { allowedScopes: ["authz:read"], adminScope, isOneOfSeveral: true };
    const [audit] = routes;
    if (audit === undefined) throw new Error("there are routes");
    expect(
      decide(compileGrants(limitScopes(["authz:read"], listed).kept, adminScope), audit, {}).isAllowed,
    ).toBe(true);
  });

  it("never lets a token do what the ceiling or the token alone could not", () => {
    const { routes } = compileRoutes(
      {
        list: SERVED_ROUTES["agents.list"],
        read: SERVED_ROUTES["agents.read"],
        run: SERVED_ROUTES["agents.run"],
        config: { method: "GET", path: "/config", access: ["config:read"] },
        admin: { method: "GET", path: "/admin", access: ["agent_os:admin"] },
        custom: { method: "GET", path: "/x/{id}", access: ["x:{id}:read", "agents:read"] },
      },
      { adminScope, scopeMappings: {}, allowUnmappedRoutes: false },
    );
    const scope = fc.oneof(
      fc.constantFrom(
        "agent_os:admin",
        "agents:read",
        "agents:*:read",
        "agents::run",
        "config:read",
        "x:1:read",
        "x:read",
      ),
      fc
        .tuple(
          fc.constantFrom("agents", "agent", "x", "config"),
          fc.constantFrom("1", "2", "*", "", "{id}"),
          fc.constantFrom("read", "run"),
        )
        .map((parts) => parts.join(":")),
      fc.string({ maxLength: 8 }),
    );
    const scopes = fc.array(scope, { maxLength: 5 });
    fc.assert(
      fc.property(scopes, scopes, fc.constantFrom("1", "2", "*", "{id}"), (token, ceiling, id) => {
        for (const route of routes) {
          const isAllowed = (held: readonly string[]) =>
            decide(compileGrants(held, adminScope), route, { agent_id: id, id }).isAllowed;
          if (!isAllowed(kept(token, ceiling))) continue;
          expect([isAllowed(ceiling), isAllowed(token)]).toEqual([true, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
