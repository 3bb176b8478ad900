/**
 * The one way to a WebSocket: an upgrade of a path that has one, from where and for whom it may be. Every other request
 * that asks for an upgrade is answered as if it had not (RFC 9110 section 7.8).
 */
import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type AuthMode, DEFAULT_ISSUER_NAME, type Owner } from "@agentos/auth";
import { type GuardedRequest, ORIGIN } from "../gate/gate.ts";
import { nodeRequest } from "../gate/node-request.ts";
import type { SocketGate, SocketJudge } from "../gate/socket-gate.ts";
import type { Logger } from "../log/runtime.ts";
import type { RoutedAction } from "../sockets/socket-action.ts";
import { createSocketHub } from "../sockets/socket-hub.ts";
import { createSocketPlaces, type SocketLimit, type SocketPlace } from "../sockets/socket-places.ts";
import { createSocketSession } from "../sockets/socket-session.ts";
import { canonicalize } from "./canonical-path.ts";
import type { LimitLog } from "./limit-log.ts";
import { describeLimit, limitResponse } from "./limit-response.ts";
import { MAX_TARGET_BYTES, settleRequestLine } from "./request-line.ts";
import { badRequest, internalError, unavailable } from "./responses.ts";

/** A path with what its clients may ask for. */
export interface SocketRoute {
  readonly path: string;
  readonly gate: SocketGate;
  readonly actions: ReadonlyMap<string, RoutedAction>;
}

export interface SocketServerOptions {
  readonly routes: readonly SocketRoute[];
  readonly mode: AuthMode;
  /** Seconds since some moment, of a clock that is never set. */
  readonly now: () => number;
  readonly limitLog: LimitLog;
  readonly logger: Logger;
}

/** What a host of Node hands its upgrades to. */
export interface SocketServer {
  /** True for an upgrade to a WebSocket of a path that has one; every other request is an ordinary one. */
  recognises(incoming: IncomingMessage): boolean;
  /** True for what is recognised but for its upgrade: somebody between the client and here has taken it away. */
  hasLostUpgrade(incoming: IncomingMessage): boolean;
  /** Opens the connection, or answers why not. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Opens none any more, and ends all that are open; the reason is told to their clients. */
  close(reason?: string): Promise<void>;
}

const CLOSED = "the server takes no WebSockets at this moment";
const STRANGER: Owner = Object.freeze({ issuer: DEFAULT_ISSUER_NAME, kind: "anonymous", id: "" });

export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { mode, now, limitLog, logger } = options;
  const routes = new Map(options.routes.map((route) => [route.path, route]));
  const hub = createSocketHub(now);
  const places = createSocketPlaces();
  let isClosed = false;
  let isUntrustedTold = false;

  const findRoute = ({ url = "" }: IncomingMessage): SocketRoute | undefined =>
    url.startsWith("/") ? routes.get(canonicalize(url.replace(/[?#].*$/s, ""))) : undefined;

  const recognises = (incoming: IncomingMessage): boolean =>
    incoming.method === "GET" &&
    // HTTP/1.0 knows no upgrade (RFC 6455 section 4.1).
    incoming.httpVersion === "1.1" &&
    incoming.headers.upgrade?.toLowerCase() === "websocket" &&
    findRoute(incoming) !== undefined;

  /** Clients behind a proxy that is not trusted share one address, and any of them takes the places of all. */
  function tellUntrusted({ code }: SocketLimit, upgrade: GuardedRequest): void {
    if (isUntrustedTold || code !== "RUN_ADDRESS_SOCKETS" || upgrade.header("x-forwarded-for") === null)
      return;
    isUntrustedTold = true;
    logger.warn(
      {
        peer: upgrade.clientAddress,
        fix: 'if it is a proxy of yours, list its address in "trustedProxies"; otherwise the client itself sent the header',
      },
      "WebSockets are counted for the peer, whose X-Forwarded-For header is not trusted",
    );
  }

  function note(fault: SocketLimit, caller: Owner, { path }: SocketRoute): SocketLimit {
    limitLog.note(fault, { caller, route: `GET ${path}` });
    return fault;
  }

  function explain(error: unknown): object {
    const requestId = randomUUID();
    logger.error({ request_id: requestId, error }, "an action of a WebSocket failed");
    return { event: "error", error: "Internal server error", request_id: requestId };
  }

  function openSession(route: SocketRoute, judge: SocketJudge, place: SocketPlace) {
    return (ports: Pick<Parameters<typeof createSocketSession>[0], "send" | "end">) =>
      createSocketSession({
        ...ports,
        mode,
        judge,
        actions: route.actions,
        now,
        explain,
        claim(owner) {
          const limit = place.claim(owner);
          return limit && { code: limit.code, ...describeLimit(note(limit, owner, route)) };
        },
      });
  }

  /** The answer that ends it, or undefined for a connection that is open. */
  async function judgeUpgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<Response | undefined> {
    const problem = settleRequestLine(incoming) ?? findUpgradeProblem(incoming);
    if (problem !== undefined) return badRequest(problem);
    // Node before 22.21 does not ask which upgrades are meant.
    const route = recognises(incoming) ? findRoute(incoming) : undefined;
    if (route === undefined) return badRequest("there is no WebSocket here");
    if (isClosed) return unavailable(CLOSED);
    if ((incoming.url ?? "").length > MAX_TARGET_BYTES)
      return limitResponse({ code: "INPUT_TARGET_TOO_LONG", limit: MAX_TARGET_BYTES });
    // The record names the route; what stands in the query is no business of anybody here.
    const upgrade = { ...nodeRequest(incoming), path: undefined };
    const refused = await route.gate.admit(upgrade);
    if (refused !== undefined) {
      const { status, headers, body } = refused;
      return new Response(body, { status, headers });
    }
    // A policy that came into force meanwhile has sockets of its own, and the next attempt meets them.
    if (isClosed) return unavailable(CLOSED);
    const judge = route.gate.createJudge(upgrade);
    const place = places.take(judge.clientAddress, mode === "none");
    if ("code" in place) {
      if (judge.clientAddress === upgrade.clientAddress) tellUntrusted(place, upgrade);
      return limitResponse(note(place, STRANGER, route));
    }
    hub.open({ incoming, socket, head, place, createSession: openSession(route, judge, place) });
    return undefined;
  }

  return {
    recognises,
    hasLostUpgrade: (incoming) =>
      incoming.method === "GET" &&
      // Every client sends it, and no proxy takes it away: it is no header of one hop (RFC 6455 section 4.1).
      incoming.headers["sec-websocket-key"] !== undefined &&
      incoming.headers.upgrade === undefined &&
      findRoute(incoming) !== undefined,
    async accept(incoming, socket, head) {
      const ignore = () => undefined;
      socket.on("error", ignore);
      try {
        const answer = await judgeUpgrade(incoming, socket, head);
        if (answer !== undefined) await writeAnswer(socket, answer);
      } catch (error) {
        const requestId = randomUUID();
        logger.error({ request_id: requestId, error }, "a WebSocket could not be opened");
        await writeAnswer(socket, internalError(requestId));
      }
    },
    close(reason = "the server is closing") {
      isClosed = true;
      return hub.close(reason);
    },
  };
}

/** What makes it unclear where the request ends and the connection begins, or who asks. */
function findUpgradeProblem({ headers }: IncomingMessage): string | undefined {
  const { "content-length": length = "0", "transfer-encoding": encoding, origin } = headers;
  if (length !== "0" || encoding !== undefined) return "an upgrade has no body";
  if (origin !== undefined && origin !== "null" && !ORIGIN.test(origin))
    return "the Origin header is no origin";
  return undefined;
}

/** Ends the connection with an answer of HTTP. */
async function writeAnswer(socket: Duplex, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  if (!socket.writable) return void socket.destroy();
  const headers = [...answer.headers, ["content-length", String(body.length)], ["connection", "close"]];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${lines.join("")}\r\n`),
      body,
    ]),
  );
  // Whoever does not read it is not waited for.
  socket.once("finish", () => socket.destroy());
}
