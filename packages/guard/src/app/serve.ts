/** The Node host: an HTTP server around a fetch function, with limits and a shutdown that lets streams finish. */
import { Server } from "node:http";
import type { Socket } from "node:net";
import { isLoopbackHost } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { createAdaptorServer } from "@hono/node-server";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { Fetch } from "./fetch.ts";
import { jsonResponse } from "./responses.ts";

/** Where to listen, and how to end. */
export interface ServeOptions {
  /** Address to listen on. Default: `AGENT_OS_HOST`, else "localhost". */
  readonly host?: string;
  /** Port; 0 takes a free one. Default: `AGENT_OS_PORT`, else that of the product, for an AgentOS 7777. */
  readonly port?: number;
  /**
   * How long `close` waits for running streams, in seconds. Default 25: with what follows it ends within the 30 that
   * Kubernetes grants.
   */
  readonly drainSeconds?: number;
  /** Write the policy in force to standard error before listening. Default true. */
  readonly printsPolicy?: boolean;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://HOST:PORT`, without a final slash; `localhost` where it listens on every address. */
  readonly url: string;
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Takes no new connections, lets running requests finish, then closes. */
  close(): Promise<void>;
}

interface NodeServeOptions extends Required<Omit<ServeOptions, "printsPolicy">> {
  /** Fault to stop with when the host is not a loopback address; undefined allows any. */
  readonly loopbackOnly: Fault | undefined;
  /** Resolves when no run is active; cancels the rest when the signal aborts. */
  readonly drain: (signal: AbortSignal) => Promise<void>;
  readonly onClose: () => void;
}

/** Room for a token of any size that we explain the refusal of; above it Node answers 431. */
const MAX_HEADER_BYTES = 98_304;

/** What runs that were cancelled at the end of the wait get to write their last events. */
const LAST_WORDS_MS = 1_000;

/** RFC 9110 section 4.2.4: a target with user information is an error; no web `Request` with a body can be made of one. */
const USER_INFORMATION = /^[a-z]+:\/\/[^/?#]*@/i;

/** Serves until closed. */
export async function serveOnNode(fetch: Fetch, options: NodeServeOptions): Promise<RunningServer> {
  if (options.loopbackOnly !== undefined && !isLoopbackHost(options.host)) {
    throw new ConfigurationError({ faults: [options.loopbackOnly] });
  }
  const answer: Fetch = (request, env) =>
    USER_INFORMATION.test(request.url)
      ? jsonResponse({ detail: "Bad Request" }, { status: 400 })
      : fetch(request, env);
  const server = createAdaptorServer({
    fetch: answer,
    serverOptions: { maxHeaderSize: MAX_HEADER_BYTES },
  });
  if (!(server instanceof Server))
    throw new Error("the adapter makes an HTTP/1.1 server unless told otherwise");
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const [status, reason] =
      error.code === "HPE_HEADER_OVERFLOW" ? [431, "Request Header Fields Too Large"] : [400, "Bad Request"];
    const body = JSON.stringify({ detail: reason });
    socket.end(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  // A connection that is kept alive for a next request is not waited for: it ends with the answer that it carried.
  const endIdleConnections = () => {
    if (!server.listening) server.closeIdleConnections();
  };
  server.on("request", (_request, response) => response.on("close", endIdleConnections));
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await listen(server, listenAddress(options.host), options.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${urlHost(options.host)}:${port}`,
    port,
    close: () => (closing ??= close(server, options, connections)),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(
        isTaken
          ? new ConfigurationError({
              faults: [createFault({ code: "CONFIG_PORT_IN_USE", facts: { port } })],
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

async function close(
  server: Server,
  options: NodeServeOptions,
  connections: ReadonlySet<Socket>,
): Promise<void> {
  const drainMs = options.drainSeconds * 1_000;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Browsers open connections ahead of need. One that has not sent a byte is no request, and Node does not call it idle.
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs + LAST_WORDS_MS);
  await options.drain(AbortSignal.timeout(drainMs));
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
  options.onClose();
}

/** A host as it stands in a URL that people and web UIs accept. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "::1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** Some systems know localhost as ::1 first; every client that asks for localhost also tries 127.0.0.1, but not the reverse. */
function listenAddress(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host;
}
