/** What every run store must do with runs that are paused. Called by the test of each driver. */
import type { DataScope } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { alice, bob, keyOf, NO_TOKENS, outputOf } from "./store.suite.ts";
import { type RunEnd, type RunLease, RunLeaseLost, type RunStore } from "./store.ts";

const all: DataScope = { kind: "all" };
const key = keyOf(alice);
const component = key.component;

/** `create` gives an empty store for each test. */
export function continueSuite(name: string, create: () => RunStore): void {
  const begin = (store: RunStore, runId = "r1") =>
    store.createRun(all, {
      key,
      runId,
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING" })),
      input: "hi",
      changeState: undefined,
    });
  const finish = (store: RunStore, lease: RunLease, end: Partial<RunEnd> = {}) =>
    store.finishRun(lease, {
      status: "PAUSED",
      outputJson: JSON.stringify(outputOf(key, lease.runId, { status: end.status ?? "PAUSED" })),
      eventsJson: "[]",
      terminalIndex: 4,
      tokens: NO_TOKENS,
      changeState: undefined,
      ...end,
    });
  const pause = async (store: RunStore, end: Partial<RunEnd> = {}) => {
    const lease = await begin(store);
    await finish(store, lease, { checkpointJson: '{"kept":1}', ...end });
    return lease;
  };
  const goOn = (store: RunStore, attempt: number, scope = all, runId = "r1") =>
    store.continueRun(
      scope,
      { key, runId },
      {
        attempt,
        status: "RUNNING",
        at: 70,
        outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING", content: "decided" })),
        keepsEvents: false,
      },
    );

  describe(`paused runs in ${name}`, () => {
    it("are found with what their pause left", async () => {
      const store = create();
      const { attempt } = await pause(store);
      expect(await store.findPausedRun(all, key, "r1")).toMatchObject({
        output: { status: "PAUSED" },
        attempt,
        nextIndex: 5,
        keepsEvents: false,
        checkpointJson: '{"kept":1}',
      });
      expect(await store.findPausedRun({ kind: "user", owner: bob }, key, "r1")).toBeUndefined();
      expect(await store.findPausedRun({ kind: "none" }, key, "r1")).toBeUndefined();
      expect(await store.findPausedRun(all, keyOf(alice, { sessionId: "s2" }), "r1")).toBeUndefined();
    });

    it("go on as a new attempt, with the decisions and without what was left", async () => {
      const store = create();
      const first = await pause(store);
      const lease = await goOn(store, first.attempt);
      expect(lease).toMatchObject({ key, runId: "r1", runNo: first.runNo, attempt: first.attempt + 1 });
      expect(await store.findPausedRun(all, key, "r1")).toMatchObject({
        output: { status: "RUNNING", content: "decided" },
        checkpointJson: undefined,
      });
      expect((await store.listRuns(all, key, { status: "RUNNING" })).length).toBe(1);
    });

    it("use their session again when they go on: its age begins anew", async () => {
      const store = create();
      const { attempt } = await pause(store);
      expect(await store.findSession(all, key)).toMatchObject({ updatedAt: 1 });
      await goOn(store, attempt);
      expect(await store.findSession(all, key)).toMatchObject({ updatedAt: 70 });
    });

    it("are one's: of many who try at once one gets the run", async () => {
      const store = create();
      const { attempt } = await pause(store);
      const leases = await Promise.all(Array.from({ length: 8 }, () => goOn(store, attempt)));
      expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it("do not go on for whom they are not, nor for who decided on an earlier pause", async () => {
      const store = create();
      const first = await pause(store);
      expect(await goOn(store, first.attempt, { kind: "user", owner: bob })).toBeUndefined();
      expect(await goOn(store, first.attempt + 1)).toBeUndefined();
      expect(await goOn(store, first.attempt, all, "r2")).toBeUndefined();
      const second = await goOn(store, first.attempt);
      if (second === undefined) throw new Error("it does not go on");
      await finish(store, second);
      expect(await goOn(store, first.attempt)).toBeUndefined();
      expect(await goOn(store, second.attempt)).toBeDefined();
    });

    it("leave nothing to who had them before", async () => {
      const store = create();
      const first = await pause(store);
      await goOn(store, first.attempt);
      await expect(finish(store, first, { status: "COMPLETED" })).rejects.toThrow(RunLeaseLost);
    });

    it("do not go on once they have ended", async () => {
      const store = create();
      const first = await pause(store);
      const second = await goOn(store, first.attempt);
      if (second === undefined) throw new Error("it does not go on");
      await finish(store, second, { status: "COMPLETED" });
      expect(await goOn(store, second.attempt)).toBeUndefined();
      expect(await store.findPausedRun(all, key, "r1")).toMatchObject({ output: { status: "COMPLETED" } });
    });

    it("can be stopped while they go on", async () => {
      const store = create();
      const { attempt } = await pause(store);
      await goOn(store, attempt);
      expect(await store.requestCancel(all, { component, runId: "r1" })).toBe(true);
    });

    it("count the tokens of each part", async () => {
      const store = create();
      const first = await pause(store, { tokens: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } });
      const second = await goOn(store, first.attempt);
      if (second === undefined) throw new Error("it does not go on");
      await finish(store, second, {
        status: "COMPLETED",
        tokens: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
      });
      expect(await store.findSession(all, key)).toMatchObject({
        tokens: { inputTokens: 11, outputTokens: 22, totalTokens: 33 },
      });
    });
  });

  describe(`a run that takes another one's place in ${name}`, () => {
    const replaced = JSON.stringify(outputOf(key, "r1", { status: "REGENERATED" }));

    it("leaves it as regenerated", async () => {
      const store = create();
      await finish(store, await begin(store), { status: "COMPLETED" });
      const replaces = { runId: "r1", outputJson: replaced };
      await finish(store, await begin(store, "r2"), { status: "COMPLETED", replaces });
      const completed = await store.listRuns(all, key, { status: "COMPLETED" });
      expect(completed.map(({ output }) => output.run_id)).toEqual(["r2"]);
      expect(await store.findRun(all, key, "r1")).toMatchObject({ output: { status: "REGENERATED" } });
    });

    it("replaces no run that has not completed, and none of another session", async () => {
      const store = create();
      await pause(store);
      const other = keyOf(alice, { sessionId: "s2" });
      const lease = await store.createRun(all, {
        key: other,
        runId: "r2",
        createdAt: 1,
        outputJson: JSON.stringify(outputOf(other, "r2", { status: "RUNNING" })),
        input: "hi",
        changeState: undefined,
      });
      await finish(store, lease, {
        status: "COMPLETED",
        outputJson: JSON.stringify(outputOf(other, "r2")),
        replaces: { runId: "r1", outputJson: replaced },
      });
      expect(await store.findRun(all, key, "r1")).toMatchObject({ output: { status: "PAUSED" } });
    });
  });

  describe(`runs that are added to ${name} as they ended`, () => {
    const ended = (runId: string) => ({
      runId,
      status: "COMPLETED" as const,
      createdAt: 3,
      input: "copied",
      outputJson: JSON.stringify(outputOf(key, runId)),
      eventsJson: "[]",
      nextIndex: 2,
    });
    const make = (store: RunStore) =>
      store.createSession(all, { key, name: undefined, state: {}, metadata: undefined, createdAt: 1 });

    it("are read in their order, and give the session its first input", async () => {
      const store = create();
      await make(store);
      await store.addEndedRuns(all, key, [ended("r1"), ended("r2")]);
      await store.addEndedRuns(all, key, [ended("r3")]);
      const runs = await store.listRuns(all, key, { status: "COMPLETED" });
      expect(runs.map(({ output }) => output.run_id)).toEqual(["r1", "r2", "r3"]);
      expect(await store.findSession(all, key)).toMatchObject({ firstInput: "copied" });
    });

    it("are not added to a session that is not there, or not in reach", async () => {
      const store = create();
      await expect(store.addEndedRuns(all, key, [ended("r1")])).rejects.toThrow();
      await make(store);
      const ofBob = { kind: "user", owner: bob } as const;
      await expect(store.addEndedRuns(ofBob, key, [ended("r1")])).rejects.toThrow();
      expect(await store.listRuns(all, key, {})).toEqual([]);
    });
  });
}
