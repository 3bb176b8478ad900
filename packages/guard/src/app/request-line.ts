/**
 * The first lines of a request: what it asks for, and of which host. A web `Request` is built of the Host header and the
 * target together, so a Host that is no host would move the path that is routed and authorised (RFC 9112 section 3.3).
 * What is wrong here is no HTTP; it is answered before any route is looked at.
 */
import type { IncomingMessage } from "node:http";

/** Longest path and query together, in bytes as sent: matching and logging cost by their length, and strangers send them. */
export const MAX_TARGET_BYTES = 4_096;

/** RFC 3986 section 3.2.2, as far as servers are called so: no user, no escapes, nothing that ends a host in a URL. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
const MAX_PORT = 65_535;

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/i;

/** True for `host` or `host:port`, and nothing else. */
export function isHostAndPort(text: string): boolean {
  const match = HOST.exec(text);
  return match !== null && Number(match[1] ?? 0) <= MAX_PORT;
}

/**
 * Makes the head of a Node request say one thing only: one host, and a target that is a path. Of an absolute target the
 * host counts and the Host header is ignored (RFC 9112 section 3.2.2). Gives what is wrong instead, for the client.
 */
export function settleRequestLine(incoming: IncomingMessage): string | undefined {
  const { rawHeaders } = incoming;
  let hostAt = -1;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name === undefined || name.length !== 4 || name.toLowerCase() !== "host") continue;
    if (hostAt !== -1) return "there is more than one Host header";
    hostAt = index + 1;
  }
  const sent = rawHeaders[hostAt];
  if (sent === undefined) return "there is no Host header";
  if (!isHostAndPort(sent)) return "the Host header is not one host name with an optional port";
  const { url = "" } = incoming;
  if (url.startsWith("/")) return undefined;
  const [, authority, target = ""] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined) return "the target is neither a path nor an http address";
  if (!isHostAndPort(authority)) return "the target's host is not one host name with an optional port";
  rawHeaders[hostAt] = authority;
  incoming.headers.host = authority;
  incoming.url = target.startsWith("/") ? target : `/${target}`;
  return undefined;
}

/** What of a request this reads: a web request, and what Node knows beside it. */
export interface SentRequest {
  /** As the adapter has it; undefined for a request that was made by hand, whose host stands in its URL alone. */
  readonly host: string | undefined;
  /** Bytes of path and query together. */
  readonly targetLength: number;
}

/** Reads what was sent; `env` has it as it came, where the host is Node. */
export function readSent(request: Request, env: unknown): SentRequest {
  const incoming = incomingOf(env);
  const { url } = request;
  if (incoming === undefined)
    return { host: request.headers.get("host") ?? undefined, targetLength: url.length - lengthOfOrigin(url) };
  return incoming;
}

/** Behind "https://" the first slash begins the path; a URL without a path has been given one. */
function lengthOfOrigin(url: string): number {
  const at = url.indexOf("/", "https://".length);
  return at === -1 ? url.length : at;
}

/** The Node request behind a web request, as Hono's adapter hands it over. */
function incomingOf(env: unknown): SentRequest | undefined {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return undefined;
  const { incoming } = env;
  if (typeof incoming !== "object" || incoming === null || !("url" in incoming)) return undefined;
  const { url } = incoming;
  if (typeof url !== "string" || !("headers" in incoming)) return undefined;
  const { headers } = incoming;
  const host =
    typeof headers === "object" && headers !== null && "host" in headers ? headers.host : undefined;
  return { host: typeof host === "string" ? host : undefined, targetLength: url.length };
}
