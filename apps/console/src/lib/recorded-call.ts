/** A recorded refusal as a call: what was asked stands in it, and a reading without parameters can be asked again. */
import { type AgentOSClient, AgentOSRefusal, type ClientError, InvalidInput } from "@agentos/client";
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

/** No agent has it, and nothing is said: the instance decides who may, and has nothing to run. */
const NO_AGENT = "agentos-console-check";

/** What would do something is asked so that it cannot: whoever may not is refused before that is seen. */
const CHECKS: typeof READINGS = {
  "POST /agents/{agent_id}/runs": (client) =>
    client.agents.run(NO_AGENT, { message: "" }).catch((error: unknown) => {
      if (!(error instanceof InvalidInput || isNoSuchAgent(error))) throw error;
    }),
};

/** In the words of ours and of Python. A proxy answers 404 as well, and has let nobody in. */
function isNoSuchAgent(error: unknown): boolean {
  return error instanceof AgentOSRefusal && error.status === 404 && error.detail === "Agent not found";
}

/** Something else answered than who decides: the check was neither let in nor refused. */
export function isUntold({ isCheck }: Pick<RefusedCall, "isCheck">, error: ClientError | null): boolean {
  return (
    isCheck === true &&
    error instanceof AgentOSRefusal &&
    error.status === 404 &&
    error.request?.server === "agentos"
  );
}

/** For the person who looks: what was refused to somebody else is not the same request with another token. */
export function toRefusedCall(denial: Denial, instance: Instance, personId: string): RefusedCall {
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
  const check = Object.hasOwn(CHECKS, route) ? CHECKS[route] : undefined;
  return {
    instanceId: instance.id,
    error,
    record: denial,
    isOfOthers: !isOwn,
    ...(isOwn ? {} : { subject: denial.subject }),
    ...(isOwn && reading !== undefined ? { retry: reading } : {}),
    ...(isOwn && check !== undefined ? { retry: check, isCheck: true } : {}),
  };
}
