/**
 * Two checks on where a request comes from. A cookie is sent by the browser on its own, so a cookie alone must come
 * from a page of this site (weak-spots C4). Without any credential configured the server believes everybody, so only
 * this machine may ask, by its own names (DNS rebinding, weak-spots C3).
 */
import { isLoopbackHost } from "../address/loopback-host.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { RequestFacts } from "./request-facts.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses a request whose only credential is a cookie and which no page of this site or of an allowed origin sent. */
export function checkCookieOrigin(
  request: RequestFacts,
  policy: Pick<AuthPolicy, "allowedOrigins" | "credentialLocations">,
): Result<true> {
  const origin = request.header("origin");
  const site = request.header("sec-fetch-site");
  if (origin !== null) {
    // The host alone says nothing of the scheme; a browser that knows better says so.
    const isOwn = isSameHost(origin, request.header("host")) && site !== "cross-site";
    return isOwn || policy.allowedOrigins.includes(origin) ? ok(true) : refuseCrossSite(policy);
  }
  if (site === "same-origin" || site === "none") return ok(true);
  // No sign at all: an old browser or no browser. Reading is harmless (the answer stays closed to other sites), acting is not.
  if (site === null && SAFE_METHODS.has(request.method)) return ok(true);
  return refuseCrossSite(policy);
}

/** Where only cookies are read, a header is no way out. */
function refuseCrossSite({ credentialLocations }: Pick<AuthPolicy, "credentialLocations">): Result<never> {
  const header = credentialLocations.find((location) => location.in === "header");
  const alternative =
    header === undefined ? "" : `send the token in the header "${header.name}: Bearer TOKEN", or `;
  return refuse("AUTH_COOKIE_CROSS_SITE", { alternative });
}

/** Headers that only a proxy adds: whoever stands behind it is not this machine. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] as const;

/** Refuses what does not come from this machine, for a server that believes everybody. */
export function checkLoopback(
  request: RequestFacts,
  policy: Pick<AuthPolicy, "allowedOrigins">,
): Result<true> {
  const host = request.header("host");
  const { clientAddress } = request;
  if (host !== null && !isLoopbackHost(hostnameOf(host))) return refuse("AUTH_HOST_NOT_ALLOWED");
  if (clientAddress !== undefined && !isLoopbackAddress(clientAddress))
    return refuse("AUTH_HOST_NOT_ALLOWED");
  if (FORWARDED.some((name) => request.header(name) !== null)) return refuse("AUTH_HOST_NOT_ALLOWED");
  const origin = request.header("origin");
  if (origin !== null && policy.allowedOrigins.includes(origin)) return ok(true);
  const isForeign = origin === null ? false : !isSameHost(origin, host);
  return isForeign || request.header("sec-fetch-site") === "cross-site"
    ? refuse("AUTH_ORIGIN_NOT_ALLOWED")
    : ok(true);
}

/** A peer's address, also as IPv6 writes IPv4. */
function isLoopbackAddress(address: string): boolean {
  return isLoopbackHost(address.replace(/^::ffff:/i, ""));
}

function hostnameOf(host: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1] ?? "";
}

function isSameHost(origin: string, host: string | null): boolean {
  if (host === null) return false;
  try {
    const url = new URL(origin);
    return (url.protocol === "http:" || url.protocol === "https:") && url.host === host.toLowerCase();
  } catch {
    return false;
  }
}
