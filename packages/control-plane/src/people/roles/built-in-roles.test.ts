// The table of capabilities (design.md section 10), written by hand: the bundles must say the same.
import { ADMIN_SCOPE } from "@agentos/contract";
import { BUILT_IN_ROLES, type RoleName, roleNameSchema } from "@agentos/contract/control-plane";
import { describe, expect, it } from "vitest";
import { findRole, isWithin, nameRolesWith, ROLES, type RoleScope } from "./built-in-roles.ts";

const EVERYBODY: readonly RoleName[] = ["owner", "administrator", "member"];
const MANAGERS: readonly RoleName[] = ["owner", "administrator"];
const OWNERS: readonly RoleName[] = ["owner"];

const CAPABILITIES: readonly (readonly [string, readonly RoleScope[], readonly RoleName[]])[] = [
  ["enter, see instances, load one", ["org:read", "os:read", "config:read"], EVERYBODY],
  ["read and run agents", ["agents:read", "agents:run"], EVERYBODY],
  ["read and run teams", ["teams:read", "teams:run"], EVERYBODY],
  ["read and run workflows", ["workflows:read", "workflows:run"], EVERYBODY],
  ["own sessions", ["sessions:read", "sessions:write", "sessions:delete"], EVERYBODY],
  ["own memories", ["memories:read", "memories:write", "memories:delete"], EVERYBODY],
  ["connect an instance", ["os:connect"], EVERYBODY],
  [
    "create and update agents, teams, workflows",
    ["agents:write", "teams:write", "workflows:write"],
    EVERYBODY,
  ],
  [
    "create and update the rest",
    ["knowledge:write", "evals:write", "schedules:write", "components:write"],
    EVERYBODY,
  ],
  ["endpoint and switches", ["os:write"], MANAGERS],
  [
    "delete resources",
    [
      "agents:delete",
      "teams:delete",
      "workflows:delete",
      "learnings:delete",
      "knowledge:delete",
      "evals:delete",
      "service_accounts:delete",
      "schedules:delete",
      "approvals:delete",
      "components:delete",
    ],
    MANAGERS,
  ],
  ["members", ["org:members:read", "org:members:write", "org:members:delete"], MANAGERS],
  ["roles", ["org:roles:read", "org:roles:write", "org:roles:delete"], MANAGERS],
  ["organization settings", ["org:write"], MANAGERS],
  ["denials, audit, revocation", ["authz:read", "authz:explain", "authz:revoke"], MANAGERS],
  ["delete instances", ["os:delete"], OWNERS],
  ["delete the organization", ["org:delete"], OWNERS],
  ["see other people's data", [ADMIN_SCOPE], OWNERS],
];

describe("the built-in roles", () => {
  it.each(BUILT_IN_ROLES)("%s gives what the table says, and nothing else", (name) => {
    const told = CAPABILITIES.flatMap(([, scopes, roles]) => (roles.includes(name) ? scopes : []));
    expect(ROLES[name].scopes.toSorted()).toEqual(told.toSorted());
  });

  it("are within each other in one order only", () => {
    const within = EVERYBODY.flatMap((one) =>
      EVERYBODY.filter((other) => isWithin(ROLES[one], ROLES[other])).map((other) => `${one} < ${other}`),
    );
    expect(within).toEqual([
      "owner < owner",
      "administrator < owner",
      "administrator < administrator",
      "member < owner",
      "member < administrator",
      "member < member",
    ]);
  });

  it.each([
    " owner",
    "owner ",
    "Owner",
    "OWNER",
    "оwner",
    "owner\u200b",
    "ｏwner",
    "constructor",
    "__proto__",
    "",
  ])("know no role of the name %j", (name) => {
    expect(findRole(name)).toBeUndefined();
    expect(roleNameSchema.safeParse(name).success).toBe(false);
  });

  it("name who can do something", () => {
    expect(nameRolesWith(["os:delete"])).toBe("an Owner");
    expect(nameRolesWith(["org:write", "org:members:delete"])).toBe("an Owner or Administrator");
    // What no role lists is the Owner's, whose admin scope gives everything.
    expect(nameRolesWith(["billing:read"])).toBe("an Owner");
    expect(nameRolesWith(["config:read"])).toBe("an Owner, Administrator or Member");
  });
});
