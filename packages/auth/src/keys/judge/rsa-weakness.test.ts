import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseJwks } from "../set/parse-jwks.ts";
import { findSmallFactor, hasNearFactors, hasRocaFingerprint, toBigInt } from "./rsa-weakness.ts";
import { expectFault, expectKey } from "./test-keys.fixture.ts";
import {
  generateDivisible,
  generateNearPair,
  generateRocaPair,
  generateSoundPair,
} from "./weak-rsa.fixture.ts";

const toJwkText = (n: string) => JSON.stringify({ kty: "RSA", n, e: "AQAB" });
const toPem = ({ privateKey }: ReturnType<typeof generateSoundPair>) =>
  createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();

describe("an RSA key whose private half can be computed", () => {
  test("is refused when Infineon's generator made it (ROCA), as JWK, PEM and in a set", async () => {
    const roca = generateRocaPair();
    await expectFault(toJwkText(roca.n), "KEY_RSA_ROCA");
    await expectFault(toPem(roca), "KEY_RSA_ROCA");
    const set = await parseJwks(`{"keys":[${toJwkText(roca.n)}]}`, { source: "s" });
    expect(set.keys).toEqual([]);
    const sound = generateSoundPair();
    await expectKey(toJwkText(sound.n));
    await expectKey(toPem(sound));
  });

  test("is refused when its two primes are next to each other, or the same", async () => {
    const near = generateNearPair();
    const fault = await expectFault(toJwkText(near.n), "KEY_RSA_MODULUS");
    expect(fault.facts["problem"]).toBe("the two primes of its modulus are next to each other");
    const prime = toBigInt(Buffer.from(near.n, "base64url"));
    expect(hasNearFactors(prime * prime)).toBe(true);
  });

  test.each([2n, 3n, 17n, 257n, 65_521n])("is refused when %s divides its modulus", async (factor) => {
    const fault = await expectFault(toJwkText(generateDivisible(factor)), "KEY_RSA_MODULUS");
    expect(fault.facts["problem"]).toMatch(factor === 2n ? /is even/ : new RegExp(`divisible by ${factor}$`));
  });
});

test("keys of node:crypto pass, in a few milliseconds", () => {
  for (const modulusLength of [2048, 2048, 2048, 3072, 4096]) {
    const { n = "" } = generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" });
    const start = performance.now();
    const modulus = toBigInt(Buffer.from(n, "base64url"));
    expect([findSmallFactor(modulus), hasRocaFingerprint(modulus), hasNearFactors(modulus)]).toEqual([
      undefined,
      false,
      false,
    ]);
    expect(performance.now() - start).toBeLessThan(200);
  }
});
