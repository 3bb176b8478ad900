// What a request asks for, told by its first lines alone: long targets, hosts that are none, absolute targets.
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createCountingAgent } from "./support/counting-agent.ts";
import { bodyOf, sendRaw } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const agent = createCountingAgent("web-agent");
let key: TestKey;
let served: Served;
let open: Served;
let authorization: string;

beforeAll(async () => {
  key = await createTestKey("ES256");
  const now = Math.floor(Date.now() / 1_000);
  authorization = `Authorization: Bearer ${await signToken(goodToken({ key, now, scopes: ["agents:read"] }))}`;
  served = await serve({
    id: "agent-os",
    agents: [agent.agent],
    authorizationConfig: {
      verificationKeys: [key.verificationKey],
      scopeMappings: Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`GET /agents/*a*b*c*d${n}`, ["vault:read"]]),
      ),
    },
  });
  open = await serve({ id: "agent-os", agents: [agent.agent] });
});

const head = (bytes: string) => Buffer.from(bytes, "latin1");

describe("a target", () => {
  test("of 4 KB is read, and one that is longer is refused before anything else is asked", async () => {
    const path = (bytes: number) => `/agents/${"a".repeat(bytes - "/agents/".length)}`;
    const read = await sendRaw(served.port, [`GET ${path(4_096)} HTTP/1.1`]);
    expect([read.status, bodyOf(read)["code"]]).toEqual([401, "AUTH_HEADER_MISSING"]);
    for (const target of [path(4_097), path(90_000), `/health?${"x".repeat(5_000)}`]) {
      const answer = await sendRaw(served.port, [`GET ${target} HTTP/1.1`]);
      expect(answer.status).toBe(414);
      expect(bodyOf(answer)).toEqual({
        type: "/errors/INPUT_TARGET_TOO_LONG",
        title: "the path and the query of the request are longer than 4096 bytes",
        status: 414,
        detail: "The request target is longer than 4096 bytes",
        code: "INPUT_TARGET_TOO_LONG",
        fix: expect.stringMatching(/./) as unknown,
      });
    }
    const page = await sendRaw(served.port, ["GET /errors/INPUT_TARGET_TOO_LONG HTTP/1.1"]);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("HTTP 414")]);
  });
});

describe("a Host", () => {
  const read = (server: Served, target: string, ...lines: readonly (string | Buffer)[]) =>
    sendRaw(server.port, [`GET ${target} HTTP/1.1`, ...lines]);

  test.each([
    ["a path behind a letter outside ASCII", head("Host: a\u00e9/agents")],
    ["a path", "Host: localhost/agents"],
    ["a query", "Host: localhost?x="],
    ["a user", "Host: agents@localhost"],
    ["a letter outside ASCII", head("Host: a\u00e9")],
    ["an escape", "Host: a%2fb"],
    ["a backslash", "Host: localhost\\agents"],
    ["a port that is none", "Host: localhost:70000"],
    ["nothing", "Host:"],
  ])("with %s is no host, and moves no path", async (_, line) => {
    const before = agent.uses();
    for (const server of [served, open])
      for (const target of ["/web-agent", "/agents", "/health"]) {
        const answer = await read(server, target, line, authorization);
        expect([answer.status, bodyOf(answer)["detail"]]).toEqual([
          400,
          "Bad Request: the Host header is not one host name with an optional port",
        ]);
      }
    expect(agent.uses()).toBe(before);
  });

  test("is sent once", async () => {
    const before = agent.uses();
    const twice = await read(open, "/agents", "Host: localhost", "Host: localhost");
    expect([twice.status, bodyOf(twice)["detail"]]).toEqual([
      400,
      "Bad Request: there is more than one Host header",
    ]);
    expect((await read(open, "/agents", "Host: evil.example", "Host: localhost")).status).toBe(400);
    expect(agent.uses()).toBe(before);
    expect((await read(open, "/agents", "Host: localhost")).status).toBe(200);
  });

  test("of an absolute target counts, and the header is ignored (RFC 9112 section 3.2.2)", async () => {
    const foreign = await read(open, "http://evil.example/agents", "Host: localhost");
    expect([foreign.status, bodyOf(foreign)["code"]]).toEqual([403, "AUTH_HOST_NOT_ALLOWED"]);
    expect((await read(open, "http://localhost/agents", "Host: localhost")).status).toBe(200);
    const path = await read(served, "http://localhost/agents/web-agent?x", "Host: other", authorization);
    expect(path.status).toBe(200);
  });
});
