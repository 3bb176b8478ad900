/**
 * Handlers of agents and their runs. They do no authorization: the guard in front has decided,
 * and says what lists may show.
 */
import type { ServedRouteId } from "@agentos/contract";
import {
  faultResponse,
  jsonTextResponse,
  limitResponse,
  notFound,
  type RequestContext,
  type RouteHandler,
  type Runtime,
} from "@agentos/guard/app";
import { parseRunForm } from "../runs/form/parse-run-form.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import { createListBodies } from "./list-bodies.ts";
import { eventStreamResponse, openEventStream } from "./sse.ts";

export interface AgentsRoutesOptions {
  readonly agents: readonly Runnable<"agent">[];
  readonly runs: RunService;
  readonly runtime: Runtime;
}

/** Handlers of the agents' routes. */
export function createAgentsRoutes({
  agents,
  runs,
  runtime,
}: AgentsRoutesOptions): Record<ServedRouteId<"agents">, RouteHandler> {
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const bodies = createListBodies(agents, (agent) => agent.describe());
  const findAgent = ({ parameters }: RequestContext) => byId.get(parameters["agent_id"] ?? "");

  async function startRun(
    { request, access }: RequestContext,
    runnable: Runnable<"agent">,
  ): Promise<Response> {
    const form = await parseRunForm(request, { runtime });
    if (!form.ok) return faultResponse(form.fault);
    const started = await runs.startRun({
      runnable,
      form: form.value,
      access,
      signal: request.signal,
    });
    if (!started.ok)
      return "code" in started.fault ? limitResponse(started.fault) : faultResponse(started.fault);
    const run = started.value;
    if (!form.value.stream) return jsonTextResponse((await run.finished).json);
    const onCut = ({ message }: Error) =>
      runtime.logger.warn({ run_id: run.runId, reason: message }, "a stream was cut");
    return eventStreamResponse(await openEventStream(run, { onCut }));
  }

  return {
    "agents.list": ({ access: { visible } }) => jsonTextResponse(bodies.list(visible)),
    "agents.read": (context) => {
      const agent = findAgent(context);
      return agent === undefined ? notFound("Agent not found") : jsonTextResponse(bodies.read(agent));
    },
    "agents.run": (context) => {
      const agent = findAgent(context);
      return agent === undefined ? notFound("Agent not found") : startRun(context, agent);
    },
  };
}
