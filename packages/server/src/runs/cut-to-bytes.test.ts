import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutToBytes } from "./cut-to-bytes.ts";

describe("cutToBytes", () => {
  it("leaves a text that fits, to the last byte", () => {
    expect(cutToBytes("", 3)).toBe("");
    expect(cutToBytes("abcdef", 6)).toBe("abcdef");
    expect(cutToBytes("größer", 8)).toBe("größer");
    expect(cutToBytes("größer", 7)).toBe("grö…");
  });

  it("cuts between characters, and within the limit", () => {
    expect(cutToBytes("a😀😀", 8)).toBe("a😀…");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 3, max: 60 }), (text, maxBytes) => {
        const cut = cutToBytes(text, maxBytes);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
        expect(cut.isWellFormed()).toBe(true);
        if (Buffer.byteLength(text) <= maxBytes) expect(cut).toBe(text);
        else expect(cut.endsWith("…") && text.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});
