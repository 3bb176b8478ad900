import { describe, expect, test } from "vitest";
import { decodeBase64, decodeBase64Url } from "./base64.ts";

describe("base64", () => {
  test("has one spelling per value", () => {
    expect(decodeBase64("QQ==")).toEqual(Uint8Array.of(65));
    expect(decodeBase64("QQ")).toEqual(Uint8Array.of(65));
    for (const text of ["QR==", "QQ=", "Q", "QQ==QQ==", "Q Q=", "Q-=="])
      expect(decodeBase64(text)).toBeUndefined();
    for (const text of ["QR", "QQ==", "Q+", "Q Q"]) expect(decodeBase64Url(text)).toBeUndefined();
  });
});
