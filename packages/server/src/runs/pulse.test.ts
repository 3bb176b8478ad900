import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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

describe("a server that cannot say that it lives", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function start(beat: () => Promise<void>) {
    let silences = 0;
    const pulse = createPulse({
      beat,
      isNeeded: () => true,
      onFailed: () => undefined,
      onSilent: () => (silences += 1),
      now: () => Date.now(),
    });
    pulse.start();
    return { pulse, takeSilences: () => silences - (silences = 0) };
  }

  it("is told so when its beats fail for six seconds, and again until one comes through", async () => {
    let isDown = true;
    const { takeSilences } = start(async () => {
      if (isDown) throw new Error("down");
    });
    await vi.advanceTimersByTimeAsync(5_900);
    expect(takeSilences()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(takeSilences()).toBe(2);
    isDown = false;
    await vi.advanceTimersByTimeAsync(2_000);
    takeSilences();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(takeSilences()).toBe(0);
  });

  it("is told so where a beat hangs", async () => {
    const { takeSilences } = start(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(6_000);
    expect(takeSilences()).toBe(1);
  });

  it("beats at once when it is asked to, one beat at a time", async () => {
    let beats = 0;
    const done: (() => void)[] = [];
    const { pulse } = start(() => {
      beats += 1;
      return new Promise((resolve) => void done.push(resolve));
    });
    for (let asked = 0; asked < 5; asked += 1) pulse.beatNow();
    expect(beats).toBe(1);
    done.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    pulse.beatNow();
    expect(beats).toBe(2);
  });
});
