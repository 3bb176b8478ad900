/**
 * Where the control plane may call. Whoever names an endpoint must not reach what only this machine can: the metadata
 * service of a cloud, a database beside it, the router. Deny is the default: ranges that nobody has named are refused.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Ranges of one's own networks: only for hosts that the operator has listed. Link-local is never among them. */
const OWN_RANGES: ReadonlySet<string> = new Set(["private", "loopback", "uniqueLocal", "carrierGradeNat"]);

/** True for an address that may be called. `isHostListed`: the operator has named the host. */
export function isCallable(address: string, isHostListed: boolean): boolean {
  // The parser also reads "127.1" and "0x7f.1"; what connects reads only what this does.
  if (isIP(address) === 0) return false;
  // An IPv4 address in IPv6 clothes is judged as what it is.
  const parsed = ipaddr.process(address);
  const range: string = parsed.range();
  if (range === "unicast") return parsed instanceof ipaddr.IPv4 || isGlobal(parsed);
  return isHostListed && OWN_RANGES.has(range);
}

/** 2000::/3 is all that is given out. Beyond it are forms that lead to IPv4, such as `::127.0.0.1`. */
function isGlobal({ parts }: ipaddr.IPv6): boolean {
  return ((parts[0] ?? 0) & 0xe000) === 0x2000;
}

/** The operator's list: `HOST` for every port of it, or `HOST:PORT`. */
export type AllowedPrivateEndpoints = readonly string[];

/** True where the operator has listed the host, with this port or with none. Names are compared as they are written. */
export function isListed({ hostname, port, protocol }: URL, allowed: AllowedPrivateEndpoints): boolean {
  const shownPort = port === "" ? DEFAULT_PORTS[protocol] : port;
  return allowed.some((entry) => {
    const listed = entry.trim().toLowerCase();
    return listed === hostname || listed === `${hostname}:${shownPort}`;
  });
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };
