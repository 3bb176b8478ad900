import { describe, expect, it } from "vitest";
import { base64urlBytes, decodeJsonObject, isBase64url } from "./base64url.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("base64url has one spelling for some bytes", () => {
  it.each([
    [2, 16],
    [3, 4],
  ])("after %i characters of a last group, every %ith letter may stand last", (length, step) => {
    const start = "A".repeat(length - 1);
    const accepted = Array.from(ALPHABET).filter((letter) => isBase64url(start + letter));
    expect(accepted).toEqual(Array.from(ALPHABET).filter((_, index) => index % step === 0));
  });

  it("takes every letter in a full group, and none alone", () => {
    for (const letter of ALPHABET) {
      expect(isBase64url(`AAA${letter}`)).toBe(true);
      expect(isBase64url(letter)).toBe(false);
    }
    expect(isBase64url("")).toBe(true);
  });

  it.each(["A=", "AA==", "AA A", "AAA+", "AAA/", "AAAé", "AAA\n", "\nAAA"])("refuses %j", (text) => {
    expect(isBase64url(text)).toBe(false);
    expect(decodeJsonObject(text)).toBeUndefined();
  });

  it("counts the bytes that it stands for", () => {
    for (const bytes of [0, 1, 2, 3, 4, 64, 65])
      expect(base64urlBytes(Buffer.alloc(bytes).toString("base64url"))).toBe(bytes);
  });
});

describe("a JSON object in bytes", () => {
  const encode = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64url");

  it("is read from every letter of the alphabet", () => {
    const object = { text: "ÿþ?>~𝄞" };
    expect(encode(JSON.stringify(object))).toMatch(/[-_]/);
    expect(decodeJsonObject(encode(JSON.stringify(object)))).toEqual(object);
  });

  it("is none when a text in it is no UTF-8", () => {
    const bytes = (middle: number) => Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, middle, 0x22, 0x7d]);
    expect(decodeJsonObject(encode(bytes(0xff)))).toBeUndefined();
    expect(decodeJsonObject(encode(bytes(0x80)))).toBeUndefined();
    for (const last of ["b", "\x7f"])
      expect(decodeJsonObject(encode(bytes(last.charCodeAt(0))))).toEqual({ a: last });
  });

  it("is none when the segment is spelled in another way, though decoders would take it", () => {
    expect(decodeJsonObject("e30")).toEqual({});
    for (const text of ["e30=", "e3 0", "e31", "e30$"]) expect(decodeJsonObject(text)).toBeUndefined();
  });
});
