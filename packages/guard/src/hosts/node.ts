/** The guard in a plain Node server. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access } from "@agentos/auth";
import type { AuthGuard } from "../gate/auth-guard.ts";
import { nodeRequest } from "../gate/node-request.ts";

/** Checks a request: gives the access of an allowed caller; otherwise has answered, and gives undefined. */
export type NodeProtection = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters?: Readonly<Record<string, string | undefined>>,
) => Promise<Access | undefined>;

/**
 * Protects a route of a plain Node server.
 *
 * @example
 * const reports = protect(guard, [customScope("reports:read")]);
 * createServer(async (request, response) => {
 *   const access = await reports(request, response);
 *   if (access) response.end(`hello ${access.identity.userId}`);
 * });
 */
export function protect(guard: AuthGuard, access: Parameters<AuthGuard["protect"]>[0]): NodeProtection {
  const route = guard.protect(access);
  return async (request, response, parameters) => {
    const outcome = await route.check(nodeRequest(request), parameters);
    if (outcome.isAllowed) return outcome.access;
    response.writeHead(outcome.answer.status, outcome.answer.headers).end(outcome.answer.body);
    return undefined;
  };
}
