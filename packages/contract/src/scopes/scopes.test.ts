import { describe, expect, it } from "vitest";
import { ACCESS_PREREQUISITES } from "./prerequisites.ts";
import {
  DEFAULT_SERVICE_ACCOUNT_SCOPES,
  GLOBAL_SCOPES,
  isPerResource,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  type ScopeResource,
} from "./scope-catalogue.ts";

describe("the scope catalogue", () => {
  it("has every scope once", () => {
    expect(new Set(GLOBAL_SCOPES).size).toBe(GLOBAL_SCOPES.length);
  });

  it("covers every resource of the contract (section 2.6) and of the control plane", () => {
    expect(Object.keys(SCOPE_RESOURCES)).toEqual(
      expect.arrayContaining(
        "agents teams workflows config sessions memories learnings knowledge metrics evals traces service_accounts schedules approvals registry components authz os org org:members org:roles billing".split(
          " ",
        ),
      ),
    );
  });

  it("writes resources and actions in lower case", () => {
    for (const scope of GLOBAL_SCOPES) expect(scope).toMatch(/^[a-z_]+(:[a-z]+){1,2}$/);
  });

  it("names one item only for agents, teams and workflows", () => {
    expect(Object.keys(SCOPE_RESOURCES).filter(isPerResource)).toEqual(["agents", "teams", "workflows"]);
    expect(isPerResource("constructor")).toBe(false);
  });

  it("marks what is privileged, says so to people, and gives none of it by default", () => {
    const resources = Object.entries<ScopeResource>(SCOPE_RESOURCES);
    const privileged = resources.flatMap(([name, resource]) =>
      resource.isPrivileged === true ? [name] : [],
    );
    expect(privileged).toEqual(["service_accounts", "authz"]);
    for (const [name, { description }] of resources)
      expect(description.includes("privileged")).toBe(privileged.includes(name));
    for (const scope of DEFAULT_SERVICE_ACCOUNT_SCOPES) expect(privileged).not.toContain(scope.split(":")[0]);
  });

  it("has the alias of the contract, and prerequisites and defaults that exist", () => {
    expect(SCOPE_RESOURCE_ALIASES).toEqual({ system: "config" });
    for (const { scope } of ACCESS_PREREQUISITES) expect(GLOBAL_SCOPES).toContain(scope);
    for (const scope of DEFAULT_SERVICE_ACCOUNT_SCOPES) expect(GLOBAL_SCOPES).toContain(scope);
  });
});
