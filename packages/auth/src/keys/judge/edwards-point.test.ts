import { generateKeyPairSync } from "node:crypto";
import { describe, test } from "vitest";
import { expectFault, expectKey } from "./test-keys.fixture.ts";

const toJwkText = (x: Uint8Array) =>
  JSON.stringify({ kty: "OKP", crv: "Ed25519", x: Buffer.from(x).toString("base64url") });
const bytes = (hex: string) => Buffer.from(hex.padEnd(64, "0"), "hex");
const F = "f".repeat(60);

/** Both signs of each, and the forms of the same points that are not reduced. */
const SMALL_ORDER = [
  "00",
  `${"00".repeat(31)}80`,
  "01",
  `01${"00".repeat(30)}80`,
  `ec${F}7f`,
  `ec${F}ff`,
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  `ed${F}7f`,
  `ee${F}7f`,
  `ed${F}ff`,
  `ee${F}ff`,
];

describe("an Ed25519 key", () => {
  test.each(SMALL_ORDER)("that anybody can sign for is refused: %s", async (hex) => {
    await expectFault(toJwkText(bytes(hex)), "KEY_POINT_INVALID");
  });

  test("that is no point of the curve, or not in its one form, is refused", async () => {
    await expectFault(toJwkText(bytes("02")), "KEY_POINT_INVALID");
    await expectFault(toJwkText(bytes("f".repeat(64))), "KEY_POINT_INVALID");
  });

  test("of a generator is taken, as JWK and PEM", async () => {
    for (let round = 0; round < 50; round += 1) {
      const { publicKey } = generateKeyPairSync("ed25519");
      await expectKey(toJwkText(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url")));
      await expectKey(publicKey.export({ type: "spki", format: "pem" }).toString());
    }
  });
});
