/**
 * The host of the console serves nothing else. Cookies do not heed ports, so a browser sends the cookie of who is signed in
 * to every server of that host that a page leads it to.
 */
import { isLoopbackHost } from "@agentos/auth";
import { reject } from "../store/rejected.ts";
import { createFinding, type InstanceFinding } from "./instance-finding.ts";
import { parseEndpoint } from "./parse-endpoint.ts";

export interface ConsoleHostProblem {
  /** Follows the words "the endpoint is". */
  readonly console_place: string;
  readonly endpoint_remedy: string;
}

/** What is wrong with an endpoint beside the console at `publicUrl`; undefined where it is on a host of its own. */
export function findConsoleHostProblem(endpoint: string, publicUrl: string): ConsoleHostProblem | undefined {
  const parsed = parseEndpoint(endpoint);
  if (!parsed.ok) return undefined;
  const { origin, host, port, scheme, path } = parsed.value;
  const own = new URL(publicUrl);
  // Under each of the names of this machine one port is one server.
  const isSamePort = port === Number(own.port || (own.protocol === "https:" ? 443 : 80));
  const isOwnLoopback = isSamePort && isLoopbackHost(host) && isLoopbackHost(own.hostname);
  if (origin === own.origin || isOwnLoopback)
    return {
      console_place: "the address of this console itself, where no AgentOS is",
      endpoint_remedy: "give the address at which the AgentOS is served, on a host of its own",
    };
  if (host !== own.hostname) return undefined;
  const otherName = host === "localhost" ? "127.0.0.1" : "localhost";
  return {
    console_place: `on the host of this console (${host}), every port of which browsers send its cookie to`,
    endpoint_remedy: isLoopbackHost(host)
      ? `write ${scheme}://${otherName}:${port}${path}, which is the same server under another name`
      : "serve the AgentOS on a host name of its own, such as a subdomain, and give that address",
  };
}

/** Rejects with INSTANCE_ENDPOINT_ON_CONSOLE_HOST. */
export function requireOtherHost(endpoint: string | null | undefined, publicUrl: string): void {
  const problem = typeof endpoint === "string" ? findConsoleHostProblem(endpoint, publicUrl) : undefined;
  if (problem !== undefined) throw reject("INSTANCE_ENDPOINT_ON_CONSOLE_HOST", { ...problem });
}

/** Who has connected such an endpoint before it was refused goes on with it, and is told. */
export function findSharedHost(endpoint: string | null, publicUrl: string): readonly InstanceFinding[] {
  if (endpoint === null || findConsoleHostProblem(endpoint, publicUrl) === undefined) return [];
  const evidence = [{ fact: `this console is at ${publicUrl}`, source: "the control plane" }];
  return [createFinding({ code: "INSTANCE_ON_CONSOLE_HOST", certainty: "certain", evidence })];
}
