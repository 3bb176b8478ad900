import { expect, it, vi } from "vitest";
import { createPulse } from "./pulse.ts";

it("tells the first of several beats that failed, and again after one that did not", async () => {
  const outcomes = [false, false, true, false, false];
  const told: unknown[] = [];
  let beats = 0;
  const pulse = createPulse({
    async beat() {
      beats += 1;
      if (outcomes.shift() === false) throw new Error(`beat ${beats}`);
    },
    isNeeded: () => outcomes.length > 0,
    onFailed: (cause) => told.push(cause),
    everyMs: 1,
  });
  pulse.start();
  await vi.waitFor(() => expect(outcomes).toEqual([]));
  await vi.waitFor(() => expect(told).toEqual([new Error("beat 1"), new Error("beat 4")]));
});
