import { createPublicKey } from "node:crypto";
import { exportJWK, importJWK, importSPKI, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import {
  badTokensFor,
  createTestClock,
  createTestKey,
  goodToken,
  isSymmetric,
  makeTwin,
  signToken,
  TEST_ALGORITHMS,
} from "../index.ts";

const clock = createTestClock();
const currentDate = new Date(clock.now() * 1000);

describe.each(TEST_ALGORITHMS)("a test key for %s", (algorithm) => {
  it("signs tokens that jose verifies with every form of the key", async () => {
    const key = await createTestKey(algorithm, { kid: "k1" });
    const token = await signToken(goodToken({ key, now: clock.now() }));
    const fromText = isSymmetric(algorithm)
      ? new TextEncoder().encode(key.verificationKey)
      : await importSPKI(key.verificationKey, algorithm);
    for (const verifier of [fromText, await importJWK(key.jwk, algorithm)]) {
      const { payload, protectedHeader } = await jwtVerify(token, verifier, {
        currentDate,
        audience: "agent-os",
      });
      expect(payload.sub).toBe("alice");
      expect(protectedHeader).toEqual({ alg: algorithm, typ: "JWT", kid: "k1" });
    }
  });

  it("is a new key on every call, and holds no private part in its JWK", async () => {
    const [one, two] = await Promise.all([createTestKey(algorithm), createTestKey(algorithm)]);
    expect(one.verificationKey).not.toBe(two.verificationKey);
    expect(one.jwk.kid).toBeUndefined();
    expect(one.jwk.d).toBeUndefined();
  });
});

it("writes the same RSA key as PKCS#1 and SPKI", async () => {
  const key = await createTestKey("RS256");
  const jwk = await exportJWK(createPublicKey(key.pkcs1Pem ?? ""));
  expect(key.pkcs1Pem).toMatch(/^-----BEGIN RSA PUBLIC KEY-----/);
  expect(jwk.n).toBe(key.jwk.n);
});

describe("the table of bad tokens", () => {
  it("has no two rows of one name, and no row that equals its twin", async () => {
    const good = goodToken({ key: await createTestKey("RS256", { kid: "k1" }), now: clock.now() });
    const rows = badTokensFor({ good, checksIssuer: true });
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const row of rows) expect(await row.make(good), row.name).not.toBe(await makeTwin(row, good));
  });

  it("leaves out the rows that mean nothing for a secret without a key id", async () => {
    const good = goodToken({ key: await createTestKey("HS256"), now: clock.now() });
    const codes = badTokensFor({ good, checksIssuer: false }).map(({ expectedCode }) => expectedCode);
    expect(codes).not.toContain("AUTH_KEY_UNKNOWN");
    expect(codes).not.toContain("AUTH_ISSUER_MISSING");
    expect(codes).toContain("AUTH_SIGNATURE_INVALID");
  });
});
