/** A clock that stands still until a test moves it. */

export interface TestClock {
  /** Seconds since 1970. */
  now(): number;
  /** Moves on by so many seconds; back with a negative number. */
  advance(seconds: number): void;
}

/** Creates a clock at a fixed time, the same in every run. */
export function createTestClock(start = 1_800_000_000): TestClock {
  let seconds = start;
  return {
    now: () => seconds,
    advance(by) {
      seconds += by;
    },
  };
}
