/** What becomes of runs whose server stops before they have ended. */
import { expect, it, onTestFinished, vi } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { createSqlRunStore } from "../stores/sql-run-store.ts";
import { openTestDatabase } from "../stores/test-database.fixture.ts";
import type { RunForm } from "./run-form.ts";
import { createRunService } from "./service.ts";
import type { RunStore } from "./store.ts";
import { createPlainAgent, createTestAccess, createTestRuntime, form, startRun } from "./test-run.fixture.ts";

const hanging = createPlainAgent(async function* () {
  yield { type: "content", text: "so far" };
  await new Promise(() => {});
});
const again = { ...hanging, maxAttempts: 2 };
const stopped = () => AbortSignal.abort(new Error("the time is over"));

async function openStore(): Promise<RunStore> {
  const database = await openTestDatabase("sqlite");
  onTestFinished(() => database.close());
  return createSqlRunStore(database, { deployment: "d", nodeId: "one" });
}

/** Begins a run, stops its server, and gives what was kept of it. */
async function stopWith(store: RunStore, runnable: typeof again, rest: Partial<RunForm>) {
  const runtime = createTestRuntime();
  const service = createRunService({ store, runtime });
  const started = await startRun(service, { runnable, form: form("hi", rest), access: createTestAccess() });
  if (!started.ok) throw new Error(JSON.stringify(started.fault));
  const run = started.value;
  await service.drain(stopped());
  const stored = (await store.findRun({ kind: "all" }, run.key, run.runId))?.output;
  return { run, stored, text: (await run.finished).json };
}

it("one in the background that may begin again waits for another server, as one of a server that died", async () => {
  const store = await openStore();
  const { run, stored } = await stopWith(store, again, { background: true });
  expect(stored).toMatchObject({ status: "PENDING" });
  const { component } = run.key;
  const claim = { components: [component], limit: 5, full: [], placesOf: () => 5 };
  expect(await store.claimRuns(claim)).toMatchObject([{ lease: { runId: run.runId, attempt: 2 } }]);
});

it.each([
  { attempts: 1, open: openStore },
  // What is in memory goes with its server: nobody could begin it again.
  { attempts: 2, open: async () => createMemoryRunStore() },
])("another one in the background is interrupted, and nobody's cancel: %o", async ({ attempts, open }) => {
  const store = await open();
  const { stored } = await stopWith(store, { ...hanging, maxAttempts: attempts }, { background: true });
  expect(stored).toMatchObject({
    status: "ERROR",
    content: "The run was interrupted: the server that ran it stopped",
  });
});

it("one that only its client follows is cancelled with it", async () => {
  const { stored } = await stopWith(await openStore(), again, {});
  expect(stored).toMatchObject({ status: "CANCELLED", content: "so far" });
});

it("a store that does not answer keeps it no longer than a second, and is asked nothing more", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const memory = createMemoryRunStore();
  let appends = 0;
  let beats = 0;
  const store: RunStore = {
    ...memory,
    events: {
      ...memory.events,
      async append() {
        appends += 1;
        throw new Error("down");
      },
    },
    beat() {
      beats += 1;
      return Promise.reject(new Error("down"));
    },
    finishRun: () => new Promise(() => {}),
  };
  const service = createRunService({ store, runtime: createTestRuntime(), isPassing: () => true });
  const request = { runnable: hanging, form: form("hi", { background: true }), access: createTestAccess() };
  await startRun(service, request);
  await vi.waitFor(() => expect(appends).toBeGreaterThan(1));
  const time = new AbortController();
  let isOver = false;
  const drained = service.drain(time.signal).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(100);
  const before = appends;
  time.abort(new Error("the time is over"));
  await vi.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await drained;
  expect(appends - before).toBeLessThanOrEqual(1);
  beats = 0;
  // Nothing is waited for twice.
  await Promise.all([service.drain(stopped()), vi.advanceTimersByTimeAsync(0)]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toBe(0);
});

it("a run is ended although what waits is being taken, and the store does not say what was", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let claims = 0;
  const store: RunStore = {
    ...createMemoryRunStore(),
    claimRuns() {
      claims += 1;
      return new Promise(() => {});
    },
  };
  const service = createRunService({ store, runtime: createTestRuntime(), runnables: [hanging] });
  const request = { runnable: hanging, form: form("hi", { background: true }), access: createTestAccess() };
  const started = await startRun(service, request);
  if (!started.ok) throw new Error(JSON.stringify(started.fault));
  await vi.waitFor(() => expect(claims).toBe(1));
  const drained = service.drain(stopped());
  await vi.advanceTimersByTimeAsync(1_000);
  await drained;
  const { key, runId } = started.value;
  expect((await store.findRun({ kind: "all" }, key, runId))?.output.content).toBe(
    "The run was interrupted: the server that ran it stopped",
  );
});

it("a run that was being taken when the time was over is given on too, and nobody's cancel", async () => {
  const store = await openStore();
  const full = createRunService({ store, runtime: createTestRuntime(), limits: { activeRuns: 0 } });
  const ticket = full.admit(createTestAccess(), 0);
  if (!ticket.ok) throw new Error(ticket.fault.code);
  const request = { runnable: again, form: form("hi", { background: true, stream: false }) };
  const kept = await full.acceptRun({ ...request, access: createTestAccess(), ticket: ticket.value });
  if (!kept.ok || kept.value.type !== "waiting") throw new Error("it does not wait");
  const { runId } = kept.value;
  const [taken, mayBegin] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: RunStore = {
    ...store,
    async findSession(...args) {
      taken.resolve();
      await mayBegin.promise;
      return store.findSession(...args);
    },
  };
  const service = createRunService({ store: slow, runtime: createTestRuntime(), runnables: [again] });
  await taken.promise;
  const drained = service.drain(stopped());
  mayBegin.resolve();
  await drained;
  const pending = await store.listPending(0, 5);
  expect(pending.map((run) => run.runId)).toEqual([runId]);
});
