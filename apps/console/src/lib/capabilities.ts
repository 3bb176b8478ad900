/** Scopes by what they are good for, in the words of people. Which role has one is read from the server's answer. */
import { ADMIN_SCOPE } from "@agentos/contract";
import type { Role } from "./people.ts";

export interface Capability {
  readonly title: string;
  readonly scopes: readonly string[];
}

const each = (resources: readonly string[], actions: readonly string[]) =>
  resources.flatMap((resource) => actions.map((action) => `${resource}:${action}`));
const RUNNABLES = ["agents", "teams", "workflows"];
const MADE = [...RUNNABLES, "knowledge", "evals", "schedules", "components"];

const CAPABILITIES: readonly Capability[] = [
  { title: "Sign in and see instances", scopes: ["org:read", "os:read"] },
  { title: "Load an instance, and see its settings", scopes: ["config:read"] },
  { title: "Read and run agents, teams and workflows", scopes: each(RUNNABLES, ["read", "run"]) },
  {
    title: "Read, change and delete one's own sessions and memories",
    scopes: each(["sessions", "memories"], ["read", "write", "delete"]),
  },
  { title: "Connect an instance", scopes: ["os:connect"] },
  {
    title: "Create and change agents, teams, workflows, knowledge, evals and schedules",
    scopes: each(MADE, ["write"]),
  },
  {
    title: "Delete agents, teams, workflows, knowledge, evals and schedules",
    scopes: each(MADE, ["delete"]),
  },
  { title: "Delete service accounts", scopes: ["service_accounts:delete"] },
  { title: "Delete approvals", scopes: ["approvals:delete"] },
  { title: "Delete learnings", scopes: ["learnings:delete"] },
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
  { title: "See other people's data", scopes: [ADMIN_SCOPE] },
];

/** All that the roles give: what has no words of its own stands last, so that nothing is left out. */
export function listCapabilities(roles: readonly Pick<Role, "scopes">[]): readonly Capability[] {
  const given = new Set(roles.flatMap(({ scopes }) => scopes));
  const named = CAPABILITIES.map(({ title, scopes }) => ({
    title,
    scopes: scopes.filter((scope) => given.has(scope)),
  })).filter(({ scopes }) => scopes.length > 0);
  const told = new Set(named.flatMap(({ scopes }) => scopes));
  const rest = [...given].filter((scope) => !told.has(scope));
  return rest.length === 0 ? named : [...named, { title: "Anything else", scopes: rest }];
}

/** Those with this text in their words, and those with it in a scope: of them only such scopes. */
export function findCapabilities(all: readonly Capability[], wanted: string): readonly Capability[] {
  return all.flatMap((capability) => {
    if (capability.title.toLowerCase().includes(wanted)) return [capability];
    const scopes = capability.scopes.filter((scope) => scope.toLowerCase().includes(wanted));
    return scopes.length === 0 ? [] : [{ ...capability, scopes }];
  });
}

/** `some` where a role gives a part of it only. */
export function tellCapability({ scopes }: Capability, role: Pick<Role, "scopes">): "yes" | "some" | "no" {
  const held = scopes.filter((scope) => role.scopes.includes(scope)).length;
  if (held === 0) return "no";
  return held === scopes.length ? "yes" : "some";
}
