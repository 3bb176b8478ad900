/**
 * CORS for every answer, refusals and errors included (contract 1.6; design.md section 10). An origin is allowed by
 * being on the list; it is never reflected for being there.
 */
import type { MiddlewareHandler } from "hono";

const MAX_AGE_SECONDS = "600";
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/** What a browser's script may read beside the body. */
const EXPOSED = "WWW-Authenticate, Retry-After";

/** Answers preflights and adds the headers to everything else. */
export function cors(allowedOrigins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(allowedOrigins);
  return async (c, next) => {
    const origin = c.req.header("origin");
    if (origin === undefined) return next();
    const isPreflight =
      c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined;
    if (isPreflight) return preflight(c.req.raw.headers, origin, allowed.has(origin));
    await next();
    try {
      c.res.headers.append("Vary", "Origin");
    } catch {
      // The headers of a redirect or of a fetched answer are immutable; those of a copy are not.
      c.res = new Response(c.res.body, c.res);
      c.res.headers.append("Vary", "Origin");
    }
    if (!allowed.has(origin)) return;
    c.res.headers.set("Access-Control-Allow-Origin", origin);
    c.res.headers.set("Access-Control-Allow-Credentials", "true");
    c.res.headers.set("Access-Control-Expose-Headers", EXPOSED);
  };
}

function preflight(request: Headers, origin: string, isAllowed: boolean): Response {
  if (!isAllowed) return new Response("Disallowed CORS origin", { status: 400, headers: { Vary: "Origin" } });
  const headers = new Headers({
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Max-Age": MAX_AGE_SECONDS,
    Vary: "Origin, Access-Control-Request-Headers",
  });
  const wanted = request.get("access-control-request-headers");
  if (wanted !== null) headers.set("Access-Control-Allow-Headers", wanted);
  // A page on the internet that asks for a server in the local network needs this too (agno #9270).
  if (request.get("access-control-request-private-network") === "true")
    headers.set("Access-Control-Allow-Private-Network", "true");
  return new Response("OK", { status: 200, headers });
}
