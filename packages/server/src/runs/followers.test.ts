import { describe, expect, it, onTestFinished } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { beginKept, endKept, eventOf, eventsFrom, LAST } from "./event-log.suite.ts";
import type { LogCursor } from "./event-log.ts";
import { toRows } from "./event-rows.ts";
import { createRunFollowers, type FollowedEntry, type RunFollower } from "./followers.ts";
import type { IndexedEntry, RunLogEntry } from "./log-entry.ts";
import { createRunLog, type LogTail } from "./run-log.ts";
import type { RunLease } from "./store.ts";
import { settle } from "./test-run.fixture.ts";

/** A server that runs runs, and one that only follows them, on one log; every look at it is noted. */
function createServers({ maxBytes }: { readonly maxBytes?: number } = {}) {
  const store = createMemoryRunStore();
  const looks: (readonly LogCursor[])[] = [];
  const failures: unknown[] = [];
  const state = { isDown: false };
  const tails = new Map<number, LogTail>();
  const log = {
    ...store.events,
    async read(cursors: readonly LogCursor[], bytes: number) {
      looks.push(cursors);
      if (state.isDown) throw new Error("down");
      return store.events.read(cursors, bytes);
    },
  };
  const shared = { log, maxBytes, pollMs: 1, onFailed: (cause: unknown) => failures.push(cause) };
  const here = createRunFollowers({ ...shared, findTail: (runNo) => tails.get(runNo) });
  const elsewhere = createRunFollowers({ ...shared, findTail: () => undefined });
  onTestFinished(() => {
    here.close();
    elsewhere.close();
  });

  /** A run that goes on here, with a log that commits to the log of events. */
  async function begin(runId: string, tailBytes?: number) {
    const lease = await beginKept(store, runId);
    const runLog = createRunLog({
      async commit(firstIndex, entries) {
        const lost = await store.events.append([{ lease, rows: toRows(firstIndex, entries) }]);
        if (lost.size > 0) throw new Error("lost");
      },
      onHeld: () => undefined,
      onCommitFailed: () => undefined,
      tailBytes: tailBytes ?? 1_000_000,
    });
    tails.set(lease.runNo, runLog);
    return { lease, runLog };
  }
  async function say(run: Awaited<ReturnType<typeof begin>>, first: number, count: number) {
    for (const entry of eventsFrom(first, count)) run.runLog.append(entry);
    await run.runLog.settle();
  }
  async function finish(
    { lease, runLog }: Awaited<ReturnType<typeof begin>>,
    status?: "COMPLETED" | "PAUSED",
  ) {
    await store.finishRun(lease, endKept(lease, runLog.committed(), status));
    runLog.end(LAST);
    tails.delete(lease.runNo);
  }
  return { store, looks, failures, state, tails, here, elsewhere, begin, say, finish };
}

/** All that it gives, to its end. */
async function drain(follower: RunFollower): Promise<readonly FollowedEntry[]> {
  const taken: FollowedEntry[] = [];
  while (await follower.ready())
    for (let next = follower.take(); next !== undefined; next = follower.take()) taken.push(next);
  follower.close();
  return taken;
}

const numbered = (entries: readonly RunLogEntry[], first = 0): readonly IndexedEntry[] =>
  entries.map((entry, offset) => ({ index: first + offset, entry }));

describe.each(["here", "elsewhere"] as const)("who follows a run that goes on %s", (where) => {
  it("gets every event once, from any index on, while they come and after the end", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    await servers.say(run, 0, 10);
    const followers = [-1, 4, 9, 11].map((after) => servers[where].follow(run.lease.runNo, after));
    const drained = followers.map(drain);
    await servers.say(run, 10, 7);
    await servers.finish(run);
    const whole = numbered([...eventsFrom(0, 17), LAST]);
    expect(await Promise.all(drained)).toEqual([whole, whole.slice(5), whole.slice(10), whole.slice(12)]);
    expect(await drain(servers[where].follow(run.lease.runNo, -1))).toEqual(whole);
    expect(await drain(servers[where].follow(run.lease.runNo, 17))).toEqual([]);
  });

  it("reads what its memory has let go of in the log, and holds up nobody by being slow", async () => {
    const servers = createServers();
    const run = await servers.begin("r1", 500);
    const slow = servers[where].follow(run.lease.runNo, -1);
    for (let first = 0; first < 60; first += 10) await servers.say(run, first, 10);
    expect(run.runLog.first()).toBeGreaterThan(40);
    expect(await slow.ready()).toBe(true);
    expect(slow.take()).toEqual({ index: 0, entry: eventOf(0) });
    await servers.say(run, 60, 30);
    await servers.finish(run);
    expect(await drain(slow)).toEqual(numbered([...eventsFrom(1, 89), LAST], 1));
    expect(slow.taken()).toBe(91);
  });

  it("is done where the run pauses, and follows what comes after it has gone on", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    await servers.say(run, 0, 2);
    await servers.finish(run, "PAUSED");
    expect(await drain(servers[where].follow(run.lease.runNo, -1))).toEqual(
      numbered([...eventsFrom(0, 2), LAST]),
    );
  });

  it("is done where the run is gone", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    await servers.say(run, 0, 2);
    const drained = drain(servers[where].follow(run.lease.runNo, 1));
    await settle();
    await servers.store.deleteSession({ kind: "all" }, run.lease.key);
    run.runLog.abandon();
    expect(await drained).toEqual([]);
  });

  it("hears nothing more once it has closed, or its server has", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    const [one, other] = [0, 1].map(() => servers[where].follow(run.lease.runNo, -1));
    const waiting = [one?.ready(), other?.ready()];
    await settle();
    one?.close();
    expect(await waiting[0]).toBe(false);
    servers[where].close();
    expect(await waiting[1]).toBe(false);
    expect(await servers[where].follow(run.lease.runNo, -1).ready()).toBe(false);
  });
});

describe("who follows", () => {
  it("goes over to the log, without an end that is not the run's, where another server has the run", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    await servers.say(run, 0, 3);
    const drained = drain(servers.here.follow(run.lease.runNo, -1));
    await settle();
    run.runLog.abandon();
    servers.tails.delete(run.lease.runNo);
    await servers.store.events.append([{ lease: run.lease, rows: toRows(3, eventsFrom(3, 2)) }]);
    await servers.store.finishRun(run.lease, endKept(run.lease, 5));
    expect(await drained).toEqual(numbered([...eventsFrom(0, 5), LAST]));
  });

  it.each([
    ["after all that was stored", 3, [2]],
    ["in place of an event that the log has and this server does not know of", 2, []],
  ])("is told an end that could not be stored, without an index: %s", async (_, known, heard) => {
    const servers = createServers();
    const run = await servers.begin("r1", 1);
    await servers.say(run, 0, known);
    await servers.store.events.append([
      { lease: run.lease, rows: toRows(known, eventsFrom(known, 3 - known)) },
    ]);
    const drained = [-1, 1].map((after) => drain(servers.here.follow(run.lease.runNo, after)));
    run.runLog.endUnstored(LAST);
    servers.tails.delete(run.lease.runNo);
    const end = { index: undefined, entry: LAST };
    const rest = heard.map((index) => ({ index, entry: eventOf(index) }));
    expect(await Promise.all(drained)).toEqual([
      [...numbered(eventsFrom(0, 3)), end],
      [...rest, end],
    ]);
    // Whoever comes later waits for the end that the store gets.
    const later = drain(servers.here.follow(run.lease.runNo, 2));
    await servers.store.finishRun(run.lease, endKept(run.lease, 3));
    expect(await later).toEqual(numbered([LAST], 3));
  });

  it("shares one look at the log with all who follow elsewhere, and whoever reads the same events costs nothing more", async () => {
    const servers = createServers();
    const runs = [await servers.begin("r1"), await servers.begin("r2")];
    for (const run of runs) await servers.say(run, 0, 3);
    const followed = runs.flatMap(({ lease }) => [lease, lease, lease]);
    const followers = followed.map(({ runNo }: RunLease) => servers.elsewhere.follow(runNo, -1));
    expect(await Promise.all(followers.map((follower) => follower.ready()))).not.toContain(false);
    expect(servers.looks).toHaveLength(1);
    expect(servers.looks[0]).toHaveLength(2);
  });

  it("looks at no log while it is up to date with a run that goes on here, and none while nobody follows", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    const follower = servers.here.follow(run.lease.runNo, -1);
    await servers.say(run, 0, 3);
    await follower.ready();
    while (follower.take() !== undefined);
    const waiting = follower.ready();
    await servers.say(run, 3, 1);
    expect(await waiting).toBe(true);
    follower.close();
    await settle();
    expect(servers.looks).toEqual([]);
  });

  it("waits for a log that does not answer, which is told once", async () => {
    const servers = createServers();
    const run = await servers.begin("r1");
    servers.state.isDown = true;
    const drained = drain(servers.elsewhere.follow(run.lease.runNo, -1));
    await expect.poll(() => servers.looks.length, { timeout: 5_000 }).toBeGreaterThan(1);
    servers.state.isDown = false;
    await servers.finish(run);
    expect(await drained).toHaveLength(1);
    expect(servers.failures).toHaveLength(1);
  });

  it.each(["{", "null", '[["E",2]]\n{}{}', "[]\n"])(
    "ends before an event that is damaged, and nobody else does: %j",
    async (data) => {
      const servers = createServers();
      const [run, whole] = [await servers.begin("r1"), await servers.begin("r2")];
      for (const each of [run, whole]) await servers.say(each, 0, 3);
      const row = { firstIndex: 3, lastIndex: 4, kind: "event" as const, data };
      await servers.store.events.append([{ lease: run.lease, rows: [row] }]);
      const followers = [run, whole].map(({ lease }) => servers.elsewhere.follow(lease.runNo, -1));
      const drained = followers.map(drain);
      await servers.finish(whole);
      expect(await Promise.all(drained)).toEqual([
        numbered(eventsFrom(0, 3)),
        numbered([...eventsFrom(0, 3), LAST]),
      ]);
      expect(followers.map((follower) => follower.isDamaged())).toEqual([true, false]);
      expect(servers.failures.map(String)).toEqual([
        `Error: the events of run ${run.lease.runNo} are damaged from index 3 on`,
      ]);
    },
  );

  it("reads a long run piece by piece, without a wait between them", async () => {
    const servers = createServers({ maxBytes: 1_000 });
    const run = await servers.begin("r1");
    for (let first = 0; first < 300; first += 1) await servers.say(run, first, 1);
    await servers.finish(run);
    expect(await drain(servers.elsewhere.follow(run.lease.runNo, -1))).toHaveLength(301);
    expect(servers.looks.length).toBeGreaterThan(3);
  });
});
