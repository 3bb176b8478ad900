/** A WebSocket client written on bytes alone (RFC 6455), so that a test may send what no library would. */
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Call } from "./http.ts";

export type Frame = Readonly<Record<string, unknown>>;

/** How a connection ended: by a close frame, or 1006 where there was none. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface SocketClient {
  /** The next text frame of the server. Rejects when the connection ends first. */
  next(): Promise<Frame>;
  /** Sends a frame; a text goes as it is. */
  send(frame: Frame | string): void;
  /** Sends one, and waits for the answer. */
  ask(frame: Frame | string): Promise<Frame>;
  /** Sends bytes as they are. */
  write(bytes: Buffer): void;
  /** Frames that have come and that nobody has asked for. */
  readonly unread: readonly Frame[];
  /** Kinds of control frames that have come: 9 is a ping, 10 a pong. */
  readonly controls: readonly number[];
  /** Resolves with the next of them. */
  nextControl(): Promise<number>;
  readonly closed: Promise<Closed>;
  readonly socket: Socket;
  /** What came before the first frame. */
  readonly head: string;
}

/** What came back for an upgrade that was not made. */
export interface RefusedUpgrade {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const HANDSHAKE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
export const SOCKET_PATH = "/workflows/ws";

const opened = new Set<Socket>();

/** Ends every connection that a test has left open. */
export function closeSockets(): void {
  for (const socket of opened) socket.destroy();
}

/** Opens a connection, and gives what came back where it is not opened. */
export function upgrade(
  port: number,
  call: Partial<Call> & { readonly version?: string } = {},
): Promise<SocketClient | RefusedUpgrade> {
  const { method = "GET", path = SOCKET_PATH, headers = {}, body = "", version = "1.1" } = call;
  const all = Object.entries({ host: `127.0.0.1:${port}`, ...HANDSHAKE, ...headers });
  // An empty value leaves the header out.
  const lines = all.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () =>
      socket.write(`${method} ${path} HTTP/${version}\r\n${lines.join("")}\r\n${body}`),
    );
    opened.add(socket);
    let received = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end === -1 || !received.toString("latin1").startsWith("HTTP/1.1 101")) return;
      socket.off("data", read);
      const head = received.subarray(0, end).toString("latin1");
      resolve({ ...createClient(socket, received.subarray(end + 4)), head });
    };
    socket.on("data", read);
    socket.on("error", reject);
    socket.on("close", () => {
      opened.delete(socket);
      resolve(parseRefusal(received.toString("latin1")));
    });
  });
}

/** Opens a connection, and reads the greeting. */
export async function openSocket(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<SocketClient & { readonly greeting: Frame }> {
  const client = await upgrade(port, { headers });
  if ("status" in client) throw new Error(`no upgrade: ${client.status} ${client.text}`);
  return Object.assign(client, { greeting: await client.next() });
}

/** One frame of a client: final or not, masked as it has to be. */
export function clientFrame(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  const first = (isFinal ? 0x80 : 0) | opcode;
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, 0x80 | length]), mask, masked]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, mask, masked]);
}

export const textFrame = (frame: Frame | string): Buffer =>
  clientFrame(1, Buffer.from(typeof frame === "string" ? frame : JSON.stringify(frame)));

function createClient(socket: Socket, first: Buffer): Omit<SocketClient, "head"> {
  const unread: Frame[] = [];
  const controls: number[] = [];
  const events = new EventEmitter<{ control: [opcode: number] }>();
  const waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = [];
  let end: Closed = { code: 1006, reason: "" };
  let bytes = first;

  function read(chunk: Buffer): void {
    bytes = Buffer.concat([bytes, chunk]);
    for (let frame = takeFrame(); frame !== undefined; frame = takeFrame()) {
      const { opcode, payload } = frame;
      if (opcode === 1) give(JSON.parse(payload.toString()) as Frame);
      else {
        controls.push(opcode);
        events.emit("control", opcode);
      }
      if (opcode !== 8) continue;
      end = { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
      socket.end(clientFrame(8, payload.subarray(0, 2)));
    }
  }

  function takeFrame(): { readonly opcode: number; readonly payload: Buffer } | undefined {
    const short = (bytes[1] ?? 0) & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < start) return undefined;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + length) return undefined;
    const opcode = (bytes[0] ?? 0) & 0x0f;
    const payload = bytes.subarray(start, start + length);
    bytes = bytes.subarray(start + length);
    return { opcode, payload };
  }

  function give(frame: Frame): void {
    const next = waiting.shift();
    if (next === undefined) unread.push(frame);
    else next.resolve(frame);
  }

  const closed = new Promise<Closed>((resolve) => {
    socket.on("close", () => {
      for (const { reject } of waiting) reject(new Error(`closed: ${end.code} ${end.reason}`));
      resolve(end);
    });
  });
  socket.removeAllListeners("error").on("error", () => undefined);
  socket.on("data", read);
  read(Buffer.alloc(0));

  const next = () =>
    new Promise<Frame>((resolve, reject) => {
      const frame = unread.shift();
      if (frame !== undefined) resolve(frame);
      else if (socket.destroyed) reject(new Error(`closed: ${end.code} ${end.reason}`));
      else waiting.push({ resolve, reject });
    });
  const write = (sent: Buffer) => void socket.write(sent);
  const send = (frame: Frame | string) => write(textFrame(frame));
  return {
    next,
    send,
    write,
    unread,
    controls,
    nextControl: async () => (await once(events, "control"))[0] as number,
    closed,
    socket,
    ask(frame) {
      send(frame);
      return next();
    },
  };
}

function parseRefusal(text: string): RefusedUpgrade {
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
  return { status: Number(statusLine.split(" ")[1] ?? 0), headers, text: body.join("\r\n\r\n") };
}
