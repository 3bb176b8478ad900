/**
 * Handlers of agents and their runs. They do no authorization: the guard in front has decided,
 * and says what lists may show.
 */

import type { Access } from "@agentos/auth";
import type { Runtime } from "@agentos/guard/app";
import { faultResponse, jsonResponse, notFound } from "@agentos/guard/app";
import { parseRunForm } from "../runs/form/parse-run-form.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import { filterVisible } from "./filter-visible.ts";
import { createEventStream, eventStreamResponse } from "./sse.ts";

/** `GET /agents` */
export function listAgents(agents: readonly Runnable<"agent">[], visible: Access["visible"]): Response {
  return jsonResponse(filterVisible(agents, visible).map((agent) => agent.describe()));
}

/** `GET /agents/{agent_id}` */
export function getAgent(agents: readonly Runnable<"agent">[], agentId: string): Response {
  const agent = agents.find((candidate) => candidate.id === agentId);
  return agent === undefined ? notFound("Agent not found") : jsonResponse(agent.describe());
}

export interface CreateRunRequest {
  readonly agents: readonly Runnable<"agent">[];
  /** Decoded. */
  readonly agentId: string;
  readonly request: Request;
  readonly access: Access;
  readonly runs: RunService;
  readonly runtime: Runtime;
}

/** `POST /agents/{agent_id}/runs` */
export async function createRun({
  agents,
  agentId,
  request,
  access,
  runs,
  runtime,
}: CreateRunRequest): Promise<Response> {
  const runnable = agents.find((candidate) => candidate.id === agentId);
  if (runnable === undefined) return notFound("Agent not found");
  const form = await parseRunForm(request, { runtime });
  if (!form.ok) return faultResponse(form.fault);
  const started = await runs.startRun({ runnable, form: form.value, access, signal: request.signal });
  if (!started.ok) return faultResponse(started.fault);
  const run = started.value;

  if (form.value.stream) {
    const body = createEventStream(run.events, {
      onCancel: (reason) => run.abort(reason ?? new Error("the client went away")),
      onError: (cause) => runtime.logger.error({ run_id: run.runId, cause }, "event stream failed"),
    });
    return eventStreamResponse(body);
  }
  for (;;) {
    const next = await run.events.next();
    if (next.done === true) return jsonResponse(next.value);
  }
}
