import { describe, expect, it } from "vitest";
import { finishWithHold } from "./finish-with-hold.ts";

class Passing extends Error {}

/** A store that fails so often, and how long was waited for it. */
function createHold(failures: number, cause: Error = new Passing("away")) {
  let now = 0;
  const controller = new AbortController();
  const pauses: number[] = [];
  let tries = 0;
  return {
    pauses,
    controller,
    tries: () => tries,
    run: (onTry: (advance: (seconds: number) => void) => void = () => {}) =>
      finishWithHold(
        async () => {
          tries += 1;
          onTry((seconds) => {
            now += seconds;
          });
          if (tries <= failures) throw cause;
        },
        {
          isPassing: (error) => error instanceof Passing,
          pause: async (milliseconds) => void pauses.push(milliseconds),
        },
        { clock: { now: () => now }, signal: controller.signal },
      ),
  };
}

describe("the end of a run", () => {
  it("is tried again after longer and longer pauses while the fault is one that passes", async () => {
    const hold = createHold(3);
    await hold.run();
    expect(hold.pauses).toEqual([250, 1_000, 2_000]);
  });

  it("is given up after the last of them, with the cause of the last try", async () => {
    const hold = createHold(4);
    await expect(hold.run()).rejects.toThrow(Passing);
    expect(hold.tries()).toBe(4);
  });

  it("waits for no fault that stays", async () => {
    const hold = createHold(1, new Error("no such table"));
    await expect(hold.run()).rejects.toThrow("no such table");
    expect(hold.pauses).toEqual([]);
  });

  it("waits no longer where a try itself took all the time that there is", async () => {
    const hold = createHold(4);
    await expect(hold.run((advance) => advance(6))).rejects.toThrow(Passing);
    expect(hold.tries()).toBe(2);
  });

  it("is tried once more when the run is to stop, and then no more", async () => {
    const hold = createHold(4);
    const stop = () => {
      if (hold.tries() === 2) hold.controller.abort();
    };
    await expect(hold.run(stop)).rejects.toThrow(Passing);
    expect(hold.tries()).toBe(2);
  });
});
