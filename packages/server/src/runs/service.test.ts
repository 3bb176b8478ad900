import { describe, expect, it, vi } from "vitest";
import { Agent } from "../agents/agent.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { MAX_SESSION_STATE_BYTES } from "./run-limits.ts";
import { RunLeaseLost } from "./store.ts";
import {
  ALICE,
  BOB,
  createPlainAgent,
  createTestAccess,
  createTestIdentity,
  createTestServer,
  finish,
  followEvents,
  form,
  outputOf,
  settle,
  startRun,
} from "./test-run.fixture.ts";

const agent = new Agent({ id: "helper", model: "offline:echo" });

const hanging = createPlainAgent(async function* () {
  yield { type: "content", text: "x" };
  await new Promise(() => {});
});

describe("startRun", () => {
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

  it("keeps what two runs of a session change at the same time, whichever ends last", async () => {
    const server = createTestServer();
    const gate = Promise.withResolvers<void>();
    const slow = createPlainAgent(async function* (_, { sessionState }) {
      await gate.promise;
      sessionState["slow"] = 1;
      delete sessionState["old"];
      yield { type: "content", text: "x" };
    });
    const run = (runnable: typeof slow, state: Record<string, unknown>) =>
      server.start(runnable, form("hi", { sessionId: "s", sessionState: state }));
    const quick = createPlainAgent(async function* () {});
    await finish(await run(quick, { old: 1, kept: 1 }));
    const first = await run(slow, {});
    await finish(await run(quick, { quick: 1 }));
    gate.resolve();
    await first.finished;
    const { output } = await finish(await run(quick, {}));
    expect(output.session_state).toEqual({ kept: 1, quick: 1, slow: 1 });
  });

  it("counts history, so that runs with a long one are refused before they fill the memory", async () => {
    const server = createTestServer({ limits: { runBytes: 200_000, runBytesPerCaller: 100_000 } });
    const talks = createPlainAgent(async function* () {
      yield { type: "content", text: "x".repeat(20_000) };
    });
    const remembers = { ...talks, historyRuns: 3 };
    await finish(await server.start(talks, form("hi", { sessionId: "s" })));
    await finish(await server.start(talks, form("hi", { sessionId: "s" })));
    const request = { runnable: remembers, form: form("hi", { sessionId: "s" }), access: createTestAccess() };
    expect(await startRun(server.service, request)).toMatchObject({
      fault: { code: "RUN_REQUEST_TOO_LARGE" },
    });
    expect(server.service.activeRuns).toBe(0);
    const elsewhere = { ...request, form: form("hi", { sessionId: "another" }) };
    expect(await startRun(server.service, elsewhere)).toMatchObject({ ok: true });
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
    client.abort();
    expect((await finish(run)).output.status).toBe("CANCELLED");
  });
});

describe("drain", () => {
  it("waits for runs that have begun, whether somebody reads them or not", async () => {
    const { service, start } = createTestServer();
    const gate = Promise.withResolvers<void>();
    const run = await start(
      createPlainAgent(async function* () {
        await gate.promise;
        yield { type: "content", text: "done" };
      }),
      form("hi"),
    );
    expect(service.activeRuns).toBe(1);
    let isDrained = false;
    const drained = service.drain(new AbortController().signal).then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);
    gate.resolve();
    await drained;
    expect([(await run.finished).status, service.activeRuns]).toEqual(["COMPLETED", 0]);
  });

  it("cancels what is left when its time is over, and stores it", async () => {
    const { service, start, find } = createTestServer();
    const run = await start(hanging, form("hi there"));
    const timeout = new AbortController();
    const drained = service.drain(timeout.signal);
    timeout.abort(new Error("shutting down"));
    await drained;
    expect((await find("plain", run.sessionId, run.runId))?.output.status).toBe("CANCELLED");
  });

  it("waits for a run whose row is still being stored, and cancels it", async () => {
    const store = createMemoryRunStore();
    const gate = Promise.withResolvers<void>();
    const server = createTestServer({
      store: {
        ...store,
        async createRun(...args) {
          await gate.promise;
          return store.createRun(...args);
        },
      },
    });
    const starting = server.start(agent, form("hi"));
    await settle();
    const drained = server.service.drain(AbortSignal.abort(new Error("shutting down")));
    gate.resolve();
    const run = await starting;
    await drained;
    expect([(await run.finished).status, server.service.activeRuns]).toEqual(["CANCELLED", 0]);
  });

  it("resolves at once when nothing runs", async () => {
    await createTestServer().service.drain(new AbortController().signal);
  });
});

describe("a run", () => {
  it("goes to its end and is stored though nobody follows it", async () => {
    const server = createTestServer();
    const run = await server.start(agent, form("a b c", { sessionId: "s" }));
    await server.service.drain(new AbortController().signal);
    expect(await server.find("helper", "s", run.runId)).toMatchObject({
      output: { status: "COMPLETED", content: "a b c" },
    });
  });

  it("gives whoever follows late the same events, from the first on", async () => {
    const server = createTestServer();
    const run = await server.start(agent, form("a b c"));
    const early = finish(run);
    const { events } = await finish(run);
    expect(events.map(({ event }) => event)).toEqual((await early).events.map(({ event }) => event));
    expect(events).toHaveLength(8);
  });

  it("does not begin when its row cannot be stored, and leaves its place", async () => {
    const store = createMemoryRunStore();
    const server = createTestServer({
      store: { ...store, createRun: () => Promise.reject(new Error("disk full")) },
    });
    await expect(server.start(agent, form("hi"))).rejects.toThrow("disk full");
    expect(server.service.activeRuns).toBe(0);
  });

  it("that fails leaves the state that another run of its session has stored meanwhile", async () => {
    const server = createTestServer();
    const gate = Promise.withResolvers<void>();
    const key = { owner: ALICE.owner, component: { kind: "agent", id: "plain" }, sessionId: "s" } as const;
    for (const spoil of [
      (state: Record<string, unknown>) =>
        Object.assign(state, { large: "x".repeat(MAX_SESSION_STATE_BYTES) }),
      (state: Record<string, unknown>) => Object.assign(state, { n: 1n }),
    ]) {
      const fails = createPlainAgent(async function* (_, { sessionState }) {
        await gate.promise;
        spoil(sessionState);
        yield { type: "content", text: "x" };
      });
      const run = await server.start(fails, form("hi", { sessionId: "s" }));
      const keeps = createPlainAgent(async function* () {});
      await finish(await server.start(keeps, form("hi", { sessionId: "s", sessionState: { kept: 1 } })));
      gate.resolve();
      await run.finished;
      expect((await server.store.findSession({ kind: "all" }, key))?.state).toEqual({ kept: 1 });
    }
  });

  it.each(["session_state", "the message", "the dependencies"])(
    "that is refused for %s leaves its place",
    async (what) => {
      const large = { a: "x".repeat(MAX_SESSION_STATE_BYTES) };
      const server = createTestServer({ limits: { runBytes: 100_000 } });
      const brings = form(what === "the message" ? "x".repeat(100_000) : "hi", {
        ...(what === "session_state" ? { sessionState: large } : {}),
        ...(what === "the dependencies" ? { dependencies: large } : {}),
      });
      const client = new AbortController();
      const request = { runnable: agent, form: brings, access: createTestAccess(), signal: client.signal };
      expect(await startRun(server.service, request)).toMatchObject({ ok: false });
      expect(server.service.activeRuns).toBe(0);
    },
  );

  it("counts a value of JSON for more than its text", async () => {
    const server = createTestServer({ limits: { runBytes: 200_000 } });
    const dependencies = { list: Array.from({ length: 6_000 }, () => ({})) };
    const request = { runnable: agent, form: form("hi", { dependencies }), access: createTestAccess() };
    expect(JSON.stringify(dependencies).length * 2).toBeLessThan(100_000);
    expect(await startRun(server.service, request)).toMatchObject({
      fault: { code: "RUN_REQUEST_TOO_LARGE" },
    });
  });

  it("does not begin to work for a client that has gone before", async () => {
    const server = createTestServer();
    let hasRun = false;
    const works = createPlainAgent(async function* () {
      hasRun = true;
      yield { type: "content", text: "x" };
    });
    const run = await server.start(works, form("hi"), { signal: AbortSignal.abort(new Error("gone")) });
    expect([(await run.finished).status, hasRun]).toEqual(["CANCELLED", false]);
  });

  it("listens to its client no longer than it lives", async () => {
    const server = createTestServer();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const run = await server.start(agent, form("hi"), { signal });
    expect(listeners).toBe(1);
    await run.finished;
    await settle();
    expect(listeners).toBe(0);
  });

  it("whose end cannot be stored ends as an error, which is stored once the database answers again", async () => {
    const store = createMemoryRunStore();
    let isDown = true;
    const server = createTestServer({
      store: {
        ...store,
        finishRun: (...args) =>
          isDown ? Promise.reject(new Error("disk /var/db full")) : store.finishRun(...args),
      },
      beatMs: 1,
    });
    const { events, output } = await finish(await server.start(agent, form("a b c")));
    expect(events.at(-1)?.event).toBe("RunError");
    expect(output).toMatchObject({
      status: "ERROR",
      content: expect.stringMatching(/^The run could not be stored \(error /) as string,
    });
    const find = () => server.find("helper", output.session_id, output.run_id);
    expect((await find())?.output.status).toBe("RUNNING");
    isDown = false;
    await vi.waitFor(async () => expect((await find())?.output.status).toBe("ERROR"));
    expect((await find())?.events.at(-1)).toEqual(events.at(-1));
  });

  it("whose end a store does not take for a moment has the answer that it was told", async () => {
    const { server, pauses } = createHeldServer(2);
    const { events, output } = await finish(await server.start(agent, form("a b c")));
    expect(pauses).toEqual([250, 1_000]);
    expect(events.at(-1)?.event).toBe("RunCompleted");
    const kept = await server.find("helper", output.session_id, output.run_id);
    expect(kept?.output).toMatchObject({ status: "COMPLETED", content: output.content });
    expect(server.runtime.log).toEqual([]);
  });

  it("whose end waits for the store tells nobody of it", async () => {
    const gate = Promise.withResolvers<void>();
    const { server } = createHeldServer(1, () => gate.promise);
    const run = await server.start(agent, form("a b c"));
    const names: string[] = [];
    const followed = (async () => {
      for await (const { event } of followEvents(run)) names.push(event);
    })();
    await settle();
    expect(names.at(-1)).toBe("RunContentCompleted");
    gate.resolve();
    await followed;
    expect(names.at(-1)).toBe("RunCompleted");
  });

  it("whose end waits for the store waits no longer than the server does", async () => {
    const isWaiting = Promise.withResolvers<void>();
    const { server } = createHeldServer(9, (_, signal) => {
      isWaiting.resolve();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    });
    const run = await server.start(agent, form("a b c"));
    await isWaiting.promise;
    await server.service.drain(AbortSignal.abort(new Error("the server was closed")));
    expect(await outputOf(run)).toMatchObject({
      status: "ERROR",
      content: expect.stringMatching(/^The run could not be stored \(error /) as string,
    });
  });

  it("that another server has ended while its end waits is told no end", async () => {
    const { server, pauses } = createHeldServer(9, async () =>
      run.abort(new RunLeaseLost("ended elsewhere")),
    );
    const run = await server.start(agent, form("a b c"));
    const cuts: string[] = [];
    const watcher = run.watch(({ message }) => cuts.push(message));
    await run.finished;
    watcher.close();
    expect([cuts, pauses]).toEqual([["the run is gone"], [250]]);
  });

  it("whose end was kept although the answer to it was lost is told no other end", async () => {
    const store = createMemoryRunStore();
    let isFirst = true;
    const server = createTestServer({
      store: {
        ...store,
        async finishRun(...args) {
          await store.finishRun(...args);
          if (isFirst) {
            isFirst = false;
            throw new Error("the connection ended during the commit");
          }
        },
      },
    });
    const run = await server.start(hanging, form("hi there", { sessionId: "s" }));
    const cuts: string[] = [];
    const watcher = run.watch((cause) => cuts.push(cause.message));
    run.abort(new Error("enough"));
    await run.finished;
    watcher.close();
    expect(cuts).toEqual(["the run is gone"]);
    expect((await server.find("plain", "s", run.runId))?.output.status).toBe("CANCELLED");
  });

  it("that somebody cancels stops, and is stored as cancelled", async () => {
    const server = createTestServer();
    const run = await server.start(hanging, form("hi there", { sessionId: "s" }));
    const component = { kind: "agent", id: "plain" } as const;
    const bob = { kind: "user", owner: BOB.owner } as const;
    expect(await server.service.cancelRun(bob, { component, runId: run.runId })).toBe(false);
    expect(await server.service.cancelRun({ kind: "all" }, { component, runId: run.runId })).toBe(true);
    expect((await run.finished).status).toBe("CANCELLED");
    expect((await server.find("plain", "s", run.runId))?.output.status).toBe("CANCELLED");
  });

  it("that another server was asked to cancel stops with the next beat", async () => {
    const store = createMemoryRunStore();
    const asked: string[] = [];
    const server = createTestServer({
      store: { ...store, beat: async () => ({ cancelled: asked, held: undefined }) },
      beatMs: 1,
    });
    const run = await server.start(hanging, form("hi there"));
    asked.push(run.runId);
    expect((await run.finished).status).toBe("CANCELLED");
  });

  it("that another server has ended stops with the next beat, and tells no end to whoever follows", async () => {
    const store = createMemoryRunStore();
    const ids = new Map<string, number>();
    const server = createTestServer({
      store: { ...store, beat: async () => ({ cancelled: [], held: ids }) },
      beatMs: 1,
    });
    const gate = Promise.withResolvers<void>();
    const waiting = createPlainAgent(async function* () {
      yield { type: "content", text: "x" };
      await gate.promise;
    });
    const run = await server.start(hanging, form("hi"));
    const kept = await server.start(waiting, form("hi"));
    ids.set(kept.runId, kept.attempt);
    const cut: Error[] = [];
    const watcher = run.watch((cause) => cut.push(cause));
    await run.finished;
    expect(cut).toHaveLength(1);
    expect((await server.find("plain", run.sessionId, run.runId))?.output.status).toBe("RUNNING");
    watcher.close();
    gate.resolve();
    expect((await kept.finished).status).toBe("COMPLETED");
  });

  it("that was kept, though its start was refused, is ended as soon as the store answers", async () => {
    const store = createMemoryRunStore();
    const held = new Map<string, number>();
    const ended: string[] = [];
    let beats = 0;
    const server = createTestServer({
      store: {
        ...store,
        async createRun(scope, run) {
          await store.createRun(scope, run);
          held.set(run.runId, 1);
          throw new Error("the answer to the commit was lost");
        },
        async beat() {
          beats += 1;
          if (beats === 1) throw new Error("no database");
          return { cancelled: [], held };
        },
        async endOrphans(_, attempts) {
          ended.push(...attempts.keys());
          held.clear();
          return attempts.size;
        },
      },
      beatMs: 1,
    });
    await expect(server.start(agent, form("hi"))).rejects.toThrow("was lost");
    const [runId] = held.keys();
    await vi.waitFor(() => expect(ended).toEqual([runId]));
  });

  it("goes on while its server cannot say that it lives", async () => {
    const store = createMemoryRunStore();
    let beats = 0;
    const beat = async () => {
      beats += 1;
      throw new Error("no database");
    };
    const server = createTestServer({ store: { ...store, beat }, beatMs: 1 });
    const run = await server.start(hanging, form("hi there"));
    await vi.waitFor(() => expect(beats).toBeGreaterThan(1));
    expect(server.service.activeRuns).toBe(1);
    run.abort(new Error("enough"));
    await run.finished;
  });

  it("stops when its session is deleted", async () => {
    const server = createTestServer();
    const run = await server.start(hanging, form("hi there", { sessionId: "s" }));
    expect(await server.service.deleteSession({ kind: "all" }, run.key)).toBe(true);
    expect((await run.finished).status).toBe("ERROR");
    expect(await server.service.deleteSession({ kind: "all" }, run.key)).toBe(false);
  });

  it("whose session is deleted tells no end to whoever follows, and does not bring it back", async () => {
    const server = createTestServer();
    const gate = Promise.withResolvers<void>();
    const waits = createPlainAgent(async function* () {
      await gate.promise;
      yield { type: "content", text: "late" };
    });
    const run = await server.start(waits, form("hi", { sessionId: "s" }));
    const key = { owner: ALICE.owner, component: { kind: "agent", id: "plain" }, sessionId: "s" } as const;
    expect(await server.store.deleteSession({ kind: "all" }, key)).toBe(true);
    const cuts: string[] = [];
    const watcher = run.watch(({ message }) => {
      cuts.push(message);
      watcher.close();
    });
    gate.resolve();
    expect((await run.finished).status).toBe("ERROR");
    expect(cuts).toEqual(["the run is gone"]);
    expect(await server.store.findSession({ kind: "all" }, key)).toBeUndefined();
    expect(server.runtime.log.map(({ level }) => level)).toEqual(["info"]);
    expect(server.service.activeRuns).toBe(0);
  });
});

/** A server whose store does not take so many ends, in a way that passes. */
function createHeldServer(
  failures: number,
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void> = async () => {},
) {
  const store = createMemoryRunStore();
  const pauses: number[] = [];
  let tries = 0;
  const server = createTestServer({
    store: {
      ...store,
      async finishRun(...args) {
        tries += 1;
        if (tries <= failures) throw new Error("away");
        return store.finishRun(...args);
      },
    },
    isPassing: () => true,
    pause(milliseconds, signal) {
      pauses.push(milliseconds);
      return pause(milliseconds, signal);
    },
  });
  return { server, pauses };
}

describe("a claimed user id", () => {
  it.each([
    ["without a sub", {}],
    ["of another issuer without a sub", { issuer: "partner" }],
  ])("in the form of a token %s never reaches the session of a verified user", async (_, parts) => {
    const server = createTestServer();
    const secret = { sessionId: "s", sessionState: { secret: 1 } };
    await finish(await server.start(agent, form("hi", secret), { identity: ALICE }));
    const impostor = createTestIdentity({ ...parts, scopes: ["agents:run"] });
    const claims = form("hi", { sessionId: "s", userId: "alice", sessionState: { mine: 2 } });
    const { output } = await finish(await server.start(agent, claims, { identity: impostor }));
    expect(output).toMatchObject({ user_id: "alice", session_state: { mine: 2 } });
    const again = await finish(
      await server.start(agent, form("hi", { sessionId: "s" }), { identity: ALICE }),
    );
    expect(again.output).toMatchObject({ user_id: "alice", session_state: { secret: 1 } });
  });

  it("of one issuer is not another issuer's user of the same name", async () => {
    const server = createTestServer();
    const other = createTestIdentity({ issuer: "partner", userId: "alice", scopes: ["agents:run"] });
    const run = async (identity: typeof other, state: Record<string, unknown>) => {
      const input = form("hi", { sessionId: "s", sessionState: state });
      return (await finish(await server.start(agent, input, { identity }))).output.session_state;
    };
    expect(await run(ALICE, { a: 1 })).toEqual({ a: 1 });
    expect(await run(other, { b: 1 })).toEqual({ b: 1 });
    expect(await run(ALICE, { c: 1 })).toEqual({ a: 1, c: 1 });
  });
});
