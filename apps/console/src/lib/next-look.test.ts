import { expect, test } from "vitest";
import { waitForLook, waitForTrial } from "./next-look.ts";

const HOUR_MS = 3_600_000;

function countWithin(ms: number, wait: (count: number) => number): number {
  let [count, at] = [0, 0];
  while (at < ms) at += wait((count += 1));
  return count;
}

test("what was just changed on the instance is seen within seconds, for the first minute", () => {
  expect(countWithin(57_000, waitForLook)).toBeGreaterThanOrEqual(19);
  expect(countWithin(57_000, waitForTrial)).toBeGreaterThanOrEqual(19);
});

test("a page that is left open fills no record with refusals, and never stops looking", () => {
  expect(countWithin(HOUR_MS, waitForTrial)).toBeLessThan(75);
  const perDay = countWithin(24 * HOUR_MS, waitForTrial);
  expect(perDay).toBeGreaterThan(700);
  expect(perDay).toBeLessThan(800);
});
