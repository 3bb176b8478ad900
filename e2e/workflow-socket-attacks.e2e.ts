// What strangers try at a WebSocket: pages of other origins, floods, frames without end, clients that do not read or are
// not there, and upgrades where there is nothing to upgrade. Each limit has a twin that stays within it.
import type { AgentOSOptions } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey, withClaims } from "@agentos/testkit";
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { expectRefusal } from "./support/expect-refusal.ts";
import { bearer, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";
import {
  type Closed,
  clientFrame,
  closeSockets,
  openSocket,
  type RefusedUpgrade,
  SOCKET_PATH,
  type SocketClient,
  textFrame,
  upgrade,
} from "./support/socket.ts";

const clock = stopClock();
const agent = createCountingAgent("web-agent");
const PING = { action: "ping" };
let key: TestKey;
let jwt: Served;
let open: Served;

beforeAll(async () => {
  key = await createTestKey("ES256");
  jwt = await serveJwt();
  open = await serve({ agents: [agent.agent] });
});
afterEach(closeSockets);

const serveJwt = (more: Partial<AgentOSOptions> = {}) =>
  serve({
    ...more,
    id: "agent-os",
    agents: [agent.agent],
    authorization: true,
    cors: { allowedOrigins: ["https://app.test"] },
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
const tokenOf = (claims: Readonly<Record<string, unknown>> = {}) =>
  signToken(withClaims(goodToken({ key, now: clock.now(), scopes: ["workflows:run"] }), claims));

async function enter(served: Served): Promise<SocketClient> {
  const client = await openSocket(served.port);
  await client.ask({ action: "authenticate", token: await tokenOf() });
  await client.next();
  return client;
}

/** How a connection ended that the server reads no more: so that nobody waits for what its client says to that. */
async function cutOff({ controls, closed }: SocketClient): Promise<Closed> {
  await expect.poll(() => controls).toContain(8);
  clock.advance(3);
  return closed;
}

function refused(answer: SocketClient | RefusedUpgrade): RefusedUpgrade {
  if (!("status" in answer)) throw new Error("the connection was opened");
  return answer;
}
const asAnswer = (answer: SocketClient | RefusedUpgrade) => ({ ...refused(answer), rawHeaders: [] });

describe("the origin of a page", () => {
  const at = (origin: string) => ({ headers: { host: "os.test", origin } });

  test("is none for a program, one that is allowed, or that of the server itself", async () => {
    for (const headers of [{}, at("https://app.test").headers, at("https://os.test").headers]) {
      const client = await openSocket(jwt.port, headers);
      expect(client.greeting).toMatchObject({ event: "connected" });
    }
  });

  test.each([
    ["https://evil.test", "AUTH_SOCKET_ORIGIN_REFUSED"],
    ["https://app.test.evil.test", "AUTH_SOCKET_ORIGIN_REFUSED"],
    ["http://app.test", "AUTH_SOCKET_ORIGIN_REFUSED"],
    ["https://os.test:8443", "AUTH_SOCKET_ORIGIN_REFUSED"],
    ["chrome-extension://abcdef", "AUTH_SOCKET_ORIGIN_REFUSED"],
    ["null", "AUTH_SOCKET_ORIGIN_OPAQUE"],
  ] as const)("%s is refused at the upgrade, with its cause recorded", async (origin, code) => {
    await expectRefusal(jwt, asAnswer(await upgrade(jwt.port, at(origin))), code);
  });

  test("that is no origin is no request", async () => {
    const answer = refused(await upgrade(jwt.port, at("https://app.test https://evil.test")));
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"detail":"Bad Request: the Origin header is no origin"}',
    ]);
  });

  test("of another site is refused where nobody needs a credential, as is a proxy and another name", async () => {
    const refuse = async (headers: Readonly<Record<string, string>>) =>
      asAnswer(await upgrade(open.port, { headers }));
    await expectRefusal(open, await refuse({ origin: "https://evil.test" }), "AUTH_ORIGIN_NOT_ALLOWED");
    await expectRefusal(open, await refuse({ origin: "null" }), "AUTH_ORIGIN_OPAQUE");
    await expectRefusal(open, await refuse({ via: "1.1 proxy" }), "AUTH_PROXY_NOT_ALLOWED");
    await expectRefusal(open, await refuse({ host: "rebound.test" }), "AUTH_HOST_NOT_ALLOWED");
    expect((await openSocket(open.port, { origin: `http://127.0.0.1:${open.port}` })).greeting).toMatchObject(
      {
        requires_auth: false,
      },
    );
  });
});

describe("an upgrade", () => {
  test.each([
    ["/agents", 401],
    ["/health", 200],
    ["/workflows", 401],
    ["/workflows/w1", 401],
    ["/workflows/ws/x", 401],
    ["/", 200],
  ])("of %s is never made: the request is answered as any other", async (path, status) => {
    expect(refused(await upgrade(jwt.port, { path, headers: { connection: "Upgrade, close" } })).status).toBe(
      status,
    );
  });

  test.each([
    ["h2c", { upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" }],
    ["another protocol", { upgrade: "tls/1.0" }],
  ])("to %s is never made", async (_, headers) => {
    const answer = refused(
      await upgrade(jwt.port, { headers: { ...headers, connection: "Upgrade, close" } }),
    );
    expect(answer.status).toBe(401);
  });

  test("of another method is never made", async () => {
    for (const method of ["POST", "PUT", "OPTIONS"]) {
      const answer = refused(
        await upgrade(jwt.port, { method, headers: { connection: "Upgrade, close", "content-length": "0" } }),
      );
      expect([method, answer.status]).not.toEqual([method, 101]);
    }
  });

  test("hides no second request: what stands behind it is answered, or not run at all", async () => {
    const path = "/health";
    const headers = { connection: "Upgrade, close" };
    const second = `GET /agents HTTP/1.1\r\nHost: 127.0.0.1:${open.port}\r\nConnection: close\r\n\r\n`;
    const before = agent.uses();
    const answer = refused(await upgrade(open.port, { path, headers, body: second }));
    expect([answer.status, agent.uses() - before]).toEqual([200, 0]);
    expect(JSON.parse(answer.text)).toMatchObject({ status: "ok" });
    // Twin: the second alone.
    await send(open.port, { path: "/agents" });
    expect(agent.uses()).toBeGreaterThan(before);
  });

  test("of HTTP/1.0 is never made", async () => {
    const answer = refused(await upgrade(jwt.port, { version: "1.0" }));
    expect(answer.status).not.toBe(101);
  });

  test("chooses no subprotocol: a token that is put there is not said back", async () => {
    const token = await tokenOf();
    const client = await upgrade(jwt.port, { headers: { "sec-websocket-protocol": `${token}, chat` } });
    if ("status" in client) throw new Error(client.text);
    expect(client.head).toMatch(/^HTTP\/1\.1 101 /);
    expect(client.head.toLowerCase()).not.toContain("sec-websocket-protocol");
  });

  test("with a body is no request, whoever has it end where", async () => {
    for (const headers of [{ "content-length": "5" }, { "transfer-encoding": "chunked" }]) {
      const answer = refused(await upgrade(jwt.port, { headers, body: "hello" }));
      expect([answer.status, answer.text]).toEqual([400, '{"detail":"Bad Request: an upgrade has no body"}']);
    }
  });

  test("whose upgrade a proxy has taken away says so, and is no way around the scopes of its path", async () => {
    const lost = { upgrade: "", connection: "close" };
    const answer = refused(await upgrade(jwt.port, { headers: lost }));
    expect(answer).toMatchObject({ status: 426, headers: { upgrade: "websocket" } });
    expect(JSON.parse(answer.text)).toMatchObject({ fix: expect.stringContaining('"Upgrade"') as unknown });
    const ordinary = { ...lost, "sec-websocket-key": "" };
    expect(refused(await upgrade(jwt.port, { headers: ordinary })).status).toBe(401);
    expect(refused(await upgrade(jwt.port, { path: "/workflows/other", headers: lost })).status).toBe(401);
    expect(refused(await upgrade(jwt.port, { method: "POST", headers: lost })).status).toBe(401);
  });

  test("without a key, of another version, or with two hosts is refused", async () => {
    for (const headers of [{ "sec-websocket-key": "" }, { "sec-websocket-version": "7" }])
      expect(refused(await upgrade(jwt.port, { headers })).status).toBeGreaterThanOrEqual(400);
    const answer = refused(await upgrade(jwt.port, { headers: { Host: "other.test" } }));
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"detail":"Bad Request: there is more than one Host header"}',
    ]);
  });

  test("leaves a token in its query unread, and out of the log", async () => {
    const token = await tokenOf();
    const client = await upgrade(jwt.port, { path: `${SOCKET_PATH}?token=${token}&access_token=${token}` });
    if ("status" in client) throw new Error(client.text);
    expect(await client.next()).toMatchObject({ requires_auth: true });
    expect(await client.ask(PING)).toMatchObject({ event: "auth_required" });
    const foreign = { host: "os.test", origin: "https://evil.test" };
    refused(await upgrade(jwt.port, { path: `${SOCKET_PATH}?token=${token}`, headers: foreign }));
    const { records } = await (await jwt.os.denials()).list({ kind: "all" }, { limit: 100 });
    const all = JSON.stringify([records, jwt.logLines]);
    for (const part of token.split(".")) expect(all).not.toContain(part);
  });

  test("with an address longer than a request may have is refused", async () => {
    const answer = refused(await upgrade(jwt.port, { path: `${SOCKET_PATH}?${"x".repeat(5_000)}` }));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      414,
      expect.objectContaining({ code: "INPUT_TARGET_TOO_LONG" }),
    ]);
  });
});

describe("before authentication", () => {
  const wrong = textFrame({ action: "authenticate", token: "x" });

  test("five failures in a row end the connection, and four do not", async () => {
    const client = await openSocket(jwt.port);
    client.write(Buffer.concat(Array.from({ length: 5 }, () => wrong)));
    expect(await client.closed).toEqual({ code: 1008, reason: "too many failed attempts to authenticate" });
    expect(client.unread).toHaveLength(5);

    const other = await openSocket(jwt.port);
    other.write(Buffer.concat(Array.from({ length: 4 }, () => wrong)));
    other.send({ action: "authenticate", token: await tokenOf() });
    for (let frames = 0; frames < 5; frames += 1) await other.next();
    expect(await other.next()).toMatchObject({ user_id: "alice" });
  });

  test("twenty other frames end it, and nineteen do not", async () => {
    const ping = textFrame(PING);
    const client = await openSocket(jwt.port);
    client.write(Buffer.concat(Array.from({ length: 20 }, () => ping)));
    expect((await client.closed).reason).toBe("too many frames without authentication");

    const other = await openSocket(jwt.port);
    other.write(Buffer.concat(Array.from({ length: 19 }, () => ping)));
    other.send({ action: "authenticate", token: await tokenOf() });
    await expect.poll(() => other.unread.at(-1)).toMatchObject({ user_id: "alice" });
  });

  test("a flood ends it, and is answered within bounds", async () => {
    const client = await openSocket(jwt.port);
    client.write(Buffer.concat(Array.from({ length: 50_000 }, () => wrong)));
    expect((await cutOff(client)).code).toBe(1008);
    expect(client.unread.length).toBeLessThanOrEqual(5);
    expect((await enter(jwt)).controls).toEqual([]);
  });

  test("it stays for thirty seconds, whatever is asked meanwhile", async () => {
    const client = await openSocket(jwt.port);
    clock.advance(28);
    expect(await client.ask(PING)).toMatchObject({ event: "auth_required" });
    clock.advance(3);
    expect(await client.closed).toEqual({ code: 1008, reason: "not authenticated in time" });
  });

  test("by a clock that nobody sets: an hour back keeps no stranger", async () => {
    const client = await openSocket(jwt.port);
    vi.setSystemTime((clock.now() - 3_600) * 1_000);
    onTestFinished(() => void vi.setSystemTime(clock.now() * 1_000));
    clock.advance(31);
    expect(await client.closed).toEqual({ code: 1008, reason: "not authenticated in time" });
  });

  test("it may send 128 KiB, whole frames or not, and more once it is let in", async () => {
    const part = clientFrame(1, Buffer.alloc(200_000, 32)).subarray(0, 140_000);
    const client = await openSocket(jwt.port);
    client.write(part);
    expect(await cutOff(client)).toEqual({ code: 1009, reason: "too many bytes without authentication" });

    const other = await openSocket(jwt.port);
    other.write(textFrame({ action: "authenticate", token: "x".repeat(100_000) }));
    expect(await other.next()).toMatchObject({ event: "auth_error" });
    const known = await enter(jwt);
    expect(await known.ask(JSON.stringify(PING) + " ".repeat(200_000))).toEqual({ event: "pong" });
  });

  test("it makes way where many others wait too, from whatever addresses", async () => {
    const served = await serveJwt({ trustedProxies: ["127.0.0.1"] });
    const from = (n: number) => ({ "x-forwarded-for": `10.0.${n >> 8}.${n & 255}` });
    const known = await openSocket(served.port, from(0));
    await known.ask({ action: "authenticate", token: await tokenOf() });
    const oldest = await openSocket(served.port, from(1));
    for (let n = 2; n <= 250; n += 1) await openSocket(served.port, from(n));
    expect(await oldest.ask(PING)).toMatchObject({ event: "auth_required" });
    await openSocket(served.port, from(251));
    expect(await oldest.closed).toEqual({ code: 1013, reason: "too many connections are not authenticated" });
    expect(known.socket.destroyed).toBe(false);
  });

  test("a connection that was let in stays longer", async () => {
    const client = await enter(jwt);
    clock.advance(40);
    expect(await client.ask(PING)).toEqual({ event: "pong" });
  });
});

describe("a frame", () => {
  test.each([
    ["no JSON", textFrame("authenticate")],
    ["a list", textFrame("[]")],
    ["null", textFrame("null")],
    ["deep beyond reason", textFrame("[".repeat(200_000))],
    ["a text that is no UTF-8", clientFrame(1, Buffer.from([0xff, 0xfe]))],
  ])("of %s ends the connection without a reply", async (_, bytes) => {
    const client = await enter(jwt);
    client.write(bytes);
    expect((await client.closed).code).toBe(1007);
    expect(client.unread).toEqual([]);
  });

  test("of bytes ends it", async () => {
    const client = await enter(jwt);
    client.write(clientFrame(2, Buffer.from("{}")));
    expect((await client.closed).code).toBe(1003);
  });

  test("of 10 MB ends it, at its length and not at its end", async () => {
    const client = await openSocket(jwt.port);
    client.write(clientFrame(1, Buffer.alloc(10_000_000, 32)).subarray(0, 1_000));
    expect((await client.closed).code).toBe(1009);
  });

  test("of 256 KB is read, and one byte more is not", async () => {
    const pad = (bytes: number) => {
      const frame = JSON.stringify(PING);
      return clientFrame(1, Buffer.from(frame + " ".repeat(bytes - frame.length)));
    };
    const client = await enter(jwt);
    client.write(pad(262_144));
    expect(await client.next()).toEqual({ event: "pong" });
    client.write(pad(262_145));
    expect((await client.closed).code).toBe(1009);
  });

  test("in fragments is one frame, and one without end is none", async () => {
    const client = await enter(jwt);
    const [first, second] = ['{"action":', '"ping"}'].map((part) => Buffer.from(part));
    client.write(clientFrame(1, first ?? Buffer.alloc(0), false));
    client.write(clientFrame(0, second ?? Buffer.alloc(0)));
    expect(await client.next()).toEqual({ event: "pong" });

    for (const piece of [Buffer.alloc(0), Buffer.from("x")]) {
      const endless = await enter(jwt);
      endless.write(clientFrame(1, piece, false));
      endless.write(Buffer.concat(Array.from({ length: 300 }, () => clientFrame(0, piece, false))));
      expect((await endless.closed).code).toBeOneOf([1008, 1009]);
    }
    const large = await enter(jwt);
    large.write(clientFrame(1, Buffer.alloc(200_000, 32), false));
    large.write(clientFrame(0, Buffer.alloc(200_000, 32), false));
    expect((await large.closed).code).toBe(1009);
  });

  test("that breaks the protocol ends it: without a mask, reserved, a large ping", async () => {
    for (const bytes of [
      Buffer.from([0x81, 0x02, 0x7b, 0x7d]),
      Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
      clientFrame(9, Buffer.alloc(126)),
    ]) {
      const client = await openSocket(jwt.port);
      client.write(bytes);
      expect((await client.closed).code).toBe(1002);
    }
  });

  test("may come with many others: each has its turn, and so has whoever else asks", async () => {
    const client = await enter(jwt);
    client.write(Buffer.concat(Array.from({ length: 2_000 }, () => textFrame({ action: "fly" }))));
    await client.next();
    expect((await send(jwt.port, { path: "/health" })).status).toBe(200);
    await expect.poll(() => client.unread.length, { timeout: 15_000 }).toBe(1_999);
    expect(client.socket.destroyed).toBe(false);
  });
});

describe("a client", () => {
  test("that does not read is not waited for", async () => {
    const client = await enter(jwt);
    client.socket.pause();
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => textFrame({ action: "x".repeat(200) })));
    // Each answer says the name; what a system takes in between is some megabytes.
    for (let round = 0; round < 40 && !client.socket.destroyed; round += 1)
      await new Promise((resolve) => client.socket.write(many, resolve));
    client.socket.resume();
    expect((await client.closed).code).toBe(1006);
  });

  test("that floods it with pings or pongs is ended, and few of them are answered", async () => {
    for (const opcode of [9, 10]) {
      const control = clientFrame(opcode, Buffer.from("now"));
      const client = await openSocket(jwt.port);
      client.write(Buffer.concat(Array.from({ length: 20_000 }, () => control)));
      expect(await cutOff(client)).toEqual({ code: 1008, reason: "too many pings or pongs" });
      // The count begins anew each second: one may end while they come.
      const answered = client.controls.filter((kind) => kind === 10).length;
      const [least, most] = opcode === 9 ? [50, 100] : [0, 0];
      expect(answered).toBeGreaterThanOrEqual(least);
      expect(answered).toBeLessThanOrEqual(most);
      // Twin: as many as one may send at once.
      const other = await openSocket(jwt.port);
      other.write(Buffer.concat(Array.from({ length: 40 }, () => control)));
      expect(await other.ask(PING)).toMatchObject({ event: "auth_required" });
    }
  });

  test("that answers pings stays, and one that does not is dropped", async () => {
    const client = await enter(jwt);
    const silent = await enter(jwt);
    clock.advance(31);
    expect(await Promise.all([client.nextControl(), silent.nextControl()])).toEqual([9, 9]);
    client.write(clientFrame(10, Buffer.alloc(0)));
    expect(await client.ask(PING)).toEqual({ event: "pong" });
    clock.advance(31);
    expect((await silent.closed).code).toBe(1006);
    expect(await client.ask(PING)).toEqual({ event: "pong" });
  });

  test("that ends its half of the connection loses the other", async () => {
    const client = await openSocket(jwt.port);
    client.socket.end();
    expect((await client.closed).code).toBe(1006);
  });

  test("has a hundred connections, and those of others count apart", async () => {
    const served = await serveJwt();
    for (let count = 0; count < 100; count += 1) await enter(served);
    const client = await openSocket(served.port);
    expect(await client.ask({ action: "authenticate", token: await tokenOf() })).toMatchObject({
      event: "auth_error",
      error: "Too many open WebSockets",
      code: "RUN_CALLER_SOCKETS",
    });
    expect((await client.closed).code).toBe(1008);
    const bob = await openSocket(served.port);
    expect(await bob.ask({ action: "authenticate", token: await tokenOf({ sub: "bob" }) })).toMatchObject({
      event: "authenticated",
    });
    expect(served.logLines.filter((line) => line.includes("RUN_CALLER_SOCKETS"))).toHaveLength(1);
  });

  test("waits for authentication on twenty connections, and on one more once another is gone", async () => {
    const served = await serveJwt();
    const clients = [];
    while (clients.length < 20) clients.push(await openSocket(served.port));
    const full = refused(await upgrade(served.port));
    expect([full.status, full.headers["retry-after"], JSON.parse(full.text)]).toEqual([
      429,
      "5",
      expect.objectContaining({ code: "RUN_ADDRESS_SOCKETS", detail: expect.any(String) as unknown }),
    ]);
    // Only where a proxy may stand before them the log has a word about it.
    const aboutProxies = () => served.logLines.filter((line) => line.includes("trustedProxies"));
    expect(aboutProxies()).toEqual([]);
    for (let attempt = 0; attempt < 3; attempt += 1)
      refused(await upgrade(served.port, { headers: { "x-forwarded-for": "203.0.113.9" } }));
    expect(aboutProxies()).toEqual([expect.stringContaining('"peer":"127.0.0.1"')]);
    // Requests are not counted with them.
    expect((await send(served.port, { path: "/agents", headers: bearer(await tokenOf()) })).status).toBe(403);
    clients[0]?.send("end");
    await clients[0]?.closed;
    await expect.poll(async () => "status" in (await upgrade(served.port))).toBe(false);
  });
});

describe("the server", () => {
  test("ends connections when it closes, and does not wait for clients that say nothing", async () => {
    const served = await serveJwt();
    const client = await enter(served);
    const deaf = await enter(served);
    deaf.socket.pause();
    await stop(served);
    expect(await client.closed).toEqual({ code: 1001, reason: "the server is closing" });
  });

  test("ends connections of a policy that is replaced", async () => {
    const served = await serveJwt();
    const client = await enter(served);
    const other = await createTestKey("ES256");
    await served.os.replacePolicy({
      authorization: true,
      authorizationConfig: { verificationKeys: [other.verificationKey] },
    });
    expect(await client.closed).toEqual({ code: 1001, reason: "the policy of the server has changed" });
    const next = await openSocket(served.port);
    expect(await next.ask({ action: "authenticate", token: await tokenOf() })).toMatchObject({
      code: "AUTH_SIGNATURE_INVALID",
    });
    const token = await signToken({ ...goodToken({ key: other, now: clock.now() }) });
    expect(await next.ask({ action: "authenticate", token })).toMatchObject({ event: "authenticated" });
  });

  test("takes no upgrade while it is embedded: whoever serves it does", async () => {
    const answer = await jwt.os.fetch(
      new Request(`http://localhost${SOCKET_PATH}`, { headers: { upgrade: "websocket" } }),
      { clientAddress: "127.0.0.1" },
    );
    expect(answer.status).toBe(401);
  });
});
