/** Scopes by what they are good for, in the words of people. Which role has one is read from the server's answer. */
import type { Role } from "../../lib/people.ts";

export interface Capability {
  readonly title: string;
  readonly scopes: readonly string[];
}

const each = (resources: readonly string[], actions: readonly string[]) =>
  resources.flatMap((resource) => actions.map((action) => `${resource}:${action}`));
const RUNNABLES = ["agents", "teams", "workflows"];

const MAKING = "Create and update what agents are made of";

const CAPABILITIES: readonly Capability[] = [
  { title: "Enter, see instances, load one", scopes: ["org:read", "os:read", "config:read"] },
  { title: "Read and run agents, teams and workflows", scopes: each(RUNNABLES, ["read", "run"]) },
  { title: "Own sessions and memories", scopes: each(["sessions", "memories"], ["read", "write", "delete"]) },
  { title: "Connect an instance", scopes: ["os:connect"] },
  {
    title: MAKING,
    scopes: each([...RUNNABLES, "knowledge", "evals", "schedules", "components"], ["write"]),
  },
  { title: "Change the endpoint and the switches of an instance", scopes: ["os:write"] },
  { title: "Add, change and remove members", scopes: each(["org:members"], ["read", "write", "delete"]) },
  { title: "Change roles", scopes: each(["org:roles"], ["read", "write", "delete"]) },
  { title: "Rename the organization", scopes: ["org:write"] },
  {
    title: "See refusals and audit, revoke tokens",
    scopes: each(["authz"], ["read", "explain", "revoke"]),
  },
  { title: "Delete instances", scopes: ["os:delete"] },
  { title: "Delete the organization", scopes: ["org:delete"] },
  { title: "See other people’s data", scopes: ["agent_os:admin"] },
];

/** All that the roles give. What has no words of its own goes by what is done with it, so that nothing is left out. */
export function listCapabilities(roles: readonly Pick<Role, "scopes">[]): readonly Capability[] {
  const given = new Set(roles.flatMap(({ scopes }) => scopes));
  const named = CAPABILITIES.map(({ title, scopes }) => ({
    title,
    scopes: scopes.filter((scope) => given.has(scope)),
  })).filter(({ scopes }) => scopes.length > 0);
  const told = new Set(named.flatMap(({ scopes }) => scopes));
  const rest = [...given].filter((scope) => !told.has(scope));
  const deletions = rest.filter((scope) => scope.endsWith(":delete"));
  const others = rest.filter((scope) => !scope.endsWith(":delete"));
  const making = named.findIndex(({ title }) => title === MAKING);
  const place = making === -1 ? named.length : making + 1;
  return [
    ...named.slice(0, place),
    ...(deletions.length === 0 ? [] : [{ title: "Delete what agents are made of", scopes: deletions }]),
    ...named.slice(place),
    ...(others.length === 0 ? [] : [{ title: "Anything else", scopes: others }]),
  ];
}

/** `some` where a role gives a part of it only. */
export function tellCapability({ scopes }: Capability, role: Pick<Role, "scopes">): "yes" | "some" | "no" {
  const held = scopes.filter((scope) => role.scopes.includes(scope)).length;
  if (held === 0) return "no";
  return held === scopes.length ? "yes" : "some";
}
