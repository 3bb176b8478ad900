import { CompactSign, compactVerify } from "jose";
import { describe, expect, test } from "vitest";
import { type SigningAlgorithm } from "../model/key.ts";
import {
  createSecret,
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  generateRsaPkcs1,
  type TestPair,
  thumbprintOf,
} from "./test-keys.fixture.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const ed25519 = generateEd25519();

describe("the algorithm", () => {
  const pairs: readonly [TestPair, SigningAlgorithm][] = [
    [rsa, "RS256"],
    [generateRsaPkcs1(), "RS256"],
    [ec, "ES256"],
    [generateEc("P-384"), "ES384"],
    [generateEc("P-521"), "ES512"],
    [ed25519, "EdDSA"],
  ];
  test.each(pairs)(
    "is decided by the key when nothing is configured ($0.name → $1)",
    async (pair, algorithm) => {
      const key = await expectKey(pair.pem);
      expect(key.algorithms[0]).toBe(algorithm);
      expect(key.thumbprint).toBe(await thumbprintOf(pair.publicKey));
      expect(key.label).toContain(`${algorithm} `);
      expect(key.label).toContain(`, thumbprint ${key.thumbprint?.slice(0, 8)}…`);
    },
  );

  const all: readonly [SigningAlgorithm, TestPair][] = [
    ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const).map((name) => [name, rsa] as const),
    ["ES256", ec],
    ["ES384", generateEc("P-384")],
    ["ES512", generateEc("P-521")],
    ["EdDSA", ed25519],
    ["Ed25519", ed25519],
  ].map(([name, pair]) => [name, pair] as [SigningAlgorithm, TestPair]);
  test.each(all)(
    "%s verifies what jose signed, and knows the length of its signatures",
    async (algorithm, pair) => {
      const key = await expectKey(pair.pem, { algorithm });
      const token = await new CompactSign(Buffer.from("{}"))
        .setProtectedHeader({ alg: algorithm })
        .sign(pair.privateKey);
      expect(Buffer.from(token.split(".")[2] ?? "", "base64url")).toHaveLength(key.signatureBytes);
      await expect(compactVerify(token, key.key, { algorithms: [...key.algorithms] })).resolves.toBeDefined();
    },
  );

  test.each(["HS256", "HS384", "HS512"] as const)(
    "%s verifies with the exact bytes of the secret",
    async (algorithm) => {
      const text = createSecret(64);
      const key = await expectKey(text, { algorithm });
      const token = await new CompactSign(Buffer.from("{}"))
        .setProtectedHeader({ alg: algorithm })
        .sign(Buffer.from(text));
      expect(Buffer.from(token.split(".")[2] ?? "", "base64url")).toHaveLength(key.signatureBytes);
      await expect(compactVerify(token, key.key, { algorithms: [algorithm] })).resolves.toBeDefined();
      expect(key).toMatchObject({
        algorithms: [algorithm],
        type: "oct",
        thumbprint: undefined,
        label: `${algorithm} secret #1, 64 bytes`,
      });
    },
  );

  test("is bound to the key object: an RS256 key verifies no PS256 token (CVE-2026-48523)", async () => {
    const key = await expectKey(rsa.pem);
    const token = await new CompactSign(Buffer.from("{}"))
      .setProtectedHeader({ alg: "PS256" })
      .sign(rsa.privateKey);
    await expect(compactVerify(token, key.key, { algorithms: ["PS256"] })).rejects.toThrow(TypeError);
  });

  test("an Ed25519 key answers to EdDSA and Ed25519, whichever is configured", async () => {
    for (const algorithm of [undefined, "EdDSA", "Ed25519"]) {
      expect((await expectKey(ed25519.pem, { algorithm })).algorithms).toEqual(["EdDSA", "Ed25519"]);
    }
  });

  test.each([
    ["ES256", rsa, "RSA-2048"],
    ["RS256", ec, "EC P-256"],
    ["ES384", ec, "EC P-256"],
    ["RS256", ed25519, "Ed25519"],
    ["EdDSA", ec, "EC P-256"],
  ] as const)("%s that cannot fit the key is refused, naming both", async (algorithm, pair, keyType) => {
    const fault = await expectFault(pair.pem, "KEY_ALGORITHM_MISMATCH", { algorithm });
    expect(fault.facts).toMatchObject({ algorithm, key_type: keyType });
    await expectKey(pair.pem);
  });

  test.each(["none", "NONE", "rs256", "ES256K", "RSA-OAEP", "", "__proto__", "toString"])(
    "%j is unknown",
    async (algorithm) => {
      await expectFault(rsa.pem, "KEY_ALGORITHM_UNKNOWN", { algorithm });
    },
  );

  test("a key pasted as the algorithm is not shown", async () => {
    const fault = await expectFault(rsa.pem, "KEY_ALGORITHM_UNKNOWN", { algorithm: createSecret(64) });
    expect(fault.facts["algorithm"]).toBe("(not shown)");
  });
});
