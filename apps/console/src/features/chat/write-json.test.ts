import { expect, test } from "vitest";
import { writeJson } from "./write-json.ts";

test("a value of every kind is written as JSON has it", () => {
  const value = { a: [1, "two", null, true, {}, []], "b\n": { c: { d: 0.5 } }, "": "\u0001é" };
  expect(writeJson(value, 10_000)).toEqual({
    text: JSON.stringify(value, null, 2),
    isWhole: true,
    isExact: true,
    hidden: 1,
  });
});

test("what nobody would see is an escape, and is still the same value", () => {
  const value = { command: "cat notes \u202etxt \u{e0041}\u{e0042}#" };
  const { text, hidden } = writeJson(value, 1_000);
  expect(text).toBe('{\n  "command": "cat notes \\u202etxt \\udb40\\udc41\\udb40\\udc42#"\n}');
  expect([hidden, JSON.parse(text)]).toEqual([3, value]);
});

test.each(["1234567890123456789", "1e400", "[-9007199254740993]"])("%s is not exact", (json) => {
  expect(writeJson(JSON.parse(json), 100).isExact).toBe(false);
});

test("depth and length are bounded while it is written", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  const written = writeJson(deep, 20_000);
  expect(written.isWhole).toBe(false);
  expect(written.text.length).toBeLessThan(3_000);
  const long = writeJson({ a: "x".repeat(100_000), b: 1 }, 1_000);
  expect([long.isWhole, long.text.length]).toEqual([false, 1_000]);
  expect(
    writeJson(
      Array.from({ length: 50_000 }, () => 1),
      500,
    ).text,
  ).toHaveLength(500);
  expect(writeJson("x".repeat(98), 100).isWhole).toBe(true);
  expect(writeJson("x".repeat(99), 100).isWhole).toBe(false);
});
