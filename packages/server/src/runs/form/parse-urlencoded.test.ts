import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrlencoded } from "./parse-urlencoded.ts";

const encoder = new TextEncoder();

describe("parseUrlencoded", () => {
  it.each([
    "",
    "a",
    "a=",
    "=b",
    "=",
    "a=b=c",
    "a&b&&c&",
    "a+b=c+%2B+d",
    "a=%",
    "a=%4",
    "a=%4x%zz%",
    "a=%e4%F6&%C3%BC=%c3",
    "\uFEFFa=\uFEFFb",
    "ü=日本語",
    "__proto__=x",
  ])("reads %j as the URL standard does", (text) => {
    expect(parseUrlencoded(encoder.encode(text))).toEqual([...new URLSearchParams(text)]);
  });

  it("reads any ASCII text as the URL standard does", () => {
    const text = fc
      .array(fc.constantFrom("a", "=", "&", "+", "%", "4", "C3", "%C3%BC", "?", "#"))
      .map((pieces) => pieces.join(""))
      // Beyond ASCII, Node's own reading of a text with broken escapes differs from the standard.
      // URLSearchParams drops a leading "?", a body has none to drop.
      .filter((value) => !value.startsWith("?"));
    fc.assert(
      fc.property(text, (value) => {
        expect(parseUrlencoded(encoder.encode(value))).toEqual([...new URLSearchParams(value)]);
      }),
    );
  });

  it("looks for the end of a name in its own field only", () => {
    let searched = 0;
    class Counted extends Uint8Array {
      override indexOf(wanted: number, from = 0): number {
        const found = super.indexOf(wanted, from);
        searched += (found === -1 ? this.length : found) - from;
        return found;
      }
    }
    const bytes = Counted.from(encoder.encode("a&".repeat(100)));
    expect(parseUrlencoded(bytes)).toHaveLength(100);
    expect(searched).toBeLessThanOrEqual(2 * bytes.length);
  });
});
