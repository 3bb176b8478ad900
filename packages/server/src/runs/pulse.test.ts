import { readClocks } from "@agentos/guard/app";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPulse, type PulseOptions } from "./pulse.ts";

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

  function create(beat: () => Promise<void>, options: Partial<PulseOptions> = {}) {
    let silences = 0;
    const pulse = createPulse({
      beat,
      isNeeded: () => true,
      onFailed: () => undefined,
      onSilent: () => (silences += 1),
      ...options,
    });
    return { pulse, takeSilences: () => silences - (silences = 0) };
  }

  function start(beat: () => Promise<void>, options: Partial<PulseOptions> = {}) {
    const created = create(beat, options);
    created.pulse.start();
    return created;
  }

  const fail = () => Promise.reject(new Error("down"));

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

  it("is told so where it was asked to beat before it began anything", async () => {
    const { pulse, takeSilences } = create(fail);
    pulse.beatNow();
    pulse.start();
    await vi.advanceTimersByTimeAsync(5_900);
    expect(takeSilences()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(takeSilences()).toBe(2);
  });

  it("counts from what the store says that it wrote last, and beats as soon as that is old", async () => {
    const wroteAt = { ...readClocks(), monotonic: performance.now() / 1_000 - 1.5 };
    let beats = 0;
    const beat = () => ((beats += 1), fail());
    const { takeSilences } = start(beat, { lastBeat: () => wroteAt });
    await vi.advanceTimersByTimeAsync(499);
    expect(beats).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(beats).toBe(1);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(takeSilences()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(takeSilences()).toBe(1);
  });

  describe("whose machine has slept, as its wall clock says", () => {
    const sleep = () => vi.setSystemTime(Date.now() + 60_000);

    it("beats at the next look, and goes on where that comes through", async () => {
      let beats = 0;
      const { takeSilences } = start(async () => void (beats += 1));
      await vi.advanceTimersByTimeAsync(4_500);
      beats = 0;
      sleep();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(beats).toBe(1);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(takeSilences()).toBe(0);
    });

    it("is told so two looks later where none does", async () => {
      let isDown = false;
      const { takeSilences } = start(async () => {
        if (isDown) throw new Error("down");
      });
      await vi.advanceTimersByTimeAsync(4_500);
      isDown = true;
      // The beat before was half a second ago.
      sleep();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(takeSilences()).toBe(0);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(takeSilences()).toBe(1);
    });
  });

  it("beats no more, and is told nothing, once it is closed", async () => {
    let beats = 0;
    const told: unknown[] = [];
    const beat = () => ((beats += 1), fail());
    const { pulse, takeSilences } = start(beat, { onFailed: (cause) => told.push(cause) });
    pulse.beatNow();
    pulse.close();
    pulse.start();
    pulse.beatNow();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([beats, told.length, takeSilences(), vi.getTimerCount()]).toEqual([1, 0, 0, 0]);
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
