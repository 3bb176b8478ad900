import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { VerificationKey } from "../model/key.ts";
import { findSharedNumbers } from "./find-shared-numbers.ts";
import {
  encodeSpkiOf,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  parse,
  type TestPair,
  toJwk,
  toJwkText,
} from "./test-keys.fixture.ts";

const pairs = [generateRsa(), generateEc("P-256"), generateEc("P-521"), generateEd25519()];
const HS256 = { algorithm: "HS256", source: "issuers[1].verificationKeys[0]" };

const numbersOf = ({ publicKey }: TestPair) => {
  const { n, x, y } = toJwk(publicKey);
  return [n, x, y].flatMap((member) => (member === undefined ? [] : [Buffer.from(member, "base64url")]));
};

/** Ways to write a number that no trace of a key is in. */
const writings: Readonly<Record<string, (number: Buffer) => string>> = {
  base64url: (number) => number.toString("base64url"),
  base64: (number) => number.toString("base64"),
  "base64 in lines": (number) => number.toString("base64").replace(/.{20}/g, "$&\n"),
  hex: (number) => number.toString("hex"),
  "HEX with a zero before it": (number) => `00${number.toString("hex").toUpperCase()}`,
  "hex with colons": (number) => number.toString("hex").replace(/..(?=.)/g, "$&:"),
  "escaped bytes": (number) => number.toString("hex").replace(/../g, "\\x$&"),
  decimal: (number) => BigInt(`0x${number.toString("hex")}`).toString(),
  "decimal bytes": (number) => [...number].join(", "),
  "base64 of base64url": (number) => Buffer.from(number.toString("base64url")).toString("base64"),
  "base64 of base64 of hex": (number) =>
    Buffer.from(Buffer.from(number.toString("hex")).toString("base64")).toString("base64"),
  "the other way round": (number) => Buffer.from(number.toReversed()).toString("base64url"),
  "the text of its bytes": (number) => number.toString("latin1"),
  "hex with two bytes for each character": (number) =>
    Buffer.from(number.toString("hex"), "utf16le").toString(),
  base32: (number) => {
    const bits = [...number].map((byte) => byte.toString(2).padStart(8, "0")).join("");
    return (bits.match(/.{1,5}/g) ?? [])
      .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number.parseInt(five.padEnd(5, "0"), 2)))
      .join("");
  },
  "behind other text": (number) => `issuer: ${number.toString("base64url")} (prod)`,
};

async function findFaults(secret: string, keys: readonly VerificationKey[], jwk = false) {
  const text = jwk
    ? JSON.stringify({ kty: "oct", k: Buffer.from(secret, "base64url").toString("base64url") })
    : secret;
  const own = await parse(text, HS256);
  return [...own.faults, ...(await findSharedNumbers([...keys, ...own.keys]))].filter(
    ({ severity }) => severity === "error",
  );
}

describe.each(pairs)("a secret made of the public key $name that is loaded elsewhere", (pair) => {
  test.each(Object.entries(writings))("as %s is refused", async (_, write) => {
    const key = await expectKey(pair.pem, { source: "JWT_JWKS_FILE key 1" });
    for (const number of numbersOf(pair)) {
      const faults = await findFaults(write(number), [key]);
      expect(faults.map(({ code }) => code)).toEqual(["KEY_PUBLIC_AS_SECRET"]);
      // The twin: another number of the same length, in the same writing.
      expect(await findFaults(write(randomBytes(number.length)), [key])).toEqual([]);
    }
  });

  test("as the bytes of a JWK, as its point, in pieces and as its thumbprint is refused", async () => {
    const key = await expectKey(pair.pem, { source: "JWT_JWKS_FILE key 1" });
    const numbers = numbersOf(pair);
    const [first = Buffer.alloc(0)] = numbers;
    const secrets = [
      first,
      Buffer.concat([Buffer.of(4), ...numbers]),
      Buffer.concat([randomBytes(20), first.subarray(0, 20)]),
      Buffer.concat([first.subarray(5, 25), randomBytes(20)]),
      Buffer.from(key.thumbprint ?? "", "base64url"),
      createHash("sha256").update(encodeSpkiOf(pair)).digest(),
      Buffer.from(createHash("sha1").update(encodeSpkiOf(pair)).digest("hex")),
    ];
    for (const secret of secrets) {
      const faults = await findFaults(secret.toString("base64url"), [key], true);
      expect(faults).toMatchObject([{ code: "KEY_PUBLIC_AS_SECRET", at: HS256.source }]);
    }
    expect(await findFaults(randomBytes(32).toString("base64url"), [key], true)).toEqual([]);
  });
});

test("names the key that the secret is made of", async () => {
  const [rsa, ec] = pairs;
  if (rsa === undefined || ec === undefined) throw new Error("no pairs");
  const keys = [
    await expectKey(ec.pem, { source: "a" }),
    await expectKey(toJwkText(rsa, { kid: "k" }), { source: "b" }),
  ];
  const [fault] = await findFaults(toJwk(rsa.publicKey).n ?? "", keys);
  expect(fault?.facts["found"]).toBe("made of the public key in b");
});

test("the name of a key is public too", async () => {
  const [, ec] = pairs;
  if (ec === undefined) throw new Error("no pairs");
  const kid = randomBytes(24).toString("base64url");
  const key = await expectKey(toJwkText(ec, { kid }), { source: "a" });
  expect(await findFaults(kid, [key])).toHaveLength(1);
});

test("without a secret nothing is compared, and secrets alone are in order", async () => {
  const [rsa] = pairs;
  expect(await findSharedNumbers([await expectKey(rsa?.pem ?? "")])).toEqual([]);
  expect(await findFaults(randomBytes(32).toString("base64url"), [])).toEqual([]);
});
