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
    async nextTurn(microtasks = 5) {
      for (const callback of scheduled.splice(0)) {
        callback();
        for (let microtask = 0; microtask < microtasks; microtask++) await Promise.resolve();
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

const ALICE = {};
const BOB = {};

describe("turns", () => {
  it("let a run go on while the turn has time left, and then make it wait for the next", async () => {
    const { turns, spend, nextTurn } = createTestTurns();
    expect(turns.pause(ALICE)).toBeUndefined();
    spend(TURN_MS - 1);
    expect(turns.pause(ALICE)).toBeUndefined();
    spend(1);
    let hasGoneOn = false;
    void waitFor(turns.pause(ALICE), () => {
      hasGoneOn = true;
    });
    await Promise.resolve();
    expect(hasGoneOn).toBe(false);
    await nextTurn();
    expect(hasGoneOn).toBe(true);
    expect(turns.pause(ALICE)).toBeUndefined();
  });

  it.each([
    ["one that takes it all", TURN_MS, 1],
    ["four that take a quarter each", TURN_MS / 4, 4],
  ])(
    "are shared by forty runs: a turn has room for %s, in the order in which they asked",
    async (_, ms, perTurn) => {
      const { turns, spend, nextTurn } = createTestTurns();
      expect(turns.pause(ALICE)).toBeUndefined();
      spend(TURN_MS);
      const order: number[] = [];
      const runs = Array.from({ length: 40 }, (_run, index) => index);
      for (const run of runs)
        void waitFor(turns.pause(ALICE), () => {
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

  it("are the same for all: who never waits is not let go on before those who asked earlier", async () => {
    const { turns, spend, nextTurn } = createTestTurns();
    const steps = [0, 0, 0, 0];
    for (const run of steps.keys())
      void (async () => {
        for (;;) {
          await turns.pause(ALICE);
          steps[run] = (steps[run] ?? 0) + 1;
          spend(1);
        }
      })();
    for (let turn = 0; turn < 40; turn++) await nextTurn(40);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(2 * TURN_MS);
    expect(Math.min(...steps)).toBeGreaterThan(20);
  });

  it("are the callers', whatever the number of their runs", async () => {
    const { turns, spend, nextTurn } = createTestTurns();
    const steps = { alice: 0, bob: 0 };
    const runFor = async (caller: object, name: keyof typeof steps) => {
      for (;;) {
        await turns.pause(caller);
        steps[name] += 1;
        spend(1);
      }
    };
    for (let run = 0; run < 100; run++) void runFor(ALICE, "alice");
    void runFor(BOB, "bob");
    for (let turn = 0; turn < 60; turn++) await nextTurn(40);
    expect(steps.bob / steps.alice).toBeGreaterThan(0.5);
  });

  it("schedule nothing when nobody runs", async () => {
    const test = createTestTurns();
    expect(test.isScheduled).toBe(false);
    expect(test.turns.pause(ALICE)).toBeUndefined();
    await test.nextTurn();
    expect(test.isScheduled).toBe(false);
  });
});
