/**
 * The HTTP application. Hono matches the route; the guard then authorises that very route with the parameters that
 * Hono decoded, so what is authorised and what runs can never differ.
 */
import { randomUUID } from "node:crypto";
import type { CompiledRoute, OriginRules, ProblemAnswer } from "@agentos/auth";
import { compareTemplates, matchTemplate, toRouterPath } from "@agentos/contract";
import { type Context, Hono } from "hono";
import type { ConnectionRegistry, OpenedBy } from "../gate/connection-registry.ts";
import type { Gate, GuardOutcome } from "../gate/gate.ts";
import { guardedRequest } from "../gate/guarded-request.ts";
import { redactTokens } from "../log/redact-tokens.ts";
import type { Logger } from "../log/runtime.ts";
import { canonicalPath } from "./canonical-path.ts";
import { withCheckedTarget } from "./check-target.ts";
import { withCors } from "./cors.ts";
import { isPrivateRoute } from "./custom-route.ts";
import type { Fetch } from "./fetch.ts";
import { dropBody, guardBody } from "./guard-body.ts";
import type { LimitFault } from "./input-fault.ts";
import { CallerRefused, keepAsking } from "./late-body.ts";
import type { LimitLog } from "./limit-log.ts";
import { limitResponse } from "./limit-response.ts";
import type { OutageLog } from "./outage-log.ts";
import { internalError, methodNotAllowed, notFound } from "./responses.ts";
import type { RequestContext, RouteHandler } from "./route-handler.ts";
import { runHandler } from "./run-handler.ts";

export interface AppRoute {
  readonly route: CompiledRoute;
  readonly handler: RouteHandler;
  /** Its answers may be streams, or anything that an application makes: they are checked, and guarded until their end. */
  readonly isStreaming?: boolean | undefined;
  /** Public, and shows a verified caller more. */
  readonly isCallerRead?: boolean | undefined;
}

export interface AppOptions {
  readonly routes: readonly AppRoute[];
  readonly gate: Gate;
  /** Where answers that are streams are known as long as they are open. */
  readonly connections: Pick<ConnectionRegistry, "add">;
  readonly origins: OriginRules;
  readonly logger: Logger;
  /** Counts requests that are refused for their size alone. */
  readonly limitLog: LimitLog;
  /** Counts requests that met an outage. */
  readonly outageLog: OutageLog;
  /** Of what a handler threw: what the server lacks for a while. Undefined: it is a fault of ours. Default: all are. */
  readonly findOutage?: ((error: unknown) => LimitFault | undefined) | undefined;
}

/** Builds the application; each route stands behind the guard, and there is no other way in. */
export function createApp({
  routes,
  gate,
  connections,
  origins,
  logger,
  limitLog,
  outageLog,
  findOutage = () => undefined,
}: AppOptions): Fetch {
  // INVARIANT: no middleware. With a single handler for a path Hono calls it directly and hands on what it gives, also
  // what is no promise.
  const app = new Hono({ getPath: canonicalPath });

  // A route with a fixed segment stands before one with a parameter in its place, so that it can be reached.
  for (const { route, handler, isStreaming = false, isCallerRead = false } of routes.toSorted((a, b) =>
    compareTemplates(a.route.template, b.route.template),
  )) {
    const hasParameters = route.template.parameters.length > 0;
    const guard = isStreaming ? guardAnswer : leaveAnswer;
    const run = isCallerRead ? greet(handler) : runHandler.bind(undefined, handler);
    app.on(route.method, toRouterPath(route.template), (c): Response | Promise<Response> => {
      const request = c.req.raw;
      const parameters = hasParameters ? c.req.param() : NO_PARAMETERS;
      const answer = (outcome: GuardOutcome) => {
        if (!outcome.isAllowed) return toResponse(outcome.answer);
        const { access } = outcome;
        const opened = { identity: access.identity, route, parameters };
        if (!BODILESS.has(route.method))
          keepAsking(request, () => gate.checkAgain(guardedRequest(request, c.env), opened));
        return guard(run({ request, parameters, access }, c.env), c, opened);
      };
      const outcome = gate.check(guardedRequest(request, c.env), route, parameters);
      return outcome instanceof Promise ? outcome.then(answer) : answer(outcome);
    });
  }

  /** The handler of a public route with whoever calls it, where that can be verified. */
  function greet(handler: RouteHandler) {
    return async (context: RequestContext, env: unknown): Promise<Response> => {
      const caller = await gate.identify(guardedRequest(context.request, env));
      return runHandler(handler, { ...context, caller });
    };
  }

  app.notFound(async (c) => {
    const isAsked = c.req.method === "OPTIONS";
    // OPTIONS asks for nothing that needs protection (contract 1.3), and is answered to anybody: what no stranger may know
    // of is not there for it.
    const known = isAsked ? routes.filter(({ route }) => !isPrivateRoute(route)) : routes;
    const { methods, isPublic } = findMethods(known, c.req.path);
    const answer = () => (methods.length > 0 ? methodNotAllowed(methods) : notFound());
    // Nor does another method of a public route (1.4).
    if (isAsked || isPublic) return answer();
    const request = guardedRequest(c.req.raw, c.env);
    const refused = await gate.authenticate(request, redactTokens(c.req.path));
    return refused === undefined ? answer() : toResponse(refused);
  });

  app.onError((error, c: Context) => {
    if (error instanceof CallerRefused) return toResponse(error.answer);
    const outage = findOutage(error);
    if (outage === undefined) return internalError(logFailure(error, c, "a handler failed"));
    outageLog.note(outage, { method: c.req.method, path: c.req.path, error });
    return limitResponse(outage);
  });

  /** What no client may see, under an id. */
  function logFailure(error: unknown, c: Context, text: string): string {
    const requestId = randomUUID();
    logger.error({ request_id: requestId, method: c.req.method, path: c.req.path, error }, text);
    return requestId;
  }

  function guardAnswer(
    answer: Response | Promise<Response>,
    c: Context,
    opened: OpenedBy,
  ): Response | Promise<Response> {
    const onFailure = (error: unknown) => void logFailure(error, c, "a streamed body failed, and was cut");
    const onOpen = (end: () => void) => connections.add({ ...opened, end });
    const failure = { onFailure, onOpen, env: c.env as unknown };
    const guard = c.req.method === "HEAD" ? dropBody : guardBody;
    return answer instanceof Promise
      ? answer.then((response) => guard(response, failure))
      : guard(answer, failure);
  }

  return withCors(
    origins,
    withCheckedTarget((request, env) => app.fetch(request, env), limitLog),
    (request, env, origin) => gate.noteOrigin(guardedRequest(request, env), origin),
  );
}

const leaveAnswer = (answer: Response | Promise<Response>) => answer;
/** Methods whose requests have no body that anybody reads. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/** Makes a response of the guard's answer. */
function toResponse({ status, headers, body }: ProblemAnswer): Response {
  return new Response(body, { status, headers });
}

interface KnownMethods {
  readonly methods: readonly string[];
  /** Every route of the path is public, so that its existence is no secret. */
  readonly isPublic: boolean;
}

/** Methods that some route has for a path; for the answer's words only, access never depends on it. */
function findMethods(routes: readonly AppRoute[], path: string): KnownMethods {
  const known = routes.filter(({ route }) => matchTemplate(route.template, path) !== undefined);
  const methods = new Set(known.map(({ route }) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  const isPublic = known.length > 0 && known.every(({ route }) => route.access.rule === "public");
  return { methods: [...methods], isPublic };
}
