/** Attacks of an instance on who calls it, with real sockets. */
import { spawn } from "node:child_process";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { createTestCertificate } from "@agentos/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type CallInstanceOptions, createCallInstance } from "./create-call-instance.ts";
import type { Resolve } from "./resolve-host.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createHttpServer(listener));
/** Writes raw bytes to whoever connects. */
const serveRaw = (write: (socket: Socket) => void) => listen(createTcpServer(write));

function call(endpoint: string, options: CallInstanceOptions = {}) {
  const callInstance = createCallInstance({
    allowedPrivateEndpoints: ["127.0.0.1"],
    timeoutMs: 2_000,
    ...options,
  });
  return callInstance({ endpoint, method: "GET", path: "/authz/policy", token: "a-token" });
}

describe("an instance that answers", () => {
  it("gets the token and is asked once, on a connection of its own", async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      seen.push([request.method, request.url, request.headers.authorization, request.headers.connection]);
      response.setHeader("content-type", "application/json").end('{"mode":"jwt"}');
    });
    const answer = await call(`http://127.0.0.1:${port}/os`);
    expect(answer).toEqual({ kind: "answered", status: 200, body: { mode: "jwt" } });
    expect(seen).toEqual([["GET", "/os/authz/policy", "Bearer a-token", "close"]]);
  });

  it("gets the body of a revocation as JSON", async () => {
    let body = "";
    const port = await serve((request, response) => {
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => response.writeHead(202, { "content-type": "application/json" }).end("{}"));
    });
    const callInstance = createCallInstance({ allowedPrivateEndpoints: [`127.0.0.1:${port}`] });
    const answer = await callInstance({
      endpoint: `http://127.0.0.1:${port}`,
      method: "POST",
      path: "/authz/revocations",
      token: "a-token",
      body: { kind: "sid", value: "é" },
    });
    expect(answer).toEqual({ kind: "answered", status: 202, body: {} });
    expect(JSON.parse(body)).toEqual({ kind: "sid", value: "é" });
  });

  it("may refuse in any form: its status counts", async () => {
    const port = await serve((_, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>no</h1>"),
    );
    expect(await call(`http://127.0.0.1:${port}`)).toEqual({
      kind: "answered",
      status: 404,
      body: undefined,
    });
  });
});

describe("an address that may not be called", () => {
  it.each([
    "http://127.0.0.1",
    "http://169.254.169.254",
    "http://10.0.0.1",
    "http://192.168.0.1",
    "http://0.0.0.0",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[64:ff9b::7f00:1]",
    "http://localhost",
  ])("gets nothing: %s", async (host) => {
    let connections = 0;
    const port = await serveRaw(() => {
      connections += 1;
    });
    expect(await call(`${host}:${port}`, { allowedPrivateEndpoints: [] })).toEqual({
      kind: "address-refused",
    });
    expect(connections).toBe(0);
  });

  it("is refused on a port that the operator has not listed", async () => {
    const port = await serve((_, response) => response.end("{}"));
    const allowedPrivateEndpoints = [`127.0.0.1:${port + 1}`];
    expect(await call(`http://127.0.0.1:${port}`, { allowedPrivateEndpoints })).toEqual({
      kind: "address-refused",
    });
  });
});

describe("a name that leads inside", () => {
  const resolveTo =
    (...addresses: readonly string[]): Resolve =>
    (_, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );

  it.each([
    ["loopback", ["127.0.0.1"]],
    ["the metadata service", ["169.254.169.254"]],
    ["a mapped address", ["::ffff:10.0.0.1"]],
    ["an outer address and an inner one", ["93.184.215.14", "127.0.0.1"]],
  ])("gets nothing: %s", async (_, addresses) => {
    let connections = 0;
    const port = await serveRaw(() => {
      connections += 1;
    });
    const resolve = resolveTo(...addresses);
    expect(await call(`http://os.example:${port}`, { resolve })).toEqual({ kind: "address-refused" });
    expect(connections).toBe(0);
  });

  it("gains nothing by answering another way the second time: what was judged is what is connected to", async () => {
    let asked = 0;
    const resolve: Resolve = (_, done) => {
      asked += 1;
      done(null, [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }]);
    };
    const port = await serve((_, response) =>
      response.setHeader("content-type", "application/json").end('{"asked":1}'),
    );
    const allowedPrivateEndpoints = ["os.example"];
    expect(await call(`http://os.example:${port}`, { resolve, allowedPrivateEndpoints })).toMatchObject({
      kind: "answered",
    });
    expect(asked).toBe(1);
  });

  it("that the operator has listed may lead to one's own network, and not to the metadata service", async () => {
    const options = { allowedPrivateEndpoints: ["os.example"], resolve: resolveTo("169.254.169.254") };
    expect(await call("http://os.example", options)).toEqual({ kind: "address-refused" });
  });

  it("that does not exist is said to be so", async () => {
    const resolve: Resolve = (_, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []);
    expect(await call("http://os.example", { resolve })).toEqual({
      kind: "unreachable",
      reason: "the host name cannot be resolved",
    });
  });

  it("that is never resolved is given up in time", async () => {
    expect(await call("http://os.example", { resolve: () => undefined, timeoutMs: 100 })).toEqual({
      kind: "unreachable",
      reason: "it did not answer within 0.1 seconds",
    });
  });
});

describe("a hostile answer", () => {
  const unreachable = (reason: string): unknown =>
    expect.objectContaining({ kind: "unreachable", reason: expect.stringContaining(reason) as string });

  it.each([301, 302, 303, 307, 308])("is not followed anywhere: %i", async (status) => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked += 1;
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable(`a redirect (${status})`));
    expect(asked).toBe(1);
  });

  it("that is huge is cut at its first byte too many", async () => {
    let written = 0;
    const port = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const write = () => {
        while (!response.destroyed && response.write(" ".repeat(16_384))) written += 16_384;
      };
      response.on("drain", write);
      write();
    });
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable("larger than 64 KiB"));
    expect(written).toBeLessThan(50_000_000);
  });

  it("of exactly as much as is read is read", async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(`"${"x".repeat(65_534)}"`),
    );
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject({ kind: "answered", status: 200 });
  });

  it("that never ends is given up in time", async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write("{");
    });
    expect(await call(`http://127.0.0.1:${port}`, { timeoutMs: 200 })).toEqual(
      unreachable("within 0.2 seconds"),
    );
  });

  it("that never begins is given up in time", async () => {
    const port = await serveRaw(() => undefined);
    expect(await call(`http://127.0.0.1:${port}`, { timeoutMs: 200 })).toEqual(
      unreachable("within 0.2 seconds"),
    );
  });

  it("with headers without end is cut", async () => {
    const port = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const write = () => {
        while (!socket.destroyed && socket.write(`x-a: ${"a".repeat(1_000)}\r\n`));
      };
      socket.on("drain", write);
      write();
    });
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable("16 KiB of headers"));
  });

  it("that is compressed is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const port = await serve((_, response) =>
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb),
    );
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable("compressed"));
  });

  it.each([
    ["of another type", "text/html", "{}"],
    ["of a type that begins alike", "application/jsonp", "{}"],
    ["of no type", undefined, "{}"],
    ["that is no JSON", "application/json", "<html>"],
    ["that is empty", "application/json", ""],
  ])("is none of an AgentOS: %s", async (_, type, text) => {
    const port = await serve((_request, response) => {
      response.writeHead(200, type === undefined ? {} : { "content-type": type }).end(text);
    });
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable("no AgentOS"));
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n", "does not speak HTTP"],
    [
      "half an answer",
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
      "cut",
    ],
    ["nothing", "", "cut"],
  ])("is described in our own words: %s", async (_, bytes, words) => {
    const port = await serveRaw((socket) => {
      socket.once("data", () => socket.end(bytes));
    });
    expect(await call(`http://127.0.0.1:${port}`)).toEqual(unreachable(words));
  });

  it("that changes the protocol is none, and its connection ends at once", async () => {
    const closed = Promise.withResolvers<void>();
    const port = await serveRaw((socket) => {
      socket.once("close", () => closed.resolve()).resume();
      socket.once("data", () =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
      );
    });
    // Longer than the test may take: it is not the end of the call that closes it.
    const answer = await call(`http://127.0.0.1:${port}`, { timeoutMs: 60_000 });
    expect(answer).toEqual(unreachable("another protocol"));
    await closed.promise;
  });

  it("over TLS with no certificate that anybody knows gets no token", async () => {
    let asked = 0;
    const { certificate, privateKey } = createTestCertificate();
    const port = await listen(
      createHttpsServer({ cert: certificate, key: privateKey }, (_, response) => {
        asked += 1;
        response.end("{}");
      }),
    );
    expect(await call(`https://127.0.0.1:${port}`)).toEqual(unreachable("certificate"));
    expect(asked).toBe(0);
  });

  it("in plain where TLS is expected is said to be so", async () => {
    const port = await serve((_, response) => response.end("{}"));
    expect(await call(`https://127.0.0.1:${port}`)).toEqual(unreachable("TLS"));
  });
});

it("asks no proxy that the environment names", async () => {
  let asked = 0;
  const proxy = await serve((_, response) => {
    asked += 1;
    response.end("{}");
  });
  const port = await serve((_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end("{}"),
  );
  const module = `
    import { createCallInstance } from "./create-call-instance.ts";
    const call = createCallInstance({ allowedPrivateEndpoints: ["127.0.0.1"] });
    const endpoint = "http://127.0.0.1:${port}";
    console.log((await call({ endpoint, method: "GET", path: "/authz/policy", token: "t" })).kind);
  `;
  const child = spawn(
    process.execPath,
    ["--conditions=@agentos/source", "--input-type=module-typescript", "-e", module],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_USE_ENV_PROXY: "1", http_proxy: `http://127.0.0.1:${proxy}`, no_proxy: "" },
    },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(output.trim()).toBe("answered");
  expect(asked).toBe(0);
});
