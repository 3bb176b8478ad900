/** Headers that tell of a proxy: whoever stands behind one is not the peer of the connection. */

import { isLoopbackHost } from "./loopback-host.ts";

/** As people know them. Of `X-Forwarded-…` there are more than anybody can list. */
const PROXY_HEADERS: readonly string[] = [
  "Forwarded",
  "Forwarded-For",
  "X-Forwarded",
  "Via",
  "X-Real-IP",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "X-Original-For",
  "X-Original-Host",
  "X-Original-Forwarded-For",
  "X-Envoy-External-Address",
  "X-Azure-ClientIP",
  "X-Azure-SocketIP",
  "X-Appengine-User-IP",
  "X-ProxyUser-IP",
  "X-Remote-Addr",
  "X-Remote-IP",
  "Remote-Addr",
  "X-Original-URL",
  "X-ARR-LOG-ID",
  "X-Azure-Ref",
  "X-Vercel-Forwarded-For",
  "X-Sucuri-ClientIP",
  "Akamai-Origin-Hop",
  "Incap-Client-IP",
  "Front-End-Https",
  "CF-Connecting-IP",
  "CF-Connecting-IPv6",
  "CF-Ray",
  "CF-Visitor",
  "CF-Worker",
  "CF-IPCountry",
  "CDN-Loop",
  "True-Client-IP",
  "Fastly-Client-IP",
  "Fly-Client-IP",
  "Client-IP",
  "WL-Proxy-Client-IP",
  "Proxy-Client-IP",
  "Tailscale-User-Login",
];
/** For hosts that cannot name the headers of a request. */
const FORWARDED_HEADERS = [
  "For",
  "Host",
  "Proto",
  "Port",
  "Server",
  "By",
  "Prefix",
  "Scheme",
  "Ssl",
  "User",
].map((name) => `X-Forwarded-${name}`);
const FORWARDED_PREFIX = "x-forwarded-";

const KNOWN: ReadonlyMap<string, string> = new Map(
  [...PROXY_HEADERS, ...FORWARDED_HEADERS].map((name) => [name.toLowerCase(), name]),
);

/** What the nearest proxy sets itself, with values that say little: the client that it names has been read already. */
const ORDINARY: ReadonlySet<string> = new Set(["forwarded", "via", "x-original-host", "x-original-url"]);

/** What is looked at. */
export interface HeaderFacts {
  /** Value of a header, by lower-case name. */
  header(name: string): string | null;
  /** Names of all headers that were sent, in any case; undefined where the host cannot tell. */
  headerNames?: (() => Iterable<string>) | undefined;
}

/** The header that tells of a proxy, by the name that we have for it and never as it was sent; undefined: none. */
export function findProxyHeader(request: HeaderFacts): string | undefined {
  if (request.headerNames === undefined) {
    for (const [name, known] of KNOWN) if (request.header(name) !== null) return known;
    return undefined;
  }
  for (const sent of request.headerNames()) {
    const name = sent.toLowerCase();
    const known = KNOWN.get(name);
    if (known !== undefined) return known;
    if (name.startsWith(FORWARDED_PREFIX)) return "X-Forwarded-*";
  }
  return undefined;
}

/**
 * The same of a request whose nearest proxy is trusted and names this machine as the client: a header by which a proxy
 * before it names somebody else. Some proxies name their own peer alone, and that peer may be the end of a tunnel.
 */
export function findFartherProxyHeader(request: Pick<HeaderFacts, "header">): string | undefined {
  for (const [name, known] of KNOWN) {
    if (ORDINARY.has(name) || name.startsWith(FORWARDED_PREFIX)) continue;
    const value = request.header(name);
    if (value !== null && !isLoopbackHost(value.trim())) return known;
  }
  return undefined;
}
