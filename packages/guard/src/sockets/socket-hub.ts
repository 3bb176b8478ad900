/** All WebSockets of one server: opened by the library, counted, looked after, and ended together. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { openConnection, type SocketConnection } from "./socket-connection.ts";
import { MAX_FRAGMENTS, MAX_FRAME_BYTES } from "./socket-limits.ts";
import type { SocketPlace } from "./socket-places.ts";
import type { SocketSession, SocketSessionOptions } from "./socket-session.ts";

/** An upgrade that may go on. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head of the request. */
  readonly head: Buffer;
  readonly place: SocketPlace;
  readonly createSession: (ports: Pick<SocketSessionOptions, "send" | "end">) => SocketSession;
}

export interface SocketHub {
  /** Makes a connection of an upgrade, or answers what is wrong with its handshake. */
  open(upgrade: Upgrade): void;
  /** Ends every connection. Resolves when all are gone, after a moment at most. */
  close(reason: string): Promise<void>;
}

const TICK_MS = 1_000;
/** What clients get to say goodbye when the server closes. */
const GOODBYE_MS = 1_000;

/** `now`: seconds since some moment, of a clock that is never set. */
export function createSocketHub(now: () => number): SocketHub {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Answered by hand, as far as the client reads.
    autoPong: false,
    // One frame of each connection in a turn of the event loop, whatever has come: its socket is not read meanwhile.
    allowSynchronousEvents: false,
    // The library would choose the first one that the client names, and say it back: some put tokens there.
    handleProtocols: () => false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_FRAGMENTS,
  });
  const connections = new Set<SocketConnection>();
  let timer: NodeJS.Timeout | undefined;
  let onEmpty: (() => void) | undefined;

  function forget(connection: SocketConnection): void {
    connections.delete(connection);
    if (connections.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    onEmpty?.();
  }

  return {
    open({ incoming, socket, head, place, createSession }) {
      // A handshake that the library refuses ends the socket, and so does one that its client leaves.
      socket.once("close", () => place.release());
      server.handleUpgrade(incoming, socket, head, (accepted) => {
        const connection = openConnection({
          socket: accepted,
          stream: socket,
          place,
          now,
          createSession,
          onClose: () => forget(connection),
        });
        connections.add(connection);
        timer ??= setInterval(() => {
          for (const one of connections) void one.tick();
        }, TICK_MS);
      });
    },
    async close(reason) {
      if (connections.size === 0) return;
      const gone = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const connection of connections) connection.end(1001, reason);
      const late = setTimeout(() => {
        for (const connection of connections) connection.terminate();
      }, GOODBYE_MS);
      await gone;
      clearTimeout(late);
    },
  };
}
