import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJsonObject, isBase64url } from "../encoding/base64url.ts";
import { readShape } from "./read-shape.ts";

const codeOf = (token: string) => {
  const result = readShape(token);
  return result.ok ? "passed" : result.fault.code;
};

describe("readShape", () => {
  it.each([
    ["YQ.YQ.YQ", "passed"],
    ["YQ..", "passed"],
    ["YQ.YQ.====", "passed"],
    ["", "AUTH_TOKEN_MALFORMED"],
    ["YQ.YQ", "AUTH_TOKEN_MALFORMED"],
    ["YQ.YQ.YQ.YQ", "AUTH_TOKEN_MALFORMED"],
    ["YQ.YQ.YQ.YQ.YQ", "AUTH_TOKEN_ENCRYPTED"],
    ["YQ.YQ.YQ.YQ.YQ.YQ", "AUTH_TOKEN_MALFORMED"],
    [".YQ.YQ", "AUTH_TOKEN_HEADER_INVALID"],
    ["YR.YQ.YQ", "AUTH_TOKEN_HEADER_INVALID"],
    ["YQ.Y$.YQ", "AUTH_PAYLOAD_DAMAGED"],
    ["é", "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["YQ.YQ.YQ\u0000", "AUTH_TOKEN_CHARACTERS_INVALID"],
    ['"YQ.YQ.YQ"', "AUTH_TOKEN_QUOTED"],
    ["“YQ.YQ.YQ”", "AUTH_TOKEN_QUOTED"],
    ["YQ.YQ.\nYQ", "AUTH_TOKEN_SPACED"],
    ["YQ.YQ.YQ ", "AUTH_TOKEN_SPACED"],
    ["YQ.YQ.YQ,", "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["YQ.YQ.YQ\u00a0", "AUTH_TOKEN_SPACED"],
    ['YQ."YQ.YQ', "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["Y Q.YQ", "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["secret word", "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["'secret'", "AUTH_TOKEN_QUOTED"],
  ])("%j: %s", (token, expected) => {
    expect(codeOf(token)).toBe(expected);
  });

  it.each([
    ['"YQ.YQ.YQ"', { quotes_found: "is in double quotes" }],
    ["YQ.YQ.YQ'", { quotes_found: "has a single quote behind it" }],
    ["`YQ.YQ.YQ", { quotes_found: "has a backtick before it" }],
    ["YQ YQ.YQ.YQ", { found: "a space", position: 3 }],
    ["YQ.YQ.YQ,", { found: "a comma", position: 9 }],
    ["YQ.YQ.YQ\u00a0", { found: "a no-break space", position: 9 }],
    ["YQ.YQ.YQ\u0007", { found: "a control character", position: 9 }],
    ["YQ.YQ.é", { found: "a character outside ASCII", position: 7 }],
    ["YQ.{Q.YQ", { found: "a bracket or another sign", position: 4 }],
    ["YQ", { dots_found: "no dot" }],
    ["YQ.YQ", { dots_found: "one dot" }],
    ["YQ.YQ.YQ.YQ", { dots_found: "3 dots" }],
    ["..........", { dots_found: "more than five dots" }],
  ])("names what it found in %j", (token, facts) => {
    const result = readShape(token);
    expect(!result.ok && result.fault.facts).toEqual(facts);
  });

  it("never throws, and passes only three clean segments", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: fc.constantFrom("a", "Y", "Q", ".", '"', " ") }),
        ),
        (token) => {
          const result = readShape(token);
          if (result.ok) expect(Object.values(result.value).join(".")).toBe(token);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("base64url", () => {
  it("accepts exactly what encoding bytes gives", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(isBase64url(Buffer.from(bytes).toString("base64url"))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("A", "B", "Q", "_", "-", "=", "+", "/", "9") }),
        (text) => {
          expect(isBase64url(text)).toBe(Buffer.from(text, "base64url").toString("base64url") === text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("decodes JSON objects and nothing else", () => {
    const encode = (text: string) => Buffer.from(text).toString("base64url");
    expect(decodeJsonObject(encode('{"a":1}'))).toEqual({ a: 1 });
    for (const text of ["[]", "null", "1", '"a"', "", "{", "{}{}"])
      expect(decodeJsonObject(encode(text))).toBeUndefined();
    expect(decodeJsonObject(Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url"))).toBeUndefined();
  });
});
