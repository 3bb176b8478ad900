/**
 * Stored runs of an agent, a team or a workflow: listed, read and stopped (contract 4.3). A run is reached only through
 * what ran it and its session; what is somebody else's is answered like what is not there.
 */
import {
  cancelQuerySchema,
  type PrefixedKind,
  RUNNABLE_KINDS,
  runListQuerySchema,
  runQuerySchema,
} from "@agentos/contract";
import {
  faultResponse,
  jsonTextResponse,
  notFound,
  type RequestContext,
  type RouteHandler,
  type Runtime,
  readQuery,
} from "@agentos/guard/app";
import { withState } from "../runs/events.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore, SessionState, StoredRun } from "../runs/store.ts";
import { findOneSession } from "../sessions/find-session.ts";
import { KIND_NAMES } from "../sessions/kind-names.ts";
import { writeObject } from "../sessions/nulls.ts";
import { readRunPieces } from "../sessions/run-pieces.ts";
import { SESSION_REQUIRED_IN_QUERY } from "../sessions/session-required.ts";
import { showRun } from "../sessions/show-run.ts";
import { answerInPieces, type JsonPiece } from "./json-pieces.ts";
import { showEvents } from "./stored-events.ts";

export interface RunRoutesOptions {
  readonly kind: PrefixedKind;
  readonly has: (id: string) => boolean;
  readonly store: RunStore;
  readonly runs: Pick<RunService, "cancelRun">;
  readonly runtime: Pick<Runtime, "logger">;
}

/** By the actions of the route table. */
export function createRunRoutes({
  kind,
  has,
  store,
  runs,
  runtime,
}: RunRoutesOptions): Record<"listRuns" | "readRun" | "cancelRun", RouteHandler> {
  const { idKey } = RUNNABLE_KINDS[kind];
  const noComponent = `${KIND_NAMES[kind]} not found`;
  const noRun = () => notFound("Run not found");

  /** Calls with the id of a component that is served. */
  function ofComponent(
    handler: (componentId: string, context: RequestContext) => Promise<Response>,
  ): RouteHandler {
    return (context) => {
      const id = context.parameters[idKey] ?? "";
      return has(id) ? handler(id, context) : notFound(noComponent);
    };
  }

  const find = (
    { access }: RequestContext,
    componentId: string,
    query: { readonly session_id: string; readonly user_id?: string | undefined },
  ) =>
    findOneSession(store, access.dataScope, {
      sessionId: query.session_id,
      kind,
      componentId,
      userId: query.user_id,
    });

  return {
    listRuns: ofComponent(async (componentId, context) => {
      const query = readQuery(context.request, runListQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const session = await find(context, componentId, query.value);
      if (!session.ok) return faultResponse(session.fault);
      if (session.value === undefined) return notFound("Session not found");
      const asked = { key: session.value.key, status: query.value.status };
      const pieces = readRunPieces(store, context.access.dataScope, asked);
      return answerInPieces({
        before: "[",
        pieces: writeRuns(pieces, (run) => writeObject(showRun(run), "with-null")),
        after: "]",
        onCut: (cause) => runtime.logger.warn({ cause }, "a list of runs was cut"),
      });
    }),

    readRun: ofComponent(async (componentId, context) => {
      const query = readQuery(context.request, runQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const session = await find(context, componentId, query.value);
      if (!session.ok) return faultResponse(session.fault);
      if (session.value === undefined) return noRun();
      const { key, state } = session.value;
      const run = await store.findRun(context.access.dataScope, key, context.parameters["run_id"] ?? "");
      return run === undefined ? noRun() : jsonTextResponse(writeOutput(run, state));
    }),

    /**
     * Whoever reaches everybody's data may ask for any run of the component, and learns nothing of those that are not.
     * Runs of a component that is served no more can be stopped all the same: nothing else ends those that wait.
     */
    async cancelRun(context) {
      const { access, parameters } = context;
      const componentId = parameters[idKey] ?? "";
      const nothing = () => (has(componentId) ? noRun() : notFound(noComponent));
      const query = readQuery(context.request, cancelQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const sessionId = query.value.session_id;
      const runId = parameters["run_id"] ?? "";
      if (access.dataScope.kind !== "all") {
        if (sessionId === undefined)
          return has(componentId) ? faultResponse(SESSION_REQUIRED_IN_QUERY) : nothing();
        const session = await find(context, componentId, { session_id: sessionId });
        if (!session.ok) return faultResponse(session.fault);
        const run = session.value && (await store.findRun(access.dataScope, session.value.key, runId));
        if (run === undefined) return nothing();
      }
      const asked = { component: { kind, id: componentId }, runId, sessionId };
      const isCancelled = await runs.cancelRun(access.dataScope, asked);
      return isCancelled || has(componentId) ? jsonTextResponse("{}") : notFound(noComponent);
    },
  };
}

/** Pieces of runs as pieces of JSON. */
export async function* writeRuns(
  pieces: ReturnType<typeof readRunPieces>,
  write: (run: StoredRun) => string,
): AsyncGenerator<JsonPiece, void> {
  for await (const { runs, isLast } of pieces) yield { items: runs.map(write), isLast };
}

/** The run as it was answered, with its events; the state is the one that its session has now. */
function writeOutput(run: StoredRun, state: SessionState): string {
  const events = showEvents(run, state).map(({ json }) => json);
  return withState(
    `${JSON.stringify(run.output).slice(0, -1)},"events":[${events.join(",")}]}`,
    JSON.stringify(state),
  );
}
