import { hasLoneSurrogate } from "@agentos/guard/app";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_JSON_DEPTH, MAX_OPTION_JSON_LENGTH, MAX_OPTION_JSON_MARKS } from "./form-limits.ts";
import { findOptionExcess, findOptionOverlength, isModestJson, looksLikeJson } from "./json-text.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
/** A list with so many structural characters. */
const listOf = (marks: number) => `[${"1,".repeat(marks - 2)}1]`;

describe("isModestJson", () => {
  it("counts the structural characters outside strings, up to the limit", () => {
    expect(isModestJson(listOf(500), 500)).toBe(true);
    expect(isModestJson(listOf(501), 500)).toBe(false);
    expect(isModestJson('{"a":[1,2]}', 6)).toBe(true);
    expect(isModestJson('{"a":[1,2]}', 5)).toBe(false);
  });

  it.each([
    ["brackets", '"[[[{{{,,,:::"'],
    ["an escaped quote", '"\\"[[[[[["'],
    ["an escaped backslash at its end", '"[[[[\\\\"'],
    ["no end", '"[[[[[['],
    ["an escape at its end", '"[[[[[[\\'],
  ])("counts nothing in a string with %s", (_, text) => {
    expect(isModestJson(text, 0)).toBe(true);
  });

  it("counts again after a string", () => {
    expect(isModestJson('"\\\\"[', 0)).toBe(false);
    expect(isModestJson('"a"[', 0)).toBe(false);
  });

  it("gives up below the depth limit, and counts depth by what is open", () => {
    expect(isModestJson(nested(MAX_JSON_DEPTH), 1_000)).toBe(true);
    expect(isModestJson(nested(MAX_JSON_DEPTH + 1), 1_000)).toBe(false);
    expect(isModestJson(`[${"[],".repeat(100)}[]]`, 1_000)).toBe(true);
  });

  it("counts exactly what a parser would find", () => {
    const marksOf = (value: unknown): number => {
      if (typeof value !== "object" || value === null) return 0;
      const items: unknown[] = Object.values(value);
      const colons = Array.isArray(value) ? 0 : items.length;
      return items.reduce<number>(
        (sum, item) => sum + marksOf(item),
        2 + colons + Math.max(0, items.length - 1),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const marks = marksOf(JSON.parse(text));
        expect(isModestJson(text, marks)).toBe(true);
        if (marks > 0) expect(isModestJson(text, marks - 1)).toBe(false);
      }),
    );
  });
});

describe("an option", () => {
  it.each([
    ["values", listOf(MAX_OPTION_JSON_MARKS), listOf(MAX_OPTION_JSON_MARKS + 1), "20000 brackets"],
    ["levels", nested(MAX_JSON_DEPTH), nested(MAX_JSON_DEPTH + 1), "32 levels of nesting"],
    ["levels that never close", nested(MAX_JSON_DEPTH), "[".repeat(200_000), "32 levels of nesting"],
  ])("with too many %s is told the limit, and not at it", (_, at, above, words) => {
    expect(findOptionExcess(at)).toBeUndefined();
    expect(findOptionExcess(above)).toContain(`at most ${words}`);
  });

  it("with too much text is told both numbers, and not at the limit", () => {
    const quoted = (length: number) => JSON.stringify("x".repeat(length - 2));
    expect(findOptionOverlength(quoted(MAX_OPTION_JSON_LENGTH))).toBeUndefined();
    expect(findOptionOverlength(quoted(300_010))).toBe("at most 262144 characters; this has 300010");
  });

  it.each([
    ["{", true],
    [" \n[", true],
    ["x{", false],
    ['"{', false],
    ["", false],
  ])("that is too much looks like JSON as %j: %s", (text, expected) => {
    expect(looksLikeJson(text)).toBe(expected);
  });
});

describe("hasLoneSurrogate", () => {
  it("finds what isWellFormed does, in any text of a value", () => {
    const text = fc
      .array(fc.constantFrom("a", "\\", "u", '"', "ud83d", "\ud83d", "\ude00", "\n"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(text, text, (key, value) => {
        expect(hasLoneSurrogate(JSON.stringify([{ [key]: value }]))).toBe(
          !(key.isWellFormed() && value.isWellFormed()),
        );
      }),
    );
  });
});
