/**
 * The guard as a Fastify hook. It belongs into `onRequest`: the route is known by then, and nothing of the body has been
 * read. Only the shapes of Fastify are named here, so that nobody has to install it.
 */
import type { AuthGuard } from "../gate/auth-guard.ts";
import { type NodeRequest, nodeRequest, textParameters } from "../gate/node-request.ts";
import { grantAccess } from "./access-of.ts";

interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly params: unknown;
}

interface FastifyReply {
  code(status: number): { headers(values: Record<string, string>): { send(body: string): unknown } };
}

/** A hook for the `onRequest` of a route, or of `addHook`. */
export type FastifyProtection = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Lets a request pass that may use the route, and answers every other with its cause and fix.
 *
 * @example
 * app.get("/reports/:id", { onRequest: protect(guard, [customScope("reports:{id}:read")]) }, (request, reply) =>
 *   reply.send({ for: accessOf(request).identity.userId }),
 * );
 */
export function protect(guard: AuthGuard, access: Parameters<AuthGuard["protect"]>[0]): FastifyProtection {
  const route = guard.protect(access);
  return async (request, reply) => {
    const outcome = await route.check(nodeRequest(request.raw), textParameters(request.params));
    if (!outcome.isAllowed) {
      const { status, headers, body } = outcome.answer;
      // Returned, as Fastify wants it: the handler does not run.
      return reply
        .code(status)
        .headers({ ...headers })
        .send(body);
    }
    grantAccess(request, outcome.access);
    return undefined;
  };
}

export { accessOf } from "./access-of.ts";
