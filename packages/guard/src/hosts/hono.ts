/** The guard as Hono middleware. The route that Hono matched is the one that is authorised. */
import type { Access } from "@agentos/auth";
import type { MiddlewareHandler } from "hono";
import type { AuthGuard } from "../gate/auth-guard.ts";
import { guardedRequest } from "../gate/guarded-request.ts";

/** What a protected handler finds with `c.get("auth")`. */
export interface AuthVariables {
  /** Names of Hono's context. */
  Variables: { auth: Access };
}

/** Lets a request pass that may use the route, and answers every other with its cause and fix. */
export function protect(
  guard: AuthGuard,
  access: Parameters<AuthGuard["protect"]>[0],
): MiddlewareHandler<AuthVariables> {
  const route = guard.protect(access);
  return async (c, next) => {
    const outcome = await route.check(
      { ...guardedRequest(c.req.raw, c.env), path: c.req.path },
      c.req.param(),
    );
    if (!outcome.isAllowed) return new Response(outcome.answer.body, outcome.answer);
    c.set("auth", outcome.access);
    return next();
  };
}
