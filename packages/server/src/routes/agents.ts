/**
 * Handlers of agents and their runs. They do no authorization: the guard in front has decided,
 * and says what lists may show.
 */
import { SERVED_ROUTES, type ServedRouteId } from "@agentos/contract";
import {
  jsonTextResponse,
  notFound,
  type RequestContext,
  type RequestFault,
  type RouteHandler,
  type Runtime,
} from "@agentos/guard/app";
import { MAX_FORM_BYTES } from "../runs/form/form-limits.ts";
import { parseRunForm } from "../runs/form/parse-run-form.ts";
import { readIdempotencyKey } from "../runs/request-hash.ts";
import type { RunTicket } from "../runs/run-ledger.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore } from "../runs/store.ts";
import { createForkSession } from "../sessions/fork-session.ts";
import { createAnswerFault } from "./answer-fault.ts";
import { createCheckpointRoutes } from "./checkpoint-routes.ts";
import { createContinueRoute } from "./continue-route.ts";
import { createListBodies } from "./list-bodies.ts";
import { createResumeRoute } from "./resume-route.ts";
import { createRunAnswers } from "./run-answer.ts";
import { createRunRoutes } from "./run-routes.ts";

export interface AgentsRoutesOptions {
  readonly agents: readonly Runnable<"agent">[];
  /** Name of the database on the wire: web UIs ask for the sessions of an agent only where it has one. */
  readonly databaseId: string;
  readonly runs: RunService;
  readonly store: RunStore;
  readonly runtime: Runtime;
}

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;
const RUN_ROUTE = nameOf(SERVED_ROUTES["agents.run"]);
const CONTINUE_ROUTE = nameOf(SERVED_ROUTES["agents.continueRun"]);
const FORK_ROUTE = nameOf(SERVED_ROUTES["agents.forkSession"]);
const RESUME_ROUTE = nameOf(SERVED_ROUTES["agents.resumeRun"]);

/** Handlers of the agents' routes. */
export function createAgentsRoutes({
  agents,
  databaseId,
  runs,
  store,
  runtime,
}: AgentsRoutesOptions): Record<ServedRouteId<"agents">, RouteHandler> {
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const bodies = createListBodies(agents, (agent) => {
    const { id, name, ...rest } = agent.describe();
    return { id, name, db_id: databaseId, ...rest };
  });
  const answerFault = createAnswerFault(runtime);
  const answerRun = createRunAnswers({ store, runs, runtime, answerFault, route: RUN_ROUTE });
  const has = (id: string) => byId.has(id);
  const ofRuns = createRunRoutes({ kind: "agent", has, store, runs, runtime });
  const ofCheckpoints = createCheckpointRoutes({
    kind: "agent",
    has,
    store,
    forkSession: createForkSession({ store, runtime }),
    answerFault,
    forkRoute: FORK_ROUTE,
  });
  const findAgent = ({ parameters }: RequestContext) => byId.get(parameters["agent_id"] ?? "");

  const refuse = (fault: RequestFault, { access }: RequestContext) =>
    answerFault(fault, { access, route: RUN_ROUTE });

  async function startRun(context: RequestContext, runnable: Runnable<"agent">): Promise<Response> {
    const { request, access } = context;
    const key = readIdempotencyKey(request.headers);
    if (!key.ok) return refuse(key.fault, context);
    // Before its body is read: what a request sends is held like what it asks for.
    const admitted = runs.admit(access, sizeOfBody(request));
    if (!admitted.ok) return refuse(admitted.fault, context);
    const ticket = admitted.value;
    const form = await readForm(request, ticket);
    if (!form.ok) return refuse(form.fault, context);
    const { signal } = request;
    const accepted = await runs.acceptRun({
      runnable,
      form: form.value,
      access,
      signal,
      ticket,
      idempotencyKey: key.value,
    });
    if (!accepted.ok) return refuse(accepted.fault, context);
    return answerRun(accepted.value, { form: form.value, access, runnable });
  }

  async function readForm(request: Request, ticket: RunTicket): ReturnType<typeof parseRunForm> {
    let isRead = false;
    try {
      const form = await parseRunForm(request, { runtime });
      isRead = form.ok;
      return form;
    } finally {
      if (!isRead) ticket.endRun();
    }
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
    "agents.continueRun": createContinueRoute({
      kind: "agent",
      find: (id) => byId.get(id),
      runs,
      store,
      runtime,
      answerFault,
      answerRun,
      route: CONTINUE_ROUTE,
      sizeOfBody,
    }),
    "agents.listCheckpoints": ofCheckpoints.listCheckpoints,
    "agents.readCheckpoint": ofCheckpoints.readCheckpoint,
    "agents.forkSession": ofCheckpoints.forkSession,
    "agents.listRuns": ofRuns.listRuns,
    "agents.readRun": ofRuns.readRun,
    "agents.cancelRun": ofRuns.cancelRun,
    "agents.resumeRun": createResumeRoute({
      kind: "agent",
      find: (id) => byId.get(id),
      store,
      runs,
      runtime,
      answerFault,
      route: RESUME_ROUTE,
    }),
  };
}

/** What its body says that it holds, up to what is read of it; undefined for a body that does not say. */
function sizeOfBody({ headers }: Request): number | undefined {
  const length = headers.get("content-length");
  if (length !== null) return Math.min(Number(length) || 0, MAX_FORM_BYTES);
  return headers.has("transfer-encoding") ? undefined : 0;
}
