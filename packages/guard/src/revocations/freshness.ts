/**
 * Whether what a server knows of revocations is young enough to go by. Judged by two clocks: the one that runs evenly
 * stands still while a machine sleeps, and the one that goes on can be set.
 */
import type { Moment } from "./revocation-store.ts";

/** Below the 8 s after which others count a server as gone, and revoke without it. */
const FRESH_MS = 6_000;
/** A clock may be corrected a little; one that was set back hides how long it has been. */
const CORRECTION_MS = 1_000;

/** The clocks. */
export interface Clocks {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

export interface Freshness {
  /** It knows what was revoked before this moment. */
  mark(moment: Moment): void;
  isFresh(): boolean;
}

/** Creates it; nothing is known yet. */
export function createFreshness({ wallMs, monotonicMs }: Clocks): Freshness {
  let wall = Number.NEGATIVE_INFINITY;
  let monotonic = Number.NEGATIVE_INFINITY;
  return {
    mark(moment) {
      if (moment.monotonicMs < monotonic) return;
      wall = moment.wallMs;
      monotonic = moment.monotonicMs;
    },
    isFresh() {
      const elapsed = wallMs() - wall;
      return elapsed < FRESH_MS && elapsed > -CORRECTION_MS && monotonicMs() - monotonic < FRESH_MS;
    },
  };
}
