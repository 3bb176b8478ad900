// Where a request comes from: no proxy and no unknown peer where nobody needs a credential, cookies of programs and of
// pages, and the origins of web pages.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { denialListSchema } from "@agentos/contract";
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey, withClaims } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCountingAgent } from "./support/counting-agent.ts";
import { expectRefusal } from "./support/expect-refusal.ts";
import { bearer, bodyOf, send, sendRaw } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const ID = "agent-os";
const agent = createCountingAgent("web-agent");
let key: TestKey;
beforeAll(async () => {
  key = await createTestKey("ES256");
});

const token = async (scopes: readonly string[], sub = "alice") =>
  signToken(withClaims(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes }), { sub }));
const ALL = { kind: "all" } as const;

describe("a server without any credential", () => {
  let open: Served;
  beforeAll(async () => {
    open = await serve({ id: ID, agents: [agent.agent] });
  });

  test.each([
    "Via: 1.1 proxy",
    "Forwarded: for=127.0.0.1",
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: localhost",
    "X-Forwarded-Anything: 1",
    "x-real-ip: 127.0.0.1",
    "X-Client-IP: 127.0.0.1",
    "CF-Connecting-IP: 127.0.0.1",
    "CF-Ray: 1",
    "True-Client-IP: 127.0.0.1",
  ])("answers nobody through a proxy, by %s", async (line) => {
    const before = agent.uses();
    const ask = (...lines: readonly string[]) =>
      sendRaw(open.port, ["GET /agents HTTP/1.1", "Host: localhost", ...lines]);
    await expectRefusal(open, await ask(line), "AUTH_PROXY_NOT_ALLOWED");
    expect(agent.uses()).toBe(before);
    expect((await ask("X-Other: 1")).status).toBe(200);
  });

  describe("and without its own host", () => {
    let server: Server;
    let port = 0;
    const os = new AgentOS({
      database: null,
      id: ID,
      env: {},
      agents: [agent.agent],
      logger: { error() {}, warn() {}, info() {} },
    });
    beforeAll(async () => {
      // A host that hands no peer over unless it is asked to, as many do.
      const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
        const headers = { host: incoming.headers.host ?? "" };
        const request = new Request(`http://localhost${incoming.url ?? ""}`, { headers });
        const clientAddress = incoming.socket.remoteAddress;
        const answer = await os.fetch(
          request,
          incoming.url?.includes("told") === true ? { clientAddress } : undefined,
        );
        outgoing.writeHead(answer.status).end(await answer.text());
      };
      server = createServer((incoming, outgoing) => void handle(incoming, outgoing)).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      port = (server.address() as AddressInfo).port;
    });
    afterAll(() => {
      server.close();
      server.closeAllConnections();
    });

    test("believes no Host where no peer is known", async () => {
      const before = agent.uses();
      const answer = await send(port, { path: "/agents", headers: { host: "localhost" } });
      expect([answer.status, bodyOf(answer)["code"]]).toEqual([403, "AUTH_PEER_UNKNOWN"]);
      expect(agent.uses()).toBe(before);
      const told = await send(port, { path: "/agents?told", headers: { host: "localhost" } });
      expect(told.status).toBe(200);
    });
  });

  test("answers this machine behind a proxy that the operator lists, and nobody else behind it", async () => {
    const listed = await serve({ id: ID, agents: [agent.agent], trustedProxies: ["127.0.0.1"] });
    const ask = (...lines: readonly string[]) =>
      sendRaw(listed.port, ["GET /agents HTTP/1.1", "Host: localhost", "Via: 1.1 proxy", ...lines]);
    expect((await ask("X-Forwarded-For: 127.0.0.1")).status).toBe(200);
    for (const forwarded of ["203.0.113.9", "127.0.0.1, 203.0.113.9"])
      await expectRefusal(listed, await ask(`X-Forwarded-For: ${forwarded}`), "AUTH_PEER_NOT_LOCAL");
    // What names no client is no way in, listed or not.
    for (const lines of [[], ["X-Forwarded-For: unknown"], ["Forwarded: for=127.0.0.1"]])
      await expectRefusal(listed, await ask(...lines), "AUTH_PROXY_NOT_ALLOWED");
  });
});

describe("a denial record", () => {
  const recordOf = async ({ os, port }: Served, forwarded: string) => {
    const answer = await send(port, { path: "/agents", headers: { "x-forwarded-for": forwarded } });
    return (await os.denials()).find(String(bodyOf(answer)["denial_id"]), ALL);
  };

  test("names the client behind proxies that are listed, and the peer where none is", async () => {
    const verificationKeys = [key.verificationKey];
    const listed = await serve({
      id: ID,
      authorizationConfig: { verificationKeys },
      trustedProxies: ["127.0.0.0/8"],
    });
    const fromEnv = await serve({
      id: ID,
      authorizationConfig: { verificationKeys },
      env: { AGENT_OS_TRUSTED_PROXIES: "10.0.0.0/8,127.0.0.1" },
    });
    const unlisted = await serve({ id: ID, authorizationConfig: { verificationKeys } });
    const other = await serve({
      id: ID,
      authorizationConfig: { verificationKeys },
      trustedProxies: ["10.0.0.0/8"],
    });
    expect((await recordOf(listed, "198.51.100.1, 203.0.113.9"))?.client).toBe("203.0.113.9");
    expect((await recordOf(fromEnv, "198.51.100.1, 203.0.113.9, 10.1.1.1"))?.client).toBe("203.0.113.9");
    for (const server of [unlisted, other])
      expect((await recordOf(server, "203.0.113.9"))?.client).toBe("127.0.0.1");
  });
});

describe("a cookie", () => {
  let served: Served;
  let cookie: string;
  beforeAll(async () => {
    served = await serve({
      id: ID,
      agents: [agent.agent],
      authorizationConfig: { verificationKeys: [key.verificationKey], tokenSource: "both" },
    });
    cookie = `access_token=${await token(["agents:run", "agents:read"])}`;
  });
  const post = (headers: Readonly<Record<string, string>>) =>
    send(served.port, {
      method: "POST",
      path: "/agents/web-agent/runs",
      body: "message=hi&stream=false",
      headers: { cookie, ...headers },
    });

  test("of a program, which says nothing of where it comes from, acts", async () => {
    expect((await post({})).status).toBe(200);
    await expectRefusal(served, await post({ origin: "https://evil.example" }), "AUTH_COOKIE_CROSS_SITE");
    await expectRefusal(served, await post({ "sec-fetch-site": "cross-site" }), "AUTH_COOKIE_CROSS_SITE");
    await expectRefusal(served, await post({ "sec-fetch-site": "same-site" }), "AUTH_COOKIE_CROSS_SITE");
  });

  test("of the default origin acts on this machine only", async () => {
    const origin = "http://localhost:3000";
    expect((await post({ origin, host: "localhost" })).status).toBe(200);
    await expectRefusal(served, await post({ origin, host: "os.example.com" }), "AUTH_COOKIE_CROSS_SITE");
  });
});

describe("the origin of a web page", () => {
  let served: Served;
  let authorization: Readonly<Record<string, string>>;
  beforeAll(async () => {
    served = await serve({
      id: ID,
      agents: [agent.agent],
      authorizationConfig: { verificationKeys: [key.verificationKey] },
      env: { CORS_ORIGIN_LIST: "https://console.example" },
    });
    authorization = bearer(await token(["agents:read"]));
  });
  const read = (host: string, origin: string) =>
    send(served.port, { path: "/agents", headers: { ...authorization, host, origin } });
  const preflight = (host: string, origin: string) =>
    send(served.port, {
      method: "OPTIONS",
      path: "/agents",
      headers: { host, origin, "access-control-request-method": "GET" },
    });
  const allowed = "access-control-allow-origin";

  test("is the default one on this machine, and a configured one everywhere", async () => {
    const local = "http://localhost:3000";
    expect((await read("localhost:7777", local)).headers[allowed]).toBe(local);
    expect((await read("os.example.com", local)).headers[allowed]).toBeUndefined();
    expect((await preflight("os.example.com", local)).status).toBe(400);
    for (const host of ["localhost", "os.example.com"])
      expect((await read(host, "https://console.example")).headers[allowed]).toBe("https://console.example");
  });

  test("that is refused has a code, a fix, a record and a line, which its page cannot read", async () => {
    const page = "https://app.example.net";
    const before = served.logLines.length;
    const asked = await preflight("os.example.com", page);
    expect([asked.status, asked.text]).toEqual([400, "Disallowed CORS origin"]);
    const answered = await read("os.example.com", page);
    expect([answered.status, answered.headers[allowed]]).toEqual([200, undefined]);

    const lines = served.logLines.slice(before).filter((line) => line.includes("AUTH_CORS_ORIGIN_REFUSED"));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toContain(`add \\"${page}\\" to \\"cors.allowedOrigins\\"`);
    const operator = bearer(await token(["authz:read"]));
    const list = await send(served.port, {
      path: "/authz/denials?code=AUTH_CORS_ORIGIN_REFUSED",
      headers: operator,
    });
    const { data } = denialListSchema.parse(JSON.parse(list.text));
    expect(
      data.filter((denial) => denial.view === "operator" && denial.facts["origin"] === page),
    ).toMatchObject(
      ["GET (any route)", "OPTIONS (any route)"].map((route) => ({
        route,
        stage: "origin",
        fix: `add "${page}" to "cors.allowedOrigins"`,
      })),
    );
  });

  test("of the server itself is no other origin", async () => {
    const before = served.logLines.length;
    const own = `http://127.0.0.1:${served.port}`;
    expect((await read(`127.0.0.1:${served.port}`, own)).status).toBe(200);
    expect(served.logLines).toHaveLength(before);
  });
});
