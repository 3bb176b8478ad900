import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "./find-json-fault.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("findJsonFault", () => {
  // What Python's json.loads says of the same texts.
  it.each([
    ["", 0, "Expecting value"],
    ["  ", 2, "Expecting value"],
    ["hello", 0, "Expecting value"],
    ['{"message": "hi"', 16, "Expecting ',' delimiter"],
    ['{"message" "hi"}', 11, "Expecting ':' delimiter"],
    ["{message: 1}", 1, "Expecting property name enclosed in double quotes"],
    ['{"message": hi}', 12, "Expecting value"],
    ['{"message": "hi', 12, "Unterminated string starting at"],
    ['{"message": "a\nb"}', 14, "Invalid control character at"],
    ['["\\x"]', 2, "Invalid \\escape"],
    ["{} {}", 3, "Extra data"],
    ["message=hi", 0, "Expecting value"],
    ["[1,]", 3, "Expecting value"],
    ["01", 1, "Extra data"],
  ])("says of %j where and why", (text, offset, error) => {
    expect(findJsonFault(text)).toEqual({ offset, error });
  });

  it.each(["NaN", "Infinity", "-", "1.", "[1.e2]", '"\\u12"', "tru", "'a'", "\u00a0{}", "{,}", "[", '"\\'])(
    "finds one in %j, as JSON.parse does",
    (text) => {
      expect(isJson(text)).toBe(false);
      expect(findJsonFault(text)).toBeDefined();
    },
  );

  it("finds none in any JSON, however it is spaced", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("", "\t", " \r\n"), (value, space) => {
        expect(findJsonFault(`${space}${JSON.stringify(value, null, space)}${space}`)).toBeUndefined();
      }),
    );
  });

  it("agrees with JSON.parse about any text", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "\\n",
      "\\u00e4",
      '"a"',
      "1",
      "-0.5e+3",
      "0",
      "null",
      "true",
      " ",
      "\n",
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(""));
    fc.assert(
      fc.property(text, (value) => {
        expect(findJsonFault(value) === undefined).toBe(isJson(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(["\\\\", "\\u0041", "a", "é"])("reads megabytes of %j", (piece) => {
    const text = `["${piece.repeat(5_000_000 / piece.length)}`;
    expect(findJsonFault(text)).toEqual({ offset: 1, error: "Unterminated string starting at" });
  });

  it.each(["1", " "])("reads megabytes of %j outside of strings", (piece) => {
    expect(findJsonFault(`[${piece.repeat(5_000_000)}x`)).toMatchObject({ offset: 5_000_001 });
  });
});
