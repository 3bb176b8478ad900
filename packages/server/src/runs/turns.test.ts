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
    async nextTurn() {
      for (const callback of scheduled.splice(0)) callback();
      for (let microtask = 0; microtask < 5; microtask++) await Promise.resolve();
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

  it("are shared: forty runs take no more of a turn than one, and go on in the order in which they asked", async () => {
    const { turns, spend, nextTurn } = createTestTurns();
    expect(turns.pause()).toBeUndefined();
    spend(TURN_MS);
    const order: number[] = [];
    for (let run = 0; run < 40; run++) void waitFor(turns.pause(), () => order.push(run));
    for (let turn = 1; turn <= 40; turn++) {
      await nextTurn();
      expect(order).toHaveLength(turn);
    }
    expect(order).toEqual(Array.from({ length: 40 }, (_, run) => run));
  });

  it("schedule nothing when nobody runs", async () => {
    const test = createTestTurns();
    expect(test.isScheduled).toBe(false);
    expect(test.turns.pause()).toBeUndefined();
    await test.nextTurn();
    expect(test.isScheduled).toBe(false);
  });
});
