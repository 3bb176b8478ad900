/** A recorded refusal as a call: what was asked stands in it, and a reading without parameters can be asked again. */
import { type AgentOSClient, AgentOSRefusal } from "@agentos/client";
import type { Denial } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import type { RefusedCall } from "./refused-call.ts";

/** Readings that need nothing but to be asked, and change nothing. */
export const READINGS: Readonly<Record<string, (client: AgentOSClient) => Promise<unknown>>> = {
  "GET /config": (client) => client.core.config(),
  "GET /models": (client) => client.core.models(),
  "GET /agents": (client) => client.agents.list(),
  "GET /teams": (client) => client.teams.list(),
  "GET /sessions": (client) => client.sessions.list({ query: { limit: 1 } }),
  "GET /memories": (client) => client.memories.list({ query: { limit: 1 } }),
  "GET /memory_topics": (client) => client.memories.listTopics(),
  "GET /authz/policy": (client) => client.policy.read(),
  "GET /authz/denials": (client) => client.denials.list(),
  "GET /authz/denials/counts": (client) => client.denials.count(),
};

interface Reader {
  readonly personId: string;
  /** Of members, by their id, for who may read them. */
  readonly names: ReadonlyMap<string, string>;
}

/** For who looks: what was refused to somebody else is not the same request with another token. */
export function toRefusedCall(denial: Denial, instance: Instance, { personId, names }: Reader): RefusedCall {
  const { status, code, title, detail, fix, denial_id: denialId, route } = denial;
  const error = new AgentOSRefusal({
    status,
    code,
    title,
    detail,
    fix,
    denialId,
    requiredScopes: denial.required_scopes,
    missingScopes: denial.missing_scopes,
  });
  const [method = "", path = ""] = route.split(" ");
  const baseUrl = (instance.endpoint ?? "").replace(/\/+$/, "");
  error.request = { server: "agentos", baseUrl, method, path };
  const isOwn = denial.view === "caller" || denial.subject === personId;
  const reading = Object.hasOwn(READINGS, route) ? READINGS[route] : undefined;
  return {
    instanceId: instance.id,
    error,
    record: denial,
    isOfOthers: !isOwn,
    ...(isOwn ? {} : { person: { name: names.get(denial.subject ?? ""), subject: denial.subject } }),
    ...(isOwn && reading !== undefined ? { retry: reading } : {}),
  };
}
