/** The server reads the machine's clock; here it stands still, so that a token can be expired by exactly one second. */
import { createTestClock } from "@agentos/testkit";
import { afterAll, vi } from "vitest";

export interface StoppedClock {
  /** Seconds since 1970. */
  now(): number;
  advance(seconds: number): void;
}

/** Stops `Date` for this file; timers and sockets go on. */
export function stopClock(): StoppedClock {
  const clock = createTestClock();
  const apply = () => vi.setSystemTime(clock.now() * 1_000);
  vi.useFakeTimers({ toFake: ["Date"] });
  apply();
  afterAll(() => {
    vi.useRealTimers();
  });
  return {
    now: clock.now,
    advance(seconds) {
      clock.advance(seconds);
      apply();
    },
  };
}
