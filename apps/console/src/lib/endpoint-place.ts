/** Where an endpoint is, as a browser sees it from the page: what follows from both addresses alone. */
import type { BrowserKind } from "./browser-kind.ts";

/** From the farthest to the nearest. Browsers guard steps towards the person, never those away from them. */
const SPACES = ["public", "local", "loopback"] as const;
type Space = (typeof SPACES)[number];

/** Loopback, private ranges and names of a local network. */
export function isLocalHost(host: string): boolean {
  return spaceOf(host) !== "public";
}

function spaceOf(host: string): Space {
  if (host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.") || host === "[::1]")
    return "loopback";
  const isLocal =
    isPrivateName(host) ||
    /\.(?:lan|internal|home\.arpa)$/.test(host) ||
    !(host.includes(".") || host.includes(":"));
  return isLocal ? "local" : "public";
}

/** By its name alone a browser knows that it is of a local network. */
function isPrivateName(host: string): boolean {
  return (
    /^10\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host) ||
    /^\[f[cd][\da-f]{2}:|^\[fe[89ab][\da-f]:/.test(host) ||
    host.endsWith(".local")
  );
}

/**
 * A page on https may not ask an address on http. Of this machine's own some browsers let it; of a local network those do
 * that ask the person, where the address itself tells that it is of one.
 */
export function isMixedContent(endpoint: string, pageUrl: string, browser: BrowserKind): boolean {
  const { protocol, hostname } = new URL(endpoint);
  if (new URL(pageUrl).protocol !== "https:" || protocol !== "http:") return false;
  if (spaceOf(hostname) === "loopback") return browser === "safari";
  return !(isPrivateName(hostname) && (browser === "chrome" || browser === "edge"));
}

/** The network of the address, where it is nearer than the page's own: browsers ask, or refuse. */
export function findNearer(endpoint: string, pageUrl: string): Exclude<Space, "public"> | undefined {
  const [to, from] = [spaceOf(new URL(endpoint).hostname), spaceOf(new URL(pageUrl).hostname)];
  return to !== "public" && SPACES.indexOf(to) > SPACES.indexOf(from) ? to : undefined;
}
