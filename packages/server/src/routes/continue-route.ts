/** `POST /agents/{id}/runs/{run_id}/continue` (contract 4.3). What is somebody else's is answered like what is not there. */
import { fail, ok, type Result } from "@agentos/auth";
import { type PrefixedKind, RUNNABLE_KINDS } from "@agentos/contract";
import {
  faultResponse,
  inputFault,
  invalidFields,
  notFound,
  type RequestContext,
  type RequestFault,
  type RouteHandler,
  type Runtime,
  valueIssue,
} from "@agentos/guard/app";
import type { ContinueForm } from "../runs/continue-form.ts";
import { parseContinueForm } from "../runs/form/parse-continue-form.ts";
import type { RunTicket } from "../runs/run-ledger.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore, SessionKey } from "../runs/store.ts";
import { findOneSessionKey } from "../sessions/find-session.ts";
import { KIND_NAMES } from "../sessions/kind-names.ts";
import { SESSION_REQUIRED_IN_BODY } from "../sessions/session-required.ts";
import type { AnswerFault } from "./answer-fault.ts";
import type { AnswerRun } from "./run-answer.ts";

export interface ContinueRouteOptions<Kind extends PrefixedKind> {
  readonly kind: Kind;
  readonly find: (id: string) => Runnable<Kind> | undefined;
  readonly runs: RunService;
  readonly store: RunStore;
  readonly runtime: Runtime;
  readonly answerFault: AnswerFault;
  readonly answerRun: AnswerRun;
  /** `METHOD /template`. */
  readonly route: string;
  /** What its body says that it holds, bytes; undefined where it does not say. */
  readonly sizeOfBody: (request: Request) => number | undefined;
}

/** Who sends one relies on it: going on a second time could call tools a second time. */
const NO_IDEMPOTENCY = invalidFields([
  valueIssue(
    ["header", "Idempotency-Key"],
    "it is read where a run is started, and not where one is continued: leave it out; before you continue a completed run again, look in its session whether it was continued",
  ),
]);

export function createContinueRoute<Kind extends PrefixedKind>({
  kind,
  find,
  runs,
  store,
  runtime,
  answerFault,
  answerRun,
  route,
  sizeOfBody,
}: ContinueRouteOptions<Kind>): RouteHandler {
  const noComponent = `${KIND_NAMES[kind]} not found`;

  async function answer(
    context: RequestContext,
    runnable: Runnable<Kind>,
    ticket: RunTicket,
  ): Promise<Result<Response, RequestFault>> {
    const { request, access, parameters } = context;
    const form = await parseContinueForm(request, runtime);
    if (!form.ok) return form;
    const key = await findKey(context, runnable, form.value);
    if (!key.ok) return key;
    const runId = parameters["run_id"] ?? "";
    const { signal } = request;
    const asked = { runnable, key: key.value, runId, form: form.value, access, signal, ticket };
    const continued = await runs.continueRun(asked);
    if (!continued.ok) return continued;
    return ok(await answerRun(continued.value, { form: form.value, access }));
  }

  /** A token that is bound to a session reaches no other (contract 1.10). */
  async function findKey(
    { access }: RequestContext,
    { id }: Runnable<Kind>,
    { sessionId: asked, userId }: ContinueForm,
  ): Promise<Result<SessionKey, RequestFault>> {
    const sessionId = access.identity.sessionId ?? asked;
    if (sessionId === undefined) return fail(SESSION_REQUIRED_IN_BODY);
    const filter = { sessionId, kind, componentId: id, userId };
    const found = await findOneSessionKey(store, access.dataScope, filter);
    if (!found.ok) return found;
    return found.value === undefined ? fail(inputFault(404, "Run not found")) : ok(found.value);
  }

  return async (context) => {
    const { request, access, parameters } = context;
    const runnable = find(parameters[RUNNABLE_KINDS[kind].idKey] ?? "");
    if (runnable === undefined) return notFound(noComponent);
    if (request.headers.has("idempotency-key")) return faultResponse(NO_IDEMPOTENCY);
    // Before its body is read: what a request sends is held like what it asks for.
    const admitted = runs.admit(access, sizeOfBody(request));
    if (!admitted.ok) return answerFault(admitted.fault, { access, route });
    const ticket = admitted.value;
    let isGiven = false;
    try {
      const answered = await answer(context, runnable, ticket);
      isGiven = answered.ok;
      return answered.ok ? answered.value : answerFault(answered.fault, { access, route });
    } finally {
      // A run that lives ends it; ended twice it is ended once.
      if (!isGiven) ticket.endRun();
    }
  };
}
