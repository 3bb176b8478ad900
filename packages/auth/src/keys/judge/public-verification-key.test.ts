import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "../reader/der.ts";
import { encodeSpki } from "../reader/encode-spki.ts";
import {
  expectFault,
  expectKey,
  generateEc,
  generateRsa,
  thumbprintOf,
  toJwk,
  toJwkText,
  toPem,
} from "./test-keys.fixture.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");

describe("the strength of a key", () => {
  test("RSA under 2048 bits is refused, 2048 is not", async () => {
    const fault = await expectFault(generateRsa(1024).pem, "KEY_WEAK_RSA");
    expect(fault.facts["bits"]).toBe(1024);
    await expectFault(generateRsa(2040).pem, "KEY_WEAK_RSA");
    await expectKey(rsa.pem);
  });

  test("RSA over 16384 bits is refused", async () => {
    const modulus = Uint8Array.from([0x80, ...randomBytes(2048).fill(1, 2047)]);
    const value = toPem("PUBLIC KEY", encodeSpki({ type: "RSA", modulus, exponent: Uint8Array.of(1, 0, 1) }));
    await expectFault(value, "KEY_RSA_TOO_LARGE");
  });

  test.each([
    ["AQ", 1],
    ["Ag", 2],
    ["BA", 4],
    ["AQAA", 65536],
    ["AQAAAAAAAAAB", "65 bits"],
  ])("RSA exponent %s (%s) is refused", async (e, _) => {
    await expectFault(toJwkText(rsa, { e }), "KEY_RSA_EXPONENT");
    await expectKey(toJwkText(rsa, { e: "Aw" }));
  });

  test("an even RSA modulus is refused", async () => {
    const modulus = Buffer.from(toJwk(rsa.publicKey).n ?? "", "base64url");
    modulus.writeUInt8(modulus.readUInt8(255) & 0xfe, 255);
    await expectFault(toJwkText(rsa, { n: modulus.toString("base64url") }), "KEY_RSA_MODULUS");
  });

  test("a point that is not on its curve is refused", async () => {
    for (const pair of [ec, generateEc("P-384"), generateEc("P-521")]) {
      const y = Buffer.from(toJwk(pair.publicKey).y ?? "", "base64url");
      y.writeUInt8(y.readUInt8(20) ^ 1, 20);
      await expectFault(toJwkText(pair, { y: y.toString("base64url") }), "KEY_POINT_INVALID");
      await expectKey(toJwkText(pair));
    }
  });
});

describe("points of EC keys", () => {
  test("compressed and full form are the same key", async () => {
    const { x = "", y = "" } = toJwk(ec.publicKey);
    const isOdd = (Buffer.from(y, "base64url").at(-1) ?? 0) & 1;
    const point = Uint8Array.of(2 + isOdd, ...Buffer.from(x, "base64url"));
    const key = await expectKey(toPem("PUBLIC KEY", encodeSpki({ type: "EC", curve: "P-256", point })));
    expect(key.thumbprint).toBe(await thumbprintOf(ec.publicKey));
  });

  test("a coordinate without its leading zeros is the same number", async () => {
    let pair = ec;
    while (!toJwk(pair.publicKey).x?.startsWith("AA")) pair = generateEc("P-256");
    const x = Buffer.from(toJwk(pair.publicKey).x ?? "", "base64url")
      .subarray(1)
      .toString("base64url");
    expect((await expectKey(toJwkText(pair, { x }))).thumbprint).toBe(await thumbprintOf(pair.publicKey));
  });

  test("explicit curve parameters are refused (CVE-2020-0601)", async () => {
    const algorithm = encodeDer(
      Tag.sequence,
      encodeObjectIdentifier("1.2.840.10045.2.1"),
      encodeDer(Tag.sequence, encodeUnsigned(Uint8Array.of(1))),
    );
    const der = encodeDer(
      Tag.sequence,
      algorithm,
      encodeDer(Tag.bitString, Uint8Array.of(0, 4, ...randomBytes(64))),
    );
    await expectFault(toPem("PUBLIC KEY", der), "KEY_CURVE_UNSUPPORTED");
  });
});
