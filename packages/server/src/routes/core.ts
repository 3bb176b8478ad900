/**
 * What runs here and how it is protected: `/`, `/health`, `/info`, `/config`, `/models` (contract 4.1). None of it
 * changes from request to request but by what the caller may see and by the keys in force.
 */
import { type Access, visibleItems } from "@agentos/auth";
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
import { jsonTextResponse, type RequestContext, type RouteHandler } from "@agentos/guard/app";
import type { Runnable } from "../runs/runnable.ts";
import { MEMORIES_TABLE, SESSIONS_TABLE } from "./database-tables.ts";
import { filterVisible } from "./filter-visible.ts";
import { createListBodies } from "./list-bodies.ts";

export interface CoreRoutesOptions {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly agents: readonly Runnable[];
  /** Name of the database on the wire. */
  readonly databaseId: string;
  readonly authMode: Info["auth_mode"];
  /** Algorithms of the keys in force; another list once they have changed. */
  readonly algorithms: () => readonly string[];
  /** Start of the process. */
  readonly startedAt: Date;
}

/** Handlers of the core routes; the pages of the guard are its own. */
export function createCoreRoutes(
  options: CoreRoutesOptions,
): Record<Exclude<ServedRouteId<"core">, PageRouteId>, RouteHandler> {
  const root = JSON.stringify({ name: "AgentOS API", id: options.id, version: "1.0.0" });
  const health = JSON.stringify({ status: "ok", instantiated_at: options.startedAt.toISOString() });
  const info = createInfoBody(options);
  const config = createConfigBody(options);
  const models = createModelsBody(options);
  return {
    "core.root": () => jsonTextResponse(root),
    "core.health": () => jsonTextResponse(health),
    "core.info": () => jsonTextResponse(info()),
    "core.config": (context) => jsonTextResponse(config(findReadable(context))),
    "core.models": (context) => jsonTextResponse(models(findReadable(context))),
  };
}

/** The agents that this caller may read: a scope for the configuration shows none of them by itself (weak-spots A8). */
function findReadable({ access }: RequestContext): Access["visible"] {
  // Without a scope decision (security key, or scopes not enforced) nothing is hidden.
  return access.decision === undefined ? "all" : visibleItems(access.identity.grants, "agents", "read");
}

function createInfoBody({ id, name, agents, authMode, algorithms }: CoreRoutesOptions): () => string {
  const info: Info = {
    os_id: id,
    name: name ?? null,
    agno_version: CONTRACT_VERSION,
    agent_count: agents.length,
    team_count: 0,
    workflow_count: 0,
    mcp: { enabled: false, path: null, oauth: null },
    auth_mode: authMode,
    server_version: SERVER_VERSION,
  };
  const open = JSON.stringify(info);
  if (authMode !== "jwt") return () => open;
  let known: { readonly algorithms: readonly string[]; readonly text: string } | undefined;
  return () => {
    const now = algorithms();
    // docs/decisions/0023-info-names-algorithms.md: whoever sends any token is told these names by the refusal, so they are public already.
    if (known?.algorithms !== now)
      known = { algorithms: now, text: JSON.stringify({ ...info, algorithms: now }) };
    return known.text;
  };
}

function createConfigBody({
  id,
  description,
  agents,
  databaseId,
}: CoreRoutesOptions): (visible: Access["visible"]) => string {
  const lists = createListBodies(agents, (agent) => describeForConfig(agent, databaseId));
  const prompted = agents.filter(({ quickPrompts = [] }) => quickPrompts.length > 0);
  const holding = (table: string): Config["session"] => ({
    dbs: [{ db_id: databaseId, domain_config: { display_name: databaseId }, tables: [table] }],
  });
  const before: Omit<Config, "agents" | "chat" | "teams" | "workflows" | "interfaces"> = {
    os_id: id,
    ...(description === undefined ? {} : { description }),
    available_models: [],
    // Memory too is a database for who calls: what is kept is found there, as long as the process lives.
    os_database: databaseId,
    databases: [databaseId],
    session: holding(SESSIONS_TABLE),
    metrics: { dbs: [] },
    memory: holding(MEMORIES_TABLE),
    learning: { dbs: [] },
    evals: { dbs: [] },
    knowledge: { dbs: [], knowledge_instances: [] },
    traces: { dbs: [] },
  };
  const after: Pick<Config, "teams" | "workflows" | "interfaces"> = {
    teams: [],
    workflows: [],
    interfaces: [],
  };
  const start = `${JSON.stringify(before).slice(0, -1)},"agents":`;
  const end = `,${JSON.stringify(after).slice(1)}`;
  return (visible) => `${start}${lists.list(visible)}${writeChat(prompted, visible)}${end}`;
}

/** The prompts of those that the caller may see; nothing without any. */
function writeChat(prompted: readonly Runnable[], visible: Access["visible"]): string {
  const shown = visible === "all" ? prompted : filterVisible(prompted, visible);
  if (shown.length === 0) return "";
  const chat: Config["chat"] = {
    quick_prompts: Object.fromEntries(shown.map(({ id, quickPrompts = [] }) => [id, [...quickPrompts]])),
  };
  return `,"chat":${JSON.stringify(chat)}`;
}

/** A runnable in the lists of `GET /config`. */
function describeForConfig(runnable: Runnable, databaseId: string): ConfigAgent {
  const { id, name, description, model, metadata } = runnable;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    db_id: databaseId,
    model: { ...model },
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  };
}

function createModelsBody({ agents }: CoreRoutesOptions): (visible: Access["visible"]) => string {
  const bodies = createListBodies(agents, ({ model: { id, provider } }): ModelSummary => ({ id, provider }));
  // Agents of one model have the same text.
  return (visible) => {
    const shown = visible === "all" ? agents : filterVisible(agents, visible);
    return `[${[...new Set(shown.map((agent) => bodies.read(agent)))].join(",")}]`;
  };
}
