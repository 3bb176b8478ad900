/** The server reads the machine's clocks; here they stand still, so that a token can be expired by exactly one second. */
import { createTestClock } from "@agentos/testkit";
import { afterAll, vi } from "vitest";

export interface StoppedClock {
  /** Seconds since 1970. */
  now(): number;
  advance(seconds: number): void;
}

/** Stops `Date` and `performance` for this file; timers and sockets go on. */
export function stopClock(): StoppedClock {
  const clock = createTestClock();
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  vi.setSystemTime(clock.now() * 1_000);
  afterAll(() => {
    vi.useRealTimers();
  });
  return {
    now: clock.now,
    advance(seconds) {
      clock.advance(seconds);
      vi.advanceTimersByTime(seconds * 1_000);
    },
  };
}
