/** The three roles, each a bundle of scopes (design.md section 10). Custom roles will be the same thing. */
import { ADMIN_SCOPE, GLOBAL_SCOPES, type GlobalScope, SCOPE_RESOURCES } from "@agentos/contract";
import { BUILT_IN_ROLES, type RoleName } from "@agentos/contract/control-plane";

/** A scope that a role can give. */
export type RoleScope = GlobalScope | typeof ADMIN_SCOPE;

export interface Role {
  readonly name: RoleName;
  /** For people. */
  readonly title: string;
  readonly description: string;
  readonly scopes: readonly RoleScope[];
}

const RUNNABLES = ["agents", "teams", "workflows"] as const;
const ENTER: readonly RoleScope[] = ["org:read", "os:read", "config:read"];
const USE: readonly RoleScope[] = [
  ...RUNNABLES.flatMap((resource) => [`${resource}:read`, `${resource}:run`] as const),
  "sessions:read",
  "sessions:write",
  "sessions:delete",
  "memories:read",
  "memories:write",
  "memories:delete",
];
const BUILD: readonly RoleScope[] = [
  "os:connect",
  ...RUNNABLES.map((resource) => `${resource}:write` as const),
  "knowledge:write",
  "evals:write",
  "schedules:write",
  "components:write",
];
/** Every `:delete` of what an AgentOS keeps. */
const DELETE: readonly RoleScope[] = GLOBAL_SCOPES.filter((scope) => {
  const [resource = "", action] = scope.split(":");
  return (
    action === "delete" &&
    Object.hasOwn(SCOPE_RESOURCES, resource) &&
    SCOPE_RESOURCES[resource as keyof typeof SCOPE_RESOURCES].plane === "agentos"
  );
});
const MANAGE: readonly RoleScope[] = [
  "os:write",
  ...DELETE,
  "org:members:read",
  "org:members:write",
  "org:members:delete",
  "org:roles:read",
  "org:roles:write",
  "org:roles:delete",
  "org:write",
  "authz:read",
  "authz:explain",
  "authz:revoke",
];
const OWN: readonly RoleScope[] = ["os:delete", "org:delete", ADMIN_SCOPE];

const bundle = (...parts: readonly (readonly RoleScope[])[]) => Object.freeze([...new Set(parts.flat())]);

/** By name. */
export const ROLES: Readonly<Record<RoleName, Role>> = Object.freeze({
  owner: {
    name: "owner",
    title: "Owner",
    description: "everything, including other people's data and deleting instances",
    scopes: bundle(ENTER, USE, BUILD, MANAGE, OWN),
  },
  administrator: {
    name: "administrator",
    title: "Administrator",
    description:
      "manages members, endpoints, switches and keys, and reads refusals and changes; sees only their own data",
    scopes: bundle(ENTER, USE, BUILD, MANAGE),
  },
  member: {
    name: "member",
    title: "Member",
    description: "uses and builds agents, and connects instances; sees only their own data",
    scopes: bundle(ENTER, USE, BUILD),
  },
});

/** The role of a stored name. Undefined for a text that is none: it gives nothing. */
export function findRole(name: string): Role | undefined {
  const known = BUILT_IN_ROLES.find((role) => role === name);
  return known === undefined ? undefined : ROLES[known];
}

/** Whether everything that one role gives is given by the other. */
export function isWithin(role: Role, other: Role): boolean {
  return role.scopes.every((scope) => other.scopes.includes(scope));
}

/** Who can do what needs these scopes, for people: `an Owner or Administrator`. The admin scope gives all of them. */
export function nameRolesWith(scopes: readonly string[]): string {
  const titles = Object.values(ROLES)
    .filter(
      (role) =>
        role.scopes.includes(ADMIN_SCOPE) ||
        scopes.every((scope) => role.scopes.some((own) => own === scope)),
    )
    .map(({ title }) => title);
  return `an ${joinWithOr(titles)}`;
}

function joinWithOr(titles: readonly string[]): string {
  return titles.length < 3 ? titles.join(" or ") : `${titles.slice(0, -1).join(", ")} or ${titles.at(-1)}`;
}
