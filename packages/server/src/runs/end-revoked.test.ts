import { expect, it } from "vitest";
import { writeCheckpoint } from "./checkpoint.ts";
import { createEndRevoked } from "./end-revoked.ts";
import { keyOf } from "./store.suite.ts";
import type { PausedRun } from "./store.ts";
import { ALICE, createTestRuntime } from "./test-run.fixture.ts";

const key = keyOf(ALICE.owner);
const checkpointJson = writeCheckpoint({
  input: { message: "hi", media: [] },
  sessionState: {},
  dependencies: {},
  formDependencies: {},
  metadata: {},
  caller: ALICE,
});

function open(failures: number) {
  const waiting = ["busy", "null", "sound"].map((runId, index) => ({
    key,
    runId,
    runNo: index + 1,
    attempt: 0,
  }));
  const runtime = createTestRuntime();
  const ended: string[] = [];
  const pauses: number[] = [];
  let failed = 0;
  const endRevoked = createEndRevoked({
    runtime,
    adminScope: () => "agent_os:admin",
    isRevoked: ({ subject }) => subject === "alice",
    signal: new AbortController().signal,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    store: {
      listPending: async (after) =>
        waiting.filter(({ runNo, runId }) => runNo > after && !ended.includes(runId)),
      async findPausedRun(_, __, runId) {
        if (runId === "busy" && (failed += 1) <= failures) throw new Error("busy");
        // A text may be damaged and still be JSON.
        const output = runId === "null" ? null : { status: "PENDING" };
        return { output, checkpointJson } as PausedRun;
      },
      async endWaiting(_, { runId }) {
        ended.push(runId);
        return true;
      },
    },
  });
  return { endRevoked, ended, pauses, runtime };
}

it("a run that cannot be read hides none behind it, and is asked about again in a moment", async () => {
  const { endRevoked, ended, pauses, runtime } = open(2);
  await endRevoked();
  expect(ended).toEqual(["sound", "busy"]);
  expect(pauses).toEqual([1_000, 2_000]);
  expect(runtime.log).toMatchObject([
    { level: "warn", facts: { run_id: "busy" } },
    { level: "warn", facts: { run_id: "busy" } },
  ]);
});

it("a run that can never be read is not asked about for ever, but again with the next revocation", async () => {
  const { endRevoked, ended, pauses } = open(7);
  await endRevoked();
  expect(ended).toEqual(["sound"]);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  await endRevoked();
  expect(ended).toEqual(["sound", "busy"]);
});
