/** Web requests as the guard reads them. */
import type { GuardedRequest } from "./gate.ts";

/** The part of a web request that the guard reads. */
export function guardedRequest(request: Request, clientAddress: string | undefined): GuardedRequest {
  return {
    method: request.method,
    clientAddress,
    header(name) {
      const value = request.headers.get(name);
      // A request object made by hand has no Host header; its URL says the same.
      return value === null && name === "host" ? new URL(request.url).host : value;
    },
  };
}

/** Address of the peer when the Node adapter hands its socket over, as `env.incoming`. */
export function clientAddressOf(env: unknown): string | undefined {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return undefined;
  const { incoming } = env;
  if (typeof incoming !== "object" || incoming === null || !("socket" in incoming)) return undefined;
  const { socket } = incoming;
  if (typeof socket !== "object" || socket === null || !("remoteAddress" in socket)) return undefined;
  return typeof socket.remoteAddress === "string" ? socket.remoteAddress : undefined;
}
