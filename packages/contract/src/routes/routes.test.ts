import { describe, expect, it } from "vitest";
import { ADMIN_SCOPE, GLOBAL_SCOPES, isPerResource } from "../scopes/scope-catalogue.ts";
import { PLANNED_ROUTES } from "./planned.ts";
import { type RouteDefinition } from "./route.ts";
import { SERVED_ROUTES } from "./served.ts";

const served = Object.values<RouteDefinition>(SERVED_ROUTES);
const all = [...served, ...PLANNED_ROUTES];
const scopesOf = ({ access }: RouteDefinition): readonly string[] =>
  typeof access === "string" ? [] : access;

describe("the route table", () => {
  it("has no route twice, whatever its parameters are called", () => {
    const names = all.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("requires only scopes of the catalogue, and never none", () => {
    for (const route of all) {
      const scopes = scopesOf(route);
      expect(scopes.length > 0 || typeof route.access === "string", route.path).toBe(true);
      for (const scope of scopes) expect(GLOBAL_SCOPES, route.path).toContain(scope);
    }
  });

  it("has canonical paths with well-formed parameters", () => {
    for (const { path } of all) expect(path).toMatch(/^\/$|^(\/([a-z0-9._-]+|\{[a-z_]+\}))+$/);
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
    expect(PLANNED_ROUTES.filter(({ access }) => typeof access === "string")).toEqual([]);
  });

  it("checks items of a family on the item that the path names first", () => {
    for (const { path, resource } of all) {
      const family = /^\/(agents|teams|workflows)(\/|$)/.exec(path)?.[1];
      expect(resource, path).toBe(family);
      if (resource !== undefined) expect(isPerResource(resource)).toBe(true);
    }
  });

  it("marks as lists exactly the collections of the families", () => {
    const lists = all
      .filter(({ isListing }) => isListing === true)
      .map(({ method, path }) => `${method} ${path}`);
    expect(lists.toSorted()).toEqual(["GET /agents", "GET /teams", "GET /workflows"]);
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
