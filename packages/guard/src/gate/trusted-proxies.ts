/**
 * The client behind proxies. What `X-Forwarded-For` says is believed of a peer that the operator has listed, and of each
 * address before it as long as that is listed too; the first that is not is the client. Of any other peer the header is
 * the client's own word, and is not read.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddress from "@fastify/proxy-addr";
import type { ClientFinder, GuardedRequest } from "./gate.ts";

/** Undefined where no proxy is trusted. */
export function createClientFinder(trustedProxies: readonly string[]): ClientFinder | undefined {
  if (trustedProxies.length === 0) return undefined;
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request) => {
    const { clientAddress: peer } = request;
    if (peer === undefined || !isTrusted(peer, 0)) return request;
    const forwarded = readAddresses(request.header("x-forwarded-for") ?? "");
    // A proxy that names nobody: the client is somewhere behind it.
    if (forwarded === "") return request;
    const client = findClient(forwarded, peer, isTrusted);
    return isIP(client) === 0 ? request : behind(request, client);
  };
}

function findClient(
  forwarded: string,
  peer: string,
  isTrusted: (address: string, hop: number) => boolean,
): string {
  const message = { headers: { "x-forwarded-for": forwarded }, socket: { remoteAddress: peer } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a whole message the library reads these two only
  return proxyAddress(message as unknown as IncomingMessage, isTrusted);
}

/** Every address without its port, or a proxy that is listed would count as the client of the one that wrote its port. */
function readAddresses(header: string): string {
  const addresses = header.split(",").map((entry) => withoutPort(entry.trim()));
  return addresses.filter((address) => address !== "").join(", ");
}

/** Some proxies write the port of the client behind its address. */
function withoutPort(text: string): string {
  const [, v4, v6] = /^(?:(\d+(?:\.\d+){3})|\[([^\]]+)\])(?::\d+)?$/.exec(text) ?? [];
  return v4 ?? v6 ?? text;
}

function behind(request: GuardedRequest, clientAddress: string): GuardedRequest {
  const { method, headerNames, path } = request;
  return {
    method,
    clientAddress,
    headerNames,
    path,
    isThroughTrustedProxy: true,
    header: (name) => request.header(name),
  };
}
