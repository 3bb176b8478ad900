import { constants, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { joseSignatureCheck, parseVerificationKey } from "@agentos/auth";
import {
  createTestKey,
  damageSignature,
  encodeSegment,
  goodToken,
  replacePayload,
  signToken,
  TEST_ALGORITHMS,
  type TestAlgorithm,
} from "@agentos/testkit";
import { describe, expect, it, vi } from "vitest";
import { nodeSignatureCheck } from "./node-signature-check.ts";

async function setUp(algorithm: TestAlgorithm) {
  const key = await createTestKey(algorithm);
  const { keys } = await parseVerificationKey(key.verificationKey, { source: "test", index: 0, algorithm });
  const [parsed] = keys;
  if (parsed === undefined) throw new Error("no key");
  return { key, parsed, token: await signToken(goodToken({ key, now: 0 })) };
}

const isRsa = (algorithm: string) => algorithm.startsWith("RS") || algorithm.startsWith("PS");

describe.each(TEST_ALGORITHMS)("%s", (algorithm) => {
  it("is answered as jose answers it: the good token, and every change of it", async () => {
    const { parsed, token } = await setUp(algorithm);
    const stranger = await setUp(algorithm);
    const changed = [
      damageSignature(token),
      replacePayload(token, { sub: "somebody else" }),
      stranger.token,
      token.replace(/^[^.]+/, encodeSegment({ alg: algorithm, kid: "another" })),
    ];
    for (const check of [nodeSignatureCheck, joseSignatureCheck]) {
      expect(await check(token, parsed.key, algorithm)).toBe(true);
      for (const bad of changed) expect(await check(bad, parsed.key, algorithm)).toBe(false);
      expect(await check(token, stranger.parsed.key, algorithm)).toBe(false);
    }
  });

  it(`is ${isRsa(algorithm) ? "verified in place" : "left to jose"}`, async () => {
    const { parsed, token } = await setUp(algorithm);
    const subtle = vi.spyOn(crypto.subtle, "verify");
    try {
      const answer = nodeSignatureCheck(token, parsed.key, algorithm);
      expect(typeof answer === "boolean").toBe(isRsa(algorithm));
      await answer;
      expect(subtle).toHaveBeenCalledTimes(isRsa(algorithm) ? 0 : 1);
    } finally {
      subtle.mockRestore();
    }
  });
});

describe("an RSA key verifies only what it was imported for", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const signed = `${encodeSegment({ alg: "RS256" })}.${encodeSegment({ sub: "alice" })}`;
  const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
  const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

  it.each([
    ["RS256", "sha256", pkcs1, true],
    ["RS256", "sha512", pkcs1, false],
    ["RS256", "sha256", pss(32), false],
    ["RS384", "sha384", pkcs1, true],
    ["PS256", "sha256", pss(32), true],
    ["PS256", "sha256", pss(20), false],
    ["PS256", "sha256", pss(0), false],
    ["PS256", "sha256", pkcs1, false],
    ["PS512", "sha512", pss(64), true],
    ["PS512", "sha256", pss(32), false],
  ] as const)("a key for %s, a signature of %s with %j: %s", async (algorithm, hash, padding, expected) => {
    const { keys } = await parseVerificationKey(pem, { source: "test", index: 0, algorithm });
    const signature = sign(hash, Buffer.from(signed), { key: privateKey, ...padding });
    const token = `${signed}.${signature.toString("base64url")}`;
    const [parsed] = keys;
    if (parsed === undefined) throw new Error("no key");
    // Whatever the token calls it: the key decides.
    for (const called of [algorithm, "RS256", "none"])
      expect(nodeSignatureCheck(token, parsed.key, called)).toBe(expected);
  });
});

describe("a key that is dear to verify with is left to jose, which does not hold up other requests", () => {
  const importKey = async (bits: number, exponent: number) => {
    // Any odd number of that length will do for a public key that nothing is signed with.
    const modulus = randomBytes(bits / 8);
    modulus.writeUInt8(0x80 | modulus.readUInt8(0), 0);
    modulus.writeUInt8(1 | modulus.readUInt8(modulus.length - 1), modulus.length - 1);
    const hex = exponent.toString(16);
    const e = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
    const jwk = { kty: "RSA", n: modulus.toString("base64url"), e };
    const parameters = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", jwk, parameters, true, ["verify"]);
    const token = `${encodeSegment({ alg: "RS256" })}.${encodeSegment({})}.${randomBytes(bits / 8).toString("base64url")}`;
    return nodeSignatureCheck(token, key, "RS256");
  };

  it.each([
    [2_048, 65_537, true],
    [4_096, 65_537, true],
    [4_104, 65_537, false],
    [8_192, 65_537, false],
    [2_048, 131_071, true],
    [2_048, 131_073, false],
    [2_048, 4_294_967_297, false],
  ])("%i bits, exponent %i: in place %s", async (bits, exponent, isInPlace) => {
    const answer = importKey(bits, exponent);
    // An answer in place is false; jose gives a promise of it, which this await cannot tell: so the spy does.
    const subtle = vi.spyOn(crypto.subtle, "verify");
    try {
      expect(await answer).toBe(false);
      expect(subtle).toHaveBeenCalledTimes(isInPlace ? 0 : 1);
    } finally {
      subtle.mockRestore();
    }
  });
});

it("a key that cannot be used is a fault, never a wrong signature", async () => {
  const { token } = await setUp("HS256");
  await expect(nodeSignatureCheck(token, new Uint8Array(0), "HS256")).rejects.toThrow();
});
