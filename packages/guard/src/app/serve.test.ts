import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { createFault } from "@agentos/contract";
import { createTestLogger } from "@agentos/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../config/configuration-error.ts";
import { type RunningServer, serveOnNode } from "./serve.ts";

type Fetch = Parameters<typeof serveOnNode>[0];
type Options = Parameters<typeof serveOnNode>[1];

const opened: RunningServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

const ok: Fetch = () => new Response("ok");

async function serve(fetch: Fetch = ok, options: Partial<Options> = {}): Promise<RunningServer> {
  const server = await serveOnNode(fetch, {
    host: "127.0.0.1",
    port: 0,
    drainSeconds: 5,
    loopbackOnly: undefined,
    drain: async () => undefined,
    onClose: async () => undefined,
    logger: createTestLogger(),
    ...options,
  });
  opened.push(server);
  return server;
}

const faultsOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ConfigurationError ? error.faults.map(({ code }) => code) : error;
};

/** Sends bytes as they are, and gives everything that comes back. */
function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}

const withResolvers = () => Promise.withResolvers<undefined>();

describe("where it listens", () => {
  it("takes a free port for 0, and says which", async () => {
    const server = await serve();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await (await fetch(server.url)).text()).toBe("ok");
  });

  it("names the port that is in use", async () => {
    const { port } = await serve();
    const second = serve(ok, { port });
    expect(await faultsOf(second)).toEqual(["CONFIG_PORT_IN_USE"]);
    await expect(second).rejects.toThrow(`port ${port} is in use`);
  });

  it.each(["CONFIG_OPEN_BEYOND_LOOPBACK", "CONFIG_UNVERIFIED_BEYOND_LOOPBACK"] as const)(
    "stops with %s beyond loopback, and listens on it",
    async (code) => {
      const loopbackOnly = createFault({ code, facts: { reach: "…" } });
      for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.test", "127.0.0.1.example.test"])
        expect(await faultsOf(serve(ok, { host, loopbackOnly }))).toEqual([code]);
      for (const host of ["127.0.0.1", "localhost"]) await serve(ok, { host, loopbackOnly });
    },
  );

  it("listens anywhere when nothing limits it, under an address that a browser accepts", async () => {
    const server = await serve(ok, { host: "0.0.0.0" });
    expect(server.url).toBe(`http://localhost:${server.port}`);
  });
});

describe("requests that no handler should see", () => {
  it("answers a target with user information with 400", async () => {
    const handler = vi.fn<Fetch>(ok);
    const { port } = await serve(handler);
    const head = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(port, `GET http://user:pass@127.0.0.1:${port}/ ${head}`)).toMatch(
      /^HTTP\/1\.1 400 [^]*\{"detail":"Bad Request: the target's host is not one host name with an optional port"\}$/,
    );
    expect(handler).not.toHaveBeenCalled();
    expect(await sendRaw(port, `GET /a@b ${head}`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(handler).toHaveBeenCalledOnce();
  });

  it("answers what is no HTTP with 400, and headers without end with 431, as JSON", async () => {
    const { port } = await serve();
    expect(await sendRaw(port, "HELLO\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [^]*\{"detail":"Bad Request"\}$/);
    const huge = `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${"a".repeat(100_000)}\r\n\r\n`;
    expect(await sendRaw(port, huge)).toMatch(
      /^HTTP\/1\.1 431 [^]*\{"detail":"Request Header Fields Too Large"\}$/,
    );
  });

  it("reads headers large enough for a token whose refusal we explain", async () => {
    const { url } = await serve(
      (request) => new Response(String(request.headers.get("authorization")?.length)),
    );
    const response = await fetch(url, { headers: { authorization: "x".repeat(90_000) } });
    expect(await response.text()).toBe("90000");
  });
});

describe("what the handler gets", () => {
  it("is the request with what is encoded left so, both of two headers, and the socket", async () => {
    const { port } = await serve((request, env) => {
      const { incoming } = env as { incoming: IncomingMessage };
      return Response.json([
        request.url,
        request.headers.get("authorization"),
        incoming.socket.remoteAddress,
      ]);
    });
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: ["Bearer a", "Bearer b"] } as object as OutgoingHttpHeaders;
      const request = httpRequest({ port, host: "127.0.0.1", path: "/a%2Fb//c%3f", headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve(text));
      });
      request.on("error", reject).end();
    });
    expect(JSON.parse(body)).toEqual([
      expect.stringMatching(/\/a%2Fb\/\/c%3f$/),
      "Bearer a, Bearer b",
      "127.0.0.1",
    ]);
  });
});

describe("close", () => {
  it("takes no new connections and tells when it is done", async () => {
    const onClose = vi.fn<() => Promise<void>>(async () => undefined);
    const server = await serve(ok, { onClose });
    await (await fetch(server.url)).text();
    await server.close();
    expect(onClose).toHaveBeenCalledOnce();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("waits for no connection that a browser keeps, or has opened ahead of need", {
    timeout: 5_000,
  }, async () => {
    const server = await serve(ok);
    const unused = connect(server.port, "127.0.0.1");
    const kept = connect(server.port, "127.0.0.1");
    await Promise.all([once(unused, "connect"), once(kept, "connect")]);
    kept.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    await once(kept, "data");
    const ended = Promise.all(
      [unused, kept].map((socket) => once(socket.on("error", () => {}).resume(), "close")),
    );
    const startedAt = performance.now();
    await server.close();
    await ended;
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it("closes once, however often it is asked", async () => {
    const onClose = vi.fn<() => Promise<void>>(async () => undefined);
    const server = await serve(ok, { onClose });
    expect(server.close()).toBe(server.close());
    await server.close();
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("waits for a stream, and for the runs behind it", async () => {
    const drained = withResolvers();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
        own.enqueue(Buffer.from("first "));
      },
    });
    const server = await serve(() => new Response(stream), { drain: () => drained.promise });
    const response = await fetch(server.url);
    const text = response.text();
    let isClosed = false;
    const closed = server.close().then(() => (isClosed = true));
    await expect(fetch(server.url)).rejects.toThrow();
    controller?.enqueue(Buffer.from("second "));
    expect(isClosed).toBe(false);
    controller?.enqueue(Buffer.from("last"));
    controller?.close();
    expect(await text).toBe("first second last");
    drained.resolve(undefined);
    await closed;
  });

  it("waits for a handler that is no run, longer than a moment", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const entered = withResolvers();
    const released = withResolvers();
    const server = await serve(async () => {
      entered.resolve(undefined);
      await released.promise;
      return new Response("slow");
    });
    const response = fetch(server.url);
    await entered.promise;
    const closed = server.close();
    await vi.advanceTimersByTimeAsync(4_000);
    // The HTTP adapter and the client have timers of their own.
    vi.useRealTimers();
    released.resolve(undefined);
    expect(await (await response).text()).toBe("slow");
    await closed;
  });

  it("cuts off what has not ended when the wait is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const entered = withResolvers();
    const server = await serve(() => {
      entered.resolve(undefined);
      return new Promise<Response>(() => undefined);
    });
    const response = fetch(server.url).catch(() => "cut off");
    await entered.promise;
    const closed = server.close();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await response).toBe("cut off");
    await closed;
  });

  it("tells the runs when their time is over", async () => {
    let signal: AbortSignal | undefined;
    const server = await serve(ok, {
      drainSeconds: 0,
      drain: (given) => {
        signal = given;
        return new Promise((resolve) => given.addEventListener("abort", () => resolve()));
      },
    });
    await server.close();
    expect(signal?.aborted).toBe(true);
  });
});
