/** When an instance is looked at again. Who comes back to the page has it looked at at once. Pure. */

const FAST_MS = 3_000;
const SLOW_MS = 15_000;
const RARE_MS = 120_000;
/** After so many looks that change nothing, they come less often. */
const FAST_LOOKS = 40;
const FAST_TRIALS = 20;
const SLOW_TRIALS = 40;

/** Nothing is refused by a look. */
export function waitForLook(looks: number): number {
  return looks < FAST_LOOKS ? FAST_MS : SLOW_MS;
}

/** Each trial that is refused stands in the record of the instance, and its throttle counts it. */
export function waitForTrial(trials: number): number {
  if (trials < FAST_TRIALS) return FAST_MS;
  return trials < SLOW_TRIALS ? SLOW_MS : RARE_MS;
}
