/** Runs that go on without their client, over real sockets and on every database: left, taken up again, queued, stopped. */
import { Agent, type AgentOSOptions, type Runnable } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { createGatedAgent } from "./support/gated-agent.ts";
import { type Answer, bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";
import { type OpenStream, openStream } from "./support/stream.ts";

const issuer = await createTestIssuer();
/** A first database waits for its server to start, on a machine that may be busy. */
const HOOK_TIMEOUT_MS = 60_000;
/** Whoever hears no hint looks every five seconds. */
const POLL = { timeout: 15_000 };

type Fields = Readonly<Record<string, string>>;
interface Caller {
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly headers?: Fields;
}

interface Frame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly event_index?: number };
  readonly text: string;
}

const ALL_EVENTS = ["RunStarted", "RunContent", "RunContent", "RunContentCompleted", "RunCompleted"];

function parseFrame(text: string): Frame {
  const [, event = "", json = "{}"] = /^event: (.*)\ndata: (.*)\n\n$/.exec(text) ?? [];
  return { event, text, data: JSON.parse(json) as Frame["data"] };
}

const restOf = async (stream: OpenStream) => (await stream.rest()).map(parseFrame);
const indicesOf = (frames: readonly Frame[]) =>
  frames.flatMap(({ data: { event_index: index } }) => index ?? []);
const eventsOf = (frames: readonly Frame[]) => frames.map(({ event }) => event);

async function nextFrame(stream: OpenStream): Promise<Frame> {
  return parseFrame((await stream.next()) ?? "");
}

async function call({ subject = "alice", scopes = ["agents:run", "agents:read"], headers = {} }: Caller) {
  return { ...(await issuer.bearer({ subject, scopes: [...scopes] })), ...headers };
}

const bodyText = (fields: Fields) => new URLSearchParams({ message: "Go", ...fields }).toString();

async function post(server: Served, path: string, fields: Fields, caller: Caller = {}): Promise<Answer> {
  const headers = await call(caller);
  return send(server.port, { method: "POST", path, headers, body: bodyText(fields) });
}

async function follow(server: Served, path: string, fields: Fields, caller: Caller = {}) {
  return openStream(server.port, { path, headers: await call(caller), body: bodyText(fields) });
}

/** An accepted run, as its 202 names it. */
interface Accepted {
  readonly run_id: string;
  readonly session_id: string;
}

async function accept(server: Served, agentId: string, fields: Fields, caller?: Caller): Promise<Accepted> {
  const answer = await post(
    server,
    `/agents/${agentId}/runs`,
    { stream: "false", background: "true", ...fields },
    caller,
  );
  expect(answer.status, answer.text).toBe(202);
  const body = bodyOf(answer) as unknown as Accepted;
  const { run_id, session_id } = body;
  expect(body).toEqual({ run_id, session_id, status: "PENDING" });
  return body;
}

async function read(server: Served, agentId: string, { run_id, session_id }: Accepted, caller: Caller = {}) {
  const headers = await call(caller);
  const path = `/agents/${agentId}/runs/${run_id}?session_id=${session_id}`;
  return bodyOf(await send(server.port, { path, headers }));
}

const resumePath = (agentId: string, { run_id }: Pick<Accepted, "run_id">) =>
  `/agents/${agentId}/runs/${run_id}/resume`;

async function resume(server: Served, agentId: string, run: Accepted, after?: number, caller?: Caller) {
  const fields = {
    session_id: run.session_id,
    ...(after === undefined ? {} : { last_event_index: String(after) }),
  };
  return follow(server, resumePath(agentId, run), fields, caller);
}

const untilStatus = (server: Served, agentId: string, run: Accepted, status: string) =>
  expect.poll(async () => (await read(server, agentId, run))["status"], POLL).toBe(status);

const optionsOf = (
  database: NonNullable<AgentOSOptions["database"]> | null,
  agents: readonly Runnable<"agent">[],
  limits: NonNullable<AgentOSOptions["limits"]> = {},
): AgentOSOptions => ({
  id: TEST_OS_ID,
  agents: [...agents],
  database,
  limits,
  authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
});

let sessions = 0;
const nextSession = () => `background-${(sessions += 1)}`;

describe.each([...DATABASES, "memory" as const])("a run in the background on %s", (kind) => {
  let database: { readonly url: string; readonly deployment: string } | null;
  const isShared = kind !== "memory";

  /** Two servers of one database, or one server in memory. */
  async function start(agents: readonly Runnable<"agent">[], limits?: AgentOSOptions["limits"]) {
    const one = await serve(optionsOf(database, agents, limits));
    return { one, other: isShared ? await serve(optionsOf(database, agents, limits)) : one };
  }

  beforeAll(async () => {
    database = kind === "memory" ? null : { url: await createDatabase(kind), deployment: "shared" };
  }, HOOK_TIMEOUT_MS);

  test("has an index and its run in each frame, and the same frames for whoever comes later", async () => {
    const { agent, gate } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    gate.open();
    const session_id = nextSession();
    const stream = await follow(one, "/agents/gated/runs", { background: "true", session_id });
    const frames = await restOf(stream);
    expect(eventsOf(frames)).toEqual(ALL_EVENTS);
    expect(indicesOf(frames)).toEqual([0, 1, 2, 3, 4]);
    for (const { text, data } of frames) {
      expect(text).toMatch(/,"event_index":\d+\}\n\n$/);
      expect(data).toMatchObject({ run_id: frames[0]?.data["run_id"], session_id });
    }
    const run = { run_id: String(frames[0]?.data["run_id"]), session_id };
    for (const server of [one, other]) {
      const [replay, ...again] = await restOf(await resume(server, "gated", run));
      expect(again.map(({ text }) => text)).toEqual(frames.map(({ text }) => text));
      expect(replay?.text).toBe(
        `event: replay\ndata: {"event": "replay", "run_id": "${run.run_id}", "status": "COMPLETED", "total_events": 5, "total_buffered": 5, "last_event_index_requested": null, "message": "Run ${run.run_id} is COMPLETED: replaying its events"}\n\n`,
      );
      expect(indicesOf(await restOf(await resume(server, "gated", run, 2)))).toEqual([3, 4]);
      expect(indicesOf(await restOf(await resume(server, "gated", run, 99)))).toEqual([]);
    }
  });

  test("goes on when its client goes away, which finds on any server what it missed", async () => {
    const { agent, gate, started } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    const session_id = nextSession();
    const stream = await follow(one, "/agents/gated/runs", { background: "true", session_id });
    const first = await nextFrame(stream);
    await started;
    expect((await nextFrame(stream)).data).toMatchObject({ content: "one ", event_index: 1 });
    stream.disconnect();
    const run = { run_id: String(first.data["run_id"]), session_id };
    const later = await Promise.all([
      resume(one, "gated", run),
      resume(other, "gated", run, 0),
      resume(other, "gated", run, 1),
    ]);
    const [all, missedOne, missedNone] = later;
    const about = `"run_id": "${run.run_id}", "status": "running"`;
    expect(await all.next()).toBe(
      `event: catch_up\ndata: {"event": "catch_up", ${about}, "missed_events": 2, "current_event_count": 2, "message": "Catching up on 2 missed events"}\n\n`,
    );
    expect(indicesOf([await nextFrame(all), await nextFrame(all)])).toEqual([0, 1]);
    expect((await nextFrame(missedOne)).data).toMatchObject({ event: "catch_up", missed_events: 1 });
    expect((await nextFrame(missedOne)).data).toMatchObject({ event_index: 1 });
    for (const follower of later)
      expect(await follower.next()).toBe(
        `event: subscribed\ndata: {"event": "subscribed", ${about}, "current_event_count": 2, "message": "Listening for live events"}\n\n`,
      );
    gate.open();
    for (const follower of later) expect(indicesOf(await restOf(follower))).toEqual([2, 3, 4]);
    expect(await read(other, "gated", run)).toMatchObject({ status: "COMPLETED", content: "one two" });
    missedNone.disconnect();
  });

  test("without a stream is answered at once, and its events can be followed all the same", async () => {
    const { agent, gate, started } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    const run = await accept(one, "gated", { session_id: nextSession() });
    await started;
    expect(await read(other, "gated", run)).toMatchObject({ status: "RUNNING" });
    const follower = await resume(other, "gated", run);
    gate.open();
    const frames = await restOf(follower);
    expect(indicesOf(frames)).toEqual([0, 1, 2, 3, 4]);
    expect(eventsOf(frames)).toContain("subscribed");
    await untilStatus(other, "gated", run, "COMPLETED");
  });

  test("is cancelled through any server, and says so to whoever follows", async () => {
    const { agent, started, cancelled } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    const run = await accept(one, "gated", { session_id: nextSession() });
    await started;
    const followers = [await resume(one, "gated", run), await resume(other, "gated", run)];
    const path = `/agents/gated/runs/${run.run_id}/cancel?session_id=${run.session_id}`;
    expect(await post(other, path, {})).toMatchObject({ status: 200, text: "{}" });
    await cancelled;
    for (const follower of followers) {
      const frames = await restOf(follower);
      expect(eventsOf(frames).slice(-2)).toEqual(["RunCancelled", "RunCompleted"]);
      expect(indicesOf(frames)).toEqual([0, 1, 2, 3]);
    }
    await untilStatus(other, "gated", run, "CANCELLED");
  });

  test("waits where there is no place, runs when there is one, and is cancelled where it waits", async () => {
    const held = createGatedAgent("held");
    const waiting = createGatedAgent("waiting");
    waiting.gate.open();
    const limits = { activeRuns: 1, activeRunsPerCaller: 1 };
    const server = await serve(optionsOf(database, [held.agent, waiting.agent], limits));
    const first = await accept(server, "held", { session_id: nextSession() });
    await held.started;
    const session_id = nextSession();
    const second = await accept(server, "waiting", { session_id });
    const third = await accept(server, "waiting", { session_id });
    expect(await read(server, "waiting", second)).toMatchObject({ status: "PENDING" });
    // A stream cannot wait, and neither can whoever wants the answer.
    for (const fields of [{ background: "true" }, { stream: "false" }] as const)
      expect(bodyOf(await post(server, "/agents/waiting/runs", fields))).toMatchObject({
        code: "RUN_CALLER_LIMIT",
      });
    const followed = await resume(server, "waiting", second);
    expect((await nextFrame(followed)).data).toMatchObject({ event: "subscribed", status: "PENDING" });
    const path = `/agents/waiting/runs/${third.run_id}/cancel?session_id=${session_id}`;
    expect(await post(server, path, {})).toMatchObject({ status: 200 });
    expect(await read(server, "waiting", third)).toMatchObject({ status: "CANCELLED" });
    const [replay, ...frames] = await restOf(await resume(server, "waiting", third));
    expect(replay?.data).toMatchObject({ status: "CANCELLED", total_events: 2 });
    expect(eventsOf(frames)).toEqual(["RunCancelled", "RunCompleted"]);
    held.gate.open();
    expect(eventsOf(await restOf(followed))).toEqual(ALL_EVENTS);
    await untilStatus(server, "waiting", second, "COMPLETED");
    await untilStatus(server, "held", first, "COMPLETED");
    await stop(server);
  });

  test("is taken up without a body by whoever sees everybody's, chunked or not", async () => {
    const { agent, gate } = createGatedAgent("gated");
    gate.open();
    const server = await serve(optionsOf(database, [agent]));
    const run = await accept(server, "gated", { session_id: nextSession() });
    await untilStatus(server, "gated", run, "COMPLETED");
    const headers = await call({ subject: "root", scopes: ["agent_os:admin"] });
    const url = `http://localhost:${server.port}${resumePath("gated", run)}`;
    const chunked = new ReadableStream({ start: (controller) => controller.close() });
    for (const body of [null, chunked]) {
      const answer = await fetch(url, { method: "POST", headers, body, duplex: "half" });
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("RunCompleted")]);
    }
    await stop(server);
  });

  test.runIf(isShared)(
    "of an agent that is served no more is cancelled all the same, by whoever may run that agent",
    async () => {
      const held = createGatedAgent("held");
      const extra = createGatedAgent("extra");
      const limits = { activeRuns: 1, activeRunsPerCaller: 1 };
      const before = await serve(optionsOf(database, [held.agent, extra.agent], limits));
      const first = await accept(before, "held", { session_id: nextSession() });
      await held.started;
      const run = await accept(before, "extra", { session_id: nextSession() });
      const { agent } = createGatedAgent("other");
      const server = await serve(optionsOf(database, [agent, held.agent]));
      const path = `/agents/extra/runs/${run.run_id}/cancel`;
      const named = `${path}?session_id=${run.session_id}`;
      expect((await post(server, named, {}, { scopes: ["agents:other:run"] })).status).toBe(403);
      const missing = { status: 404, text: '{"detail":"Agent not found"}' };
      expect(await post(server, named, {}, { subject: "bob" })).toMatchObject(missing);
      expect(
        await post(server, `/agents/other/runs/${run.run_id}/cancel?session_id=${run.session_id}`, {}),
      ).toMatchObject({ status: 404 });
      expect(await post(server, named, {})).toMatchObject({ status: 200, text: "{}" });
      expect(await read(before, "extra", run)).toMatchObject({ status: "CANCELLED" });
      const admin = { subject: "root", scopes: ["agent_os:admin"] };
      expect(await post(server, "/agents/extra/runs/none/cancel", {}, admin)).toMatchObject(missing);
      held.gate.open();
      await untilStatus(before, "held", first, "COMPLETED");
      await stop(before);
      await stop(server);
    },
  );

  test("that is asked for again with its key is the same run, whichever server is asked", async () => {
    const { agent, gate, started } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    const session_id = nextSession();
    const headers = { "idempotency-key": `"order-${session_id}"` };
    const accepted = await Promise.all(
      [one, other, one, other].map((server) => accept(server, "gated", { session_id }, { headers })),
    );
    await started;
    expect(new Set(accepted.map(({ run_id }) => run_id)).size).toBe(1);
    const reused = await post(
      other,
      "/agents/gated/runs",
      { stream: "false", background: "true", session_id, message: "Other" },
      { headers },
    );
    expect([reused.status, reused.text]).toEqual([
      422,
      expect.stringContaining("another request was sent with"),
    ]);
    // Somebody else's key of the same text is another key.
    const bobs = await accept(one, "gated", { session_id }, { headers, subject: "bob" });
    expect(bobs.run_id).not.toBe(accepted[0]?.run_id);
    gate.open();
    await expect
      .poll(async () => (await read(one, "gated", bobs, { subject: "bob" }))["status"], POLL)
      .toBe("COMPLETED");
  });

  test("is not shown to others, and a run that there never was is one frame", async () => {
    const { agent, gate } = createGatedAgent("gated");
    const { one, other } = await start([agent]);
    gate.open();
    const run = await accept(one, "gated", { session_id: nextSession() });
    await untilStatus(other, "gated", run, "COMPLETED");
    const path = resumePath("gated", run);
    const unnamed = await post(other, path, {});
    expect([unnamed.status, bodyOf(unnamed)]).toEqual([
      400,
      {
        detail: "session_id is required for this action",
        fix: 'send it in the body, as the field "session_id": the query is not read here',
      },
    ]);
    const bob = { subject: "bob" };
    const { session_id } = run;
    for (const [fields, caller] of [
      [{ session_id }, bob],
      [{ session_id: "another" }, {}],
    ] as const) {
      const answer = await post(other, path, fields, caller);
      expect([answer.status, bodyOf(answer)]).toEqual([404, { detail: "Run not found" }]);
    }
    expect((await post(other, path, { session_id, last_event_index: "x" })).status).toBe(422);
    const admin = { subject: "root", scopes: ["agent_os:admin"] };
    const none = await post(other, resumePath("gated", { run_id: "none" }), {}, admin);
    expect([none.status, none.text]).toEqual([
      200,
      'event: error\ndata: {"event": "error", "error": "Run none not found in buffer or database"}\n\n',
    ]);
    expect(indicesOf(await restOf(await follow(other, path, {}, admin)))).toEqual([0, 1, 2, 3, 4]);
  });

  test("has a plain run beside it, whose stored events are what can be taken up", async () => {
    const { one, other } = await start([new Agent({ id: "echo", model: "offline:echo" })]);
    const session_id = nextSession();
    const headers = { "idempotency-key": `plain-${session_id}` };
    const fields = { stream: "false", session_id };
    const first = await post(one, "/agents/echo/runs", fields, { headers });
    const again = await post(other, "/agents/echo/runs", fields, { headers });
    expect([again.status, bodyOf(again)]).toEqual([200, bodyOf(first)]);
    const run = { run_id: String(bodyOf(first)["run_id"]), session_id };
    const [replay, ...events] = await restOf(await resume(other, "echo", run));
    expect(replay?.text).toBe(
      `event: replay\ndata: {"event": "replay", "run_id": "${run.run_id}", "status": "COMPLETED", "total_events": ${events.length}, "message": "Run ${run.run_id} is COMPLETED: replaying the events that are stored with it"}\n\n`,
    );
    expect(eventsOf(events).at(-1)).toBe("RunCompleted");
    expect(indicesOf(events)).toEqual(events.map((_, index) => index));
  });

  test.runIf(isShared)(
    "that waits is left alone by a server without its agent, and outlives its own",
    async () => {
      const held = createGatedAgent("held");
      const rare = createGatedAgent("rare");
      rare.gate.open();
      const limits = { activeRuns: 1 };
      const own = await serve(optionsOf(database, [held.agent, rare.agent], limits));
      const foreign = await serve(optionsOf(database, [new Agent({ id: "echo", model: "offline:echo" })]));
      await accept(own, "held", { session_id: nextSession() });
      await held.started;
      const run = await accept(own, "rare", { session_id: nextSession() });
      // What it may take it takes: the look was there, and the run was left.
      const echo = await accept(foreign, "echo", { session_id: nextSession() });
      await untilStatus(foreign, "echo", echo, "COMPLETED");
      expect(await read(own, "rare", run)).toMatchObject({ status: "PENDING" });
      await own.os.close();
      const next = await serve(optionsOf(database, [rare.agent]));
      await untilStatus(next, "rare", run, "COMPLETED");
      await rare.started;
    },
  );
});
