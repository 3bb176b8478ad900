/** What every run store must do with runs that wait, and with requests that are sent again. Called by the test of each driver. */
import type { DataScope, Owner } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { readRow, toLastRow } from "./event-rows.ts";
import {
  type DescribeWaiting,
  QueueFull,
  type QueueLimits,
  RequestKnown,
  type RunClaim,
} from "./run-queue.ts";
import { alice, bob, keyOf, NO_TOKENS, outputOf } from "./store.suite.ts";
import { type NewRun, type RunLease, RunLeaseLost, type RunStore, type SessionKey } from "./store.ts";
import { NOBODY_OWNER } from "./test-run.fixture.ts";

const all: DataScope = { kind: "all" };
const key = keyOf(alice);
const { component } = key;
const WIDE: QueueLimits = { pendingRuns: 100, pendingRunsPerCaller: 100, pendingBytes: 10_000 };

interface Waiting extends Partial<NewRun> {
  readonly key?: SessionKey;
}

const wait = (store: RunStore, runId: string, { key: own = key, ...rest }: Waiting = {}) =>
  store.createRun(all, {
    key: own,
    runId,
    createdAt: 1,
    outputJson: JSON.stringify(outputOf(own, runId, { status: "PENDING", content: "" })),
    input: "hi",
    changeState: undefined,
    status: "PENDING",
    checkpointJson: `{"of":"${runId}"}`,
    keepsEvents: true,
    ...rest,
  });

const claim = (store: RunStore, rest: Partial<RunClaim> = {}) =>
  store.claimRuns({ components: [component], limit: 10, full: [], placesOf: () => 10, ...rest });

const finish = (store: RunStore, lease: RunLease, status: "COMPLETED" | "PAUSED" = "COMPLETED") =>
  store.finishRun(lease, {
    status,
    outputJson: JSON.stringify(outputOf(lease.key, lease.runId, { status })),
    eventsJson: '[{"event":"RunPaused"}]',
    terminalIndex: 0,
    lastRow: toLastRow(0, { event: "E", json: "{}" }, status === "PAUSED" ? "pause" : "end"),
    tokens: NO_TOKENS,
    changeState: undefined,
  });

const stopped: DescribeWaiting = (output, nextIndex) => ({
  status: "CANCELLED",
  outputJson: JSON.stringify({ ...output, status: "CANCELLED" }),
  events: ['{"event":"RunCompleted"}'],
  rows: [toLastRow(nextIndex, { event: "RunCompleted", json: '{"event":"RunCompleted"}' }, "end")],
});

const listed = async (store: RunStore, after: number, limit: number) =>
  (await store.listPending(after, limit)).map(({ runId }) => runId);
const idsOf = (claimed: Awaited<ReturnType<typeof claim>>) => claimed.map(({ lease }) => lease.runId);
const statusOf = async (store: RunStore, runId: string, own: SessionKey = key) =>
  (await store.findRun(all, own, runId))?.output.status;

/** `create` gives an empty store for each test. */
export function runQueueSuite(name: string, create: () => RunStore): void {
  describe(`runs that wait in ${name}`, () => {
    it("are taken once, oldest first, with what they need to begin", async () => {
      const store = create();
      const lease = await wait(store, "r1");
      await wait(store, "r2");
      await wait(store, "r3");
      expect(await statusOf(store, "r1")).toBe("PENDING");
      const [first, ...others] = await claim(store, { limit: 2 });
      expect(first).toMatchObject({
        lease: { key, runId: "r1", runNo: lease.runNo, attempt: 1 },
        output: { run_id: "r1", status: "RUNNING" },
        checkpointJson: '{"of":"r1"}',
        nextIndex: 0,
        keepsEvents: true,
      });
      expect(idsOf(others)).toEqual(["r2"]);
      expect(idsOf(await claim(store))).toEqual(["r3"]);
      expect(await claim(store)).toEqual([]);
      expect(await statusOf(store, "r1")).toBe("RUNNING");
    });

    it("are written by who took them, and by nobody who had only asked for them", async () => {
      const store = create();
      const asked = await wait(store, "r1");
      await expect(finish(store, asked)).rejects.toThrow(RunLeaseLost);
      const [taken] = await claim(store);
      if (taken === undefined) throw new Error("not taken");
      await expect(finish(store, asked)).rejects.toThrow(RunLeaseLost);
      await finish(store, taken.lease);
      expect(await statusOf(store, "r1")).toBe("COMPLETED");
      expect((await store.findPausedRun(all, key, "r1"))?.checkpointJson).toBeUndefined();
    });

    it("are listed page by page, and not once they are taken", async () => {
      const store = create();
      for (const runId of ["r1", "r2", "r3"]) await wait(store, runId);
      const [first] = await store.listPending(0, 1);
      expect(first).toMatchObject({ key, runId: "r1" });
      expect(await listed(store, first?.runNo ?? 0, 10)).toEqual(["r2", "r3"]);
      await claim(store, { limit: 1 });
      expect(await listed(store, 0, 10)).toEqual(["r2", "r3"]);
    });

    it("are left to those who know their component, and wait while their owner has no place", async () => {
      const store = create();
      const other = keyOf(alice, { component: { kind: "agent", id: "rare" }, sessionId: "s2" });
      const team = keyOf(alice, { component: { kind: "team", id: component.id }, sessionId: "s3" });
      await wait(store, "r1", { key: other });
      await wait(store, "r2", { key: team });
      await wait(store, "r3");
      await wait(store, "r4");
      await wait(store, "b1", { key: keyOf(bob) });
      expect(await claim(store, { components: [] })).toEqual([]);
      expect(await claim(store, { limit: 0 })).toEqual([]);
      expect(idsOf(await claim(store, { full: [alice] }))).toEqual(["b1"]);
      expect(idsOf(await claim(store, { placesOf: () => 1 }))).toEqual(["r3"]);
      expect(idsOf(await claim(store, { components: [other.component, team.component] }))).toEqual([
        "r1",
        "r2",
      ]);
      expect(idsOf(await claim(store))).toEqual(["r4"]);
    });

    it("wait again where they are given back, and are not those of who gave them", async () => {
      const store = create();
      await wait(store, "r1");
      const [taken] = await claim(store);
      if (taken === undefined) throw new Error("not taken");
      await store.releaseRun(taken.lease, stopped);
      expect(await statusOf(store, "r1")).toBe("PENDING");
      await expect(finish(store, taken.lease)).rejects.toThrow(RunLeaseLost);
      await expect.poll(async () => idsOf(await claim(store)), { timeout: 10_000 }).toEqual(["r1"]);
      // Of an attempt that is over, or a run that has ended, nothing is given back.
      await store.releaseRun({ ...taken.lease, attempt: 7 }, stopped);
      expect(await statusOf(store, "r1")).toBe("RUNNING");
    });

    it("end where they are given back although somebody wants them to stop", async () => {
      const store = create();
      const run = { component, runId: "r1" };
      await wait(store, "r1");
      const [taken] = await claim(store);
      if (taken === undefined) throw new Error("not taken");
      expect(await store.requestCancel(all, run)).toBe(true);
      await store.releaseRun(taken.lease, stopped);
      expect(await statusOf(store, "r1")).toBe("CANCELLED");
      expect(await store.findPlace(all, run)).toMatchObject({ status: "CANCELLED", nextIndex: 1 });
      expect(await claim(store)).toEqual([]);
      expect(await store.endWaiting(all, run, stopped)).toBe(false);
      expect((await store.beat()).held?.size ?? 0).toBe(0);
      // Whoever goes on with it has nothing of that.
      await expect(finish(store, taken.lease)).rejects.toThrow(RunLeaseLost);
    });

    it("are not in the way of others where their owner waits for more than there are places for", async () => {
      const store = create();
      for (let index = 0; index < 7; index += 1) await wait(store, `r${index}`);
      await wait(store, "b1", { key: keyOf(bob) });
      await wait(store, "b2", { key: keyOf(bob) });
      expect(idsOf(await claim(store, { limit: 3, placesOf: () => 2 }))).toEqual(["r0", "r1", "b1"]);
      expect(idsOf(await claim(store, { limit: 3, placesOf: ({ id }) => (id === bob.id ? 1 : 0) }))).toEqual([
        "b2",
      ]);
    });

    it("are left to others where this server has found that it cannot read them", async () => {
      const store = create();
      const { runNo } = await wait(store, "r1");
      await wait(store, "r2");
      expect(idsOf(await claim(store, { unreadable: [runNo] }))).toEqual(["r2"]);
      expect(idsOf(await claim(store))).toEqual(["r1"]);
    });

    it("are ended by whoever reaches them, once, and not when somebody runs them", async () => {
      const store = create();
      const run = { component, runId: "r1" };
      await wait(store, "r1");
      for (const [scope, named] of [
        [{ kind: "user", owner: bob }, run],
        [{ kind: "none" }, run],
        [all, { ...run, sessionId: "another" }],
        [all, { ...run, component: { kind: "agent", id: "another" } }],
        [all, { ...run, runId: "none" }],
      ] as const)
        expect(await store.endWaiting(scope, named, stopped)).toBe(false);
      expect(await store.requestCancel(all, run)).toBe(false);
      const ends = Array.from({ length: 3 }, () => store.endWaiting(all, run, stopped));
      expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
      expect(await claim(store)).toEqual([]);
      expect(await statusOf(store, "r1")).toBe("CANCELLED");
      const place = await store.findPlace(all, run);
      expect(place).toMatchObject({ status: "CANCELLED", nextIndex: 1, hasEvents: true });
      const [piece] = await store.events.read([{ runNo: place?.runNo ?? 0, after: -1 }], 1_000);
      expect(piece?.isOver).toBe(true);
      expect(piece?.rows.flatMap((row) => readRow(row))).toEqual([
        { event: "RunCompleted", json: '{"event":"RunCompleted"}' },
      ]);

      await wait(store, "r2");
      await claim(store);
      expect(await store.endWaiting(all, { component, runId: "r2" }, stopped)).toBe(false);
      expect(await store.requestCancel(all, { component, runId: "r2" })).toBe(true);
    });

    it("are ended where they wait for a decision too, after the events that they have", async () => {
      const store = create();
      await wait(store, "r1");
      const [taken] = await claim(store);
      if (taken === undefined) throw new Error("not taken");
      await finish(store, taken.lease, "PAUSED");
      expect(await store.endWaiting(all, { component, runId: "r1" }, stopped)).toBe(true);
      const run = await store.findRun(all, key, "r1");
      expect(run?.output.status).toBe("CANCELLED");
      expect(run?.events.map(({ event }) => event)).toEqual(["RunPaused", "RunCompleted"]);
      expect(await store.findPlace(all, { component, runId: "r1" })).toMatchObject({ nextIndex: 2 });
    });

    it("are found by their name within a scope, with where their events stand", async () => {
      const store = create();
      const lease = await wait(store, "r1");
      const run = { component, runId: "r1", sessionId: key.sessionId };
      expect(await store.findPlace({ kind: "user", owner: alice }, run)).toMatchObject({
        key,
        runNo: lease.runNo,
        status: "PENDING",
        output: { run_id: "r1" },
        keepsEvents: true,
        hasEvents: true,
        firstIndex: 0,
        nextIndex: 0,
      });
      expect(await store.findPlace({ kind: "user", owner: bob }, run)).toBeUndefined();
      expect(await store.findPlace({ kind: "none" }, run)).toBeUndefined();
      expect(await store.findPlace(all, { ...run, sessionId: "another" })).toBeUndefined();
    });

    it("are as many as may wait, in all, of one owner and in bytes", async () => {
      const store = create();
      const refusal = (owner: Owner, bytes: number, limits: Partial<QueueLimits>) =>
        store.requireRoomInQueue(owner, bytes, { ...WIDE, ...limits }).catch((cause: unknown) => cause);
      await wait(store, "r1");
      expect(await refusal(alice, 10, { pendingRunsPerCaller: 1 })).toMatchObject({
        limit: "pendingRunsPerCaller",
      });
      expect(await refusal(bob, 10, { pendingRunsPerCaller: 1 })).toBeUndefined();
      // Those who share a nameless credential are not told apart.
      expect(await refusal(NOBODY_OWNER, 10, { pendingRunsPerCaller: 0 })).toBeUndefined();
      expect(await refusal(bob, 10, { pendingRuns: 1 })).toMatchObject({ limit: "pendingRuns" });
      const held = '{"of":"r1"}'.length;
      expect(await refusal(bob, 10, { pendingBytes: held + 10 })).toBeUndefined();
      expect(await refusal(bob, 11, { pendingBytes: held + 10 })).toMatchObject({ limit: "pendingBytes" });
      await expect(wait(store, "r2", { queueLimits: { ...WIDE, pendingRuns: 1 } })).rejects.toThrow(
        QueueFull,
      );
      expect(await store.findRun(all, key, "r2")).toBeUndefined();
      await claim(store);
      await wait(store, "r2", { queueLimits: { ...WIDE, pendingRuns: 1 } });
    });
  });

  describe(`requests that are sent again to ${name}`, () => {
    const named = (requestHash = "h1") => ({ idempotency: { key: "k1", requestHash } });

    it("are known by their owner and key, whatever they ask", async () => {
      const store = create();
      expect(await store.findRequest(alice, "k1")).toBeUndefined();
      await wait(store, "r1", named());
      const known = { requestHash: "h1", runId: "r1", sessionId: key.sessionId };
      expect(await store.findRequest(alice, "k1")).toEqual(known);
      expect(await store.findRequest(bob, "k1")).toBeUndefined();
      expect(await store.findRequest(alice, "k2")).toBeUndefined();
      const again = await wait(store, "r2", named("h2")).catch((cause: unknown) => cause);
      expect(again).toBeInstanceOf(RequestKnown);
      expect(again).toMatchObject({ known });
      expect(await store.findRun(all, key, "r2")).toBeUndefined();
      await wait(store, "b1", { key: keyOf(bob), ...named() });
      expect(await store.findRequest(bob, "k1")).toMatchObject({ runId: "b1" });
    });

    it("are forgotten with the session of their run", async () => {
      const store = create();
      await wait(store, "r1", named());
      expect(await store.deleteSession(all, key)).toBe(true);
      expect(await store.findRequest(alice, "k1")).toBeUndefined();
      await wait(store, "r2", named("h2"));
      expect(await store.findRequest(alice, "k1")).toMatchObject({ runId: "r2", requestHash: "h2" });
    });

    it("begin one run where they come at once", async () => {
      const store = create();
      const sent = Array.from({ length: 8 }, (_, index) => wait(store, `r${index}`, named()));
      const settled = await Promise.allSettled(sent);
      const kept = settled.flatMap(({ status }, index) => (status === "fulfilled" ? [`r${index}`] : []));
      expect(kept).toHaveLength(1);
      expect(await store.findRequest(alice, "k1")).toMatchObject({ runId: kept[0] });
      expect(idsOf(await claim(store))).toEqual(kept);
    });
  });
}
