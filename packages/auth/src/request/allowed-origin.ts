/** Which web pages may call. */
import { isLoopbackHost } from "../address/loopback-host.ts";
import type { AuthPolicy } from "../policy/policy.ts";

export type OriginRules = Pick<AuthPolicy, "allowedOrigins" | "localOrigins">;

/** Whether pages of an origin may call the host that the request names. */
export function isAllowedOrigin(
  origin: string,
  host: string | null,
  { allowedOrigins, localOrigins = [] }: OriginRules,
): boolean {
  if (!allowedOrigins.includes(origin)) return false;
  // A page on the machine of whoever reads it: that is this machine only where this server is called so too.
  return !localOrigins.includes(origin) || (host !== null && isLoopbackHost(hostnameOf(host)));
}

/** Whether an origin is that of the server itself. The scheme is not compared: behind a proxy nobody here knows it. */
export function isSameHost(origin: string, host: string | null): boolean {
  if (host === null) return false;
  try {
    const url = new URL(origin);
    return (url.protocol === "http:" || url.protocol === "https:") && url.host === host.toLowerCase();
  } catch {
    return false;
  }
}

/** The name or address without the port; empty for what is no host. */
export function hostnameOf(host: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1] ?? "";
}
