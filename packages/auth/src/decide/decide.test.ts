import { matchTemplate, ROUTES, SERVED_ROUTES } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGrants } from "../scope/grants.ts";
import { type CompileRoutesOptions, compileRoutes, type RouteAccessDefinition } from "./compile-route.ts";
import { type Decision, decide } from "./decide.ts";

const ADMIN = "agent_os:admin";
const LIST: RouteAccessDefinition = SERVED_ROUTES["agents.list"];
const ITEM: RouteAccessDefinition = SERVED_ROUTES["agents.read"];
const RUN: RouteAccessDefinition = SERVED_ROUTES["agents.run"];

interface Case {
  readonly held: readonly string[];
  readonly route?: RouteAccessDefinition;
  readonly id?: string;
  readonly scopeMappings?: CompileRoutesOptions["scopeMappings"];
  readonly allowUnmappedRoutes?: boolean;
}

function verdict({
  held,
  route = RUN,
  id = "a1",
  scopeMappings = {},
  allowUnmappedRoutes = false,
}: Case): Decision {
  const { routes } = compileRoutes({ route }, { adminScope: ADMIN, scopeMappings, allowUnmappedRoutes });
  const [compiled] = routes;
  if (compiled === undefined) throw new Error("no route was compiled");
  return decide(compileGrants(held, ADMIN), compiled, { agent_id: id });
}

const allowed = (given: Case) => verdict(given).isAllowed;
const codeOf = (given: Case) => {
  const decision = verdict(given);
  return decision.isAllowed ? "allowed" : decision.code;
};

describe("decide", () => {
  it("names the scope that granted", () => {
    expect(verdict({ held: ["config:read", "agents:a1:run"] })).toEqual({
      isAllowed: true,
      grantedBy: ["agents:a1:run"],
      visible: "all",
    });
  });

  it("says what is missing and which single scope is the least to add", () => {
    expect(verdict({ held: ["agents:read"] })).toEqual({
      isAllowed: false,
      code: "SCOPE_MISSING",
      required: ["agents:run"],
      missing: ["agents:run"],
      scopeToAdd: "agents:a1:run",
    });
  });

  it("tells a caller who holds the scope for other items so", () => {
    expect(codeOf({ held: ["agents:a2:run"] })).toBe("SCOPE_OTHER_RESOURCE");
    expect(codeOf({ held: ["agents:a2:run"], id: "a2" })).toBe("allowed");
    expect(codeOf({ held: ["agents:a2:read"] })).toBe("SCOPE_MISSING");
  });

  it("demands every required scope", () => {
    const route = {
      method: "GET",
      path: "/agents/{agent_id}/runs",
      access: ["agents:read", "agents:run"],
      items: { agents: "agent_id" },
    };
    expect(allowed({ route, held: ["agents:read", "agents:a1:run"] })).toBe(true);
    expect(allowed({ route, held: ["agents:read", "agents:a2:run"] })).toBe(false);
    const refused = verdict({ route, held: ["agents:read"] });
    expect(refused).toMatchObject({ required: ["agents:read", "agents:run"], missing: ["agents:run"] });
  });

  it("is unconditional on a route for every verified caller", () => {
    expect(allowed({ held: [], route: { ...RUN, access: "authenticated" } })).toBe(true);
    expect(allowed({ held: [], route: RUN })).toBe(false);
  });

  it("refuses a route without a rule to everybody, admin included (repair of Q17)", () => {
    const route = { method: "GET", path: "/custom" };
    expect(verdict({ route, held: [ADMIN] })).toEqual({
      isAllowed: false,
      code: "SCOPE_ROUTE_UNMAPPED",
      required: [],
      missing: [],
      scopeToAdd: undefined,
    });
    expect(codeOf({ route, held: [], allowUnmappedRoutes: true })).toBe("allowed");
    expect(codeOf({ route, held: [], scopeMappings: { "GET /custom": [] } })).toBe("allowed");
  });

  it("refuses everybody where a compiled rule is empty", () => {
    const [route] = compileRoutes(
      { route: { method: "GET", path: "/x", access: ["a:b"] } },
      { adminScope: ADMIN, scopeMappings: {}, allowUnmappedRoutes: false },
    ).routes;
    if (route === undefined) throw new Error("no route was compiled");
    const ruled = (rule: "authenticated" | readonly []) => ({ ...route, access: { ...route.access, rule } });
    expect(decide(compileGrants([ADMIN], ADMIN), ruled([]), {}).isAllowed).toBe(false);
    expect(decide(compileGrants([], ADMIN), ruled("authenticated"), {}).isAllowed).toBe(true);
  });

  it("refuses everybody where a requirement is no scope, instead of leaving it out", () => {
    const route = { ...RUN, access: ["agents:run", "not a scope"] };
    expect(codeOf({ route, held: ["agents:run", ADMIN] })).toBe("SCOPE_ROUTE_UNMAPPED");
    expect(codeOf({ route: { ...RUN, access: ["agents:run"] }, held: ["agents:run"] })).toBe("allowed");
  });
});

describe("a route with items of two resources", () => {
  const route: RouteAccessDefinition = {
    method: "POST",
    path: "/teams/{team_id}/agents/{agent_id}",
    access: ["teams:read", "agents:run"],
    items: { teams: "team_id", agents: "agent_id" },
  };
  const [compiled] = compileRoutes(
    { route },
    { adminScope: ADMIN, scopeMappings: {}, allowUnmappedRoutes: false },
  ).routes;
  const decideFor = (...held: readonly string[]) => {
    if (compiled === undefined) throw new Error("no route was compiled");
    const parameters = matchTemplate(compiled.template, "/teams/sales/agents/web") ?? {};
    return decide(compileGrants(held, ADMIN), compiled, parameters);
  };

  it("checks each scope on the item of its own resource", () => {
    expect(decideFor("teams:sales:read", "agents:web:run")).toMatchObject({
      isAllowed: true,
      grantedBy: ["teams:sales:read", "agents:web:run"],
    });
  });

  it.each([
    ["the other's id", ["teams:web:read", "agents:web:run"], "teams:read", "teams:sales:read"],
    [
      "the other's id, the other way",
      ["teams:sales:read", "agents:sales:run"],
      "agents:run",
      "agents:web:run",
    ],
    ["the id of a neighbour", ["teams:sales:read", "agents:web2:run"], "agents:run", "agents:web:run"],
  ])("refuses %s", (_, held, missing, scopeToAdd) => {
    expect(decideFor(...held)).toMatchObject({
      isAllowed: false,
      code: "SCOPE_OTHER_RESOURCE",
      required: ["teams:read", "agents:run"],
      missing: [missing],
      scopeToAdd,
    });
  });

  it("asks for a whole resource whose item the route does not name", () => {
    const [bound] = compileRoutes(
      { route: { ...route, items: { teams: "team_id" } } },
      { adminScope: ADMIN, scopeMappings: {}, allowUnmappedRoutes: false },
    ).routes;
    if (bound === undefined) throw new Error("no route was compiled");
    const allows = (...held: readonly string[]) =>
      decide(compileGrants(held, ADMIN), bound, { team_id: "sales", agent_id: "sales" }).isAllowed;
    expect(allows("teams:sales:read", "agents:sales:run")).toBe(false);
    expect(allows("teams:sales:read", "agents:run")).toBe(true);
  });
});

/** Contract section 2.4. */
describe("the list of a family", () => {
  it.each([["agents:read"], ["agents:*:read"], [ADMIN]])("is whole for %s", (scope) => {
    expect(verdict({ route: LIST, held: [scope, "agents:a1:read"] })).toMatchObject({
      isAllowed: true,
      visible: "all",
    });
  });

  it("shows the holder of per-resource scopes just those items", () => {
    expect(verdict({ route: LIST, held: ["agents:a1:read", "agents:a9:read", "agents:a2:run"] })).toEqual({
      isAllowed: true,
      grantedBy: ["agents:a1:read", "agents:a9:read"],
      visible: new Set(["a1", "a9"]),
    });
  });

  it.each([["agents:a1:run"], ["teams:a1:read"], ["agents:run"]])(
    "is refused to the holder of only %s",
    (scope) => {
      expect(verdict({ route: LIST, held: [scope] })).toMatchObject({
        isAllowed: false,
        code: "SCOPE_MISSING",
        required: ["agents:read"],
        scopeToAdd: "agents:read",
      });
    },
  );

  it("is not relieved where a rule demands another resource too", () => {
    const scopeMappings = { "GET /agents": ["agents:read", "vault:read"] };
    expect(allowed({ route: LIST, held: ["agents:a1:read"], scopeMappings })).toBe(false);
    const both = verdict({ route: LIST, held: ["agents:a1:read", "vault:read"], scopeMappings });
    expect(both).toMatchObject({
      isAllowed: true,
      visible: new Set(["a1"]),
      grantedBy: ["vault:read", "agents:a1:read"],
    });
  });

  it("is not relieved by an item of another resource", () => {
    const scopeMappings = { "GET /agents": ["vault:read"] };
    expect(allowed({ route: LIST, held: ["vault:a1:read"], scopeMappings })).toBe(false);
    expect(allowed({ route: LIST, held: ["vault:read"], scopeMappings })).toBe(true);
  });

  it("is not relieved where a rule demands one item by name", () => {
    const scopeMappings = { "GET /agents": ["agents:vip:read"] };
    expect(allowed({ route: LIST, held: ["agents:a1:read"], scopeMappings })).toBe(false);
    expect(allowed({ route: LIST, held: ["agents:vip:read"], scopeMappings })).toBe(true);
  });

  it("gives no relief on a route that is no list", () => {
    expect(allowed({ route: { ...LIST, lists: undefined }, held: ["agents:a1:read"] })).toBe(false);
    expect(allowed({ route: LIST, held: ["agents:a1:read"] })).toBe(true);
  });
});

describe("custom rules", () => {
  it("come before the route's own scopes, and keep their resource (repair of Q6, A5)", () => {
    const scopeMappings = { "GET /agents/{id}": ["vault:read"] };
    expect(allowed({ route: ITEM, held: ["vault:read"], scopeMappings })).toBe(true);
    expect(allowed({ route: ITEM, held: ["agents:read"], scopeMappings })).toBe(false);
    expect(allowed({ route: ITEM, held: ["agents:read"] })).toBe(true);
  });

  it("are satisfied by the identical three-part scope on a list (repair of Q7, A6)", () => {
    const scopeMappings = { "GET /agents": ["custom:agents:list"] };
    expect(allowed({ route: LIST, held: ["custom:agents:list"], scopeMappings })).toBe(true);
    expect(allowed({ route: LIST, held: ["custom:agents:show"], scopeMappings })).toBe(false);
  });

  it("override a default that is spelled differently (repair of A7)", () => {
    for (const rule of ["GET /agents/*", "GET /agents/{id}", "GET /agents/{agent_id}"]) {
      expect(allowed({ route: ITEM, held: ["agents:read"], scopeMappings: { [rule]: ["vault:read"] } })).toBe(
        false,
      );
    }
  });

  it("may hold for one item, and leave the others as they were", () => {
    const scopeMappings = { "GET /agents/vip": ["vault:read"] };
    expect(allowed({ route: ITEM, id: "vip", held: ["agents:read"], scopeMappings })).toBe(false);
    expect(allowed({ route: ITEM, id: "a1", held: ["agents:read"], scopeMappings })).toBe(true);
  });

  it("let the most specific win, in either order", () => {
    const specific = { "GET /agents/{id}": ["vault:read"] };
    const general = { "GET /agents/*": ["agents:read"] };
    for (const scopeMappings of [
      { ...specific, ...general },
      { ...general, ...specific },
    ]) {
      expect(allowed({ route: ITEM, held: ["vault:read"], scopeMappings })).toBe(true);
      expect(allowed({ route: ITEM, held: ["agents:read"], scopeMappings })).toBe(false);
    }
  });

  it("open a route to every verified caller by an explicit empty list", () => {
    expect(allowed({ held: [], scopeMappings: { "POST /agents/*/runs": [] } })).toBe(true);
    expect(allowed({ held: [], scopeMappings: {} })).toBe(false);
  });
});

describe("faults of custom rules", () => {
  const faultsOf = (scopeMappings: CompileRoutesOptions["scopeMappings"]) =>
    compileRoutes(
      { LIST, ITEM, RUN },
      {
        adminScope: ADMIN,
        scopeMappings,
        allowUnmappedRoutes: false,
      },
    ).faults.map(({ code, facts }) => [code, facts["rule"] ?? facts["scope"]]);

  it("are none for rules that match", () => {
    expect(
      faultsOf({ "GET /agents": ["agents:read"], "GET /agents/vip": ["vault:read"], "GET /*": [] }),
    ).toEqual([]);
  });

  it.each([["POST /agents"], ["GET /agent"], ["GET /agents/{id}/runs"]])(
    "warn that %s can never match",
    (rule) => {
      expect(faultsOf({ [rule]: ["agents:read"] })).toEqual([["CONFIG_RULE_UNREACHABLE", rule]]);
    },
  );

  it("warn of a rule whose every route a more specific one has taken", () => {
    const scopeMappings = { "GET /agents/*": ["a:b"], "GET /agents/{id}": ["a:c"] };
    expect(faultsOf(scopeMappings)).toEqual([["CONFIG_RULE_UNREACHABLE", "GET /agents/*"]]);
  });

  it("name a rule that is none and a scope that is none", () => {
    expect(faultsOf({ "/agents": ["agents:read"] })).toEqual([["CONFIG_RULE_INVALID", "/agents"]]);
    expect(faultsOf({ "GET /agents": ["agents"] })).toEqual([["CONFIG_SCOPE_INVALID", "agents"]]);
  });
});

describe("public paths", () => {
  const health: RouteAccessDefinition = { method: "GET", path: "/health", access: "public" };
  const accessOf = (route: RouteAccessDefinition, publicPaths?: readonly string[]) =>
    compileRoutes(
      { route },
      { adminScope: ADMIN, scopeMappings: {}, allowUnmappedRoutes: false, publicPaths },
    ).routes[0]?.access;

  it("keep a route that is public by itself open only while they name it", () => {
    expect(accessOf(health)?.rule).toBe("public");
    expect(accessOf(health, ["/info"])?.rule).toBe("authenticated");
    expect(accessOf(health, ["/health"])?.rule).toBe("public");
    expect(accessOf(health, [])?.rule).toBe("authenticated");
  });

  it("open exactly the paths that they match", () => {
    expect(accessOf(RUN, ["/agents/*"])?.rule).toBe("public");
    expect(accessOf(LIST, ["/agents/*"])?.rule).not.toBe("public");
    expect(accessOf(ITEM, ["/agents/vip"])?.rule).not.toBe("public");
    expect(
      accessOf(ITEM, ["/agents/vip"])?.conditional.map(({ appliesTo }) => appliesTo({ agent_id: "vip" })),
    ).toEqual([true]);
  });
});

describe("the route table under decide", () => {
  const { routes, faults } = compileRoutes(ROUTES, {
    adminScope: ADMIN,
    scopeMappings: {},
    allowUnmappedRoutes: false,
  });
  const guarded = routes.filter(({ access }) => typeof access.rule !== "string");
  const parameters = Object.fromEntries(
    routes.flatMap(({ template }) => template.parameters.map((name) => [name, "x1"])),
  );

  it("compiles without a fault and without a route that has no rule", () => {
    expect(faults).toEqual([]);
    expect(routes.filter(({ access }) => access.rule === "unmapped")).toEqual([]);
  });

  it.each(guarded.map((route) => [route.name, route] as const))(
    "%s: nothing, each scope left out, all, admin",
    (_, route) => {
      const required = typeof route.access.rule === "string" ? [] : route.access.rule.map(({ text }) => text);
      const decideFor = (held: readonly string[]) =>
        decide(compileGrants(held, ADMIN), route, parameters).isAllowed;
      expect(decideFor([])).toBe(false);
      for (const left of required) expect(decideFor(required.filter((scope) => scope !== left))).toBe(false);
      expect(decideFor(required)).toBe(true);
      expect(decideFor([ADMIN])).toBe(true);
    },
  );

  it("never denies more when more is granted, and is satisfied step by step by the scope to add", () => {
    const scope = fc.oneof(
      fc.constantFrom(
        "agents:run",
        "agents:x1:run",
        "agents:x2:run",
        "agents:*:read",
        "config:read",
        ADMIN,
        "sessions:read",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(scope), fc.array(scope), fc.constantFrom(...guarded), (held, more, route) => {
        const before = decide(compileGrants(held, ADMIN), route, parameters);
        const after = decide(compileGrants([...held, ...more], ADMIN), route, parameters);
        if (before.isAllowed) expect(after.isAllowed).toBe(true);
        let grants = held;
        let next: Decision = before;
        for (let step = 0; !next.isAllowed && step < 3; step++) {
          grants = [...grants, next.scopeToAdd ?? ""];
          next = decide(compileGrants(grants, ADMIN), route, parameters);
        }
        expect(next.isAllowed).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
