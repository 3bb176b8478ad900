import { type Fault, renderFault } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { compileGrants } from "../scope/grants.ts";
import { type CompileRoutesOptions, compileRoutes, type RouteAccessDefinition } from "./compile-route.ts";
import { decide } from "./decide.ts";

const ADMIN = "agent_os:admin";
const REPORT: RouteAccessDefinition = {
  method: "GET",
  path: "/reports/{id}",
  access: ["reports:read"],
  items: { reports: "id" },
};
const REPORTS: RouteAccessDefinition = { method: "GET", path: "/reports", access: ["reports:read"] };

function compile(route: RouteAccessDefinition, options: Partial<CompileRoutesOptions> = {}) {
  const { routes, faults } = compileRoutes(
    { route },
    {
      adminScope: ADMIN,
      scopeMappings: {},
      allowUnmappedRoutes: false,
      ...options,
    },
  );
  const [compiled] = routes;
  if (compiled === undefined) throw new Error("no route was compiled");
  const verdict = (held: readonly string[], id = "q1") =>
    decide(compileGrants(held, ADMIN), compiled, { id });
  return { faults, verdict, allows: (held: readonly string[], id?: string) => verdict(held, id).isAllowed };
}

it("a route is named by its method and the text of its path", () => {
  const { routes } = compileRoutes(
    { route: REPORT },
    { adminScope: ADMIN, scopeMappings: {}, allowUnmappedRoutes: false },
  );
  expect(routes).toMatchObject([{ id: "route", method: "GET", name: "GET /reports/{id}" }]);
});

describe("a list of public paths", () => {
  it("takes no scope from a route that it does not name", () => {
    const { allows } = compile(REPORT, { publicPaths: ["/health"] });
    expect(allows([])).toBe(false);
    expect(allows(["reports:q1:read"])).toBe(true);
    expect(compile(REPORT, { publicPaths: ["/reports/*"] }).allows([])).toBe(true);
  });

  it("closes a route that was public, except one that always is", () => {
    const route: RouteAccessDefinition = { ...REPORTS, access: "public" };
    const publicPaths = ["/health"];
    const verdictOf = (definition: RouteAccessDefinition) =>
      compileRoutes(
        { definition },
        {
          adminScope: ADMIN,
          scopeMappings: {},
          allowUnmappedRoutes: false,
          publicPaths,
        },
      ).routes[0]?.access.rule;
    expect(verdictOf(route)).toBe("authenticated");
    expect(verdictOf({ ...route, isAlwaysPublic: true })).toBe("public");
    // It is public by its own definition, not by the mark alone.
    expect(verdictOf({ ...REPORTS, isAlwaysPublic: true })).not.toBe("public");
  });

  it("leaves a rule for one item in force, except where it opens that item itself", () => {
    const scopeMappings = { "GET /reports/secret": ["vault:read"] };
    const { allows } = compile(REPORT, { publicPaths: ["/health"], scopeMappings });
    expect(allows(["reports:read"], "secret")).toBe(false);
    expect(allows(["vault:read"], "secret")).toBe(true);
    const opened = compile(REPORT, { publicPaths: ["/reports/secret"], scopeMappings });
    expect(opened.allows([], "secret")).toBe(true);
    expect(opened.allows([], "q1")).toBe(false);
  });

  it("names an entry that is no path, and opens nothing by it", () => {
    const { faults, allows } = compile(REPORT, { publicPaths: ["reports", "/reports?x"] });
    expect(faults.map(({ code, at }) => [code, at])).toEqual([
      ["CONFIG_OPTION_INVALID", "excludedRoutePaths"],
      ["CONFIG_OPTION_INVALID", "excludedRoutePaths"],
    ]);
    expect(faults[0]?.facts["problem"]).toContain('"reports"');
    expect(allows([])).toBe(false);
    expect(compile(REPORT, { publicPaths: ["/reports/*"] }).faults).toEqual([]);
  });
});

describe("a scope with a parameter", () => {
  it("closes a route that has no such parameter, and names those that it has", () => {
    const wrong = compile({ ...REPORT, access: ["reports:{name}:read"] });
    expect(wrong.faults).toEqual([
      {
        code: "CONFIG_SCOPE_PARAMETER_UNKNOWN",
        facts: { scope: "reports:{name}:read", route: "GET /reports/{id}", parameters: "id" },
        severity: "error",
      },
    ]);
    expect(wrong.allows([ADMIN])).toBe(false);
    const right = compile({ ...REPORT, access: ["reports:{id}:read"] });
    expect(right.faults).toEqual([]);
    expect([right.allows(["reports:q1:read"]), right.allows(["reports:q2:read"])]).toEqual([true, false]);
  });

  it.each([
    "reports:x{id}:read",
    "reports:{id}x:read",
    "reports:{report-id}:read",
    "reports:{}:read",
    "reports:{id:read",
    "reports:{id}{id}:read",
    "{id}:read",
    "{id}:{id}:read",
    "reports:{id}:{id}",
  ])("%s stops the start: it would be taken to the letter, and no real item has such an id", (scope) => {
    const wrong = compile({ ...REPORT, access: [scope] });
    expect(wrong.faults).toMatchObject([{ code: "CONFIG_SCOPE_INVALID", facts: { scope } }]);
    expect(renderFault(wrong.faults[0] as Fault, "agentos").fix).toContain('"resource:{parameter}:action"');
    expect(wrong.allows([ADMIN, scope])).toBe(false);
    expect(compile({ ...REPORT, access: ["reports:{id}:read"] }).faults).toEqual([]);
  });

  it("that a rule lays over routes binds to the parameter of that name on each, or stops the start", () => {
    const routes = { one: REPORT, two: { ...REPORT, path: "/reports/{id}/pages/{page}" } };
    const compileBoth = (scope: string) =>
      compileRoutes(routes, {
        adminScope: ADMIN,
        scopeMappings: { "GET /reports/*": [scope] },
        allowUnmappedRoutes: false,
      });
    expect(compileBoth("reports:{id}:read").faults).toEqual([]);
    expect(compileBoth("pages:{page}:read").faults).toMatchObject([
      { code: "CONFIG_SCOPE_PARAMETER_UNKNOWN", facts: { route: "GET /reports/{id}", parameters: "id" } },
    ]);
    const [, two] = compileBoth("reports:{id}:read").routes;
    if (two === undefined) throw new Error("no route was compiled");
    const allows = (parameters: Readonly<Record<string, string>>) =>
      decide(compileGrants(["reports:q1:read"], ADMIN), two, parameters).isAllowed;
    expect([allows({ id: "q1", page: "7" }), allows({ id: "q2", page: "q1" })]).toEqual([true, false]);
  });

  it.each([
    ["/reports", "none"],
    ["/reports/{id}/pages/{page}", "id, page"],
  ])("is told the parameters of %s: %s", (path, parameters) => {
    const { faults } = compile({ method: "GET", path, access: ["reports:{name}:read"] });
    expect(faults).toMatchObject([{ facts: { parameters } }]);
  });
});

it("a host that matches paths itself says which parameters there are", () => {
  const path = { text: "/(reports)", segments: [], parameters: ["id"] };
  const { faults, allows } = compile({ method: "ANY", path, access: ["reports:{id}:read"] });
  expect(faults).toEqual([]);
  expect([allows(["reports:q1:read"]), allows(["reports:q2:read"])]).toEqual([true, false]);
});

describe("an item", () => {
  it("that is taken from a parameter which the path does not have is a fault, told once, and closes the route", () => {
    const { faults, allows } = compile({ ...REPORT, items: { reports: "report_id" } });
    expect(faults).toMatchObject([
      {
        code: "CONFIG_SCOPE_PARAMETER_UNKNOWN",
        facts: { scope: "reports:{report_id}", route: "GET /reports/{id}", parameters: "id" },
        severity: "error",
      },
    ]);
    expect(allows([ADMIN])).toBe(false);
    expect(compile(REPORT).allows(["reports:q1:read"])).toBe(true);
  });

  it("is such a fault although no scope of the route asks for it", () => {
    const { faults } = compile({ ...REPORT, access: ["vault:read"], items: { reports: "report_id" } });
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG_SCOPE_PARAMETER_UNKNOWN"]);
  });

  it("is none under a name that only every object has", () => {
    const { allows } = compile({ ...REPORT, access: ["constructor:read"] });
    expect([allows(["constructor:q1:read"]), allows(["constructor:read"])]).toEqual([false, true]);
  });
});

describe("a scope of one of our resources", () => {
  it("with an action that it does not have is warned of, and still checked as it stands", () => {
    const route: RouteAccessDefinition = { method: "GET", path: "/custom", access: ["agents:raed"] };
    const { faults, allows } = compile(route);
    expect(faults).toMatchObject([
      { code: "CONFIG_SCOPE_ACTION_UNKNOWN", facts: { scope: "agents:raed", route: "GET /custom" } },
    ]);
    expect(faults[0]?.facts["known"]).toContain("agents:read, agents:");
    expect([allows(["agents:raed"]), allows(["agents:read"])]).toEqual([true, false]);
    expect(compile({ ...route, access: ["agents:read"] }).faults).toEqual([]);
    expect(compile({ ...route, access: ["reports:raed"] }).faults).toEqual([]);
  });
});

describe("a rule that no route can match", () => {
  const suggestion = (rule: string, routes: readonly RouteAccessDefinition[]) =>
    compileRoutes(Object.fromEntries(routes.entries()), {
      adminScope: ADMIN,
      scopeMappings: { [rule]: ["reports:read"] },
      allowUnmappedRoutes: false,
    }).faults.map(({ facts }) => facts["suggestion"]);

  it("is told the routes that begin alike, and only those", () => {
    const [text] = suggestion("GET /reports/{id}/pages", [
      REPORTS,
      REPORT,
      { method: "GET", path: "/agents" },
    ]);
    expect(text).toContain("GET /reports, GET /reports/{id}");
    expect(text).not.toContain("/agents");
  });

  it("is told the methods of the routes that have its path", () => {
    expect(suggestion("POST /reports/{id}", [REPORTS, REPORT])).toEqual([
      "write it with the method of one: GET",
    ]);
  });

  it("is told which other rule comes before it", () => {
    const { faults } = compileRoutes(
      { one: REPORTS },
      { adminScope: ADMIN, scopeMappings: { "GET /reports": [], "GET /*": [] }, allowUnmappedRoutes: false },
    );
    expect(faults.map(({ facts }) => [facts["problem"], facts["suggestion"]])).toEqual([
      ['"GET /reports" comes before it wherever it would match', "remove one of the two"],
    ]);
  });

  it("is told so when none does", () => {
    // Every path begins with nothing before its first slash: that is no likeness.
    expect(suggestion("POST /elsewhere/reports", [REPORTS, REPORT])).toEqual([
      "remove it, or correct its path: no route begins like this",
    ]);
    expect(suggestion("GET /reports", [REPORTS, REPORT])).toEqual([]);
  });
});

describe("the verdict", () => {
  it("lets everybody in where a route is public, and nobody without a scope where it is not", () => {
    expect(compile({ ...REPORTS, access: "public" }).verdict([])).toEqual({
      isAllowed: true,
      grantedBy: [],
      visible: "all",
    });
    expect(compile(REPORTS).allows([])).toBe(false);
  });

  it("that is shared between requests cannot be changed", () => {
    for (const access of ["public", "authenticated", undefined] as const) {
      const { verdict } = compile({ ...REPORTS, access });
      expect(verdict([])).toBe(verdict([]));
      expect(Object.isFrozen(verdict([]))).toBe(true);
    }
  });

  it("says that scopes for other items are held when one of several missing ones is", () => {
    const { verdict } = compile({ ...REPORT, access: ["vault:read", "reports:read"] });
    expect(verdict(["reports:q2:read"])).toMatchObject({ isAllowed: false, code: "SCOPE_OTHER_RESOURCE" });
    expect(verdict(["reports:q2:write"])).toMatchObject({ isAllowed: false, code: "SCOPE_MISSING" });
  });

  it("speaks of no other item where the whole resource is demanded", () => {
    const { verdict } = compile(REPORTS);
    expect(verdict(["reports:q2:read"])).toMatchObject({ isAllowed: false, code: "SCOPE_MISSING" });
    expect(verdict(["reports:read"])).toMatchObject({ isAllowed: true });
  });
});
