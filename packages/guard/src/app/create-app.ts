/**
 * The HTTP application. Hono matches the route; the guard then authorises that very route with the parameters that
 * Hono decoded, so what is authorised and what runs can never differ.
 */
import { randomUUID } from "node:crypto";
import type { CompiledRoute, ProblemAnswer } from "@agentos/auth";
import { type Context, Hono } from "hono";
import type { Guard } from "../gate/gate.ts";
import { clientAddressOf, guardedRequest } from "../gate/guarded-request.ts";
import { redactTokens } from "../log/redact-tokens.ts";
import type { Logger } from "../log/runtime.ts";
import { canonicalPath } from "./canonical-path.ts";
import { cors } from "./cors.ts";
import { internalError, methodNotAllowed, notFound } from "./responses.ts";
import type { RequestContext, RouteHandler } from "./route-handler.ts";

export interface AppRoute {
  readonly route: CompiledRoute;
  readonly handler: RouteHandler;
}

export interface AppOptions {
  readonly routes: readonly AppRoute[];
  readonly guard: Guard;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
}

/** Builds the application; each route stands behind the guard, and there is no other way in. */
export function createApp({ routes, guard, allowedOrigins, logger }: AppOptions): Hono {
  const app = new Hono({ getPath: canonicalPath });
  app.use(cors(allowedOrigins));

  for (const { route, handler } of routes.toSorted(bySpecificity)) {
    app.on(route.definition.method, toHonoPath(route.definition.path), async (c) => {
      const parameters = c.req.param();
      const checked = guard.check(guardedRequest(c.req.raw, clientAddressOf(c.env)), route, parameters);
      const outcome = checked instanceof Promise ? await checked : checked;
      if (!outcome.isAllowed) return toResponse(outcome.answer);
      return run(handler, { request: c.req.raw, parameters, access: outcome.access });
    });
  }

  const methodsOf = methodTable(routes);
  app.notFound(async (c) => {
    const known = methodsOf(c.req.path);
    const answer = () => (known.methods.length > 0 ? methodNotAllowed(known.methods) : notFound());
    // OPTIONS asks for nothing that needs protection (contract 1.3), nor does another method of a public route (1.4).
    if (c.req.method === "OPTIONS" || known.isPublic) return answer();
    const outcome = await guard.authenticate(
      guardedRequest(c.req.raw, clientAddressOf(c.env)),
      redactTokens(c.req.path),
    );
    return outcome.isAllowed ? answer() : toResponse(outcome.answer);
  });

  app.onError((error, c: Context) => {
    const requestId = randomUUID();
    logger.error(
      { request_id: requestId, method: c.req.method, path: c.req.path, error },
      "a handler failed",
    );
    return internalError(requestId);
  });
  return app;
}

/** Runs a handler; whatever it throws or returns by mistake becomes an error that the application's handler answers. */
async function run(handler: RouteHandler, context: RequestContext): Promise<Response> {
  let answer: unknown;
  try {
    answer = await handler(context);
  } catch (cause) {
    throw cause instanceof Error ? cause : new Error("a handler threw something that is no error", { cause });
  }
  if (answer instanceof Response) return answer;
  throw new Error("a handler returned no response");
}

/** A route with a fixed segment stands before one with a parameter in its place, so that it can be reached. */
function bySpecificity(a: AppRoute, b: AppRoute): number {
  const key = ({ route: { definition } }: AppRoute) => definition.path.replace(/\{\w+\}/g, "\uffff");
  const [left, right] = [key(a), key(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Makes a response of the guard's answer. */
function toResponse({ status, headers, body }: ProblemAnswer): Response {
  return new Response(body, { status, headers });
}

function toHonoPath(template: string): string {
  return template.replace(/\{(\w+)\}/g, ":$1");
}

interface KnownMethods {
  readonly methods: readonly string[];
  /** Every route of the path is public, so that its existence is no secret. */
  readonly isPublic: boolean;
}

/** Methods that some route has for a path; for the answer's words only, access never depends on it. */
function methodTable(routes: readonly AppRoute[]): (path: string) => KnownMethods {
  const patterns = routes.map(({ route: { access, definition } }) => ({
    method: definition.method,
    isPublic: access === "public",
    pattern: new RegExp(
      `^${definition.path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/]+")}$`,
    ),
  }));
  return (path) => {
    const known = patterns.filter(({ pattern }) => pattern.test(path));
    const methods = new Set(known.map(({ method }) => method));
    if (methods.has("GET")) methods.add("HEAD");
    return { methods: [...methods], isPublic: known.length > 0 && known.every(({ isPublic }) => isPublic) };
  };
}
