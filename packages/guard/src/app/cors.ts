/**
 * CORS for every answer, refusals and errors included (contract 1.6; design.md section 10). An origin is allowed by
 * being on the list; it is never reflected for being there. It stands around the application and not in its chain of
 * middleware: most requests have no origin, and a chain makes a promise of each of them
 * (docs/decisions/0049-plain-requests.md).
 */
import { isAllowedOrigin, isSameHost, type OriginRules } from "@agentos/auth";
import type { Fetch } from "./fetch.ts";

const MAX_AGE_SECONDS = "600";
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/** What a browser's script may read beside the body: what explains a refusal, `Date` where clocks differ. */
const EXPOSED = "WWW-Authenticate, Retry-After, Date";

/** Told of a page that may not read an answer, or not even ask. */
export type OnRefusedOrigin = (request: Request, env: object | undefined, origin: string) => void;

/** Answers preflights itself, and adds the headers to every other answer that goes to a page. */
export function withCors(origins: OriginRules, fetch: Fetch, onRefused: OnRefusedOrigin = () => {}): Fetch {
  return (request, env) => {
    const { headers } = request;
    const origin = headers.get("origin");
    if (origin === null) return fetch(request, env);
    const host = headers.get("host") ?? new URL(request.url).host;
    const isAllowed = isAllowedOrigin(origin, host, origins);
    // A page of this server itself names its origin too, and asks for no permission.
    const isForeign = !isAllowed && !isSameHost(origin, host);
    const isPreflight = request.method === "OPTIONS" && headers.get("access-control-request-method") !== null;
    if (isPreflight) {
      if (isForeign) onRefused(request, env, origin);
      return preflight(headers, origin, isAllowed);
    }
    const addHeaders = (response: Response) => {
      // What refuses a page for its origin, where nobody needs a credential, has recorded that itself.
      if (isForeign && response.status !== 403) onRefused(request, env, origin);
      return addCorsHeaders(response, origin, isAllowed);
    };
    const response = fetch(request, env);
    return response instanceof Promise ? response.then(addHeaders) : addHeaders(response);
  };
}

function addCorsHeaders(answer: Response, origin: string, isAllowed: boolean): Response {
  const response = varyByOrigin(answer);
  if (!isAllowed) return response;
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.set("Access-Control-Allow-Credentials", "true");
  response.headers.set("Access-Control-Expose-Headers", EXPOSED);
  return response;
}

function varyByOrigin(response: Response): Response {
  try {
    response.headers.append("Vary", "Origin");
    return response;
  } catch {
    // The headers of a redirect or of a fetched answer are immutable; those of a copy are not.
    const copy = new Response(response.body, response);
    copy.headers.append("Vary", "Origin");
    return copy;
  }
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
