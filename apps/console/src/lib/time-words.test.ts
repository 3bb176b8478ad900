import { expect, test } from "vitest";
import { describeExact, describeRelative, humanizeTimes, toIso } from "./time-words.ts";

const NOW = 1_790_000_000;

test.each([
  [0, "just now"],
  [-59, "just now"],
  [30, "in a moment"],
  [-60, "1m ago"],
  [-7_200, "2h ago"],
  [-86_400, "yesterday"],
  [-40 * 86_400, "last mo."],
  [3_600, "in 1h"],
  [7 * 86_400 - 10, "in 7d"],
])("says %i seconds from now in words", (difference, words) => {
  expect(describeRelative(NOW + difference, NOW)).toBe(words);
});

test("says that a time is unknown where none can be made of it", () => {
  expect(describeRelative(Number.NaN, NOW)).toBe("at an unknown time");
  expect(describeExact(1e300)).toBe("unknown");
  expect(toIso(Number.POSITIVE_INFINITY)).toBeUndefined();
});

test("shows times within a text as a person reads them, and nothing else", () => {
  const time = describeExact(Date.parse("2026-11-29T12:32:59Z") / 1000);
  expect(humanizeTimes("used at 2026-11-29T12:32:59Z, once")).toBe(`used at ${time}, once`);
  expect(humanizeTimes("2026-99-99T12:32:59Z and 1.2.3")).toBe("2026-99-99T12:32:59Z and 1.2.3");
});
