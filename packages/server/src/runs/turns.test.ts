import { describe, expect, it } from "vitest";
import { createTurns, TURN_MS } from "./turns.ts";

/** Turns by hand: time stands still, and the next turn comes when it is called. */
function createTestTurns() {
  let now = 0;
  const scheduled: (() => void)[] = [];
  const turns = createTurns({ now: () => now, nextTurn: (callback) => scheduled.push(callback) });
  return {
    turns,
    spend: (ms: number) => {
      now += ms;
    },
    /** As the event loop does: what has been asked for, one after the other, each with what follows from it. */
    async nextTurn() {
      for (const callback of scheduled.splice(0)) {
        callback();
        for (let microtask = 0; microtask < 5; microtask++) await Promise.resolve();
      }
    },
    get isScheduled() {
      return scheduled.length > 0;
    },
  };
}

async function waitFor(pause: Promise<void> | undefined, then: () => void): Promise<void> {
  await pause;
  then();
}

describe("turns", () => {
  it("let a run go on while the turn has time left, and then make it wait for the next", async () => {
    const { turns, spend, nextTurn } = createTestTurns();
    expect(turns.pause()).toBeUndefined();
    spend(TURN_MS - 1);
    expect(turns.pause()).toBeUndefined();
    spend(1);
    let hasGoneOn = false;
    void waitFor(turns.pause(), () => {
      hasGoneOn = true;
    });
    await Promise.resolve();
    expect(hasGoneOn).toBe(false);
    await nextTurn();
    expect(hasGoneOn).toBe(true);
    expect(turns.pause()).toBeUndefined();
  });

  it.each([
    ["one that takes it all", TURN_MS, 1],
    ["four that take a quarter each", TURN_MS / 4, 4],
  ])(
    "are shared by forty runs: a turn has room for %s, in the order in which they asked",
    async (_, ms, perTurn) => {
      const { turns, spend, nextTurn } = createTestTurns();
      expect(turns.pause()).toBeUndefined();
      spend(TURN_MS);
      const order: number[] = [];
      const runs = Array.from({ length: 40 }, (_run, index) => index);
      for (const run of runs)
        void waitFor(turns.pause(), () => {
          order.push(run);
          spend(ms);
        });
      for (let turn = 1; turn <= 40 / perTurn; turn++) {
        await nextTurn();
        expect(order).toHaveLength(turn * perTurn);
      }
      expect(order).toEqual(runs);
    },
  );

  it("schedule nothing when nobody runs", async () => {
    const test = createTestTurns();
    expect(test.isScheduled).toBe(false);
    expect(test.turns.pause()).toBeUndefined();
    await test.nextTurn();
    expect(test.isScheduled).toBe(false);
  });
});
