import { expect, it } from "vitest";
import { formatDuration } from "./duration.ts";

it.each([
  [0, "0 seconds"],
  [1, "1 second"],
  [-1, "1 second"],
  [90, "90 seconds"],
  [118, "118 seconds"],
  [119, "2 minutes"],
  [3_600, "60 minutes"],
  [7_120, "119 minutes"],
  [7_199, "2 hours"],
  [-7_200, "2 hours"],
  [86_400, "24 hours"],
  [172_799, "2 days"],
  [604_800, "7 days"],
  [-1e308, "more than 1000000 days"],
  [Number.POSITIVE_INFINITY, "more than 1000000 days"],
])("%i seconds are %j", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
