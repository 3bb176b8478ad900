import { expect, it } from "vitest";
import { createPulse } from "./pulse.ts";

it("tells an outage once, and the next one again", async () => {
  const told: unknown[] = [];
  const outcomes = ["down", "down", "up", "down", "down", "up"];
  let beats = 0;
  const pulse = createPulse({
    everyMs: 1,
    isNeeded: () => beats < outcomes.length,
    async beat() {
      const outcome = outcomes[beats];
      beats += 1;
      if (outcome === "down") throw new Error(`down at ${beats}`);
    },
    onFailed: (cause) => told.push(String(cause)),
  });
  pulse.start();
  await expect.poll(() => beats).toBe(outcomes.length);
  expect(told).toEqual(["Error: down at 1", "Error: down at 4"]);
});
