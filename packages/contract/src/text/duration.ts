/** Lengths of time as people write them. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** A time that somebody wrote into a token may be any number: beyond this nobody reads how many there are. */
const MAX_COUNT = 1_000_000;

/**
 * `59 minutes`, `2 hours`, `3 days`: the largest unit of which there are at least two, else the next smaller one. What is
 * a hundredth short of two counts as two, so that a token of two hours is not "120 minutes" a moment later.
 */
export function formatDuration(seconds: number): string {
  const length = Math.abs(seconds);
  const [name, size] = UNITS.find(([, unit]) => length * 1.01 >= 2 * unit) ?? (["second", 1] as const);
  const count = Math.round(length / size);
  if (count > MAX_COUNT) return `more than ${MAX_COUNT} ${name}s`;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
