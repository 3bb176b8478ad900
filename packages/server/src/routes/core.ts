/** What runs here and how it is protected: `/`, `/health`, `/info`, `/config`, `/models` (contract 4.1). */
import { visibleItems } from "@agentos/auth";
import {
  CONTRACT_VERSION,
  type Config,
  type ConfigAgent,
  type Info,
  type ModelSummary,
  type PageRouteId,
  SERVER_VERSION,
  type ServedRouteId,
} from "@agentos/contract";
import { jsonResponse as json, type RequestContext, type RouteHandler } from "@agentos/guard/app";
import type { Runnable } from "../runs/runnable.ts";
import { filterVisible } from "./filter-visible.ts";

export interface CoreRoutesOptions {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly agents: readonly Runnable[];
  readonly authMode: Info["auth_mode"];
  /** Algorithms of the keys in force; they may change while the server runs. */
  readonly algorithms: () => readonly string[];
  /** Start of the process. */
  readonly startedAt: Date;
}

/** Handlers of the core routes; the pages of the guard are its own. */
export function createCoreRoutes(
  options: CoreRoutesOptions,
): Record<Exclude<ServedRouteId<"core">, PageRouteId>, RouteHandler> {
  const { id, name, agents } = options;
  const info: Info = {
    os_id: id,
    name: name ?? null,
    agno_version: CONTRACT_VERSION,
    agent_count: agents.length,
    team_count: 0,
    workflow_count: 0,
    mcp: { enabled: false, path: null, oauth: null },
    auth_mode: options.authMode,
    server_version: SERVER_VERSION,
  };
  return {
    "core.root": () => json({ name: "AgentOS API", id, version: "1.0.0" }),
    "core.health": () => json({ status: "ok", instantiated_at: options.startedAt.toISOString() }),
    // docs/decisions/0023-info-names-algorithms.md: whoever sends any token is told these names by the refusal, so they are public already.
    "core.info": () =>
      json(options.authMode === "jwt" ? { ...info, algorithms: [...options.algorithms()] } : info),
    "core.config": (context) => json(describeConfig(options, readable(context, agents))),
    "core.models": (context) => json(uniqueModels(readable(context, agents))),
  };
}

/** The agents that this caller may read: a scope for the configuration shows none of them by itself (weak-spots A8). */
function readable({ access }: RequestContext, agents: readonly Runnable[]): readonly Runnable[] {
  // Without a scope decision (security key, or scopes not enforced) nothing is hidden.
  if (access.decision === undefined) return agents;
  return filterVisible(agents, visibleItems(access.identity.grants, "agents", "read"));
}

function describeConfig({ id, description }: CoreRoutesOptions, agents: readonly Runnable[]): Config {
  return {
    os_id: id,
    ...(description === undefined ? {} : { description }),
    available_models: [],
    databases: [],
    session: { dbs: [] },
    metrics: { dbs: [] },
    memory: { dbs: [] },
    learning: { dbs: [] },
    evals: { dbs: [] },
    knowledge: { dbs: [], knowledge_instances: [] },
    traces: { dbs: [] },
    agents: agents.map(describeForConfig),
    teams: [],
    workflows: [],
    interfaces: [],
  };
}

/** A runnable in the lists of `GET /config`. */
function describeForConfig(runnable: Runnable): ConfigAgent {
  const { id, name, description, model, metadata } = runnable;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    model: { ...model },
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  };
}

function uniqueModels(agents: readonly Runnable[]): readonly ModelSummary[] {
  return [
    ...new Map(
      agents.map(({ model }) => [
        JSON.stringify([model.provider, model.id]),
        { id: model.id, provider: model.provider },
      ]),
    ).values(),
  ];
}
