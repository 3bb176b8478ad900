import { connect } from "node:net";
import { Readable } from "node:stream";
import { createTestLogger } from "@agentos/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_PIECEWISE_BYTES } from "./body-limits.ts";
import { readBytes } from "./read-bytes.ts";
import { type RunningServer, serveOnNode } from "./serve.ts";

const LIMIT = 1_000;
const TOO_LARGE = { code: "INPUT_BODY_TOO_LARGE", limit: LIMIT };
const encode = (text: string) => new TextEncoder().encode(text);

function post(body: string | ReadableStream, headers: Readonly<Record<string, string>> = {}): Request {
  const stream = body instanceof ReadableStream ? { duplex: "half" as const } : {};
  return new Request("http://localhost/", { method: "POST", body, headers, ...stream });
}

async function read(request: Request, limit = LIMIT): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  return bytes.ok ? new TextDecoder().decode(bytes.value) : bytes.fault;
}

/** Pieces of a body, one for each pull, and how many were pulled. */
function pieces(next: (pulled: number) => Uint8Array | undefined) {
  const counter = { pulled: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = next(counter.pulled);
        counter.pulled += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel() {
        counter.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, counter };
}

describe("the bytes of a constructed request", () => {
  it("are taken at the limit and refused above it, whether the length is told or not", async () => {
    const at = "x".repeat(LIMIT);
    for (const headers of [{}, { "content-length": `${LIMIT}` }]) {
      expect(await read(post(at, headers))).toBe(at);
      expect(await read(post(new Blob([at]).stream(), headers))).toBe(at);
      expect(await read(post(`${at}x`, headers))).toEqual(TOO_LARGE);
      expect(await read(post(new Blob([`${at}x`]).stream(), headers))).toEqual(TOO_LARGE);
    }
  });

  it.each([undefined, "10", "0", "-1", "nonsense"])(
    "end at the limit under the length %s, whatever follows",
    async (length) => {
      const { stream, counter } = pieces(() => encode("x".repeat(300)));
      expect(await read(post(stream, length === undefined ? {} : { "content-length": length }))).toEqual(
        TOO_LARGE,
      );
      expect(counter).toEqual({ pulled: 4, isCancelled: true });
    },
  );

  it("are not read at all under a length above the limit", async () => {
    const { stream, counter } = pieces(() => encode("x"));
    expect(await read(post(stream, { "content-length": `${LIMIT + 1}` }))).toEqual(TOO_LARGE);
    expect(counter.pulled).toBe(0);
  });

  it("are copied as they come, so that a body in tiny pieces keeps no object for each", async () => {
    // One buffer for every piece: whoever keeps the pieces ends with the last one many times.
    const shared = new Uint8Array(1);
    const text = encode("0123456789".repeat(10));
    const { stream } = pieces((at) => {
      shared[0] = text[at] ?? 0;
      return at < text.length ? shared : undefined;
    });
    expect(await read(post(stream))).toBe("0123456789".repeat(10));
  });

  it("outgrow the first buffer without a loss", async () => {
    const value = Array.from({ length: 40_000 }, (_, index) => index % 10).join("");
    expect(await read(post(new Blob([value, value]).stream()), 80_000)).toBe(value + value);
  });

  it("are none of a request without a body", async () => {
    expect(await read(new Request("http://localhost/", { method: "POST" }))).toBe("");
  });

  it("are a fault of the client when they break off, and of the server when someone else took them", async () => {
    const { stream } = pieces(() => {
      throw new Error("/etc/secret went away");
    });
    expect(await read(post(stream))).toEqual({ status: 400, detail: "There was an error parsing the body" });
    const taken = post("x");
    await taken.text();
    await expect(readBytes(taken, LIMIT)).rejects.toThrow("was consumed before");
  });
});

describe("the bytes of a request over a socket", () => {
  const servers: RunningServer[] = [];
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** What was read, by request; and what a client gets for the bytes that it writes. */
  async function serve(limit = LIMIT) {
    const bodies: unknown[] = [];
    const fetch = async (request: Request) => {
      bodies.push(await read(request, limit));
      return new Response("read");
    };
    const server = await serveOnNode(fetch, {
      host: "localhost",
      port: 0,
      drainSeconds: 0,
      loopbackOnly: undefined,
      drain: () => Promise.resolve(),
      onClose: async () => undefined,
      logger: createTestLogger(),
    });
    servers.push(server);
    const send = async (headers: readonly string[], body: string, ends = true): Promise<string> => {
      const socket = connect(server.port, "localhost");
      socket.write(["POST / HTTP/1.1", "Host: localhost", ...headers, "", body].join("\r\n"));
      if (ends) socket.end();
      socket.setEncoding("latin1");
      let answer = "";
      for await (const text of socket) answer += String(text);
      return answer;
    };
    return { bodies, send };
  }

  const CLOSE = "Connection: close";
  const chunk = (size: number) => `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`;
  const CHUNKED = "Transfer-Encoding: chunked";

  it("come without a web stream when a small length is told, and are copied as they come otherwise", async () => {
    const toWeb = vi.spyOn(Readable, "toWeb");
    const { bodies, send } = await serve(MAX_PIECEWISE_BYTES + 1);
    const sendSized = async (size: number) => {
      await send([CLOSE, `Content-Length: ${size}`], "x".repeat(size));
      expect(bodies.splice(0)).toEqual(["x".repeat(size)]);
    };
    await sendSized(0);
    await sendSized(MAX_PIECEWISE_BYTES);
    expect(toWeb).not.toHaveBeenCalled();
    await sendSized(MAX_PIECEWISE_BYTES + 1);
    expect(toWeb).toHaveBeenCalledTimes(1);
    await send([CLOSE, CHUNKED], `${chunk(9)}0\r\n\r\n`);
    expect(bodies).toEqual(["x".repeat(9)]);
    expect(toWeb).toHaveBeenCalledTimes(2);
  });

  it("are refused unread when their length is above the limit", async () => {
    const { bodies, send } = await serve();
    await send([CLOSE, "Content-Length: 1001"], "x".repeat(1_001));
    expect(bodies).toEqual([TOO_LARGE]);
  });

  it("are cut at the limit when they come in chunks", async () => {
    const { bodies, send } = await serve();
    await send([CLOSE, CHUNKED], `${chunk(600)}${chunk(400)}0\r\n\r\n`);
    await send([CLOSE, CHUNKED], `${chunk(600)}${chunk(401)}0\r\n\r\n`);
    // No end of the body: the answer does not wait for it.
    await send([CLOSE, CHUNKED], `${chunk(600)}${chunk(600)}`, false);
    expect(bodies).toEqual(["x".repeat(1_000), TOO_LARGE, TOO_LARGE]);
  });

  it("end where the told length says, and what follows is never part of them", async () => {
    const { bodies, send } = await serve();
    const second = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n67";
    const answers = await send(["Content-Length: 5"], `12345${second}`);
    expect(answers.match(/200 OK/g)).toHaveLength(2);
    expect(bodies.splice(0)).toEqual(["12345", "67"]);
    // What is no request ends the connection.
    expect(await send(["Content-Length: 5"], `12345${"x".repeat(5_000)}\r\n\r\n`)).toContain(
      "400 Bad Request",
    );
    expect(bodies).toEqual(["12345"]);
  });

  it.each([
    ["a length beside chunks", ["Content-Length: 5", CHUNKED], `${chunk(2_000)}0\r\n\r\n`],
    ["chunks beside a length", [CHUNKED, "Content-Length: 5"], `${chunk(2_000)}0\r\n\r\n`],
    ["two lengths", ["Content-Length: 5", "Content-Length: 2000"], "x".repeat(2_000)],
    ["a length that is no number", ["Content-Length: 5x"], "x".repeat(2_000)],
  ])("never arrive under %s", async (_, headers, body) => {
    const { bodies, send } = await serve();
    expect(await send(headers, body)).toContain("400 Bad Request");
    expect(bodies).toEqual([]);
  });

  it("that break off before their length are a fault of the client", async () => {
    const { bodies, send } = await serve();
    await send(["Content-Length: 500"], "x".repeat(100));
    await vi.waitFor(() => {
      expect(bodies).toEqual([{ status: 400, detail: "There was an error parsing the body" }]);
    });
  });
});
