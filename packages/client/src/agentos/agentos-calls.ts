/** What the client needs of each route of an AgentOS while it runs. The schemas stay behind: they are types here. */
import type { ROUTES, SERVED_ROUTES } from "@agentos/contract";
import type { CallTable } from "../wire/call-types.ts";

type Routes = typeof ROUTES;

/** Their answers are streams, or depend on what was sent: `run-methods.ts` calls them. */
export type RunRouteId = "agents.run" | "agents.continueRun" | "agents.resumeRun";

/** Routes that are answered, with an answer for programs. */
type CallableRouteId = {
  [Id in keyof typeof SERVED_ROUTES & keyof Routes]: Routes[Id] extends { readonly responses: object }
    ? Id
    : never;
}[keyof typeof SERVED_ROUTES & keyof Routes];

/** The routes that have a plain call. */
export type AgentOSRoutes = { readonly [Id in Exclude<CallableRouteId, RunRouteId>]: Routes[Id] };

// biome-ignore format: one route is one line
export const AGENTOS_CALLS = {
  "core.root": ["GET", "/", "object"],
  "core.health": ["GET", "/health", "object"],
  "core.info": ["GET", "/info", "object"],
  "core.config": ["GET", "/config", "object"],
  "core.models": ["GET", "/models", "list"],
  "core.resource": ["GET", "/.well-known/oauth-protected-resource", "object"],
  "denials.list": ["GET", "/authz/denials", "page"],
  "denials.count": ["GET", "/authz/denials/counts", "page"],
  "denials.read": ["GET", "/authz/denials/{denial_id}", "object"],
  "policy.read": ["GET", "/authz/policy", "object"],
  "revocations.create": ["POST", "/authz/revocations", "object"],
  "revocations.list": ["GET", "/authz/revocations", "page"],
  "agents.list": ["GET", "/agents", "list"],
  "agents.read": ["GET", "/agents/{agent_id}", "object"],
  "agents.listRuns": ["GET", "/agents/{agent_id}/runs", "list"],
  "agents.readRun": ["GET", "/agents/{agent_id}/runs/{run_id}", "object"],
  "agents.listCheckpoints": ["GET", "/agents/{agent_id}/runs/{run_id}/checkpoints", "object"],
  "agents.readCheckpoint": ["GET", "/agents/{agent_id}/runs/{run_id}/checkpoints/{message_index}", "object"],
  "agents.forkSession": ["POST", "/agents/{agent_id}/sessions/{session_id}/fork", "object"],
  "agents.cancelRun": ["POST", "/agents/{agent_id}/runs/{run_id}/cancel", "object"],
  "teams.list": ["GET", "/teams", "list"],
  "sessions.list": ["GET", "/sessions", "page"],
  "sessions.create": ["POST", "/sessions", "object"],
  "sessions.deleteMany": ["DELETE", "/sessions", "nothing"],
  "sessions.read": ["GET", "/sessions/{session_id}", "object"],
  "sessions.update": ["PATCH", "/sessions/{session_id}", "object"],
  "sessions.delete": ["DELETE", "/sessions/{session_id}", "nothing"],
  "sessions.rename": ["POST", "/sessions/{session_id}/rename", "object"],
  "sessions.listRuns": ["GET", "/sessions/{session_id}/runs", "list"],
  "sessions.readRun": ["GET", "/sessions/{session_id}/runs/{run_id}", "object"],
  "memories.list": ["GET", "/memories", "page"],
  "memories.create": ["POST", "/memories", "object"],
  "memories.deleteMany": ["DELETE", "/memories", "nothing"],
  "memories.read": ["GET", "/memories/{memory_id}", "object"],
  "memories.update": ["PATCH", "/memories/{memory_id}", "object"],
  "memories.delete": ["DELETE", "/memories/{memory_id}", "nothing"],
  "memories.listTopics": ["GET", "/memory_topics", "texts"],
  "memories.readStatistics": ["GET", "/user_memory_stats", "page"],
  "memories.optimize": ["POST", "/optimize-memories", "object"],
} as const satisfies CallTable<AgentOSRoutes>;
