/** A WebSocket around a session: bytes in and out within their limits, and whether anybody is still there. */
import type { RawData, WebSocket } from "ws";
import { CLOSE_WITHIN_SECONDS, MAX_UNREAD_BYTES, PING_EVERY_SECONDS } from "./socket-limits.ts";
import type { SocketSession, SocketSessionOptions } from "./socket-session.ts";

/** One open connection. */
export interface SocketConnection {
  /** To be called about once a second. */
  tick(): Promise<void>;
  /** Tells the client that it is over, and then waits only a moment. */
  end(code: number, reason: string): void;
  /** Ends it without a word. */
  terminate(): void;
}

export interface SocketConnectionOptions {
  readonly socket: WebSocket;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly createSession: (ports: Pick<SocketSessionOptions, "send" | "end">) => SocketSession;
  /** Called once, when the connection is gone. */
  readonly onClose: () => void;
}

/** Opens the session of a connection, and greets the client. */
export function openConnection(options: SocketConnectionOptions): SocketConnection {
  const { socket, now, createSession, onClose } = options;
  let pingedAt = now();
  let isAnswerDue = false;
  let endedAt: number | undefined;

  /** A client that does not read is not waited for. */
  function isReading(): boolean {
    if (socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount <= MAX_UNREAD_BYTES) return true;
    socket.terminate();
    return false;
  }

  function end(code: number, reason: string): void {
    if (endedAt !== undefined) return;
    endedAt = now();
    session.stop();
    socket.close(code, reason);
  }

  const session = createSession({
    send(frame) {
      if (endedAt === undefined && isReading())
        socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    },
    end,
  });

  socket.on("message", (data: RawData, isBinary: boolean) => {
    isAnswerDue = false;
    if (isBinary) end(1003, "a frame is no text");
    else void session.receive(textOf(data));
  });
  socket.on("ping", (data: Buffer) => {
    isAnswerDue = false;
    if (isReading()) socket.pong(data);
  });
  socket.on("pong", () => {
    isAnswerDue = false;
  });
  // What breaks the protocol or a limit has closed the connection, with the code that says so.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    endedAt ??= now();
    session.stop();
    onClose();
  });
  void session.start();

  return {
    async tick() {
      const time = now();
      if (endedAt !== undefined) {
        if (time - endedAt >= CLOSE_WITHIN_SECONDS) socket.terminate();
        return;
      }
      if (time - pingedAt >= PING_EVERY_SECONDS && isReading()) {
        // By what was not answered, never by the time alone: a machine that slept ends no connection.
        if (isAnswerDue) return socket.terminate();
        isAnswerDue = true;
        pingedAt = time;
        socket.ping();
      }
      await session.tick();
    },
    end,
    terminate: () => socket.terminate(),
  };
}

/** The library gives one buffer, unless it is told otherwise. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
