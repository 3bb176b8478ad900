import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createAgentOSClient, createControlPlaneClient, createMemorySession } from "../index.ts";
import { errorOf, sendJson, startServer, type TestServer } from "./http-server.fixture.ts";

/** Notes what it would wait. */
function connect({ baseUrl }: Pick<TestServer, "baseUrl">, token = "a-token-that-nobody-may-see") {
  const waits: number[] = [];
  const client = createAgentOSClient({
    baseUrl,
    token,
    random: () => 1,
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  return { client, waits };
}

describe("what is sent again", () => {
  test.each([429, 502, 503, 504])(
    "a reading after status %i, twice at most, with waits that grow",
    async (status) => {
      const server = await startServer((response) => sendJson(response, status, { detail: "later" }));
      const { client, waits } = connect(server);
      expect(await errorOf(client.agents.list())).toMatchObject({ status, detail: "later" });
      expect([server.seen.length, waits]).toEqual([3, [250, 500]]);
    },
  );

  test.each([
    ["2", [2_000, 2_000]],
    ["0", [250, 500]],
    ["31", []],
    ["99999999999", [250, 500]],
    ["Wed, 21 Oct 2026 07:28:00 GMT", [250, 500]],
  ])("waits as `Retry-After: %s` asks, but for what is too long", async (value, expected) => {
    const server = await startServer((response) =>
      sendJson(response, 429, { detail: "later" }, { "retry-after": value }),
    );
    const { client, waits } = connect(server);
    expect(await errorOf(client.agents.list())).toMatchObject({ status: 429 });
    expect(waits).toEqual(expected);
  });

  test.each([400, 401, 403, 404, 409, 413, 422, 500])("nothing after status %i", async (status) => {
    const server = await startServer((response) => sendJson(response, status, { detail: "no" }));
    const { client } = connect(server);
    expect(await errorOf(client.agents.list())).toMatchObject({ kind: "refusal", status });
    expect(server.seen).toHaveLength(1);
  });

  test("a reading whose answer was cut, and nothing that changes something", async () => {
    const server = await startServer((response, { method }) => {
      if (method === "GET" && server.seen.length > 1) return sendJson(response, 200, []);
      response.writeHead(200, { "content-type": "application/json", "content-length": "10" });
      return response.write("[", () => response.destroy());
    });
    const { client } = connect(server);
    expect(await client.agents.list()).toEqual([]);
    expect(server.seen).toHaveLength(2);
    const body = { session_name: "x" };
    const rename = client.sessions.rename({ parameters: { session_id: "s" }, body });
    expect(await errorOf(rename)).toMatchObject({ kind: "connection", reason: "unreachable" });
    expect(server.seen).toHaveLength(3);
  });

  test("a run by its name where the server knows names, and never where it does not", async () => {
    const answers = { isOurs: true };
    const server = await startServer((response, { method }) => {
      if (method === "GET") return sendJson(response, 200, answers.isOurs ? { server_version: "0.1.0" } : {});
      return response.destroy();
    });
    for (const [isOurs, posts] of [
      [true, 3],
      [false, 1],
    ] as const) {
      answers.isOurs = isOurs;
      const from = server.seen.length;
      const { client } = connect(server);
      const run = client.agents.run("helper", { message: "Hello" });
      expect(await errorOf(run)).toMatchObject({ kind: "connection", reason: "unreachable" });
      const sent = server.seen.slice(from).filter(({ method }) => method === "POST");
      expect(sent).toHaveLength(posts);
      expect(new Set(sent.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    }
  });
});

describe("a credential", () => {
  test.each([301, 302, 303, 307, 308])("never follows a redirect with status %i", async (status) => {
    const other = await startServer((response) => sendJson(response, 200, []));
    const server = await startServer((response) => {
      response.writeHead(status, { location: `${other.baseUrl}/agents` });
      response.end();
    });
    const { client } = connect(server);
    for (const call of [client.agents.list(), client.agents.run("helper", { message: "Hello" })])
      expect(await errorOf(call)).toMatchObject({ kind: "connection", reason: "redirected" });
    expect([server.seen.length, other.seen.length]).toEqual([2, 0]);
  });

  test("stands in one header, and in no address and no error, whatever a server repeats", async () => {
    const token = "header.payload-of-a-secret.signature";
    const server = await startServer((response, { path }) => {
      const detail = `you sent ${token}, and once more: ${token}`;
      if (path === "/agents") return response.destroy();
      if (path === "/sessions")
        return sendJson(response, 422, { detail: [{ loc: ["query", token], msg: detail, type: token }] });
      const words = { detail, title: detail, fix: detail, denial_id: token, required_scopes: [token] };
      return sendJson(response, 403, { ...words, code: "SCOPE_MISSING" });
    });
    const { client } = connect(server, token);
    const errors = await Promise.all(
      [client.agents.list(), client.sessions.list(), client.core.config()].map(errorOf),
    );
    expect(errors).toMatchObject([{ kind: "connection" }, { kind: "invalid-input" }, { kind: "refusal" }]);
    for (const error of errors) {
      const { inspect } = await import("node:util");
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error);
      expect(shown).not.toContain("payload-of-a-secret");
    }
    expect(errors[2]).toMatchObject({ detail: "you sent [hidden], and once more: [hidden]" });
    for (const { headers, path } of server.seen) {
      expect(headers.authorization).toBe(`Bearer ${token}`);
      expect(path).not.toContain(token);
    }
  });

  test.each([
    ["AUTH_CREDENTIAL_REVOKED", "This token was revoked"],
    ["AUTH_KEY_UNKNOWN", "Invalid token"],
    [undefined, "Token has expired"],
    [undefined, "Invalid token: no matching key"],
  ])(
    "that is refused with %s, %j is replaced, and the request is sent with the new one",
    async (code, detail) => {
      const server = await startServer((response, { headers }) =>
        headers.authorization === "Bearer token-1"
          ? sendJson(response, 401, { code, detail })
          : sendJson(response, 200, []),
      );
      let asked = 0;
      const client = createAgentOSClient({
        baseUrl: server.baseUrl,
        getToken: () => `token-${(asked += 1)}`,
      });
      expect(await client.agents.list()).toEqual([]);
      expect(await client.agents.list()).toEqual([]);
      expect([asked, server.seen.length]).toEqual([2, 3]);
    },
  );

  test.each([
    ["AUTH_TOKEN_EXPIRED", 401, 2],
    ["AUTH_SIGNATURE_INVALID", 401, 2],
    ["AUTH_TOKEN_EXPIRED", 403, 1],
  ])("with %s and status %i is asked for %i times", async (code, status, times) => {
    const server = await startServer((response) => sendJson(response, status, { code, detail: "x" }));
    let asked = 0;
    const client = createAgentOSClient({ baseUrl: server.baseUrl, getToken: () => `token-${(asked += 1)}` });
    expect(await errorOf(client.agents.run("helper", { message: "Hi" }))).toMatchObject({ code, status });
    expect([asked, server.seen.length]).toEqual([times, times]);
  });

  test.each([
    ["", /it is empty, as a variable that is not set/],
    ["Bearer abc", /begins with "Bearer".*leave that out/],
    ["abc\n", /trim it/],
    ["two words", /1 to 16384 visible/],
    ["line\nbreak", /1 to 16384 visible/],
    ["ünïcode", /1 to 16384 visible/],
    ["x".repeat(16_385), /1 to 16384 visible/],
  ])(
    "that no header can carry is refused before anything is sent, with what is wrong: %j",
    async (token, problem) => {
      const server = await startServer((response) => sendJson(response, 200, []));
      expect(() => connect(server, token)).toThrow(/"token" cannot be sent/);
      expect(() => connect(server, token)).toThrow(problem);
      const asked = createAgentOSClient({ baseUrl: server.baseUrl, getToken: () => token });
      expect(await errorOf(asked.agents.list())).toMatchObject({
        reason: "no-token",
        message: expect.stringMatching(problem) as string,
      });
      expect(server.seen).toEqual([]);
    },
  );
});

describe("an answer", () => {
  test.each([
    ["a page of a proxy", { "content-type": "text/html" }, "<h1>It works</h1>"],
    ["half of a JSON text", { "content-type": "application/json" }, '[{"id"'],
    ["another shape", { "content-type": "application/json" }, '{"data":[]}'],
    ["a list of other things", { "content-type": "application/json" }, '[{"id":"a"},null]'],
    ["nothing", { "content-type": "application/json" }, ""],
  ])("that is %s is not taken for one of an AgentOS", async (_, headers, body) => {
    const server = await startServer((response) => response.writeHead(200, headers).end(body));
    const { client } = connect(server);
    expect(await errorOf(client.agents.list())).toMatchObject({ kind: "connection", reason: "not-agentos" });
    expect(server.seen).toHaveLength(1);
  });

  test("is read no further than it may be long, however it goes on", async () => {
    const server = await startServer((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("[");
      const more = () => {
        while (!response.destroyed && response.write(" ".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    });
    const client = createAgentOSClient({ baseUrl: server.baseUrl, maxBytes: 1_000_000 });
    expect(await errorOf(client.agents.list())).toMatchObject({ kind: "connection", reason: "too-large" });
  });

  test("that never comes is waited for as long as the caller says, once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startServer((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("[", () => vi.advanceTimersByTime(server.seen.length === 1 ? 30_000 : 500));
    });
    const { client } = connect(server);
    for (const options of [{}, { timeoutMs: 500 }])
      expect(await errorOf(client.agents.list({}, options))).toMatchObject({ reason: "timed-out" });
    expect(server.seen).toHaveLength(2);
  });
});

test("a token that never comes is waited for no longer than an answer, or than the caller wants", async () => {
  let asked = 0;
  const server = await startServer((response) => sendJson(response, 200, []));
  const client = createAgentOSClient({
    baseUrl: server.baseUrl,
    // The first two are never answered; whoever asks anew is.
    getToken: () => (asked++ < 2 ? new Promise<string>(() => undefined) : "token"),
  });
  expect(await errorOf(client.agents.list({}, { timeoutMs: 20 }))).toMatchObject({ reason: "timed-out" });
  const stop = new AbortController();
  const call = errorOf(client.agents.list({}, { signal: stop.signal }));
  stop.abort();
  expect(await call).toMatchObject({ kind: "connection", reason: "aborted" });
  expect(server.seen).toEqual([]);
  expect(await client.agents.list()).toEqual([]);
  expect(asked).toBe(3);
});

test("the machine's own timer is waited for, and left at once", async () => {
  const server = await startServer((response) =>
    server.seen.length === 2
      ? sendJson(response, 200, [])
      : sendJson(response, 503, { detail: "later" }, server.seen.length > 2 ? { "retry-after": "30" } : {}),
  );
  const client = createAgentOSClient({ baseUrl: server.baseUrl });
  expect(await client.agents.list()).toEqual([]);
  const stop = new AbortController();
  const call = errorOf(client.agents.list({}, { signal: stop.signal }));
  await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(3);
  stop.abort();
  expect(await call).toMatchObject({ kind: "connection", reason: "aborted" });
});

test("options that cannot work are named all at once", () => {
  const create = () =>
    createAgentOSClient({
      baseUrl: "ftp://example.com",
      token: "x",
      getToken: () => "y",
      timeoutMs: 0,
      retries: -1,
    });
  expect(create).toThrow(/scheme ftp[\s\S]*"timeoutMs" is 0[\s\S]*"retries" is -1[\s\S]*both "token" and/);
  for (const baseUrl of ["http://a:b@c", "http://a?b", "http://a#b", "a", ""])
    expect(() => createAgentOSClient({ baseUrl })).toThrow(/"baseUrl"/);
  expect(createAgentOSClient({ baseUrl: "https://example.com/agents//" }).baseUrl).toBe(
    "https://example.com/agents",
  );
});

describe("an error says what was asked", () => {
  test("of the server that refused, without its query", async () => {
    const server = await startServer((response) =>
      sendJson(response, 403, { detail: "no" }, { date: "Sun, 29 Nov 2026 12:00:00 GMT" }),
    );
    const { client } = connect(server);
    const error = await errorOf(client.sessions.list({ query: { limit: 3 } }));
    expect(error).toMatchObject({
      date: "Sun, 29 Nov 2026 12:00:00 GMT",
      request: { server: "agentos", baseUrl: server.baseUrl, method: "GET", path: "/sessions" },
    });
  });

  test("of the server that took a value for wrong", async () => {
    const server = await startServer((response) =>
      sendJson(response, 422, { detail: [{ loc: ["query", "limit"], msg: "is too much", type: "x" }] }),
    );
    const { client } = connect(server);
    expect(await errorOf(client.sessions.list({ query: { limit: 3 } }))).toMatchObject({
      kind: "invalid-input",
      request: { server: "agentos", baseUrl: server.baseUrl, method: "GET", path: "/sessions" },
    });
  });

  test("of the control plane, where that gave no token", async () => {
    const plane = await startServer((response) => sendJson(response, 403, { detail: "no" }));
    const server = await startServer((response) => sendJson(response, 200, []));
    const controlPlane = createControlPlaneClient({
      baseUrl: plane.baseUrl,
      session: createMemorySession(),
    });
    const parameters = { organization_id: "o", instance_id: "i" };
    const client = createAgentOSClient({
      baseUrl: server.baseUrl,
      getToken: async () => (await controlPlane.tokens.mint({ parameters, body: {} })).token,
    });
    const path = "/api/organizations/o/instances/i/tokens";
    expect(await errorOf(client.agents.list())).toMatchObject({
      request: { server: "control-plane", baseUrl: plane.baseUrl, path },
    });
    expect(server.seen).toEqual([]);
  });
});
