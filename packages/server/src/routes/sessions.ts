/** Handlers of sessions (contract 4.5). Whose sessions a request reaches, the guard has decided. */

import { fail, ok } from "@agentos/auth";
import {
  changedSessionSchema,
  newSessionQuerySchema,
  newSessionSchema,
  type RunnableKind,
  renamedSessionSchema,
  type ServedRouteId,
  type SessionQueryObject,
  sessionIdsSchema,
  sessionListQuerySchema,
  sessionOwnerQuerySchema,
  sessionQuerySchema,
  sessionRunsQuerySchema,
} from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import {
  describePage,
  inputFault,
  jsonTextResponse,
  notFound,
  type RequestContext,
  type RouteHandler,
  type Runtime,
  readJsonBody,
  readQuery,
} from "@agentos/guard/app";
import type { RunStore, SessionFilter, StoredSession } from "../runs/store.ts";
import { KIND_NAMES } from "../sessions/kind-names.ts";
import { type NullHabit, writeObject } from "../sessions/nulls.ts";
import { readRunPieces } from "../sessions/run-pieces.ts";
import { createSessionPages } from "../sessions/session-pages.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { showRun } from "../sessions/show-run.ts";
import { type FindComponent, HAS_CHAT_HISTORY, showDetail } from "../sessions/show-session.ts";
import { SESSIONS_TABLE } from "./database-tables.ts";
import { answerInPieces } from "./json-pieces.ts";
import { writeRuns } from "./run-routes.ts";
import { findDatabaseFault } from "./select-database.ts";
import { createStoredRoutes } from "./stored-routes.ts";

export interface SessionsRoutesOptions {
  readonly sessions: SessionService;
  readonly store: RunStore;
  /** Its `db_id`. */
  readonly databaseId: string;
  readonly findComponent: FindComponent;
  readonly runtime: Runtime;
}

type SessionsRouteId = ServedRouteId<"sessions">;

const CREATED = Object.freeze({ status: 201, headers: { "content-type": "application/json" } });
const GONE = Object.freeze({ status: 204 });

export function createSessionsRoutes(options: SessionsRoutesOptions): Record<SessionsRouteId, RouteHandler> {
  const { sessions, store, databaseId, findComponent, runtime } = options;
  const listPage = createSessionPages(store);
  const database = { id: databaseId, table: SESSIONS_TABLE } as const;
  const { handle, readStoredQuery } = createStoredRoutes(runtime, database);

  /** The session with its messages. */
  async function answerDetail(
    { access }: RequestContext,
    session: StoredSession,
    nulls: NullHabit,
  ): Promise<Response> {
    const detail = writeObject(showDetail(session, findComponent), nulls);
    if (!HAS_CHAT_HISTORY[session.key.component.kind]) return jsonTextResponse(detail);
    const pieces = readRunPieces(store, access.dataScope, { key: session.key });
    return answerInPieces({
      before: `${detail.slice(0, -1)},"chat_history":[`,
      pieces: writeMessages(pieces),
      after: "]}",
      onCut,
    });
  }

  const onCut = (cause: unknown) => runtime.logger.warn({ cause }, "the answer about a session was cut");

  const changes = (
    id: "sessions.rename" | "sessions.update",
    schema: typeof renamedSessionSchema | typeof changedSessionSchema,
  ) =>
    handle(id, async (context) => {
      const query = readStoredQuery(context, sessionQuerySchema);
      if (!query.ok) return query;
      const body = await readJsonBody(context.request, schema);
      if (!body.ok) return body;
      const filter = filterOf(context, query.value);
      const changed = await sessions.change(context.access.dataScope, filter, body.value);
      if (!changed.ok) return changed;
      if (changed.value === undefined) return fail(inputFault(404, noSession(filter.sessionId)));
      return ok(await answerDetail(context, changed.value, "with-null"));
    });

  return {
    "sessions.list": handle("sessions.list", async ({ request, access }) => {
      const query = readQuery(request, sessionListQuerySchema);
      if (!query.ok) return query;
      const fault = findDatabaseFault(query.value, database);
      // A web UI takes 404 for an empty list, and anything else for a broken server (contract 4.0, 7.1).
      if (fault !== undefined) return fail(inputFault(404, `${fault.status}: ${fault.detail}`));
      const { limit, page, sort_by, sort_order, session_name, type, component_id, user_id } = query.value;
      const start = performance.now();
      const { items, totalCount } = await listPage(access.dataScope, {
        kind: type,
        componentId: component_id,
        userId: access.dataScope.kind === "all" ? user_id : undefined,
        name: session_name,
        sortBy: sort_by === "created_at" ? "createdAt" : "updatedAt",
        sortOrder: sort_order,
        limit,
        page: Math.max(1, page),
      });
      const meta = describePage({ page, limit, totalCount, start });
      return ok(jsonTextResponse(`{"data":[${items}],"meta":${JSON.stringify(meta)}}`));
    }),

    "sessions.create": handle("sessions.create", async (context) => {
      const query = readStoredQuery(context, newSessionQuerySchema);
      if (!query.ok) return query;
      const body = await readJsonBody(context.request, newSessionSchema, { isOptional: true });
      if (!body.ok) return body;
      const created = await sessions.create(context.access, query.value.type, body.value);
      if (!created.ok) return created;
      const detail = writeObject(showDetail(created.value, findComponent), "no-null");
      const text = HAS_CHAT_HISTORY[query.value.type] ? `${detail.slice(0, -1)},"chat_history":[]}` : detail;
      return ok(new Response(text, CREATED));
    }),

    "sessions.deleteMany": handle("sessions.deleteMany", async (context) => {
      const query = readStoredQuery(context, sessionOwnerQuerySchema);
      if (!query.ok) return query;
      const body = await readJsonBody(context.request, sessionIdsSchema);
      if (!body.ok) return body;
      const { session_ids: ids, session_types: kinds } = body.value;
      if (ids.length !== kinds.length)
        return fail(inputFault(400, "Session IDs and session types must have the same length"));
      const filters = ids.map((sessionId, index) => ({
        sessionId,
        kind: kinds[index],
        userId: query.value.user_id,
      }));
      const deleted = await sessions.delete(context.access.dataScope, filters);
      return deleted.ok ? ok(new Response(null, GONE)) : deleted;
    }),

    "sessions.read": handle("sessions.read", async (context) => {
      const query = readStoredQuery(context, sessionQuerySchema);
      if (!query.ok) return query;
      const filter = filterOf(context, query.value);
      const found = await sessions.find(context.access.dataScope, filter);
      if (!found.ok) return found;
      if (found.value === undefined)
        return fail(inputFault(404, noSession(filter.sessionId, query.value.type)));
      return ok(await answerDetail(context, found.value, "no-null"));
    }),

    "sessions.update": changes("sessions.update", changedSessionSchema),

    "sessions.rename": changes("sessions.rename", renamedSessionSchema),

    "sessions.delete": handle("sessions.delete", async (context) => {
      const query = readStoredQuery(context, sessionQuerySchema);
      if (!query.ok) return query;
      const deleted = await sessions.delete(context.access.dataScope, [filterOf(context, query.value)]);
      return deleted.ok ? ok(new Response(null, GONE)) : deleted;
    }),

    "sessions.listRuns": handle("sessions.listRuns", async (context) => {
      const query = readStoredQuery(context, sessionRunsQuerySchema);
      if (!query.ok) return query;
      const filter = filterOf(context, query.value);
      const found = await sessions.find(context.access.dataScope, filter);
      if (!found.ok) return found;
      if (found.value === undefined)
        return ok(notFound(`Session with ID ${redactTokens(filter.sessionId)} not found`));
      const pieces = readRunPieces(store, context.access.dataScope, {
        key: found.value.key,
        createdAfter: query.value.created_after,
        createdBefore: query.value.created_before,
      });
      const written = writeRuns(pieces, (run) => writeObject(showRun(run), "no-null"));
      return ok(await answerInPieces({ before: "[", pieces: written, after: "]", onCut }));
    }),

    "sessions.readRun": handle("sessions.readRun", async (context) => {
      const query = readStoredQuery(context, sessionQuerySchema);
      if (!query.ok) return query;
      const filter = filterOf(context, query.value);
      const { dataScope } = context.access;
      const id = redactTokens(filter.sessionId);
      const found = await sessions.find(dataScope, filter);
      if (!found.ok) return found;
      if (found.value === undefined) return ok(notFound(`Session with ID ${id} not found`));
      const { key, state } = found.value;
      const runId = context.parameters["run_id"] ?? "";
      const run = await store.findRun(dataScope, key, runId);
      if (run !== undefined) return ok(jsonTextResponse(writeObject(showRun(run, state), "with-null")));
      const [any] = await store.listRuns(dataScope, key, { limit: 1 });
      return ok(
        notFound(
          any === undefined
            ? `Session with ID ${id} has no runs`
            : `Run with ID ${redactTokens(runId)} not found in session ${id}`,
        ),
      );
    }),
  };
}

function filterOf({ parameters }: RequestContext, query: SessionQueryObject): SessionFilter {
  return {
    sessionId: parameters["session_id"] ?? "",
    kind: query.type,
    componentId: query.component_id,
    userId: query.user_id,
  };
}

function noSession(sessionId: string, kind?: RunnableKind): string {
  const what = kind === undefined ? "Session" : `${KIND_NAMES[kind]} Session`;
  return `${what} with id '${redactTokens(sessionId)}' not found`;
}

/** The messages of the runs; those of earlier runs that a run had read again are shown once, and none that were replaced. */
async function* writeMessages(pieces: ReturnType<typeof readRunPieces>) {
  for await (const { runs, isLast } of pieces) {
    const messages = runs.flatMap(({ output }) =>
      output.status === "REGENERATED" ? [] : output.messages.filter((message) => !message.from_history),
    );
    yield { items: messages.map((message) => JSON.stringify(message)), isLast };
  }
}
