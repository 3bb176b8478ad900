/** The places of a stored run from which it can be continued, and copies of whole sessions (contract 4.3). */
import {
  type PrefixedKind,
  RUNNABLE_KINDS,
  runQuerySchema,
  sessionOwnerQuerySchema,
} from "@agentos/contract";
import {
  faultResponse,
  inputFault,
  jsonResponse,
  notFound,
  type RequestContext,
  type RouteHandler,
  readQuery,
} from "@agentos/guard/app";
import type { RunStore, StoredRun } from "../runs/store.ts";
import { findOneSessionKey } from "../sessions/find-session.ts";
import type { ForkSession } from "../sessions/fork-session.ts";
import { KIND_NAMES } from "../sessions/kind-names.ts";
import { listCheckpoints, showCheckpoint } from "../sessions/show-checkpoints.ts";
import type { AnswerFault } from "./answer-fault.ts";

export interface CheckpointRoutesOptions {
  readonly kind: PrefixedKind;
  readonly has: (id: string) => boolean;
  readonly store: RunStore;
  readonly forkSession: ForkSession;
  readonly answerFault: AnswerFault;
  /** Of the fork: `METHOD /template`. */
  readonly forkRoute: string;
}

/** The caller may fork, and could not go on with the fork (contract 1.10). */
const BOUND = inputFault(
  409,
  "The credential is bound to one session, and the copy would be another: use a credential without a session",
);

/** By the actions of the route table. */
export function createCheckpointRoutes({
  kind,
  has,
  store,
  forkSession,
  answerFault,
  forkRoute,
}: CheckpointRoutesOptions): Record<"listCheckpoints" | "readCheckpoint" | "forkSession", RouteHandler> {
  const { idKey } = RUNNABLE_KINDS[kind];

  /** What is somebody else's is answered like what is not there. */
  const ofRun =
    (answer: (run: StoredRun, context: RequestContext) => Response): RouteHandler =>
    async (context) => {
      const { access, parameters, request } = context;
      const componentId = parameters[idKey] ?? "";
      if (!has(componentId)) return notFound(`${KIND_NAMES[kind]} not found`);
      const query = readQuery(request, runQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const { session_id: sessionId, user_id: userId } = query.value;
      const key = await findOneSessionKey(store, access.dataScope, { sessionId, kind, componentId, userId });
      if (!key.ok) return faultResponse(key.fault);
      const run = key.value && (await store.findRun(access.dataScope, key.value, parameters["run_id"] ?? ""));
      return run === undefined ? notFound("Run not found") : answer(run, context);
    };

  return {
    listCheckpoints: ofRun(({ output }) => {
      const { run_id, session_id } = output;
      return jsonResponse({ run_id, session_id, checkpoints: listCheckpoints(output) });
    }),

    readCheckpoint: ofRun(({ output }, { parameters }) => {
      const { messages, metadata } = output;
      const text = parameters["message_index"] ?? "";
      const place = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
      if (place === undefined || place > messages.length)
        return faultResponse(inputFault(400, `message_index must be between 0 and ${messages.length}`));
      const snapshot = {
        messages: messages.slice(0, place),
        ...(metadata === undefined ? {} : { metadata }),
      };
      return jsonResponse({ checkpoint: showCheckpoint(output, place), snapshot });
    }),

    async forkSession(context) {
      const { access, parameters, request } = context;
      const componentId = parameters[idKey] ?? "";
      if (!has(componentId)) return notFound(`${KIND_NAMES[kind]} not found`);
      const query = readQuery(request, sessionOwnerQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      if (access.identity.sessionId !== undefined) return faultResponse(BOUND);
      const sessionId = parameters["session_id"] ?? "";
      const filter = { sessionId, kind, componentId, userId: query.value.user_id };
      const forked = await forkSession(access.dataScope, filter);
      if (!forked.ok) return answerFault(forked.fault, { access, route: forkRoute });
      if (forked.value === undefined) return notFound("Session not found");
      return jsonResponse({ session_id: forked.value, forked_from_session_id: sessionId });
    },
  };
}
