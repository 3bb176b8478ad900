/** Where an endpoint is, as a browser sees it from the page: what follows from both addresses alone. */
import type { BrowserKind } from "./browser-kind.ts";

/** Loopback, private ranges and names of a local network. */
export function isLocalHost(host: string): boolean {
  return (
    isLoopback(host) ||
    /^10\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host) ||
    /\.(?:local|lan|internal|home\.arpa)$/.test(host) ||
    !host.includes(".")
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.");
}

/** A page on https may not ask an address on http; of this machine's own some browsers let it. */
export function isMixedContent(endpoint: string, pageUrl: string, browser: BrowserKind): boolean {
  const { protocol, hostname } = new URL(endpoint);
  if (new URL(pageUrl).protocol !== "https:" || protocol !== "http:") return false;
  return !isLoopback(hostname) || browser === "safari";
}

/** The address is of a network that is nearer than the page's own: browsers ask, or refuse. */
export function isNearer(endpoint: string, pageUrl: string): boolean {
  const [to, from] = [new URL(endpoint).hostname, new URL(pageUrl).hostname];
  if (isLoopback(to)) return !isLoopback(from);
  return isLocalHost(to) && !isLocalHost(from);
}
