/**
 * How much time has gone by, for what must not happen too late. The monotonic clock stands still while a machine sleeps,
 * and the wall clock can be set: whichever of them says that more has gone by is believed.
 */

export interface TwoClocks {
  /** Seconds; never set, and stops with the machine. */
  readonly monotonic: number;
  /** Seconds since the epoch; goes on while the machine sleeps, and may be set. */
  readonly wall: number;
}

export type ReadClocks = () => TwoClocks;

/** Before any time of a process. */
export const LONG_AGO: TwoClocks = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };

/** A wall clock may be corrected a little; one that was set back further hides how long it has been. */
const CORRECTION_SECONDS = 1;

export function readClocks(): TwoClocks {
  return { monotonic: performance.now() / 1_000, wall: Date.now() / 1_000 };
}

/** Infinity where the wall clock was set back, since nobody knows then. */
export function secondsBetween(earlier: TwoClocks, later: TwoClocks): number {
  const wall = later.wall - earlier.wall;
  if (wall <= -CORRECTION_SECONDS) return Number.POSITIVE_INFINITY;
  return Math.max(later.monotonic - earlier.monotonic, wall);
}
