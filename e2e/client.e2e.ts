/** The client with a real AgentOS over real sockets: every group, refusals, runs, pauses, and what becomes of a token. */
import {
  type AgentOSClient,
  type AgentOSClientOptions,
  AgentOSRefusal,
  createAgentOSClient,
} from "@agentos/client";
import { checkAgentOSAnswer } from "@agentos/client/schemas";
import { Agent } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createGatedAgent } from "./support/gated-agent.ts";
import { createPausingAgents } from "./support/pausing-agents.ts";
import { type Served, serve } from "./support/serve.ts";

const issuer = await createTestIssuer();
const pausing = createPausingAgents();
const gated = createGatedAgent("gated");
let server: Served;

const ALL = [
  "agents:read",
  "agents:run",
  "teams:read",
  "sessions:read",
  "sessions:write",
  "sessions:delete",
  "memories:read",
  "memories:write",
  "memories:delete",
  "config:read",
  "authz:read",
  "authz:revoke",
];

beforeAll(async () => {
  server = await serve({
    id: TEST_OS_ID,
    agents: [new Agent({ id: "echo", model: "offline:echo" }), gated.agent, ...pausing.agents],
    authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
  });
});

async function createClient(
  scopes: readonly string[] = ALL,
  more: Partial<AgentOSClientOptions> = {},
): Promise<AgentOSClient> {
  const token = await issuer.token({ scopes });
  return createAgentOSClient({
    baseUrl: `http://127.0.0.1:${server.port}/`,
    checkAnswer: checkAgentOSAnswer,
    ...("getToken" in more ? {} : { token }),
    ...more,
  });
}

async function refusalOf(promise: Promise<unknown>): Promise<AgentOSRefusal> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof AgentOSRefusal) return error;
  throw new Error("there was no refusal", { cause: error });
}

describe("a client of an AgentOS", () => {
  test("reads what is served, each answer as its schema says", async () => {
    const client = await createClient();
    expect(await client.core.root()).toMatchObject({ id: TEST_OS_ID });
    expect(await client.core.health()).toMatchObject({ status: "ok" });
    expect(await client.core.info()).toMatchObject({ os_id: TEST_OS_ID, auth_mode: "jwt" });
    expect((await client.core.config()).agents.map(({ id }) => id)).toContain("echo");
    expect(await client.core.models()).toContainEqual({ id: "echo", provider: "offline" });
    expect((await client.agents.list()).map(({ id }) => id)).toContain("gated");
    expect(await client.agents.read({ parameters: { agent_id: "echo" } })).toMatchObject({ id: "echo" });
    expect(await client.teams.list()).toEqual([]);
    expect(await client.policy.read()).toMatchObject({ keys: expect.anything() as unknown });
    expect((await client.revocations.list()).data).toEqual([]);
    expect((await client.denials.list({ query: { limit: 5 } })).data).toEqual([]);
    expect(await client.call("core.health")).toMatchObject({ status: "ok" });
  });

  test("learns whether it may run without running: who may not is refused before there is nothing to run", async () => {
    const ask = async (scopes: readonly string[]) => {
      const client = await createClient(scopes);
      return client.agents.run("no-such-agent", { message: "" }).catch((error: unknown) => error);
    };
    expect(await ask(["agents:read"])).toMatchObject({ status: 403 });
    expect(await ask(["agents:read", "agents:run"])).toMatchObject({ status: 404 });
  });

  test("works on sessions, their runs and memories", async () => {
    const client = await createClient();
    const created = await client.sessions.create({
      query: { type: "agent" },
      body: { session_id: "of-client", session_name: "First", agent_id: "echo" },
    });
    expect(created).toMatchObject({ session_id: "of-client", session_name: "First" });
    const parameters = { session_id: "of-client" };
    const run = await client.agents.run("echo", { message: "Hello", session_id: "of-client" });
    expect(run).toMatchObject({ content: "Hello", status: "COMPLETED", session_id: "of-client" });
    expect(await client.sessions.rename({ parameters, body: { session_name: "Second" } })).toMatchObject({
      session_name: "Second",
    });
    const { data, meta } = await client.sessions.list({ query: { component_id: "echo", limit: 10 } });
    expect([data.map(({ session_name }) => session_name), meta.total_count]).toEqual([["Second"], 1]);
    expect(await client.sessions.listRuns({ parameters })).toMatchObject([{ run_id: run.run_id }]);
    const query = { session_id: "of-client" };
    const ids = { agent_id: "echo", run_id: run.run_id };
    expect(await client.agents.readRun({ parameters: ids, query })).toMatchObject({ content: "Hello" });
    const { checkpoints } = await client.agents.listCheckpoints({ parameters: ids, query });
    expect(checkpoints.length).toBeGreaterThan(0);
    expect(await client.sessions.delete({ parameters })).toBeUndefined();
    const memory = await client.memories.create({ body: { memory: "Likes tea", topics: ["drinks"] } });
    expect(await client.memories.listTopics()).toEqual(["drinks"]);
    await client.memories.delete({ parameters: { memory_id: memory.memory_id } });
    expect((await client.memories.list()).data).toEqual([]);
  });

  test("sends what cannot be written in a path as one segment, and dots alone not at all", async () => {
    const client = await createClient();
    for (const agent_id of ["a/b?c#d", "%2e%2e", "..;", " "])
      expect(await refusalOf(client.agents.read({ parameters: { agent_id } }))).toMatchObject({
        status: 404,
      });
    for (const agent_id of ["", ".", ".."])
      await expect(client.agents.read({ parameters: { agent_id } })).rejects.toMatchObject({
        kind: "invalid-input",
        issues: [{ location: ["path", "agent_id"] }],
      });
  });
});

describe("a refusal", () => {
  test("has its code, what is missing, what to do, and a record that can be read", async () => {
    const client = await createClient(["agents:read"]);
    const refusal = await refusalOf(client.sessions.list());
    expect(refusal).toMatchObject({
      kind: "refusal",
      status: 403,
      code: "SCOPE_MISSING",
      isOurs: true,
      requiredScopes: ["sessions:read"],
      missingScopes: ["sessions:read"],
      fix: expect.stringContaining("sessions:read") as unknown,
    });
    const denial_id = refusal.denialId ?? "";
    const operator = await createClient();
    await expect
      .poll(() => operator.denials.read({ parameters: { denial_id } }).catch(() => undefined), {
        timeout: 10_000,
      })
      .toMatchObject({ code: "SCOPE_MISSING" });
  });

  test("without a credential names its check, and is not sent again", async () => {
    const { baseUrl } = await createClient();
    let requests = 0;
    const client = createAgentOSClient({
      baseUrl,
      fetch: (url, init) => {
        requests += 1;
        return fetch(url, init);
      },
    });
    expect(await refusalOf(client.agents.list())).toMatchObject({ status: 401, isOurs: true });
    expect(requests).toBe(1);
  });

  test("of what is not there has the server's sentence", async () => {
    const client = await createClient();
    const refusal = await refusalOf(client.agents.run("none", { message: "Hello" }));
    expect([refusal.status, refusal.code, refusal.detail]).toEqual([404, undefined, "Agent not found"]);
  });

  test("of input names each fault and where it is", async () => {
    const client = await createClient();
    await expect(client.agents.run("echo", { message: "" })).rejects.toMatchObject({
      kind: "invalid-input",
      issues: [{ location: ["body", "message"], message: "Field required", type: "missing" }],
    });
    await expect(client.sessions.list({ query: { limit: 0 } })).rejects.toMatchObject({
      issues: [{ location: ["query", "limit"] }],
    });
  });
});

describe("a run", () => {
  test("streams typed events, and knows its run and session from the first one on", async () => {
    const client = await createClient();
    const stream = client.agents.stream("echo", { message: "Hello there" });
    expect([stream.runId, stream.sessionId]).toEqual([undefined, undefined]);
    let text = "";
    const names: string[] = [];
    for await (const event of stream) {
      names.push(event.event);
      if (event.event === "RunContent") text += event.content;
      expect([stream.runId, stream.sessionId]).toEqual([event.run_id, event.session_id]);
    }
    expect(text).toBe("Hello there");
    expect([names[0], names.at(-1)]).toEqual(["RunStarted", "RunCompleted"]);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/iterated once/);
  });

  test("takes uploads and structured fields in one form", async () => {
    const client = await createClient();
    const files = [new File(["# Title"], "notes.md", { type: "text/markdown" })];
    const output = await client.agents.run("echo", {
      message: "Read this",
      files,
      session_state: { stage: 1 },
      metadata: { from: "client" },
    });
    expect(output).toMatchObject({ session_state: { stage: 1 }, metadata: { from: "client" } });
    expect(output.input.files).toMatchObject([{ filename: "notes.md" }]);
  });

  test("that pauses goes on with a decision, and each call runs once", async () => {
    const client = await createClient();
    const stream = client.agents.stream("refunder", { message: "Go" });
    let tools: readonly { readonly tool_call_id: string | null }[] = [];
    for await (const event of stream) if (event.event === "RunPaused") ({ tools } = event);
    expect(tools).toHaveLength(1);
    const run = { run_id: stream.runId ?? "" };
    const decided = tools.map(({ tool_call_id }) => ({ tool_call_id: tool_call_id ?? "", confirmed: true }));
    const session_id = stream.sessionId ?? "";
    const names: string[] = [];
    for await (const event of client.agents.streamContinued("refunder", run, { tools: decided, session_id }))
      names.push(event.event);
    expect([names[0], names.at(-1)]).toEqual(["RunContinued", "RunCompleted"]);
    expect(pausing.effects.filter((effect) => effect.startsWith("refund_order"))).toHaveLength(1);
    await expect(
      client.agents.continueRun("refunder", run, { tools: decided, session_id }),
    ).rejects.toMatchObject({ kind: "refusal" });
  });

  test("is cancelled by its id", async () => {
    const client = await createClient();
    const pending = await client.agents.start("gated", { message: "Go" });
    await gated.started;
    await client.agents.cancelRun("gated", pending);
    const names: string[] = [];
    for await (const event of client.agents.follow("gated", pending)) names.push(event.event);
    expect(names.slice(-2)).toEqual(["RunCancelled", "RunCompleted"]);
  });
});

describe("a token", () => {
  const claimsEnding = (seconds: number) => {
    const now = Math.floor(Date.now() / 1_000);
    return { claims: { iat: now - 60, nbf: now - 60, exp: now + seconds } };
  };

  test("is asked for once by all who need it, and again before it ends", async () => {
    let asked = 0;
    const client = await createClient(ALL, {
      getToken: async () => {
        asked += 1;
        // The first one ends within the half minute in which a token is replaced.
        return issuer.token({ scopes: ALL, ...claimsEnding(asked === 1 ? 20 : 300) });
      },
    });
    await Promise.all([client.agents.list(), client.core.config(), client.sessions.list()]);
    expect(asked).toBe(1);
    await Promise.all([client.agents.list(), client.core.config(), client.sessions.list()]);
    expect(asked).toBe(2);
    await client.agents.list();
    expect(asked).toBe(2);
  });

  test("that the server calls expired is replaced once for each request, then the refusal stands", async () => {
    let asked = 0;
    const tokens = [claimsEnding(-30), claimsEnding(300)];
    const create = (next: () => { readonly claims: Readonly<Record<string, unknown>> }) =>
      createClient(ALL, {
        // A machine whose clock is an hour slow takes them for good.
        clock: () => Date.now() - 3_600_000,
        getToken: async () => {
          asked += 1;
          return issuer.token({ scopes: ALL, ...next() });
        },
      });
    const client = await create(() => tokens[asked - 1] ?? claimsEnding(300));
    expect(await client.agents.run("echo", { message: "Hello" })).toMatchObject({ content: "Hello" });
    expect(asked).toBe(2);
    asked = 0;
    const late = await create(() => claimsEnding(-30));
    expect(await refusalOf(late.agents.list())).toMatchObject({ status: 401, code: "AUTH_TOKEN_EXPIRED" });
    expect(asked).toBe(2);
  });
});
