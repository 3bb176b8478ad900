import { readClocks } from "@agentos/guard/app";
import { expect, it, onTestFinished } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { type ActiveRun, createActiveRuns } from "./active-runs.ts";
import { checkRuns } from "./check-runs.ts";
import type { LiveRun } from "./live-run.ts";
import { createLocalHints } from "./run-hints.ts";
import { createRunService } from "./service.ts";
import { RunLeaseLost, type RunStore } from "./store.ts";
import { createPlainAgent, createTestAccess, createTestRuntime, form, startRun } from "./test-run.fixture.ts";

function createActive() {
  const active = createActiveRuns();
  const lost: number[] = [];
  function begin(runId: string, attempt: number): { entry: ActiveRun; release: () => void; run: LiveRun } {
    const { entry, release } = active.open();
    entry.runId = runId;
    const run = { runId, runNo: 1, attempt, abort: () => lost.push(attempt) } as unknown as LiveRun;
    active.begin(entry, run);
    return { entry, release, run };
  }
  return { active, begin, lost };
}

function check(active: ReturnType<typeof createActiveRuns>, held: ReadonlyMap<string, number>) {
  const ended: { readonly runIds: readonly string[]; readonly untouched: readonly string[] }[] = [];
  const store = {
    beat: async () => ({ cancelled: [], held }),
    endOrphans: async (
      _: unknown,
      attempts: ReadonlyMap<string, number>,
      untouched?: ReadonlySet<string>,
    ) => {
      ended.push({ runIds: [...attempts.keys()], untouched: [...(untouched ?? [])] });
      return attempts.size;
    },
  };
  const unstored = { has: () => false };
  const checked = checkRuns({ store, active, unstored, runtime: createTestRuntime(), isTaking: () => false });
  return checked.then(() => ended);
}

it("an older attempt of a run that is here again is lost, and its end takes nothing from the newer one", async () => {
  const { active, begin, lost } = createActive();
  const [older, newer] = [begin("r1", 1), begin("r1", 2)];
  expect(await check(active, new Map([["r1", 2]]))).toEqual([]);
  expect(lost).toEqual([1]);
  older.release();
  expect(active.find(1)).toBe(newer.run);
  newer.release();
  expect(active.find(1)).toBeUndefined();
});

it("a run that was held and is not known here was taken and never begun, unless it has been here", async () => {
  const { active, begin } = createActive();
  begin("r1", 1).release();
  active.left.add("r1");
  active.left.add("gone");
  const held = new Map([
    ["r1", 1],
    ["r2", 1],
  ]);
  expect(await check(active, held)).toEqual([{ runIds: ["r1", "r2"], untouched: ["r2"] }]);
  expect([...active.left]).toEqual(["r1"]);
});

it("runs of a claim of which nobody knows whether it was made are looked for", async () => {
  const memory = createMemoryRunStore();
  const given = Promise.withResolvers<unknown>();
  let isTaken = false;
  const store: RunStore = {
    ...memory,
    lastBeat: readClocks,
    claimRuns() {
      isTaken = true;
      return Promise.reject(new Error("the answer to the commit was lost"));
    },
    beat: async () => ({ cancelled: [], held: new Map(isTaken ? [["r1", 1]] : []) }),
    async endOrphans(_, attempts, untouched) {
      given.resolve([[...attempts.keys()], [...(untouched ?? [])]]);
      return 1;
    },
  };
  const runnables = [createPlainAgent(async function* () {})];
  const service = createRunService({ store, runtime: createTestRuntime(), runnables, beatMs: 1 });
  onTestFinished(() => service.drain(AbortSignal.abort(new Error("the test is over"))));
  expect(await given.promise).toEqual([["r1"], ["r1"]]);
});

it("others are told of runs of a deleted session that they run, and of nothing where there are none", async () => {
  const store: RunStore = { ...createMemoryRunStore(), lastBeat: readClocks };
  const hanging = createPlainAgent(async function* () {
    yield { type: "content", text: "x" };
    await new Promise(() => {});
  });
  const hints = createLocalHints();
  const told: unknown[] = [];
  hints.onCancel((runId) => told.push(runId));
  const [runs, deletes] = [1, 2].map(() => createRunService({ store, runtime: createTestRuntime(), hints }));
  if (runs === undefined || deletes === undefined) throw new Error("no servers");
  onTestFinished(() => runs.drain(AbortSignal.abort(new Error("the test is over"))));
  const begin = async (service: typeof runs, sessionId: string) => {
    const request = { runnable: hanging, form: form("hi", { sessionId }), access: createTestAccess() };
    const started = await startRun(service, request);
    if (!started.ok) throw new Error(JSON.stringify(started.fault));
    return started.value;
  };
  const run = await begin(runs, "elsewhere");
  const own = await startRun(deletes, {
    runnable: createPlainAgent(async function* () {}),
    form: form("hi", { sessionId: "over" }),
    access: createTestAccess(),
  });
  if (!own.ok) throw new Error(JSON.stringify(own.fault));
  await own.value.finished;
  expect(await deletes.deleteSession({ kind: "all" }, own.value.key)).toBe(true);
  expect(told).toEqual([]);
  expect(await deletes.deleteSession({ kind: "all" }, run.key)).toBe(true);
  expect(told).toEqual([run.runId]);
});

it("a run counts as one that has been here where its end was not kept, and is asked for at once", async () => {
  const memory = createMemoryRunStore();
  const looked = Promise.withResolvers<unknown>();
  const held = new Map<string, number>();
  const lost = new Set<string>();
  const store: RunStore = {
    ...memory,
    lastBeat: readClocks,
    async finishRun(lease, end) {
      if (lost.has(end.status)) throw new RunLeaseLost("gone");
      await memory.finishRun(lease, end);
    },
    beat: async () => ({ cancelled: [], held }),
    async endOrphans(_, attempts, untouched) {
      looked.resolve([[...attempts.keys()], [...(untouched ?? [])]]);
      return 1;
    },
  };
  const service = createRunService({ store, runtime: createTestRuntime() });
  onTestFinished(() => service.drain(AbortSignal.abort(new Error("the test is over"))));
  const run = async () => {
    const runnable = createPlainAgent(async function* () {});
    const started = await startRun(service, { runnable, form: form("hi"), access: createTestAccess() });
    if (!started.ok) throw new Error(JSON.stringify(started.fault));
    await started.value.finished;
    held.set(started.value.runId, 1);
    return started.value.runId;
  };
  const kept = await run();
  lost.add("COMPLETED");
  const unsure = await run();
  expect(await looked.promise).toEqual([[kept, unsure], [kept]]);
});
