/** Runs that wait, from the service that keeps them to the one that runs them. */
import { randomUUID } from "node:crypto";
import { ADMIN_SCOPE } from "@agentos/contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { createClaimRound } from "./claim-round.ts";
import { createDescribeCancelled, UNREADABLE } from "./describe-waiting.ts";
import { createLocalHints } from "./run-hints.ts";
import { createRunLedger } from "./run-ledger.ts";
import { DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import { createRunService, type RunServiceOptions } from "./service.ts";
import type { RunStore } from "./store.ts";
import { ALICE, createPlainAgent, createTestAccess, createTestRuntime, form } from "./test-run.fixture.ts";

const key = { owner: ALICE.owner, component: { kind: "agent", id: "plain" }, sessionId: "s" } as const;
const { component } = key;
const agent = createPlainAgent(async function* (_, { caller, dependencies }) {
  yield { type: "content", text: `${caller.subject} ${JSON.stringify(dependencies)}` };
});
const hangs = createPlainAgent(async function* () {
  yield { type: "content", text: "x" };
  await new Promise(() => {});
});

function serve(options: Partial<RunServiceOptions> & Pick<RunServiceOptions, "store">) {
  // Several services share a store: no id of one is another's.
  const runtime = { ...createTestRuntime(), generateId: randomUUID };
  const service = createRunService({ ...options, runtime });
  onTestFinished(() => service.drain(AbortSignal.abort(new Error("the test is over"))));
  return { runtime, service };
}

/** Keeps a run of Alice's that no server has a place for. */
async function queue(store: RunStore, options: Partial<RunServiceOptions> = {}): Promise<string> {
  const { service } = serve({ ...options, store, limits: { activeRuns: 0 } });
  const ticket = service.admit({ identity: ALICE }, 0);
  if (!ticket.ok) throw new Error(ticket.fault.code);
  const accepted = await service.acceptRun({
    runnable: agent,
    form: form("hi", { background: true, stream: false, sessionId: "s", dependencies: { n: 1 } }),
    access: createTestAccess(),
    ticket: ticket.value,
  });
  if (!accepted.ok || accepted.value.type !== "waiting") throw new Error(JSON.stringify(accepted));
  return accepted.value.runId;
}

const find = async (store: RunStore, runId: string) => store.findRun({ kind: "all" }, key, runId);
const untilStatus = (store: RunStore, runId: string, status: string) =>
  expect.poll(async () => (await find(store, runId))?.output.status, { timeout: 10_000 }).toBe(status);

describe("a run that waits", () => {
  it("is begun by another server, as who asked for it and with what was asked", async () => {
    const store = createMemoryRunStore();
    const runId = await queue(store);
    serve({ store, runnables: [agent] });
    await untilStatus(store, runId, "COMPLETED");
    expect((await find(store, runId))?.output.content).toBe('alice {"n":1}');
  });

  it("that begins again says so in the log, and one that begins does not", async () => {
    const store = createMemoryRunStore();
    const first = await queue(store);
    const { runtime: quiet } = serve({ store, runnables: [agent] });
    await untilStatus(store, first, "COMPLETED");
    expect(quiet.log).toEqual([]);
    const other = createMemoryRunStore();
    const runId = await queue(other);
    const swept: RunStore = {
      ...other,
      claimRuns: async (claim) =>
        (await other.claimRuns(claim)).map((run) => ({ ...run, lease: { ...run.lease, attempt: 2 } })),
    };
    const { runtime } = serve({ store: swept, runnables: [agent] });
    await expect
      .poll(() => runtime.log, { timeout: 10_000 })
      .toContainEqual({
        level: "info",
        facts: { run_id: runId, attempt: 2 },
        text: "a run begins again: the server that ran it has gone",
      });
  });

  it("does not begin where the credential of its caller was revoked, and says so", async () => {
    const store = createMemoryRunStore();
    const runId = await queue(store);
    const asked: unknown[] = [];
    serve({ store, runnables: [agent], isRevoked: (caller) => asked.push(caller.subject) > 0 });
    await untilStatus(store, runId, "CANCELLED");
    expect(asked).toEqual(["alice"]);
    const run = await find(store, runId);
    expect(run?.output.content).toBe(
      "The run was cancelled: the credential that it was started with has been revoked",
    );
    expect(run?.events.map(({ event }) => event)).toEqual(["RunCancelled", "RunCompleted"]);
  });

  it("ends as soon as its caller is revoked, and no other: the revocation may be forgotten before it begins", async () => {
    const store = createMemoryRunStore();
    const [runId, other] = [await queue(store), await queue(store)];
    let asked = 0;
    const { service } = serve({ store, isKnownAsRevoked: () => (asked += 1) === 1 });
    await service.endRevoked();
    const statuses = [await find(store, runId), await find(store, other)].map((run) => run?.output.status);
    expect(statuses).toEqual(["CANCELLED", "PENDING"]);
    // Kept after that look, by a request that was let in before.
    const late = await queue(store, { isKnownAsRevoked: () => true });
    await untilStatus(store, late, "CANCELLED");
  });

  it("waits on where nobody knows whether it was revoked", async () => {
    const store = createMemoryRunStore();
    const runId = await queue(store);
    const given = Promise.withResolvers<void>();
    const told: RunStore = {
      ...store,
      async releaseRun(lease, describeEnd) {
        await store.releaseRun(lease, describeEnd);
        given.resolve();
      },
    };
    const { service } = serve({ store: told, runnables: [agent], isRevoked: () => undefined });
    await given.promise;
    await service.drain(new AbortController().signal);
    expect((await find(store, runId))?.output.status).toBe("PENDING");
  });

  it("is given back with all that were taken with it while nobody knows, and then one is taken to ask with", async () => {
    const store = createMemoryRunStore();
    const runIds = [await queue(store), await queue(store), await queue(store)];
    const limits: number[] = [];
    let asked = 0;
    let isKnown = false;
    const round = createClaimRound({
      store: {
        ...store,
        claimRuns(claim) {
          limits.push(claim.limit);
          return store.claimRuns(claim);
        },
      },
      ledger: createRunLedger({ ...DEFAULT_RUN_LIMITS, activeRuns: 3 }),
      runtime: createTestRuntime(),
      starter: { beginClaimed: () => expect.unreachable() },
      components: [component],
      findRunnable: () => agent,
      adminScope: () => ADMIN_SCOPE,
      isRevoked() {
        asked += 1;
        return isKnown ? false : undefined;
      },
      hold({ ticket }) {
        ticket.endRun();
        return Promise.reject(new Error("busy"));
      },
      onLeft: (runId) => expect.unreachable(runId),
    });
    expect([await round(), await round()]).toEqual([false, false]);
    expect(limits).toEqual([3, 1]);
    expect(asked).toBe(2);
    for (const runId of runIds) expect((await find(store, runId))?.output.status).toBe("PENDING");
    isKnown = true;
    // More may wait.
    expect([await round(), await round()]).toEqual([true, true]);
    expect(limits).toEqual([3, 1, 1, 3]);
  });

  it("is stopped where its caller was revoked while it began, as one that begins at once is", async () => {
    const store = createMemoryRunStore();
    let isRevoked = false;
    const options = { isRevoked: () => false, isKnownAsRevoked: () => isRevoked };
    const slow: RunStore = {
      ...store,
      async createRun(...args) {
        const lease = await store.createRun(...args);
        isRevoked = true;
        return lease;
      },
    };
    const { service } = serve({ store: slow, ...options });
    const accepted = await service.acceptRun({
      runnable: hangs,
      form: form("hi", { sessionId: "s" }),
      access: createTestAccess(),
    });
    if (!accepted.ok || accepted.value.type !== "begun") throw new Error("not begun");
    expect((await accepted.value.run.finished).status).toBe("CANCELLED");
    const runId = await queue(store);
    serve({ store, runnables: [hangs], ...options });
    await untilStatus(store, runId, "CANCELLED");
  });

  it.each(["{", '{"version":1}'])(
    "ends where what it was asked cannot be read any more: %s",
    async (damaged) => {
      const store = createMemoryRunStore();
      const runId = await queue(store);
      const broken: RunStore = {
        ...store,
        claimRuns: async (claim) =>
          (await store.claimRuns(claim)).map((run) => ({ ...run, checkpointJson: damaged })),
      };
      const { runtime } = serve({ store: broken, runnables: [agent] });
      await untilStatus(store, runId, "ERROR");
      expect((await find(store, runId))?.events).toMatchObject([
        {
          event: "RunError",
          error_type: "checkpoint_damaged",
          content: UNREADABLE.content,
        },
      ]);
      expect(runtime.log).toMatchObject([{ level: "error", facts: { run_id: runId } }]);
    },
  );

  it("waits on where a server of another version has kept it", async () => {
    const store = createMemoryRunStore();
    const runId = await queue(store);
    const looked = Promise.withResolvers<void>();
    const claims: (readonly number[] | undefined)[] = [];
    let releases = 0;
    const hints = createLocalHints();
    const newer: RunStore = {
      ...store,
      async claimRuns(claim) {
        claims.push(claim.unreadable);
        if (claims.length === 2) looked.resolve();
        return (await store.claimRuns(claim)).map((run) => ({ ...run, checkpointJson: '{"version":9}' }));
      },
      async releaseRun(lease, describeEnd) {
        await store.releaseRun(lease, describeEnd);
        releases += 1;
        hints.tellPending();
      },
    };
    const { service } = serve({ store: newer, runnables: [agent], hints });
    await looked.promise;
    await service.drain(new AbortController().signal);
    expect((await find(store, runId))?.output.status).toBe("PENDING");
    // It is not taken and given back again for ever.
    expect(releases).toBe(1);
    expect(claims).toEqual([[], [expect.any(Number)]]);
  });

  it("is stopped although it is given back while somebody asks for that", async () => {
    const store = createMemoryRunStore();
    const runId = await queue(store);
    const [taken] = await store.claimRuns({
      components: [component],
      limit: 1,
      full: [],
      placesOf: () => 1,
    });
    if (taken === undefined) throw new Error("not taken");
    const { service } = serve({
      store: {
        ...store,
        async requestCancel(scope, run) {
          await store.releaseRun(taken.lease, createDescribeCancelled(createTestRuntime()));
          return store.requestCancel(scope, run);
        },
      },
    });
    expect(await service.cancelRun({ kind: "all" }, { component, runId })).toBe(true);
    expect((await find(store, runId))?.output.status).toBe("CANCELLED");
  });

  it("is begun when a run here has ended and left its place", async () => {
    const store = createMemoryRunStore();
    const { service } = serve({ store, runnables: [hangs], limits: { activeRuns: 1 } });
    const first = await service.acceptRun({
      runnable: hangs,
      form: form("hi", { background: true, sessionId: "s" }),
      access: createTestAccess(),
    });
    if (!first.ok || first.value.type !== "begun") throw new Error("not begun");
    const runId = await queue(store);
    expect(service.activeRuns).toBe(1);
    expect(await service.cancelRun({ kind: "all" }, { component, runId: first.value.run.runId })).toBe(true);
    await untilStatus(store, runId, "RUNNING");
  });
});

describe("a server that falls silent", () => {
  it("gives up what it runs where others may take it, and says nothing of an end", async () => {
    const store = createMemoryRunStore();
    let isDown = false;
    const held = new Map<string, number>();
    const shared: RunStore = {
      ...store,
      async beat() {
        if (isDown) throw new Error("down");
        return { cancelled: [], held };
      },
    };
    const { runtime, service } = serve({ store: shared, beatMs: 5, silentMs: 60 });
    const accepted = await service.acceptRun({
      runnable: hangs,
      form: form("hi", { sessionId: "s" }),
      access: createTestAccess(),
    });
    if (!accepted.ok || accepted.value.type !== "begun") throw new Error("not begun");
    const { run } = accepted.value;
    held.set(run.runId, run.attempt);
    const cut = Promise.withResolvers<Error>();
    const watcher = run.watch(cut.resolve);
    isDown = true;
    expect(String(await cut.promise)).toContain("the run is gone");
    await run.finished;
    watcher.close();
    expect((await find(store, run.runId))?.output.status).toBe("RUNNING");
    expect(runtime.log.map(({ text }) => text)).toEqual([
      "the store of runs does not answer",
      "a run was given up: it is gone, or another server has it",
    ]);
  });
});
