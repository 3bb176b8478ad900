/** The Node host: an HTTP server around a fetch function, with limits and a shutdown that lets streams finish. */
import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { isLoopbackHost } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { getRequestListener } from "@hono/node-server";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { Logger } from "../log/runtime.ts";
import type { Fetch } from "./fetch.ts";
import { settleRequestLine } from "./request-line.ts";
import { badRequest, internalError } from "./responses.ts";
import type { SocketServer } from "./socket-server.ts";

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
  /** Write the policy in force to standard error before listening; false: its findings go to the logger. Default true. */
  readonly printsPolicy?: boolean;
  /** The caller has shown the policy itself, so that neither it nor its findings are written again. Default false. */
  readonly isPolicyShown?: boolean;
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

interface NodeServeOptions extends Required<Omit<ServeOptions, "printsPolicy" | "isPolicyShown">> {
  /** Fault to stop with when the host is not a loopback address; undefined allows any. */
  readonly loopbackOnly: Fault | undefined;
  /** Resolves when no run is active; cancels the rest when the signal aborts. */
  readonly drain: (signal: AbortSignal) => Promise<void>;
  /** Takes the upgrades that it recognises. Undefined: an upgrade is never made, and its request is an ordinary one. */
  readonly sockets?: SocketServer | undefined;
  /** After the last answer. */
  readonly onClose: () => Promise<void>;
  /** For what no answer can tell. */
  readonly logger: Logger;
}

/** Room for a token of any size that we explain the refusal of; above it Node answers 431. */
const MAX_HEADER_BYTES = 98_304;

/** What runs that were cancelled at the end of the wait get to write their last events. */
const LAST_WORDS_MS = 1_000;

/** Serves until closed. */
export async function serveOnNode(fetch: Fetch, options: NodeServeOptions): Promise<RunningServer> {
  if (options.loopbackOnly !== undefined && !isLoopbackHost(options.host)) {
    throw new ConfigurationError({ faults: [options.loopbackOnly] });
  }
  const listener = getRequestListener(fetch, { errorHandler: (error) => answerError(error, options.logger) });
  const { sockets } = options;
  const serverOptions: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    ...(sockets === undefined
      ? {}
      : { shouldUpgradeCallback: (incoming: IncomingMessage) => sockets.recognises(incoming) }),
  };
  const server = createServer(serverOptions, (incoming, outgoing) => {
    const problem = settleRequestLine(incoming);
    if (problem !== undefined) answerBadRequest(outgoing, problem);
    else if (sockets?.hasLostUpgrade(incoming) === true) answerLostUpgrade(outgoing);
    else void listener(incoming, outgoing);
  });
  // Node before 22.21 asks nobody which upgrades are meant, and `accept` refuses all others.
  if (sockets !== undefined)
    server.on("upgrade", (incoming, socket, head) => void sockets.accept(incoming, socket, head));
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

/** The connection ends with it: where one request is unclear, nobody knows where the next one begins. */
function answerBadRequest(outgoing: ServerResponse, problem: string): void {
  const body = JSON.stringify({ detail: `Bad Request: ${problem}` });
  const headers = { "content-type": "application/json", connection: "close" };
  outgoing.writeHead(400, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

/** Whoever it is: that there is a WebSocket here its upgrade would tell too, and a credential is not what is missing. */
function answerLostUpgrade(outgoing: ServerResponse): void {
  const body = JSON.stringify({
    detail: "Upgrade Required: this address is a WebSocket, and the request came without its upgrade",
    fix: 'let every proxy between the client and this server pass the headers "Upgrade" and "Connection" on, over HTTP/1.1',
  });
  const headers = { "content-type": "application/json", upgrade: "websocket", connection: "upgrade, close" };
  outgoing.writeHead(426, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

/** What the adapter cannot read is the client's; whatever else comes so far is ours, and no client learns what it was. */
function answerError(error: unknown, logger: Logger): Response {
  if (error instanceof Error && error.name === "RequestError")
    return badRequest("the target or the Host header is no address");
  const requestId = randomUUID();
  logger.error({ request_id: requestId, error }, "a request could not be answered");
  return internalError(requestId);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(
        isTaken
          ? new ConfigurationError({
              faults: [createFault({ code: "CONFIG_PORT_IN_USE", facts: { port } })],
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
  // Any node resumes what a client watched here, so that nobody waits for a connection that stays open by itself.
  await Promise.all([options.sockets?.close(), options.drain(AbortSignal.timeout(drainMs))]);
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
  await options.onClose();
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
