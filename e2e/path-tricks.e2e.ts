// Other spellings of a path never reach a handler with less than the route demands; neither do other sites and hosts.

import { ConfigurationError } from "@agentos/guard";
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createCountingAgent } from "./support/counting-agent.ts";
import { expectRefusal } from "./support/expect-refusal.ts";
import { type Answer, bearer, send, sendRaw } from "./support/http.ts";
import { PATH_TRICKS } from "./support/path-tricks.ts";
import { createCustomRoutes } from "./support/route-rows.ts";
import { type Served, serve } from "./support/serve.ts";

const ID = "agent-os";
const RUN = "message=hello&stream=false";
const FORM = ["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${RUN.length}`];

let key: TestKey;
beforeAll(async () => {
  key = await createTestKey("ES256");
});
const tokenWith = (scopes: readonly string[]) =>
  signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes }));

/** Two agents, of which callers may have one. */
async function start(options: Parameters<typeof serve>[0] = {}) {
  const agents = [createCountingAgent("web-agent"), createCountingAgent("other-agent")] as const;
  const custom = createCustomRoutes();
  const served = await serve({
    id: ID,
    agents: agents.map(({ agent }) => agent),
    routes: custom.routes,
    authorizationConfig: { verificationKeys: [key.verificationKey] },
    ...options,
  });
  return { ...served, custom, webAgent: agents[0], otherAgent: agents[1] };
}

const TARGETS = [
  { method: "GET", path: "/config" },
  { method: "GET", path: "/agents" },
  { method: "GET", path: "/agents/web-agent" },
  { method: "POST", path: "/agents/web-agent/runs" },
  { method: "GET", path: "/reports" },
] as const;

describe.each(TARGETS)("$method $path", ({ method, path }) => {
  let os: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    os = await start();
  });

  const spell = (target: string | Buffer, token?: string): Promise<Answer> => {
    const line = Buffer.concat([Buffer.from(`${method} `), Buffer.from(target), Buffer.from(" HTTP/1.1")]);
    const headers = token === undefined ? [] : [`Authorization: Bearer ${token}`];
    return method === "POST"
      ? sendRaw(os.port, [line, ...headers, ...FORM], RUN)
      : sendRaw(os.port, [line, ...headers]);
  };
  const handled = () => os.webAgent.uses() + os.otherAgent.uses() + os.custom.handled();

  test("is the route for its canonical path, with every scope", async () => {
    expect((await spell(path, await tokenWith(["agent_os:admin"]))).status).toBe(200);
  });

  test.each(PATH_TRICKS)("with $name reaches no handler without a credential or a scope", async (trick) => {
    const before = handled();
    const target = trick.spell(path);
    const isBad = trick.outcome === "bad request";
    expect((await spell(target)).status).toBe(isBad ? 400 : 401);
    expect((await spell(target, "wrong")).status).toBe(isBad ? 400 : 401);
    for (const scopes of [[], ["teams:read", "teams:run", "sessions:read"]]) {
      const answer = await spell(target, await tokenWith(scopes));
      // A path that is no route is simply not there; one that some route answers is that route's to refuse.
      const refusals = { "the same route": [403], "not found": [403, 404], "bad request": [400] }[
        trick.outcome
      ];
      expect(answer.status).toBeOneOf(refusals);
    }
    expect(handled()).toBe(before);
  });

  test.each(PATH_TRICKS)("with $name gives a caller of another agent nothing of this one", async (trick) => {
    const token = await tokenWith(["agents:other-agent:read", "agents:other-agent:run"]);
    const before = os.webAgent.uses();
    const answer = await spell(trick.spell(path), token);
    expect(os.webAgent.uses()).toBe(before);
    const isList = path === "/agents" && trick.outcome === "the same route";
    expect(answer.status).toSatisfy((status: number) =>
      isList ? status === 200 : status >= 400 && status < 500,
    );
  });

  test.each(PATH_TRICKS)(
    "with $name is answered with $outcome to a caller with every scope",
    async (trick) => {
      const answer = await spell(trick.spell(path), await tokenWith(["agent_os:admin"]));
      expect(answer.status).toBe(
        { "the same route": 200, "not found": 404, "bad request": 400 }[trick.outcome],
      );
      expect(answer.headers).not.toHaveProperty("x-injected");
    },
  );
});

describe("an agent next to the one that a caller may use", () => {
  const OTHERS = [
    "/agents/other-agent/../web-agent",
    "/agents/other-agent/%2e%2e/web-agent",
    "/agents/other-agent/..%2fweb-agent",
    "/agents/other-agent%2f..%2fweb-agent",
    "/agents/other-agent;/../web-agent",
    "/agents/other-agent%00/../web-agent",
    "/agents/other-agent?/../web-agent",
    "/agents/other-agent%3f/../web-agent",
    "/agents/other-agent\\..\\web-agent",
    "/agents/web-agent?agent_id=other-agent",
    "/agents/web-agent#other-agent",
    "/agents/web-agent;agent_id=other-agent",
  ];

  test.each(OTHERS)("is not reached over it: %s", async (target) => {
    const os = await start();
    const token = await tokenWith(["agents:other-agent:read"]);
    const read = (path: string) =>
      sendRaw(os.port, [`GET ${path} HTTP/1.1`, `Authorization: Bearer ${token}`]);
    const answer = await read(target);
    expect(os.webAgent.uses()).toBe(0);
    // What stands behind a question mark is no path: that request is for the agent that the caller may read.
    expect(answer.status).toBeOneOf(target.startsWith("/agents/other-agent?") ? [200] : [400, 403, 404]);
    expect((await read("/agents/other-agent")).status).toBe(200);
  });

  test("cannot be named in the form, nor by another host or method", async () => {
    const os = await start();
    const token = await tokenWith(["agents:other-agent:run"]);
    const run = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
      send(os.port, { method: "POST", path, body, headers: { ...bearer(token), ...headers } });
    expect((await run("/agents/other-agent/runs", `${RUN}&agent_id=web-agent`)).status).toBe(200);
    expect((await run("/agents/web-agent/runs", `${RUN}&agent_id=other-agent`)).status).toBe(403);
    const rewritten = {
      "x-original-url": "/agents/other-agent/runs",
      "x-rewrite-url": "/agents/other-agent/runs",
    };
    expect((await run("/agents/web-agent/runs", RUN, rewritten)).status).toBe(403);
    const backwards = {
      "x-original-url": "/agents/web-agent/runs",
      "x-forwarded-prefix": "/agents/web-agent",
    };
    expect((await run("/agents/other-agent/runs", RUN, backwards)).status).toBe(200);
    expect(os.webAgent.uses()).toBe(0);
    expect(os.otherAgent.runs()).toBe(2);
  });
});

describe("a name with control characters", () => {
  test.each(["%1b[31m", "%c2%9b31m", "%7f", "%0a", "%e2%80%a8", "%e2%80%a9"])(
    "is no name of anything, so no refusal and no log repeats it: %s",
    async (text) => {
      const os = await start();
      const token = await tokenWith(["agents:other-agent:read"]);
      const read = (path: string) =>
        sendRaw(os.port, [`GET ${path} HTTP/1.1`, `Authorization: Bearer ${token}`]);
      expect((await read(`/agents/x${text}`)).status).toBe(404);
      expect(os.logLines).toEqual([]);
      expect((await read("/agents/x")).status).toBe(403);
    },
  );
});

describe("a configured rule for one agent", () => {
  test.each(["/", "//", "?x", "/.", "/x/.."])("holds for its path with %j behind it", async (text) => {
    const os = await start({
      authorizationConfig: {
        verificationKeys: [key.verificationKey],
        scopeMappings: { "GET /agents/web-agent": ["vault:read"] },
      },
    });
    const read = async (scope: string) =>
      sendRaw(os.port, [
        `GET /agents/web-agent${text} HTTP/1.1`,
        `Authorization: Bearer ${await tokenWith([scope])}`,
      ]);
    expect((await read("agents:read")).status).toBe(403);
    expect(os.webAgent.uses()).toBe(0);
    expect((await read("vault:read")).status).toBe(200);
  });
});

describe.each(["cookie", "both"] as const)(
  "a form that carries only a cookie (token source: %s)",
  (tokenSource) => {
    let os: Awaited<ReturnType<typeof start>>;
    let cookie: string;
    beforeAll(async () => {
      os = await start({ authorizationConfig: { verificationKeys: [key.verificationKey], tokenSource } });
      cookie = `access_token=${await tokenWith(["agents:run", "agents:read"])}`;
    });
    const post = (headers: Readonly<Record<string, string>>) =>
      send(os.port, { method: "POST", path: "/agents/web-agent/runs", body: RUN, headers });
    const own = () => `http://127.0.0.1:${os.port}`;

    test.each([
      ["another site's origin", { origin: "https://evil.example" }],
      ["the origin of a sandboxed page", { origin: "null" }],
      ["an origin that begins like ours", { origin: "http://127.0.0.1.evil.example" }],
      ["another port's origin", { origin: "http://127.0.0.1:1" }],
      ["another site's fetch metadata", { "sec-fetch-site": "cross-site" }],
      ["a sibling site's fetch metadata", { "sec-fetch-site": "same-site" }],
    ])("is refused with %s", async (_, headers) => {
      const before = os.webAgent.runs();
      await expectRefusal(os, await post({ cookie, ...headers }), "AUTH_COOKIE_CROSS_SITE");
      expect(os.webAgent.runs()).toBe(before);
      expect((await post({ cookie, origin: own() })).status).toBe(200);
      expect(os.webAgent.runs()).toBe(before + 1);
    });

    test.each([
      ["this server's own origin", () => ({ origin: own() })],
      ["an allowed origin", () => ({ origin: "http://localhost:3000" })],
      ["same-origin fetch metadata", () => ({ "sec-fetch-site": "same-origin" })],
      // Fetch metadata is the browser's own word, and tells of the proxy's name what "Origin" cannot.
      [
        "same-origin fetch metadata behind a proxy of another name",
        () => ({ origin: "https://proxy.example", "sec-fetch-site": "same-origin" }),
      ],
      ["no browser, which says neither", () => ({})],
    ])("passes with %s", async (_, headers) => {
      expect((await post({ cookie, ...headers() })).status).toBe(200);
    });

    test("is refused with two cookies of the name", async () => {
      const origin = own();
      await expectRefusal(os, await post({ cookie: `${cookie}; ${cookie}`, origin }), "AUTH_COOKIE_REPEATED");
      expect((await post({ cookie: `${cookie}; other=${cookie}`, origin })).status).toBe(200);
    });

    test("is refused without its cookie", async () => {
      const code = tokenSource === "cookie" ? "AUTH_COOKIE_MISSING" : "AUTH_TOKEN_MISSING";
      await expectRefusal(os, await post({ origin: own() }), code);
    });

    test("does not need an origin when a header carries the token", async () => {
      const token = cookie.slice("access_token=".length);
      const answer = await post({ ...bearer(token), origin: "https://evil.example" });
      expect(answer.status).toBe(tokenSource === "both" ? 200 : 401);
      if (tokenSource === "both") {
        // A bad header is not retried with the cookie (contract 1.5).
        const answerToBad = await post({ ...bearer("x.y.z"), cookie, origin: own() });
        await expectRefusal(os, answerToBad, "AUTH_TOKEN_HEADER_INVALID");
      }
    });
  },
);

describe("a server without any credential", () => {
  let os: Served;
  const agent = createCountingAgent("web-agent");
  beforeAll(async () => {
    os = await serve({ id: ID, agents: [agent.agent] });
  });
  const read = (...headers: readonly string[]) => sendRaw(os.port, ["GET /agents HTTP/1.1", ...headers]);

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "0.0.0.0",
    "127.1",
    "localhost.",
    "[::2]",
    "[::ffff:10.0.0.1]",
    "agentos:7777",
  ])("refuses the foreign host %s", async (host) => {
    const before = agent.uses();
    const answer = await read(`Host: ${host}`);
    expect(answer.status).toBeOneOf([400, 403]);
    if (answer.status === 403) await expectRefusal(os, answer, "AUTH_HOST_NOT_ALLOWED");
    expect(agent.uses()).toBe(before);
  });

  test("refuses a foreign host whatever the request target says", async () => {
    const before = agent.uses();
    // Of an absolute target the host counts, and the Host header is ignored (RFC 9112 section 3.2.2).
    const absolute = await sendRaw(os.port, ["GET http://evil.example/agents HTTP/1.1", "Host: localhost"]);
    await expectRefusal(os, absolute, "AUTH_HOST_NOT_ALLOWED");
    expect(
      (await sendRaw(os.port, ["GET /agents HTTP/1.1", "Host: localhost", "Host: evil.example"])).status,
    ).toBe(400);
    expect((await sendRaw(os.port, ["GET /agents HTTP/1.1", "Host:"])).status).toBe(400);
    expect(agent.uses()).toBe(before);
  });

  test.each([
    "localhost",
    "localhost:1",
    "LOCALHOST",
    "127.0.0.1",
    "127.0.0.9:7777",
    "[::1]",
    "[::1]:7777",
    "agents.localhost",
  ])("answers as %s", async (host) => {
    expect((await read(`Host: ${host}`)).status).toBe(200);
  });

  test.each(["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:4000"])(
    "refuses a page of %s",
    async (origin) => {
      const before = agent.uses();
      await expectRefusal(
        os,
        await read("Host: localhost:3100", `Origin: ${origin}`),
        origin === "null" ? "AUTH_ORIGIN_OPAQUE" : "AUTH_ORIGIN_NOT_ALLOWED",
      );
      expect(agent.uses()).toBe(before);
      expect((await read("Host: localhost:3100", "Origin: http://localhost:3100")).status).toBe(200);
      expect((await read("Host: localhost:3100", "Origin: http://localhost:3000")).status).toBe(200);
    },
  );

  test.each(["0.0.0.0", "::", "192.0.2.1", "agents.example.com"])(
    "does not start on %s, where others reach it",
    async (host) => {
      const open = new AgentOS({ database: null, id: ID, env: {} });
      const failure: unknown = await open.serve({ host, port: 0 }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure).toMatchObject({ faults: [{ code: "CONFIG_OPEN_BEYOND_LOOPBACK" }] });
    },
  );

  test("starts on every address once it has a credential", async () => {
    const closed = new AgentOS({
      database: null,
      id: ID,
      env: {},
      securityKey: "e2e-security-key-of-32-characters",
    });
    const server = await closed.serve({ host: "0.0.0.0", port: 0, printsPolicy: false });
    expect((await send(server.port, { path: "/agents" })).status).toBe(401);
    await server.close();
  });
});
