/**
 * Whether what a server knows of revocations is young enough to go by. Judged by two clocks: the one that runs evenly
 * stands still while a machine sleeps, and the one that goes on can be set.
 */
import type { Moment } from "./revocation-store.ts";

/** A clock may be corrected a little; one that was set back hides how long it has been. */
const CORRECTION_SECONDS = 1;

/** The two clocks, apart: every request asks them. */
export interface Clocks {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

export interface Freshness {
  /** It knows what was revoked before this moment. */
  mark(moment: Moment): void;
  /** `monotonic` is now: every request asks, and reading a clock is most of what that costs. */
  isFresh(monotonic?: number): boolean;
}

/** Creates it; nothing is known yet. */
export function createFreshness(trustSeconds: number, clocks: Clocks): Freshness {
  let wall = Number.NEGATIVE_INFINITY;
  let monotonic = Number.NEGATIVE_INFINITY;
  return {
    mark(moment) {
      if (moment.monotonic < monotonic) return;
      ({ wall, monotonic } = moment);
    },
    isFresh(now = clocks.monotonic()) {
      if (now - monotonic >= trustSeconds) return false;
      const elapsed = clocks.wall() - wall;
      return elapsed < trustSeconds && elapsed > -CORRECTION_SECONDS;
    },
  };
}
