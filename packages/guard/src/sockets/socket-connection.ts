/** A WebSocket around a session: bytes in and out within their limits, and whether anybody is still there. */
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import {
  CLOSE_WITHIN_SECONDS,
  MAX_BYTES_PER_SECOND,
  MAX_CONTROL_FRAMES,
  MAX_UNKNOWN_BYTES,
  MAX_UNREAD_BYTES,
  PING_EVERY_SECONDS,
} from "./socket-limits.ts";
import type { SocketPlace } from "./socket-places.ts";
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
  /** The bytes below it. */
  readonly stream: Duplex;
  readonly place: Pick<SocketPlace, "isWaiting" | "onTaken">;
  /** Seconds since some moment, of a clock that is never set. */
  readonly now: () => number;
  readonly createSession: (ports: Pick<SocketSessionOptions, "send" | "end">) => SocketSession;
  /** Called once, when the connection is gone. */
  readonly onClose: () => void;
}

/** Opens the session of a connection, and greets the client. */
export function openConnection(options: SocketConnectionOptions): SocketConnection {
  const { socket, stream, place, now, createSession, onClose } = options;
  let pingedAt = now();
  // Of this second.
  let controlFrames = 0;
  let bytes = 0;
  let unknownBytes = 0;
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

  /** Ends it, and reads nothing more of it. */
  function cutOff(code: number, reason: string): void {
    end(code, reason);
    socket.pause();
  }

  /** A ping or a pong: whether it is looked at. */
  function isHeard(): boolean {
    isAnswerDue = false;
    controlFrames += 1;
    if (controlFrames > MAX_CONTROL_FRAMES) cutOff(1008, "too many pings or pongs");
    return endedAt === undefined;
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
    if (endedAt !== undefined) return;
    if (isBinary) return end(1003, "a frame is no text");
    const text = textOf(data);
    bytes += text.length;
    if (bytes >= MAX_BYTES_PER_SECOND) socket.pause();
    void session.receive(text);
  });
  socket.on("ping", (data: Buffer) => {
    if (isHeard() && isReading()) socket.pong(data);
  });
  socket.on("pong", isHeard);
  // Before the library has a whole frame: what waits for the rest of one is a stranger's too.
  stream.on("data", function count(chunk: Buffer) {
    unknownBytes += chunk.length;
    if (!place.isWaiting()) stream.off("data", count);
    else if (unknownBytes > MAX_UNKNOWN_BYTES) cutOff(1009, "too many bytes without authentication");
  });
  place.onTaken(() => {
    end(1013, "too many connections are not authenticated");
    // Its place is taken: it is not waited for.
    socket.terminate();
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
      controlFrames = 0;
      bytes = 0;
      if (socket.isPaused) socket.resume();
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
