import type { Owner } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { continueSuite } from "../runs/continue.suite.ts";
import { runQueueSuite } from "../runs/run-queue.suite.ts";
import { alice, bob, keyOf, NO_TOKENS, outputOf, runStoreSuite, storeRun } from "../runs/store.suite.ts";
import type { RunStore } from "../runs/store.ts";
import { ownerNamed } from "../runs/test-run.fixture.ts";
import { createMemoryRunStore } from "./memory-run-store.ts";

runStoreSuite("the memory store", () => createMemoryRunStore());
continueSuite("the memory store", () => createMemoryRunStore());
runQueueSuite("the memory store", () => createMemoryRunStore());

const all = { kind: "all" } as const;
const KIB = 1024;

async function sessionsOf(store: RunStore, owner: Owner): Promise<readonly string[]> {
  const query = { sortBy: "createdAt", sortOrder: "asc", limit: 10_000, page: 1 } as const;
  const { sessions } = await store.listSessions({ kind: "user", owner }, query);
  return sessions.map(({ key }) => key.sessionId).toSorted();
}

describe("the memory store's bounds", () => {
  const runOf = (store: RunStore, owner: Owner, sessionId: string, bytes = 10 * KIB) =>
    storeRun(store, keyOf(owner, { sessionId }), `run of ${owner.id} in ${sessionId}`, {
      content: "x".repeat(bytes),
    });

  it("keep to the bytes of one owner, whose session that was longest unused goes first", async () => {
    const store = createMemoryRunStore({ maxBytesPerOwner: 40 * KIB });
    for (const id of ["s1", "s2", "s3"]) await runOf(store, alice, id);
    await store.findSession(all, keyOf(alice, { sessionId: "s1" }));
    await runOf(store, alice, "s4");
    expect(await sessionsOf(store, alice)).toEqual(["s1", "s3", "s4"]);
  });

  it("forget the oldest runs of a session that alone is too large, and one that fits nowhere", async () => {
    const store = createMemoryRunStore({ maxBytesPerOwner: 30 * KIB });
    const kept = async () => (await store.listRuns(all, keyOf(alice), {})).map(({ output }) => output.run_id);
    for (const id of ["r1", "r2", "r3", "r4"])
      await storeRun(store, keyOf(alice), id, { content: "x".repeat(10 * KIB) });
    expect(await kept()).toEqual(["r3", "r4"]);
    await storeRun(store, keyOf(alice), "r5", { content: "x".repeat(50 * KIB) });
    expect(await kept()).toEqual([]);
  });

  const victim = ["mine-1", "mine-2", "mine-3"];

  it("let whoever makes runs lose its own, and nobody else's", async () => {
    const store = createMemoryRunStore({ maxBytes: 200 * KIB });
    for (const id of victim) await runOf(store, alice, id);
    for (let index = 0; index < 1_000; index++) await runOf(store, bob, `s${index}`, KIB);
    await runOf(store, bob, "huge", 250 * KIB);
    expect(await sessionsOf(store, alice)).toEqual(victim);
    await runOf(store, bob, "small", KIB);
    expect(await sessionsOf(store, bob)).toContain("small");
  });

  it("keep what was used last of whoever has to forget", async () => {
    const store = createMemoryRunStore({ maxBytes: 200 * KIB });
    for (let index = 0; index < 1_000; index++) await runOf(store, bob, `s${index}`, KIB);
    const kept = await sessionsOf(store, bob);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept).toContain("s999");
    expect(kept).not.toContain("s0");
  });

  it.each([1, 10])(
    "count made-up names as one owner, so that %i KiB of each outweigh no user",
    async (kib) => {
      const store = createMemoryRunStore({ maxBytes: 200 * KIB });
      for (const id of victim) await runOf(store, alice, id);
      for (let index = 0; index < 300; index++)
        await runOf(store, ownerNamed(`user-${index}`, { kind: "claimed" }), "s", kib * KIB);
      expect(await sessionsOf(store, alice)).toEqual(victim);
    },
  );

  it("among made-up names let the one pay that holds most", async () => {
    const store = createMemoryRunStore({ maxBytes: 200 * KIB });
    const small = ownerNamed("small", { kind: "claimed" });
    const large = ownerNamed("large", { kind: "claimed" });
    for (const id of victim) await runOf(store, small, id, KIB);
    for (let index = 0; index < 100; index++) await runOf(store, large, `s${index}`);
    expect(await sessionsOf(store, small)).toEqual(victim);
  });

  it.each<[string, (index: number) => Owner]>([
    ["users", (index) => ownerNamed(`user-${index}`)],
    ["made-up names", (index) => ownerNamed(`user-${index}`, { kind: "claimed" })],
  ])("hold for any number of %s with one session each", async (_, ownerAt) => {
    const store = createMemoryRunStore({ maxBytes: 200 * KIB });
    for (let index = 0; index < 500; index++) await runOf(store, ownerAt(index), "s");
    const { sessions } = await store.listSessions(all, {
      sortBy: "createdAt",
      sortOrder: "asc",
      limit: 1_000,
      page: 1,
    });
    expect(sessions.length).toBeLessThanOrEqual(20);
    expect(sessions.map(({ key }) => key.owner.id)).toContain("user-499");
  });

  it("spare a session in which a run goes on", async () => {
    const store = createMemoryRunStore({ maxBytesPerOwner: 30 * KIB });
    const key = keyOf(alice, { sessionId: "busy" });
    const outputJson = JSON.stringify(outputOf(key, "r0", { status: "RUNNING" }));
    const run = { key, runId: "r0", createdAt: 1, outputJson, input: "", changeState: () => "{}" };
    const lease = await store.createRun(all, run);
    for (let index = 0; index < 10; index++) await runOf(store, alice, `s${index}`);
    await store.finishRun(lease, {
      status: "COMPLETED",
      outputJson,
      eventsJson: "[]",
      terminalIndex: 0,
      tokens: NO_TOKENS,
      changeState: () => "{}",
    });
    expect(await sessionsOf(store, alice)).toContain("busy");
  });

  it("are not used up by what runs: who runs most deletes nobody's sessions", async () => {
    const store = createMemoryRunStore({ maxBytes: 200 * KIB });
    for (const id of victim) await runOf(store, alice, id);
    for (let index = 0; index < 100; index++) {
      const key = keyOf(bob, { sessionId: `s${index}` });
      const outputJson = JSON.stringify(outputOf(key, "r", { content: "x".repeat(10 * KIB) }));
      const changeState = () => JSON.stringify({ notes: "x".repeat(10 * KIB) });
      await store.createRun(all, { key, runId: "r", createdAt: 1, outputJson, input: "", changeState });
    }
    expect(await sessionsOf(store, alice)).toEqual(victim);
  });

  it("count what has ended in a session in which another run never ends", async () => {
    const store = createMemoryRunStore({ maxBytes: 100 * KIB });
    const outputJson = JSON.stringify(outputOf(keyOf(bob), "r0"));
    await store.createRun(all, {
      key: keyOf(bob),
      runId: "r0",
      createdAt: 1,
      outputJson,
      input: "",
      changeState: () => "{}",
    });
    for (let index = 1; index < 100; index++)
      await storeRun(store, keyOf(bob), `r${index}`, { content: "x".repeat(10 * KIB) });
    const kept = (await store.listRuns(all, keyOf(bob), {})).map(({ output }) => output.run_id);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect([kept[0], kept.at(-1)]).toEqual(["r0", "r99"]);
  });

  it("count the state once for a session, however many runs it has", async () => {
    const store = createMemoryRunStore({ maxBytesPerOwner: 300 * KIB });
    const state = { notes: "x".repeat(200 * KIB) };
    for (let index = 0; index < 20; index++) await storeRun(store, keyOf(alice), `r${index}`, { state });
    expect(await store.listRuns(all, keyOf(alice), {})).toHaveLength(20);
    expect((await store.findSession(all, keyOf(alice)))?.state).toEqual(state);
  });
});
