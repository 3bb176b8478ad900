/** A request of Node's HTTP server as the guard reads it: for plain Node, Express and Fastify. */
import type { IncomingMessage } from "node:http";
import type { GuardedRequest } from "./gate.ts";

/** The part of a Node request that the guard reads. */
export type NodeRequest = Pick<IncomingMessage, "method" | "rawHeaders" | "url"> & {
  /** Where Express and its routers keep the whole of it: their `url` loses the prefix of a router. */
  readonly originalUrl?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
};

export function nodeRequest(request: NodeRequest): GuardedRequest {
  return {
    method: request.method ?? "GET",
    clientAddress: request.socket.remoteAddress,
    path: (request.originalUrl ?? request.url ?? "").replace(/[?#].*$/s, ""),
    headerNames: () => request.rawHeaders.filter((_, index) => index % 2 === 0),
    header(name) {
      // As they arrived: of repeated headers such as Authorization Node's own `headers` keep only the first.
      const values = request.rawHeaders.filter(
        (_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name,
      );
      return values.length === 0 ? null : values.join(name === "cookie" ? "; " : ", ");
    },
  };
}

/**
 * The path parameters that are one text, as the framework decoded them. What a wildcard gives as a list is left out: a
 * scope for one item then matches nothing.
 */
export function textParameters(parameters: unknown): Readonly<Record<string, string>> {
  const entries = typeof parameters === "object" && parameters !== null ? Object.entries(parameters) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
