import { describe, expect, it } from "vitest";
import { ADMIN_SCOPE, GLOBAL_SCOPES, isPerResource } from "../scopes/scope-catalogue.ts";
import { type RouteDefinition } from "./route.ts";
import { PLANNED_ROUTES, ROUTES, SERVED_ROUTES } from "./route-table.ts";
import { createRunnableRoutes } from "./runnables.ts";
import { findTemplateProblem, parseTemplate, shapeOf } from "./template.ts";

const served = Object.values<RouteDefinition>(SERVED_ROUTES);
const planned = Object.values<RouteDefinition>(PLANNED_ROUTES);
const all = Object.values<RouteDefinition>(ROUTES);
const scopesOf = ({ access }: RouteDefinition): readonly string[] =>
  typeof access === "string" ? [] : access;
const resourceOf = (scope: string) => scope.slice(0, scope.indexOf(":"));

/** The parameters that name an item of a resource, whatever route they stand in. */
const ITEM_PARAMETERS = { agents: "agent_id", teams: "team_id", workflows: "workflow_id" } as const;

describe("the route table", () => {
  it("has no route twice, whatever its parameters are called", () => {
    const names = all.map(({ method, path }) => `${method} ${shapeOf(parseTemplate(path))}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("is served or planned, each route one of the two", () => {
    expect([...Object.keys(SERVED_ROUTES), ...Object.keys(PLANNED_ROUTES)].toSorted()).toEqual(
      Object.keys(ROUTES).toSorted(),
    );
    expect(planned.every(({ isPlanned }) => isPlanned === true)).toBe(true);
    expect(served.some(({ isPlanned }) => isPlanned === true)).toBe(false);
  });

  it("requires only scopes of the catalogue, and never none", () => {
    for (const route of all) {
      const scopes = scopesOf(route);
      expect(scopes.length > 0 || typeof route.access === "string", route.path).toBe(true);
      for (const scope of scopes) expect(GLOBAL_SCOPES, route.path).toContain(scope);
    }
  });

  it("has canonical paths with well-formed parameters", () => {
    for (const { path } of all) {
      const template = parseTemplate(path);
      expect(findTemplateProblem(template), path).toBeUndefined();
      for (const segment of template.segments) {
        if (segment.kind === "parameter") expect(segment.name).toMatch(/^[a-z_]+$/);
        else if (path !== "/") expect(segment.text).toMatch(/^[a-z0-9._-]+$/);
      }
    }
  });

  it("opens only what the contract opens, and what explains an error", () => {
    const open = served.filter(({ access }) => access === "public").map(({ path }) => path);
    expect(open.toSorted()).toEqual([
      "/",
      "/.well-known/oauth-protected-resource",
      "/docs",
      "/docs/{asset}",
      "/errors/{code}",
      "/health",
      "/info",
      "/openapi.json",
    ]);
    expect(planned.filter(({ access }) => typeof access === "string")).toEqual([]);
  });

  it.each(Object.entries<RouteDefinition>(ROUTES))(
    "%s checks each scope on the item that the path names for its resource",
    (_, route) => {
      const { parameters } = parseTemplate(route.path);
      const resources = scopesOf(route).map(resourceOf);
      const named = Object.entries(ITEM_PARAMETERS).filter(
        ([resource, parameter]) => resources.includes(resource) && parameters.includes(parameter),
      );
      expect(route.items ?? {}).toEqual(Object.fromEntries(named));
      for (const resource of Object.keys(route.items ?? {})) expect(isPerResource(resource)).toBe(true);
    },
  );

  it("marks as lists exactly the collections of the families", () => {
    const lists = all.flatMap(({ method, path, lists: resource }) =>
      resource === undefined ? [] : [`${method} ${path} lists ${resource}`],
    );
    expect(lists.toSorted()).toEqual([
      "GET /agents lists agents",
      "GET /teams lists teams",
      "GET /workflows lists workflows",
    ]);
  });

  it.each([
    { resource: "agents", item: "agent", tag: "Agents" },
    { resource: "teams", item: "team", tag: "Teams" },
    { resource: "workflows", item: "workflow", tag: "Workflows" },
  ] as const)("serves routes of $resource as the family declares them", (family) => {
    for (const [id, declared] of Object.entries<RouteDefinition>(createRunnableRoutes(family))) {
      const { isPlanned: _, summary: __, ...shared } = declared;
      expect({ [id]: ROUTES[id as keyof typeof ROUTES] }).toMatchObject({ [id]: shared });
    }
  });

  it.each([
    ["GET", "/config", "config:read"],
    ["GET", "/models", "config:read"],
    ["GET", "/agents", "agents:read"],
    ["POST", "/agents/{agent_id}/runs", "agents:run"],
    ["POST", "/agents/{agent_id}/runs/{run_id}/continue", "agents:run"],
    ["DELETE", "/teams/{team_id}", "teams:delete"],
    ["PATCH", "/workflows/{workflow_id}", "workflows:write"],
    ["POST", "/sessions/{session_id}/rename", "sessions:write"],
    ["POST", "/optimize-memories", "memories:write"],
    ["POST", "/knowledge/search", "knowledge:read"],
    ["POST", "/traces/search", "traces:read"],
    ["POST", "/schedules/{schedule_id}/trigger", "schedules:write"],
    ["POST", "/approvals/{approval_id}/resolve", "approvals:write"],
    ["POST", "/databases/all/migrate", "config:write"],
  ])("%s %s requires %s, as the contract says (section 2.6)", (method, path, scope) => {
    expect(all.find((route) => route.method === method && route.path === path)?.access).toEqual([scope]);
  });

  it("requires the run scope too where the contract re-checks it in the handler (section 2.5)", () => {
    const reads = all.filter(
      ({ method, path }) => method === "GET" && /^\/(agents|teams|workflows)\/.*\/runs/.test(path),
    );
    expect(reads.length).toBeGreaterThan(0);
    for (const { access } of reads)
      expect(access).toEqual([expect.stringMatching(/:read$/), expect.stringMatching(/:run$/)]);
  });

  it("never requires the admin scope by name, which a configuration may rename", () => {
    expect(all.flatMap(scopesOf)).not.toContain(ADMIN_SCOPE);
  });
});
