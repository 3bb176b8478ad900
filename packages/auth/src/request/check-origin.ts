/**
 * Two checks on where a request comes from. A cookie is sent by the browser on its own, so a cookie alone must come
 * from a page of this site (weak-spots C4). Without any credential configured the server believes everybody, so only
 * this machine may ask, by its own names (DNS rebinding, weak-spots C3).
 */
import { isLoopbackHost } from "../address/loopback-host.ts";
import { findFartherProxyHeader, findProxyHeader } from "../address/proxy-headers.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import { hostnameOf, isAllowedOrigin, isSameHost, type OriginRules } from "./allowed-origin.ts";
import type { RequestFacts } from "./request-facts.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a request whose only credential is a cookie and which a page of another site sent: the rule of Go's
 * `http.CrossOriginProtection`. A browser says where a request comes from in `Sec-Fetch-Site`, an older one in `Origin`
 * for whatever is not safe; what says neither is no browser, and carries no cookie that it was not given on purpose.
 */
export function checkCookieOrigin(
  request: RequestFacts,
  policy: OriginRules & Pick<AuthPolicy, "credentialLocations">,
): Result<true> {
  // A WebSocket is opened by a GET, and then acts.
  if (SAFE_METHODS.has(request.method) && request.header("upgrade") === null) return ok(true);
  const site = request.header("sec-fetch-site");
  if (site === "same-origin" || site === "none") return ok(true);
  const origin = request.header("origin");
  const host = request.header("host");
  if (origin === null) return site === null ? ok(true) : refuseCrossSite(policy);
  const isOwn = site === null && isSameHost(origin, host);
  return isOwn || isAllowedOrigin(origin, host, policy) ? ok(true) : refuseCrossSite(policy);
}

/** Where only cookies are read, a header is no way out. */
function refuseCrossSite({ credentialLocations }: Pick<AuthPolicy, "credentialLocations">): Result<never> {
  const header = credentialLocations.find((location) => location.in === "header");
  const alternative =
    header === undefined ? "" : `send the token in the header "${header.name}: Bearer TOKEN", or `;
  return refuse("AUTH_COOKIE_CROSS_SITE", { alternative });
}

/** Why a server answers this machine only, and how it is opened to others. */
const NO_CREDENTIAL = {
  why_open: "no credential is configured",
  way_out: 'set "OS_SECURITY_KEY" at the server and send it in the header "Authorization: Bearer KEY"',
};
const UNVERIFIED = {
  why_open: "tokens are not verified",
  way_out:
    'let the server verify tokens: remove "validate: false", and set "verificationKeys" to the public key of your issuer',
};

/**
 * Refuses what does not come from this machine, for a server that believes everybody. What tells of a proxy comes first:
 * behind one, name and address are the proxy's.
 */
export function checkLoopback(
  request: RequestFacts,
  policy: OriginRules & Pick<AuthPolicy, "mode">,
): Result<true> {
  const facts = policy.mode === "jwt-unverified" ? UNVERIFIED : NO_CREDENTIAL;
  const proxyHeader =
    request.isThroughTrustedProxy === true ? findFartherProxyHeader(request) : findProxyHeader(request);
  if (proxyHeader !== undefined)
    return refuse("AUTH_PROXY_NOT_ALLOWED", { ...facts, proxy_header: proxyHeader });
  const host = request.header("host");
  if (host !== null && !isLoopbackHost(hostnameOf(host))) return refuse("AUTH_HOST_NOT_ALLOWED", facts);
  const { clientAddress } = request;
  // Whoever is not known to be this machine is not: the name in "Host" is the client's own word.
  if (clientAddress === undefined) return refuse("AUTH_PEER_UNKNOWN", facts);
  if (!isLoopbackAddress(clientAddress)) return refuse("AUTH_PEER_NOT_LOCAL", facts);
  const origin = request.header("origin");
  if (origin === null)
    return request.header("sec-fetch-site") === "cross-site"
      ? refuse("AUTH_SITE_NOT_ALLOWED", facts)
      : ok(true);
  if (isAllowedOrigin(origin, host, policy)) return ok(true);
  if (origin === "null") return refuse("AUTH_ORIGIN_OPAQUE", facts);
  const isForeign = !isSameHost(origin, host) || request.header("sec-fetch-site") === "cross-site";
  return isForeign ? refuse("AUTH_ORIGIN_NOT_ALLOWED", { ...facts, origin: origin.slice(0, 200) }) : ok(true);
}

/** A peer's address, also as IPv6 writes IPv4. */
function isLoopbackAddress(address: string): boolean {
  return isLoopbackHost(address.replace(/^::ffff:/i, ""));
}
