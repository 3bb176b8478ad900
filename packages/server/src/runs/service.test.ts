import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import {
  ALICE,
  createPlainAgent,
  createPlainTeam,
  createTestAccess,
  createTestServer,
  finish,
  form,
} from "./test-run.fixture.ts";

const agent = new Agent({ id: "helper", model: "offline:echo" });

describe("startRun", () => {
  it("refuses a background run in the contract's words", async () => {
    const { service } = createTestServer();
    const access = { identity: ALICE, dataScope: { kind: "all" } } as const;
    expect(
      await service.startRun({ runnable: agent, form: form("hi", { background: true }), access }),
    ).toEqual({
      ok: false,
      fault: {
        status: 400,
        detail: "Background execution requires a database to be configured on the agent",
      },
    });
  });

  it("says of a team that its database is missing", async () => {
    const team = createPlainTeam(async function* () {});
    const request = { runnable: team, form: form("hi", { background: true }), access: createTestAccess() };
    expect(await createTestServer().service.startRun(request)).toMatchObject({
      fault: { detail: "Background execution requires a database to be configured on the team" },
    });
  });

  it("makes the run id itself, and a session id when there is none", async () => {
    const server = createTestServer();
    const first = await server.start(agent, form("hi"));
    const second = await server.start(agent, form("hi", { sessionId: "mine" }));
    expect(first.sessionId).not.toBe(first.runId);
    expect(second.sessionId).toBe("mine");
    expect(second.runId).not.toBe(first.runId);
  });

  it("merges the session's state with what the run brings, and keeps the result", async () => {
    const server = createTestServer();
    const runWith = (state: Record<string, unknown>) =>
      server.start(agent, form("hi", { sessionId: "s", sessionState: state }));
    await finish(await runWith({ a: 1, b: 1 }));
    const { output } = await finish(await runWith({ b: 2 }));
    expect(output.session_state).toEqual({ a: 1, b: 2 });
  });

  it("does not hand the caller's own objects to tools", async () => {
    const server = createTestServer();
    const state = { nested: { n: 1 } };
    const run = await server.start(
      createPlainAgent(async function* (_, context) {
        (context.sessionState["nested"] as { n: number }).n = 2;
        yield { type: "content", text: "x" };
      }),
      form("hi", { sessionState: state }),
    );
    const { output } = await finish(run);
    expect(output.session_state).toEqual({ nested: { n: 2 } });
    expect(state).toEqual({ nested: { n: 1 } });
  });

  it("is cancelled by the request's signal", async () => {
    const server = createTestServer();
    const client = new AbortController();
    const run = await server.start(agent, form("a b c"), { signal: client.signal });
    await run.events.next();
    client.abort();
    expect((await finish(run)).output.status).toBe("CANCELLED");
  });
});

describe("drain", () => {
  it("waits for runs that have begun", async () => {
    const { service, start } = createTestServer();
    const run = await start(agent, form("hi"));
    expect(service.activeRuns).toBe(0);
    await run.events.next();
    expect(service.activeRuns).toBe(1);
    let isDrained = false;
    const drained = service.drain(new AbortController().signal).then(() => (isDrained = true));
    await run.events.next();
    expect(isDrained).toBe(false);
    const { output } = await finish(run);
    await drained;
    expect([output.status, service.activeRuns]).toEqual(["COMPLETED", 0]);
  });

  it("cancels what is left when its time is over", async () => {
    const { service, start } = createTestServer();
    const run = await start(agent, form("hi there"));
    await run.events.next();
    const timeout = new AbortController();
    const drained = service.drain(timeout.signal);
    timeout.abort(new Error("shutting down"));
    await drained;
    expect((await finish(run)).output.status).toBe("CANCELLED");
  });

  it("resolves at once when nothing runs", async () => {
    await createTestServer().service.drain(new AbortController().signal);
  });
});
