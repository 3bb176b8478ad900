import { describe, expect, it } from "vitest";
import { alice, keyOf, NO_TOKENS } from "./store.suite.ts";
import { type RunEnd, type RunLease, RunLeaseLost } from "./store.ts";
import { createUnstoredEnds } from "./unstored-ends.ts";

const leaseOf = (runId: string): RunLease => ({ key: keyOf(alice), runId, attempt: 1 });
const END: RunEnd = {
  status: "ERROR",
  outputJson: "{}",
  eventsJson: "[]",
  terminalIndex: 0,
  tokens: NO_TOKENS,
  changeState: undefined,
};

describe("ends that the database did not take", () => {
  it("are each kept once, whoever asks for it at the same time", async () => {
    const gate = Promise.withResolvers<void>();
    const kept = new Set<string>();
    const unstored = createUnstoredEnds(async ({ runId }) => {
      await gate.promise;
      if (kept.has(runId)) throw new RunLeaseLost("it has ended");
      kept.add(runId);
    });
    for (const runId of ["r1", "r2", "r3"]) unstored.add(leaseOf(runId), END);
    const tries = Promise.all([unstored.retry(), unstored.retry()]);
    gate.resolve();
    await tries;
    expect([...kept]).toEqual(["r1", "r2", "r3"]);
    expect(unstored.size()).toBe(0);
  });

  it("are kept though one of them never is", async () => {
    const kept: string[] = [];
    const unstored = createUnstoredEnds(async ({ runId }) => {
      if (runId === "r1") throw new Error("no");
      kept.push(runId);
    });
    for (const runId of ["r1", "r2"]) unstored.add(leaseOf(runId), END);
    await expect(unstored.retry()).rejects.toThrow("no");
    await expect(unstored.retry()).rejects.toThrow("no");
    expect(kept).toEqual(["r2"]);
    expect([unstored.has("r1"), unstored.has("r2"), unstored.size()]).toEqual([true, false, 1]);
  });
});
