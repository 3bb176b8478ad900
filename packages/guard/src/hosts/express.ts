/**
 * The guard as Express middleware (4 and 5). The route that Express matched is the one that is authorised, with its
 * decoded parameters. Only the shapes of Express are named here, so that nobody has to install it.
 */
import type { ServerResponse } from "node:http";
import type { AuthGuard } from "../gate/auth-guard.ts";
import { textParameters } from "../gate/node-request.ts";
import { grantAccess } from "./access-of.ts";
import { type NodeProtection, protect as protectNode } from "./node.ts";

/**
 * Middleware for `app.get(path, middleware, handler)`. It names no `params`: Express infers those of the handler from the
 * path, and would take ours instead.
 */
export type ExpressProtection = (
  request: Parameters<NodeProtection>[0],
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Lets a request pass that may use the route, and answers every other with its cause and fix.
 *
 * @example
 * app.get("/reports/:id", protect(guard, [customScope("reports:{id}:read")]), (request, response) => {
 *   response.json({ for: accessOf(request).identity.userId });
 * });
 */
export function protect(guard: AuthGuard, access: Parameters<AuthGuard["protect"]>[0]): ExpressProtection {
  const protection = protectNode(guard, access);
  return (request, response, next) => {
    const parameters = textParameters("params" in request ? request.params : undefined);
    void pass(protection(request, response, parameters), request, next);
  };
}

/** Express 4 takes no promise: every outcome goes through `next`, once, and no fault ends in an open door. */
async function pass(
  granted: ReturnType<NodeProtection>,
  request: object,
  next: (error?: unknown) => void,
): Promise<void> {
  let access: Awaited<typeof granted>;
  try {
    access = await granted;
  } catch (error) {
    next(error);
    return;
  }
  // Without access the guard has answered already.
  if (access === undefined) return;
  grantAccess(request, access);
  next();
}

export { accessOf } from "./access-of.ts";
