// Role by route, on both planes: written by hand who may at least do what, and held against the decision itself.
import { compileGrants, compileRoutes, decide } from "@agentos/auth";
import { ADMIN_SCOPE, ROUTES } from "@agentos/contract";
import {
  BUILT_IN_ROLES,
  CONTROL_PLANE_ROUTES,
  type ControlPlaneRoute,
  type ControlPlaneRouteId,
  type RoleName,
} from "@agentos/contract/control-plane";
import { describe, expect, it } from "vitest";
import { ROLES } from "../people/roles/built-in-roles.ts";
import { createControlPlaneEngine } from "./control-plane-engine.ts";
import { createSignedInPerson, type SignedInPerson } from "./signed-in-person.ts";

/** The least that somebody has to be. */
type Least = "anybody" | "signed in" | "outsider" | RoleName;

/** A route without a row does not compile. */
const LEAST: Readonly<Record<ControlPlaneRouteId, Exclude<Least, "outsider">>> = {
  "shell.page": "anybody",
  "shell.script": "anybody",
  "shell.style": "anybody",
  "shell.health": "anybody",
  "shell.error": "anybody",
  "signIn.password": "anybody",
  "signIn.inspectLink": "anybody",
  "signIn.redeemLink": "anybody",
  "account.read": "signed in",
  "account.signOut": "signed in",
  "account.update": "signed in",
  "account.setPassword": "signed in",
  "account.listSessions": "signed in",
  "account.endSession": "signed in",
  "account.endOtherSessions": "signed in",
  "organizations.read": "member",
  "organizations.update": "administrator",
  "roles.list": "member",
  "members.list": "administrator",
  "members.add": "administrator",
  "members.changeRole": "administrator",
  "members.remove": "administrator",
  "members.createLink": "administrator",
  "audit.list": "administrator",
  "instances.list": "member",
  "instances.create": "member",
  "instances.read": "member",
  "instances.updateDraft": "member",
  "instances.connect": "member",
  "instances.update": "administrator",
  "instances.setSwitches": "administrator",
  "instances.delete": "owner",
  "instances.discardDraft": "member",
  "instances.observe": "member",
  "instances.readPolicy": "member",
  "instances.configuration": "member",
  "keys.list": "member",
  "keys.publish": "administrator",
  "keys.sign": "administrator",
  "keys.retire": "administrator",
  "tokens.mint": "member",
  "diagnoses.create": "member",
  "revocations.list": "administrator",
  "revocations.retry": "administrator",
  "documents.discovery": "anybody",
  "documents.jwks": "anybody",
};

/** Rules without mappings of an operator. */
const RULES = {
  adminScope: ADMIN_SCOPE,
  scopeMappings: {},
  publicPaths: undefined,
  allowUnmappedRoutes: false,
} as const;
const ORDER: readonly Least[] = ["anybody", "signed in", "outsider", "member", "administrator", "owner"];
const reaches = (one: Least, least: Least) => ORDER.indexOf(one) >= ORDER.indexOf(least);

const compiled = new Map(compileRoutes(CONTROL_PLANE_ROUTES, RULES).routes.map((route) => [route.id, route]));
const engine = createControlPlaneEngine({ cookieName: "session", readSession: async () => undefined });

function personAs(role: RoleName | undefined): SignedInPerson {
  const signedIn = {
    person: { id: "p", name: "Ada", email: "ada@example.com", hasPassword: true },
    session: { id: "s", createdAt: 1, expiresAt: 2 },
    memberships: [
      {
        organizationId: role === undefined ? "another" : "acme",
        organizationName: "Acme",
        organizationCreatedAt: 1,
        role: ROLES[role ?? "owner"],
        version: 1,
        memberSince: 1,
      },
    ],
  };
  return { ...createSignedInPerson(signedIn), address: undefined };
}

describe("what each role may do in the control plane", () => {
  const callers = ["outsider", ...BUILT_IN_ROLES] as const;
  const cells = callers.flatMap((caller) =>
    Object.entries<ControlPlaneRoute>(CONTROL_PLANE_ROUTES).map(
      ([id, route]) => [caller, id as ControlPlaneRouteId, route] as const,
    ),
  );

  it.each(cells)("%s: %s", (caller, id, { path }) => {
    const route = compiled.get(id);
    if (route === undefined) throw new Error(`${id} is a route`);
    const person = personAs(caller === "outsider" ? undefined : caller);
    const parameters = path.includes("{organization_id}") ? { organization_id: "acme" } : {};
    const authorized = engine.authorize(person, route, parameters);
    if (reaches(caller, LEAST[id])) return expect(authorized.ok).toBe(true);
    expect(authorized).toMatchObject({
      ok: false,
      fault: { code: caller === "outsider" ? "SCOPE_NOT_A_MEMBER" : "SCOPE_ROLE_INSUFFICIENT" },
    });
  });

  it("is said by the scopes of each route below an organization, and by nothing else", () => {
    for (const [id, { path, access }] of Object.entries<ControlPlaneRoute>(CONTROL_PLANE_ROUTES)) {
      if (!path.includes("{organization_id}")) continue;
      if (typeof access === "string") throw new Error(`${id} asks for no scope`);
      const roles = BUILT_IN_ROLES.filter((role) => {
        const held: readonly string[] = ROLES[role].scopes;
        return held.includes(ADMIN_SCOPE) || access.every((scope) => held.includes(scope));
      });
      expect([id, roles]).toEqual([
        id,
        BUILT_IN_ROLES.filter((role) => reaches(role, LEAST[id as "roles.list"])),
      ]);
    }
  });
});

/** Who at least holds what the routes of an AgentOS ask for. What nobody lists, only an Owner may. */
const LEAST_OF_SCOPE: Readonly<Record<string, RoleName>> = {
  "config:read": "member",
  ...Object.fromEntries(
    ["agents", "teams", "workflows"].flatMap((resource) => [
      [`${resource}:read`, "member"],
      [`${resource}:run`, "member"],
      [`${resource}:write`, "member"],
      [`${resource}:delete`, "administrator"],
    ]),
  ),
  "sessions:read": "member",
  "sessions:write": "member",
  "sessions:delete": "member",
  "memories:read": "member",
  "memories:write": "member",
  "memories:delete": "member",
  "knowledge:write": "member",
  "evals:write": "member",
  "schedules:write": "member",
  "components:write": "member",
  "knowledge:delete": "administrator",
  "evals:delete": "administrator",
  "schedules:delete": "administrator",
  "components:delete": "administrator",
  "learnings:delete": "administrator",
  "approvals:delete": "administrator",
  "service_accounts:delete": "administrator",
  "authz:read": "administrator",
  "authz:explain": "administrator",
  "authz:revoke": "administrator",
};

describe("what a token of each role may do on an AgentOS", () => {
  const { routes } = compileRoutes(ROUTES, RULES);
  const items = { agent_id: "a", team_id: "t", workflow_id: "w" };

  it.each(BUILT_IN_ROLES.flatMap((role) => routes.map((route) => [role, route.id, route] as const)))(
    "%s: %s",
    (role, id, route) => {
      const { access } = ROUTES[id as keyof typeof ROUTES];
      const least =
        typeof access === "string"
          ? (["member"] as const)
          : access.map((scope) => LEAST_OF_SCOPE[scope] ?? "owner");
      const decision = decide(compileGrants(ROLES[role].scopes, ADMIN_SCOPE), route, items);
      expect(decision.isAllowed).toBe(least.every((one) => reaches(role, one)));
    },
  );

  it("covers routes that each role may, and may not, call", () => {
    const allowed = BUILT_IN_ROLES.map(
      (role) =>
        routes.filter(
          (route) => decide(compileGrants(ROLES[role].scopes, ADMIN_SCOPE), route, items).isAllowed,
        ).length,
    );
    expect(allowed[0]).toBe(routes.length);
    expect(allowed[1]).toBeLessThan(routes.length);
    expect(allowed[2]).toBeLessThan(allowed[1] ?? 0);
    expect(allowed[2]).toBeGreaterThan(0);
  });
});
