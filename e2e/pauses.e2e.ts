/** Runs that wait for a person, over real sockets and on every database: each way to go on, here, elsewhere and later. */
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { bodyOf, send } from "./support/http.ts";
import { createPausingAgents } from "./support/pausing-agents.ts";
import { type Served, serve, stop } from "./support/serve.ts";
import { openStream } from "./support/stream.ts";

const issuer = await createTestIssuer();
/** A first database waits for its server to start, on a machine that may be busy. */
const HOOK_TIMEOUT_MS = 60_000;

type Fields = Readonly<Record<string, string>>;
type Tool = Readonly<Record<string, unknown>> & { readonly tool_call_id: string };

interface Run {
  readonly run_id: string;
  readonly session_id: string;
  readonly status: string;
  readonly content: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: string;
    readonly tool_call_error?: boolean;
  }[];
  readonly tools: readonly Tool[];
  readonly requirements?: readonly { readonly tool_execution: Tool }[];
  readonly events?: readonly { readonly event: string }[];
  readonly metrics: { readonly total_tokens?: number };
}

interface IndexedEvent {
  readonly event: string;
  readonly event_index: number;
}

describe.each(DATABASES)("a paused run on %s", (kind) => {
  const { agents, effects } = createPausingAgents();
  let database: { readonly url: string; readonly deployment: string };
  let one: Served;
  let other: Served;
  let counter = 0;

  const start = () =>
    serve({
      id: TEST_OS_ID,
      agents,
      database,
      authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
    });

  beforeAll(async () => {
    database = { url: await createDatabase(kind), deployment: "shared" };
    one = await start();
    other = await start();
  }, HOOK_TIMEOUT_MS);

  beforeEach(() => effects.splice(0));

  async function post(
    server: Served,
    path: string,
    fields: Fields,
    subject = "alice",
    scopes = ["agents:run"],
  ) {
    const headers = await issuer.bearer({ subject, scopes });
    return send(server.port, { method: "POST", path, headers, body: new URLSearchParams(fields).toString() });
  }

  /** Alice's run of the agent, in a session of its own, as it pauses. */
  async function pause(agentId: string, fields: Fields = {}): Promise<Run> {
    const session_id = `${agentId}-${(counter += 1)}`;
    const answer = await post(one, `/agents/${agentId}/runs`, {
      message: "Go",
      stream: "false",
      session_id,
      ...fields,
    });
    expect(answer.status, answer.text).toBe(200);
    const run = bodyOf(answer) as unknown as Run;
    expect(run.status).toBe("PAUSED");
    return run;
  }

  const continueRun = (
    server: Served,
    agentId: string,
    run: Run,
    tools: readonly object[],
    fields: Fields = {},
    subject?: string,
  ) =>
    post(
      server,
      `/agents/${agentId}/runs/${run.run_id}/continue`,
      { tools: JSON.stringify(tools), session_id: run.session_id, stream: "false", ...fields },
      subject,
    );

  async function read(server: Served, agentId: string, run: Run): Promise<Run> {
    const headers = await issuer.bearer({ subject: "alice", scopes: ["agents:read", "agents:run"] });
    const answer = await send(server.port, {
      path: `/agents/${agentId}/runs/${run.run_id}?session_id=${run.session_id}`,
      headers,
    });
    expect(answer.status, answer.text).toBe(200);
    return bodyOf(answer) as unknown as Run;
  }

  const waiting = (run: Run): readonly Tool[] =>
    (run.requirements ?? []).map(({ tool_execution: tool }) => tool);
  const confirm = (run: Run, more: object = {}) =>
    waiting(run).map((tool) => ({ ...tool, confirmed: true, ...more }));
  const toolMessages = (run: Run) => run.messages.filter(({ role }) => role === "tool");

  test("is confirmed on another server: the tool runs once, with what was asked for, as whoever continues", async () => {
    const run = await pause("refunder");
    expect(run.content).toBe("I have tools to execute, but I need confirmation.");
    expect(effects).toEqual([]);
    const answer = await continueRun(other, "refunder", run, confirm(run));
    expect(answer.status, answer.text).toBe(200);
    const ended = bodyOf(answer) as unknown as Run;
    expect(ended).toMatchObject({
      run_id: run.run_id,
      status: "COMPLETED",
      content: "Let me see. All done.",
    });
    expect(ended.requirements).toBeUndefined();
    expect(ended.tools).toMatchObject([
      { confirmed: true, result: "refund_order done", tool_call_error: false },
    ]);
    expect(effects).toEqual([`refund_order {"order_id":"A-1","cents":500} alice ["agents:run"]`]);
  });

  test("is stored whole at its end: events, messages and tokens are those of both parts", async () => {
    const run = await pause("refunder");
    await continueRun(other, "refunder", run, confirm(run));
    const stored = await read(one, "refunder", run);
    expect(stored.events?.map(({ event }) => event)).toEqual([
      "RunStarted",
      "ModelRequestStarted",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "RunPaused",
      "RunContinued",
      "ToolCallStarted",
      "ToolCallCompleted",
      "ModelRequestStarted",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "RunCompleted",
    ]);
    expect(stored.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
    expect(stored.metrics.total_tokens).toBeGreaterThan(run.metrics.total_tokens ?? 0);
    const session = await sessionOf(run);
    // Each part is counted once.
    expect(session["total_tokens"]).toBe(stored.metrics.total_tokens);
  });

  async function sessionOf(run: Run) {
    const headers = await issuer.bearer({ subject: "alice", scopes: ["sessions:read"] });
    return bodyOf(await send(one.port, { path: `/sessions/${run.session_id}`, headers }));
  }

  test("streams what follows", async () => {
    const run = await pause("refunder");
    const headers = await issuer.bearer({ subject: "alice", scopes: ["agents:run"] });
    const body = new URLSearchParams({
      tools: JSON.stringify(confirm(run)),
      session_id: run.session_id,
    }).toString();
    const path = `/agents/refunder/runs/${run.run_id}/continue`;
    const frames = await (await openStream(other.port, { path, headers, body })).rest();
    const events = frames.map((frame) => /^event: (\w+)/.exec(frame)?.[1]);
    expect(events.filter((event) => event !== "RunContent")).toEqual([
      "RunContinued",
      "ToolCallStarted",
      "ToolCallCompleted",
      "ModelRequestStarted",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "RunCompleted",
    ]);
  });

  test("takes decisions as JSON", async () => {
    const run = await pause("refunder");
    const headers = await issuer.bearer({ subject: "alice", scopes: ["agents:run"] });
    const answer = await send(one.port, {
      method: "POST",
      path: `/agents/refunder/runs/${run.run_id}/continue`,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ tools: confirm(run), session_id: run.session_id, stream: false }),
    });
    expect(bodyOf(answer)).toMatchObject({ status: "COMPLETED" });
  });

  test("is rejected with a note: the tool does not run, and the note is its message", async () => {
    const run = await pause("refunder");
    const decisions = waiting(run).map(({ tool_call_id }) => ({
      tool_call_id,
      confirmed: false,
      confirmation_note: "The customer kept it",
    }));
    const ended = bodyOf(await continueRun(other, "refunder", run, decisions)) as unknown as Run;
    expect(ended.status).toBe("COMPLETED");
    expect(toolMessages(ended)).toMatchObject([{ content: "The customer kept it", tool_call_error: true }]);
    expect(effects).toEqual([]);
  });

  test("runs with edited arguments where the tool allows it, and the model is told", async () => {
    const run = await pause("payer");
    const decisions = confirm(run, { tool_args: { order_id: "A-1", cents: 200 } });
    const ended = bodyOf(await continueRun(other, "payer", run, decisions)) as unknown as Run;
    expect(effects).toEqual([`pay_out {"order_id":"A-1","cents":200} alice ["agents:run"]`]);
    expect(ended.tools).toMatchObject([
      { tool_args: { order_id: "A-1", cents: 200 }, result: "pay_out done" },
    ]);
    expect(toolMessages(ended)[0]?.content).toContain('{"cents":200}');
  });

  test("takes the result that the client brings", async () => {
    const run = await pause("porter");
    expect(run.content).toBe("I have tools to execute, but it needs external execution.");
    const [tool] = waiting(run);
    const ended = bodyOf(
      await continueRun(other, "porter", run, [{ ...tool, result: "It is open" }]),
    ) as unknown as Run;
    expect(ended.status).toBe("COMPLETED");
    expect(toolMessages(ended)).toMatchObject([{ content: "It is open", tool_call_error: false }]);
  });

  test("takes what a person fills in, and nothing that the model wrote there", async () => {
    const run = await pause("booker");
    expect(run.content).toBe("I have tools to execute, but I need user input.");
    const [tool] = waiting(run);
    expect(tool).toMatchObject({
      tool_args: { film: "Alien" },
      requires_user_input: true,
      answered: null,
      user_input_schema: [{ name: "seat", field_type: "int", description: "Which seat", value: null }],
    });
    const filled = { ...tool, answered: true, user_input_schema: [{ name: "seat", value: 7 }] };
    const ended = bodyOf(await continueRun(other, "booker", run, [filled])) as unknown as Run;
    expect(ended.tools).toMatchObject([{ answered: true, user_input_schema: [{ name: "seat", value: 7 }] }]);
    expect(effects).toEqual([`book_seat {"film":"Alien","seat":7} alice ["agents:run"]`]);
  });

  test("runs what waits for nobody at once, and decides the rest together", async () => {
    const run = await pause("several");
    expect(effects).toEqual([`look_up {"order_id":"A-1"} alice ["agents:run"]`]);
    const [first, second] = waiting(run);
    const undecided = await continueRun(other, "several", run, [{ ...first, confirmed: true }]);
    expect(undecided.status).toBe(400);
    expect(bodyOf(undecided)["detail"]).toBe(
      `Not every tool call is decided: "pay_out" (${JSON.stringify(second?.tool_call_id)}) needs "confirmed"`,
    );
    expect(effects).toHaveLength(1);
    const decisions = [
      { ...second, confirmed: true },
      { tool_call_id: first?.tool_call_id, confirmed: false },
    ];
    const ended = bodyOf(await continueRun(other, "several", run, decisions)) as unknown as Run;
    expect(ended.status).toBe("COMPLETED");
    expect(effects).toHaveLength(2);
    expect(toolMessages(ended).map(({ tool_call_error }) => tool_call_error)).toEqual([false, true, false]);
  });

  test("pauses again where it must", async () => {
    const run = await pause("twice");
    const again = bodyOf(await continueRun(other, "twice", run, confirm(run))) as unknown as Run;
    expect(again).toMatchObject({ run_id: run.run_id, status: "PAUSED" });
    expect(waiting(again)).toMatchObject([{ tool_args: { order_id: "A-2" } }]);
    const ended = bodyOf(await continueRun(one, "twice", again, confirm(again))) as unknown as Run;
    expect(ended).toMatchObject({ status: "COMPLETED", content: "Both done." });
    expect(effects).toHaveLength(2);
    const session = await sessionOf(run);
    expect(session["total_tokens"]).toBe(ended.metrics.total_tokens);
  });

  test("is continued once, however often it is asked for at once: the rest gets 409", async () => {
    const run = await pause("refunder");
    const answers = await Promise.all(
      [one, other, one, other, one, other].map((server) =>
        continueRun(server, "refunder", run, confirm(run)),
      ),
    );
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(5);
    for (const answer of refused)
      expect(bodyOf(answer)["detail"]).toMatch(/^run is already (running|completed)$/);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(effects).toHaveLength(1);
    const late = await continueRun(other, "refunder", run, confirm(run));
    expect([late.status, bodyOf(late)]).toEqual([409, { detail: "run is already completed" }]);
  });

  test("goes on after its server has stopped, with the media that it was sent", async () => {
    const started = await start();
    const image = { content: Buffer.from("a picture").toString("base64"), mime_type: "image/png" };
    const session_id = `restart-${(counter += 1)}`;
    const fields = { message: "Go", stream: "false", session_id, images: JSON.stringify([image]) };
    const run = bodyOf(await post(started, "/agents/refunder/runs", fields)) as unknown as Run;
    await stop(started);
    const ended = bodyOf(await continueRun(other, "refunder", run, confirm(run))) as unknown as Run;
    expect(ended).toMatchObject({ status: "COMPLETED", input: { images: [{ size: 9 }] } });
  });

  test("goes on in the background, and is followed from where it goes on", async () => {
    const run = await pause("refunder");
    const accepted = await continueRun(other, "refunder", run, confirm(run), { background: "true" });
    expect([accepted.status, bodyOf(accepted)]).toEqual([
      202,
      { run_id: run.run_id, session_id: run.session_id, status: "PENDING" },
    ]);
    const second = await pause("payer");
    const headers = await issuer.bearer({ subject: "alice", scopes: ["agents:run"] });
    const body = new URLSearchParams({
      tools: JSON.stringify(confirm(second)),
      session_id: second.session_id,
      background: "true",
    }).toString();
    const path = `/agents/payer/runs/${second.run_id}`;
    const frames = await (await openStream(other.port, { path: `${path}/continue`, headers, body })).rest();
    const events = frames.map(
      (frame) => JSON.parse(frame.slice(frame.indexOf("data: ") + 6)) as IndexedEvent,
    );
    expect(events[0]?.event).toBe("RunContinued");
    expect(events.at(-1)?.event).toBe("RunCompleted");
    const first = events[0]?.event_index ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(events.map(({ event_index }) => event_index)).toEqual(events.map((_, index) => first + index));
    const resumed = await openStream(one.port, {
      path: `${path}/resume`,
      headers,
      body: new URLSearchParams({
        session_id: second.session_id,
        last_event_index: String(first),
      }).toString(),
    });
    const [replay, ...rest] = await resumed.rest();
    expect(replay).toContain("event: replay");
    expect(rest).toHaveLength(events.length - 1);
  });

  test("of a run in the background keeps its events from its start on, over the pause", async () => {
    const session_id = `background-${(counter += 1)}`;
    const headers = await issuer.bearer({ subject: "alice", scopes: ["agents:run"] });
    const asked = new URLSearchParams({ message: "Go", background: "true", session_id }).toString();
    const frames = await (
      await openStream(one.port, { path: "/agents/refunder/runs", headers, body: asked })
    ).rest();
    const paused = JSON.parse((frames.at(-1) ?? "").split("data: ")[1] ?? "") as IndexedEvent & Run;
    expect(paused.event).toBe("RunPaused");
    await continueRun(other, "refunder", { ...paused, session_id }, confirm(paused));
    const body = new URLSearchParams({ session_id, last_event_index: "0" }).toString();
    const path = `/agents/refunder/runs/${paused.run_id}/resume`;
    const [, ...rest] = await (await openStream(one.port, { path, headers, body })).rest();
    const events = rest.map((frame) => JSON.parse(frame.split("data: ")[1] ?? "") as IndexedEvent);
    expect(events.map(({ event_index }) => event_index)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ event }) => event)).toContain("RunContinued");
    expect(events.at(-1)?.event).toBe("RunCompleted");
  });

  test("that was cancelled while it waited does not go on", async () => {
    const run = await pause("refunder");
    await post(other, `/agents/refunder/runs/${run.run_id}/cancel?session_id=${run.session_id}`, {});
    const answer = await continueRun(one, "refunder", run, confirm(run));
    expect([answer.status, bodyOf(answer)]).toEqual([409, { detail: "run is already cancelled" }]);
    expect(effects).toEqual([]);
  });

  test("of somebody else is not there, and neither is one of another agent, another session or none", async () => {
    const run = await pause("refunder");
    const notFound = { detail: "Run not found" };
    const rows = [
      await continueRun(one, "refunder", run, confirm(run), {}, "bob"),
      await continueRun(one, "payer", run, confirm(run)),
      await continueRun(one, "refunder", run, confirm(run), { session_id: "another" }),
      await continueRun(one, "refunder", { ...run, run_id: "none" }, confirm(run)),
    ];
    for (const answer of rows) expect([answer.status, bodyOf(answer)]).toEqual([404, notFound]);
    const unnamed = await continueRun(one, "refunder", run, confirm(run), { session_id: "" });
    expect([unnamed.status, bodyOf(unnamed)]).toEqual([
      400,
      {
        detail: "session_id is required for this action",
        fix: 'send it in the body, as the field "session_id": the query is not read here',
      },
    ]);
    expect(effects).toEqual([]);
    expect((await read(one, "refunder", run)).status).toBe("PAUSED");
  });

  test("is not copied with its session, which says why", async () => {
    const run = await pause("refunder");
    const fork = () => post(one, `/agents/refunder/sessions/${run.session_id}/fork`, {});
    const refused = await fork();
    expect([refused.status, bodyOf(refused)]).toEqual([
      400,
      {
        detail: "Source session has no runs to fork.",
        fix: "wait until a run of the session has ended, or cancel it: runs that are paused, wait or still run are not copied",
      },
    ]);
    await post(one, `/agents/refunder/runs/${run.run_id}/cancel?session_id=${run.session_id}`, {});
    expect((await fork()).status).toBe(200);
  });

  test("is continued by an administrator with the administrator's scopes", async () => {
    const run = await pause("refunder");
    const fields = { tools: JSON.stringify(confirm(run)), session_id: run.session_id, stream: "false" };
    const path = `/agents/refunder/runs/${run.run_id}/continue`;
    const answer = await post(one, path, fields, "root", ["agent_os:admin"]);
    expect(bodyOf(answer)).toMatchObject({ status: "COMPLETED", user_id: "alice" });
    expect(effects).toEqual([`refund_order {"order_id":"A-1","cents":500} root ["agent_os:admin"]`]);
  });

  test("is refused to a caller who may not run the agent", async () => {
    const run = await pause("refunder");
    const fields = { tools: JSON.stringify(confirm(run)), session_id: run.session_id, stream: "false" };
    const path = `/agents/refunder/runs/${run.run_id}/continue`;
    const answer = await post(one, path, fields, "alice", ["agents:read"]);
    expect(answer.status).toBe(403);
    expect(effects).toEqual([]);
  });
});
