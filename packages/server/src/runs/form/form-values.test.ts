import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  MAX_ECHOED_INPUT_LENGTH,
  MAX_JSON_DEPTH,
  MAX_OPTION_JSON_LENGTH,
  MAX_OPTION_JSON_MARKS,
} from "./form-limits.ts";
import { isModestJson, parseBoolean, parseInteger, parseJsonOption } from "./form-values.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
/** A list with so many structural characters. */
const listOf = (marks: number) => `[${"1,".repeat(marks - 2)}1]`;

afterEach(() => {
  vi.restoreAllMocks();
});

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

describe("parseJsonOption", () => {
  it.each([
    ["too many values", listOf(MAX_OPTION_JSON_MARKS + 1)],
    ["too many brackets", "[".repeat(200_000)],
    ["too much nesting", nested(MAX_JSON_DEPTH + 1)],
    ["too much text", JSON.stringify("x".repeat(MAX_OPTION_JSON_LENGTH))],
  ])("does not even parse %s", (_, text) => {
    const parse = vi.spyOn(JSON, "parse");
    expect(parseJsonOption(text)).toBeUndefined();
    expect(parse).not.toHaveBeenCalled();
  });

  it("parses what is at the limits", () => {
    expect(parseJsonOption(listOf(MAX_OPTION_JSON_MARKS))).toHaveLength(MAX_OPTION_JSON_MARKS - 1);
    expect(parseJsonOption(nested(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(parseJsonOption(JSON.stringify("x".repeat(MAX_OPTION_JSON_LENGTH - 2)))).toBeTypeOf("string");
  });
});

describe("parseBoolean and parseInteger", () => {
  it.each([
    ["a boolean", parseBoolean],
    ["an integer", parseInteger],
  ])("say no more than the start of a long text that is not %s", (_, parse) => {
    expect(parse("field", "x".repeat(MAX_ECHOED_INPUT_LENGTH + 1))).toMatchObject({
      ok: false,
      fault: { input: "x".repeat(MAX_ECHOED_INPUT_LENGTH) },
    });
  });
});
