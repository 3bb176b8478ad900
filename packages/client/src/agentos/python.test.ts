/** The client with what a Python AgentOS sends: no codes, no index but in the background, no routes of ours. */
import { createTestKey, goodToken, type PythonOptions, signToken, startPythonServer } from "@agentos/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAgentOSClient, type RunStream, type StreamedEvent } from "../index.ts";
import { errorOf } from "../wire/http-server.fixture.ts";

const key = await createTestKey("RS256");
const EVENTS = [
  "RunStarted",
  "ModelRequestStarted",
  "RunContent",
  "RunContent",
  "RunContentCompleted",
  "RunCompleted",
];

async function connect(
  options: Partial<PythonOptions> = {},
  scopes: readonly string[] = ["agents:read", "agents:run", "sessions:read", "config:read"],
) {
  const python = await startPythonServer({
    mode: "jwt",
    publicPem: key.verificationKey,
    runs: {},
    ...options,
  });
  onTestFinished(() => python.close());
  const now = Math.floor(Date.now() / 1_000);
  const token = await signToken(goodToken({ key, now, audience: "agent-os", subject: "alice", scopes }));
  const client = createAgentOSClient({ baseUrl: python.url, token, wait: async () => undefined });
  return { client, python };
}

async function readAll(stream: RunStream): Promise<readonly StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const namesOf = (events: readonly StreamedEvent[]) => events.map(({ event }) => event);

describe("a Python AgentOS", () => {
  test("lists agents, teams and sessions, and has runs, streamed or not", async () => {
    const { client } = await connect();
    expect((await client.agents.list()).map(({ id, model }) => [id, model?.model])).toEqual([
      ["helper", "gpt-5"],
    ]);
    expect(await client.teams.list()).toEqual([]);
    expect(await client.agents.run("helper", { message: "Hi", session_id: "s" })).toMatchObject({
      content: "You said: Hi",
      status: "COMPLETED",
    });
    const stream = client.agents.stream("helper", { message: "Hi" });
    const events = await readAll(stream);
    expect(namesOf(events)).toEqual(EVENTS);
    expect([stream.runId, stream.sessionId, stream.lastEventIndex]).toEqual([
      "run-2",
      "session-2",
      undefined,
    ]);
    expect((await client.sessions.list()).data.map(({ session_id }) => session_id)).toEqual([
      "s",
      "session-2",
    ]);
    await client.agents.cancelRun("helper", { run_id: "none" });
  });

  test("takes uploads", async () => {
    const { client } = await connect();
    const files = [new File(["x"], "x.txt", { type: "text/plain" })];
    expect(await client.agents.run("helper", { message: "With a file", files })).toMatchObject({
      content: "You said: With a file",
    });
  });

  test("keeps a run in the background, whose stream is taken up where it was", async () => {
    const { client, python } = await connect({ runs: { cutsAfter: 3 } });
    const events = await readAll(client.agents.stream("helper", { message: "Hi" }, { background: true }));
    expect(namesOf(events)).toEqual(EVENTS);
    expect(events.map(({ event_index }) => event_index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(python.seen.filter((line) => line.endsWith("/resume"))).toHaveLength(1);
  });

  test("gives the whole answer at the end where the pieces are gone", async () => {
    const { client } = await connect({ runs: { cutsAfter: 3, resumesFrom: "database" } });
    const events = await readAll(client.agents.stream("helper", { message: "Hi" }, { background: true }));
    expect(namesOf(events)).toEqual(["RunStarted", "ModelRequestStarted", "RunContent", "RunCompleted"]);
    expect(events.at(-1)).toMatchObject({ content: "You said: Hi" });
    // Whoever has had nothing yet gets all that is stored.
    const all = await readAll(client.agents.follow("helper", { run_id: "run-1", session_id: "session-1" }));
    expect(namesOf(all)).toEqual(EVENTS.filter((name) => name !== "RunContent"));
  });

  test("has runs of teams and of workflows, whose parts are events within them", async () => {
    const { client } = await connect({ runs: { hasOthers: true } }, ["teams:run", "workflows:run"]);
    const team = await readAll(client.teams.stream("desk", { message: "Hi" }, { background: true }));
    expect([team.length, team.at(-1)]).toMatchObject([
      11,
      { event: "TeamRunCompleted", content: "The desk says: done" },
    ]);
    const workflow = client.workflows.stream("report", { message: "Hi" }, { background: true });
    const names = namesOf(await readAll(workflow));
    expect([names[0], names.at(-1), workflow.runId]).toEqual([
      "WorkflowStarted",
      "WorkflowCompleted",
      "run-2",
    ]);
    const [first] = await readAll(
      client.workflows.follow("report", { run_id: "run-2", last_event_index: 9 }),
    );
    expect(first).toMatchObject({ event_index: 10 });
  });

  test("is never sent a run twice, since it would run it twice", async () => {
    const { client, python } = await connect({ runs: { losesFirstRun: true } });
    expect(await errorOf(client.agents.run("helper", { message: "Hi" }))).toMatchObject({
      kind: "connection",
      reason: "unreachable",
    });
    expect(python.seen.filter((line) => line === "POST /agents/helper/runs")).toHaveLength(1);
  });

  test("loses a plain stream for good, and the fault names the run", async () => {
    const { client } = await connect({ runs: { cutsAfter: 3 } });
    expect(await errorOf(readAll(client.agents.stream("helper", { message: "Hi" })))).toMatchObject({
      reason: "stream-lost",
      run: { runId: "run-1", sessionId: "session-1" },
    });
  });

  test("says of a run that it does not know in the stream, and of an agent before it", async () => {
    const { client } = await connect();
    expect(await errorOf(readAll(client.agents.follow("helper", { run_id: "none" })))).toMatchObject({
      kind: "refusal",
      detail: "Run none not found in buffer or database",
    });
    expect(await errorOf(readAll(client.agents.stream("other", { message: "Hi" })))).toMatchObject({
      kind: "refusal",
      status: 404,
      detail: "Agent not found",
      code: undefined,
      isOurs: false,
    });
  });

  test.each([
    [
      "2.3.12",
      { mode: "security_key", securityKey: "another", hasInfo: false },
      401,
      "Invalid authentication token",
    ],
    ["2.9.0", { clockAhead: 7_200 }, 401, "Token has expired"],
    [
      "2.9.0",
      { verifiesAudience: false, algorithm: "HS256", secret: "s" },
      401,
      "Invalid token: The specified alg value is not allowed",
    ],
  ] as const)("of version %s refuses with a sentence alone", async (version, options, status, detail) => {
    const { client } = await connect({ version, ...options });
    expect(await errorOf(client.agents.list())).toMatchObject({
      kind: "refusal",
      status,
      detail,
      code: undefined,
      denialId: undefined,
      isOurs: false,
    });
  });

  test("names the scopes of a 403 in its sentence, and faults of input one by one", async () => {
    const { client } = await connect({}, ["agents:read", "agents:run"]);
    expect(await errorOf(client.sessions.list())).toMatchObject({
      status: 403,
      detail: "Insufficient permissions. Required scope(s): sessions:read",
      requiredScopes: [],
    });
    expect(await errorOf(client.agents.run("helper", { message: "" }))).toMatchObject({
      kind: "invalid-input",
      issues: [{ location: ["body", "message"], message: "Field required", type: "missing" }],
    });
    const { client: reader } = await connect({}, ["agents:read"]);
    expect(await errorOf(reader.agents.run("helper", { message: "" }))).toMatchObject({ status: 403 });
  });

  test("before 2.5.13 has no /info, which is a 404 and no crash", async () => {
    const { client } = await connect({ hasInfo: false });
    expect(await errorOf(client.core.info())).toMatchObject({ kind: "refusal", status: 404 });
  });
});

test("a token that a Python AgentOS calls expired is asked for once more", async () => {
  const python = await startPythonServer({ mode: "jwt", publicPem: key.verificationKey, runs: {} });
  onTestFinished(() => python.close());
  const now = Math.floor(Date.now() / 1_000);
  let asked = 0;
  const client = createAgentOSClient({
    baseUrl: python.url,
    // Three hours slow.
    clock: () => Date.now() - 10_800_000,
    getToken: async () => {
      asked += 1;
      const at = asked === 1 ? now - 7_200 : now;
      return signToken(
        goodToken({ key, now: at, audience: "agent-os", subject: "alice", scopes: ["agents:read"] }),
      );
    },
  });
  expect(await client.agents.list()).toHaveLength(1);
  expect(asked).toBe(2);
});
