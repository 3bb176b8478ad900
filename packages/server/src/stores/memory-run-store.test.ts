import { describe, expect, it } from "vitest";
import { keyOf, runStoreSuite, storedRun } from "../runs/store.suite.ts";
import { createMemoryRunStore } from "./memory-run-store.ts";

runStoreSuite("the memory store", () => createMemoryRunStore());

describe("the memory store's bounds", () => {
  const all = { kind: "all" } as const;
  const session = (sessionId: string) => keyOf("alice", { sessionId });

  it("forgets the least recently used session first", async () => {
    const store = createMemoryRunStore({ maxSessions: 2 });
    await store.saveRun(all, storedRun(session("s1"), "r1"));
    await store.saveRun(all, storedRun(session("s2"), "r2"));
    await store.findSession(all, session("s1"));
    await store.saveRun(all, storedRun(session("s3"), "r3"));
    const kept = await Promise.all(["s1", "s2", "s3"].map((id) => store.findSession(all, session(id))));
    expect(kept.map((entry) => entry?.key.sessionId)).toEqual(["s1", undefined, "s3"]);
  });

  it("forgets the oldest run of a session first", async () => {
    const store = createMemoryRunStore({ maxRunsPerSession: 2 });
    for (const runId of ["r1", "r2", "r3"]) await store.saveRun(all, storedRun(session("s1"), runId));
    const runs = await store.listRuns(all, { component: { kind: "agent", id: "a1" }, sessionId: "s1" });
    expect(runs.map((run) => run.output.run_id)).toEqual(["r2", "r3"]);
  });
});
