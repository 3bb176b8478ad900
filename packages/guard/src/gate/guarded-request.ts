/** Web requests as the guard reads them. */
import type { GuardedRequest } from "./gate.ts";

/** The part of a web request that the guard reads; `env` is what the host knows of the connection. */
export function guardedRequest(request: Request, env: unknown): GuardedRequest {
  return {
    method: request.method,
    clientAddress: clientAddressOf(env),
    headerNames: () => rawHeaderNames(env) ?? request.headers.keys(),
    header(name) {
      const value = request.headers.get(name);
      // A request object made by hand has no Host header; its URL says the same.
      return value === null && name === "host" ? new URL(request.url).host : value;
    },
  };
}

/**
 * Address of the peer: `env.clientAddress` where the caller of `fetch` says it, or that of the socket which the adapter for
 * Node hands over as `env.incoming`.
 */
export function clientAddressOf(env: unknown): string | undefined {
  if (typeof env !== "object" || env === null) return undefined;
  if ("clientAddress" in env) return typeof env.clientAddress === "string" ? env.clientAddress : undefined;
  const incoming = incomingOf(env);
  if (incoming === undefined || !("socket" in incoming)) return undefined;
  const { socket } = incoming;
  if (typeof socket !== "object" || socket === null || !("remoteAddress" in socket)) return undefined;
  return typeof socket.remoteAddress === "string" ? socket.remoteAddress : undefined;
}

/** As they arrived: names and values take turns. Without them the headers are made into an object first. */
function rawHeaderNames(env: unknown): readonly string[] | undefined {
  const incoming = typeof env === "object" && env !== null ? incomingOf(env) : undefined;
  if (incoming === undefined || !("rawHeaders" in incoming) || !Array.isArray(incoming.rawHeaders))
    return undefined;
  const lines: readonly unknown[] = incoming.rawHeaders;
  return lines.filter((line, index): line is string => index % 2 === 0 && typeof line === "string");
}

function incomingOf(env: object): object | undefined {
  return "incoming" in env && typeof env.incoming === "object" && env.incoming !== null
    ? env.incoming
    : undefined;
}
