import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNPRINTABLE } from "./characters.ts";
import { escapeLines, escapeUnprintable } from "./escape-unprintable.ts";

describe("text for a line", () => {
  it.each([
    ["a line break", "a\nb", "a\\u000ab"],
    ["an escape sequence", "\u001b[31m", "\\u001b[31m"],
    ["DEL", "\u007f", "\\u007f"],
    ["C1 CSI", "\u009b31m", "\\u009b31m"],
    ["C1 next line", "a\u0085b", "a\\u0085b"],
    ["a line separator", "a\u2028b\u2029c", "a\\u2028b\\u2029c"],
    ["an override of the direction", "a\u202eb", "a\\u202eb"],
    ["an isolate", "a\u2066b\u2069", "a\\u2066b\\u2069"],
    ["the marks of Arabic letters and of left and right", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
    ["a zero-width space", "a\u200bb", "a\\u200bb"],
    ["a lone surrogate", "a\ud800b", "a\\ud800b"],
    ["a tag character, which is two units", "\u{e0041}", "\\udb40\\udc41"],
  ])("has %s escaped", (_, text, escaped) => {
    expect(escapeUnprintable(text)).toBe(escaped);
    expect(JSON.parse(`"${escaped}"`)).toBe(text);
  });

  it("is left as it is where people can read it", () => {
    const text = 'é 日本 – "quoted" \\ { } 🙂';
    expect(escapeUnprintable(text)).toBe(text);
  });

  it("in JSON means the same, and has nothing left to escape", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeUnprintable(JSON.stringify(text));
        expect(UNPRINTABLE.test(escaped)).toBe(false);
        expect(JSON.parse(escaped)).toBe(text);
      }),
    );
  });

  it("of several lines keeps the breaks between them, and no others", () => {
    expect(escapeLines("a\r\nb\u2028c\n")).toBe("a\\u000d\nb\\u2028c\n");
  });
});
