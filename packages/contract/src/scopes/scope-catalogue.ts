/**
 * Every scope there is: resource, actions, and who enforces it. Types, docs, the route table and the mint's
 * checks are derived from this file.
 *
 * Source: contract section 2.6 (AgentOS plane), design.md section 10 (`authz`, control plane).
 */

/** One resource of the catalogue, with what can be done to it. */
export interface ScopeResource {
  /** The last word of its scopes: `read`, `write`, `delete`, `run` and others. */
  readonly actions: readonly string[];
  /** True where `resource:ID:action` narrows the scope to one item. */
  readonly perResource: boolean;
  /** `agentos` scopes are enforced by the agent server, `control-plane` scopes by the console's backend. */
  readonly plane: "agentos" | "control-plane";
  /**
   * All its scopes are privileged: never given by default, implied by none but the admin scope (design.md section 10).
   * To a service account `write` and `delete` of any resource are privileged too (contract 2.8). Default false.
   */
  readonly isPrivileged?: boolean;
  /** What it is, for people; lower-case start, no full stop. */
  readonly description: string;
}

const crud = ["read", "write", "delete"] as const;
const runnable = ["read", "write", "delete", "run"] as const;

/** Every resource that scopes are about, by its name (contract 2.6; `authz` and the control plane: design.md section 10). */
export const SCOPE_RESOURCES = {
  agents: { actions: runnable, perResource: true, plane: "agentos", description: "agents and their runs" },
  teams: { actions: runnable, perResource: true, plane: "agentos", description: "teams and their runs" },
  workflows: {
    actions: runnable,
    perResource: true,
    plane: "agentos",
    description: "workflows and their runs",
  },
  config: {
    actions: ["read", "write"],
    perResource: false,
    plane: "agentos",
    description: "configuration, models and database migrations; `system` is an alias",
  },
  sessions: { actions: crud, perResource: false, plane: "agentos", description: "conversations" },
  memories: {
    actions: crud,
    perResource: false,
    plane: "agentos",
    description: "what is remembered of users",
  },
  learnings: { actions: crud, perResource: false, plane: "agentos", description: "what agents have learned" },
  knowledge: { actions: crud, perResource: false, plane: "agentos", description: "knowledge bases" },
  metrics: { actions: ["read", "write"], perResource: false, plane: "agentos", description: "usage metrics" },
  evals: { actions: crud, perResource: false, plane: "agentos", description: "evaluation runs" },
  traces: { actions: ["read"], perResource: false, plane: "agentos", description: "traces of runs" },
  service_accounts: {
    actions: crud,
    perResource: false,
    plane: "agentos",
    isPrivileged: true,
    description: "machine identities and their tokens; privileged",
  },
  schedules: { actions: crud, perResource: false, plane: "agentos", description: "scheduled calls" },
  approvals: { actions: crud, perResource: false, plane: "agentos", description: "approvals of paused runs" },
  registry: {
    actions: ["read"],
    perResource: false,
    plane: "agentos",
    description: "registered building blocks",
  },
  components: {
    actions: crud,
    perResource: false,
    plane: "agentos",
    description: "stored agents, teams, workflows",
  },
  authz: {
    actions: ["read", "explain", "revoke", "write"],
    perResource: false,
    plane: "agentos",
    isPrivileged: true,
    description:
      "denials and audit, explanations, revocation, roles; privileged, never implied by another scope",
  },
  os: {
    actions: [...crud, "connect"],
    perResource: false,
    plane: "control-plane",
    description: "AgentOS instances; `connect` adds one, `write` changes its endpoint and its switches",
  },
  org: { actions: crud, perResource: false, plane: "control-plane", description: "the organization" },
  "org:members": {
    actions: crud,
    perResource: false,
    plane: "control-plane",
    description: "members and invitations",
  },
  "org:roles": {
    actions: crud,
    perResource: false,
    plane: "control-plane",
    description: "roles of the organization",
  },
  billing: { actions: ["read", "write"], perResource: false, plane: "control-plane", description: "billing" },
} as const satisfies Record<string, ScopeResource>;

type Resources = typeof SCOPE_RESOURCES;

/** The name of a scope's resource, such as `agents`. */
export type ScopeResourceName = keyof Resources;

/** A resource whose scopes can name one item. */
export type PerResourceName = {
  [R in ScopeResourceName]: Resources[R]["perResource"] extends true ? R : never;
}[ScopeResourceName];

/** `resource:action`, for the whole resource. */
export type GlobalScope = {
  [R in ScopeResourceName]: `${R}:${Resources[R]["actions"][number]}`;
}[ScopeResourceName];

/** `resource:ID:action`, for one item; `*` as the id means every item. */
export type PerResourceScope = {
  [R in PerResourceName]: `${R}:${string}:${Resources[R]["actions"][number]}`;
}[PerResourceName];

/** The scope that satisfies every requirement, unless another one is configured as `adminScope`. */
export const ADMIN_SCOPE = "agent_os:admin";

/** A scope of the catalogue: `agents:web-agent:run` compiles, `agents:rnu` does not. */
export type Scope = typeof ADMIN_SCOPE | GlobalScope | PerResourceScope;

declare const custom: unique symbol;
/** A scope that the embedding application invented for its own routes; see {@link customScope}. */
export type CustomScope = string & { readonly [custom]: true };

/** Marks a scope outside the catalogue as meant, so that a typing error in a catalogue scope still does not compile. */
export function customScope(scope: string): CustomScope {
  return scope as CustomScope;
}

/** Other spellings of a resource (contract 2.1). */
export const SCOPE_RESOURCE_ALIASES: Readonly<Record<string, ScopeResourceName>> = { system: "config" };

/** What a service account gets when nothing is asked for (contract 2.8). */
export const DEFAULT_SERVICE_ACCOUNT_SCOPES = [
  "agents:run",
  "teams:run",
  "workflows:run",
  "sessions:read",
  "config:read",
] as const satisfies readonly GlobalScope[];

/** The resources whose scopes can name one item, in the order of the catalogue. */
export const PER_RESOURCE_NAMES: readonly PerResourceName[] = Object.entries(SCOPE_RESOURCES).flatMap(
  ([name, resource]) => (resource.perResource ? [name as PerResourceName] : []),
);
const perResourceNames = new Set<string>(PER_RESOURCE_NAMES);

/** True for a resource whose scopes may name one item. */
export function isPerResource(resource: string): boolean {
  return perResourceNames.has(resource);
}

/** Every `resource:action` of the catalogue, in its order. */
export const GLOBAL_SCOPES: readonly GlobalScope[] = Object.entries(SCOPE_RESOURCES).flatMap(
  ([name, resource]) => resource.actions.map((action) => `${name}:${action}` as GlobalScope),
);
