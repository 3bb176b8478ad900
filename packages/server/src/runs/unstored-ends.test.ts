import { expect, it } from "vitest";
import { alice, keyOf, NO_TOKENS } from "./store.suite.ts";
import { type RunEnd, type RunLease, RunLeaseLost } from "./store.ts";
import { createUnstoredEnds } from "./unstored-ends.ts";

const leaseOf = (runId: string): RunLease => ({ key: keyOf(alice), runId, runNo: 1, attempt: 1 });
const END: RunEnd = {
  status: "ERROR",
  outputJson: "{}",
  eventsJson: "[]",
  terminalIndex: 0,
  tokens: NO_TOKENS,
  changeState: undefined,
};

it("loses none where two rounds are asked for at once and the database goes away in between", async () => {
  const kept: string[] = [];
  let asked = 0;
  const ends = createUnstoredEnds(async ({ runId }) => {
    asked += 1;
    const isDown = asked > 2 && asked < 5;
    await Promise.resolve();
    if (isDown) throw new Error("down");
    // As a database has it: what has ended is not ended again.
    if (kept.includes(runId)) throw new RunLeaseLost("the run has ended");
    kept.push(runId);
  });
  for (const runId of ["r1", "r2", "r3"]) ends.add(leaseOf(runId), END);
  const rounds = [ends.retry(), ends.retry()];
  await Promise.allSettled(rounds);
  asked = 5;
  await ends.retry();
  expect(kept).toEqual(["r1", "r2", "r3"]);
  expect(ends.size()).toBe(0);
});

it("stops at the first that fails, and goes on from there the next time", async () => {
  const kept: string[] = [];
  let isDown = false;
  const ends = createUnstoredEnds(async ({ runId }) => {
    if (isDown) throw new Error("down");
    kept.push(runId);
    isDown = true;
  });
  for (const runId of ["r1", "r2"]) ends.add(leaseOf(runId), END);
  await expect(ends.retry()).rejects.toThrow("down");
  expect(ends.size()).toBe(1);
  isDown = false;
  await ends.retry();
  expect(kept).toEqual(["r1", "r2"]);
});

it("keeps the others where the database never takes one of them", async () => {
  const kept: string[] = [];
  const ends = createUnstoredEnds(async ({ runId }) => {
    if (runId === "r1") throw new Error("no");
    kept.push(runId);
  });
  for (const runId of ["r1", "r2"]) ends.add(leaseOf(runId), END);
  await expect(ends.retry()).rejects.toThrow("no");
  await expect(ends.retry()).rejects.toThrow("no");
  expect(kept).toEqual(["r2"]);
  expect([ends.has("r1"), ends.has("r2"), ends.size()]).toEqual([true, false, 1]);
});
