import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanJson } from "./scan-json.ts";

describe("scanJson", () => {
  it("finds nothing in whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(scanJson(JSON.stringify(value, null, indent))).toEqual([]);
      }),
    );
  });

  it("agrees with JSON.parse about what is JSON", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 01.eE+-truefalsn\n'.split("")), maxLength: 12 }),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          const syntax = scanJson(text).filter(({ problem }) => !problem.includes("given twice"));
          expect(syntax.length === 0).toBe(isJson);
        },
      ),
    );
  });

  it.each([
    ['{\n  "a": 1,\n}', 3, 1, "a key in double quotes"],
    ['{ "a" 1 }', 1, 7, "a colon"],
    ['{ "a": 1 "b": 2 }', 1, 10, "a comma"],
    ["{ 'a': 1 }", 1, 3, "a key in double quotes"],
    ['{ "a": nul }', 1, 8, "a value"],
    ['{ "a": "x\ny" }', 1, 8, "a text that ends on its line"],
    ['{} "topsecret"', 1, 4, "the end of the file"],
    ["", 1, 1, "a value"],
  ])("says where %j goes wrong", (text, line, column, expected) => {
    const [fault] = scanJson(text);
    expect(fault).toMatchObject({ line, column });
    expect(fault?.problem).toContain(expected);
    expect(fault?.problem).not.toContain("topsecret");
  });

  it("names every key that is given twice, and not one that is there once in two objects", () => {
    const text = '{ "a": { "b": 1, "b": 2 }, "c": [{ "b": 1 }, { "d": 1, "d": 2 }], "a": 3 }';
    expect(scanJson(text).map(({ problem }) => problem)).toEqual([
      'the key "a.b" is given twice',
      'the key "c[1].d" is given twice',
      'the key "a" is given twice',
    ]);
  });

  it("stops at deep nesting instead of overflowing the stack", () => {
    expect(scanJson("[".repeat(100_000))[0]?.problem).toContain("less nesting");
  });
});
