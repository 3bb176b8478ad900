import { randomBytes } from "node:crypto";
import { FAULTS, type FaultCode, renderText } from "@agentos/contract";
import type { JWK } from "jose";
import { describe, expect, test } from "vitest";
import {
  expectCompleteFault,
  generateEc,
  generateEd25519,
  generateRsa,
  thumbprintOf,
  toJwk,
} from "../judge/test-keys.fixture.ts";
import { type KeyResult } from "../model/key.ts";
import { type ParseJwksOptions, parseJwks } from "./parse-jwks.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const good: JWK = { ...toJwk(rsa.publicKey), kid: "good" };

async function parse(value: unknown, options: Partial<ParseJwksOptions> = {}): Promise<KeyResult> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const result = await parseJwks(text, { source: "JWT_JWKS_FILE", ...options });
  for (const fault of result.faults) expectCompleteFault(fault, text.length > 30 ? text : "");
  return result;
}

const codes = ({ faults }: KeyResult) => faults.map(({ code }) => code);

describe("a key set", () => {
  test("gives every key with its kid, position and algorithm", async () => {
    const keys = [
      good,
      { ...toJwk(ec.publicKey), kid: "ec" },
      { ...toJwk(generateEd25519().publicKey), kid: "ed" },
    ];
    const result = await parse({ keys });
    expect(result.faults).toEqual([]);
    expect(result.keys).toMatchObject([
      { index: 0, source: "JWT_JWKS_FILE key 1", kid: "good", algorithms: ["RS256"] },
      { index: 1, source: "JWT_JWKS_FILE key 2", kid: "ec", algorithms: ["ES256"] },
      { index: 2, source: "JWT_JWKS_FILE key 3", kid: "ed", algorithms: ["EdDSA", "Ed25519"] },
    ]);
    expect(result.keys[0]?.thumbprint).toBe(await thumbprintOf(rsa.publicKey));
  });

  test.each([
    ["empty text", "", "KEY_JWKS_INVALID"],
    ["no JSON", "hello", "KEY_JWKS_INVALID"],
    ["cut off", JSON.stringify({ keys: [good] }).slice(0, 100), "KEY_JWKS_INVALID"],
    ["PEM", rsa.pem, "KEY_JWKS_INVALID"],
    ["a list", "[]", "KEY_JWKS_INVALID"],
    ["a list of keys", [good], "KEY_JWKS_INVALID"],
    ["null", "null", "KEY_JWKS_INVALID"],
    ["a number", "7", "KEY_JWKS_INVALID"],
    ["no keys member", {}, "KEY_JWKS_INVALID"],
    ["keys as an object", { keys: good }, "KEY_JWKS_INVALID"],
    ["a single JWK", good, "KEY_JWKS_INVALID"],
    ["no keys", { keys: [] }, "KEY_JWKS_EMPTY"],
    ["too many keys", { keys: Array.from({ length: 101 }, () => good) }, "KEY_JWKS_TOO_LARGE"],
    ["too much text", `{"keys":[],"x":"${"a".repeat(512 * 1024)}"}`, "KEY_JWKS_TOO_LARGE"],
  ] as const)("that is %s is refused by name", async (_, value, code) => {
    const result = await parse(value);
    expect(result.keys).toEqual([]);
    expect(result.faults).toMatchObject([{ code, severity: "error", at: "JWT_JWKS_FILE" }]);
  });

  test("that is PEM is told where PEM belongs, once", async () => {
    const [fault] = (await parse(rsa.pem)).faults;
    const { title, fix } = FAULTS.KEY_JWKS_INVALID;
    expect(renderText(title, fault?.facts ?? {})).toBe("the key set is not a JWKS: it is PEM, not JSON");
    expect(fix).toContain("a key in PEM belongs in JWT_VERIFICATION_KEY");
  });

  test("an unknown algorithm is refused once, for the set", async () => {
    expect(codes(await parse({ keys: [good, good] }, { algorithm: "none" }))).toEqual([
      "KEY_ALGORITHM_UNKNOWN",
    ]);
  });

  test("may start with a byte order mark and hold other members", async () => {
    const result = await parse(
      `\uFEFF${JSON.stringify({ keys: [{ ...good, x5c: ["x"], note: 1 }], more: true })}`,
    );
    expect(result.keys).toHaveLength(1);
    expect(result.faults).toEqual([]);
  });
});

const bad: readonly [string, unknown, FaultCode][] = [
  ["no object", "text", "KEY_JWK_INVALID"],
  ["null", null, "KEY_JWK_INVALID"],
  ["for encryption", { ...toJwk(ec.publicKey), use: "enc" }, "KEY_JWK_USE"],
  ["of an unknown type", { kty: "XYZ" }, "KEY_TYPE_UNSUPPORTED"],
  ["weak", toJwk(generateRsa(1024).publicKey), "KEY_WEAK_RSA"],
  ["for another algorithm", { ...toJwk(ec.publicKey), alg: "RS256" }, "KEY_JWK_ALGORITHM"],
  ["of another curve", toJwk(generateEc("secp256k1").publicKey), "KEY_CURVE_UNSUPPORTED"],
  ["without its numbers", { kty: "RSA", e: "AQAB" }, "KEY_JWK_INVALID"],
];

describe.each(bad)("a key that is %s", (_, jwk, code) => {
  test("warns with its position and disables no other key, wherever it stands", async () => {
    for (const [keys, position] of [
      [[jwk, good], 1],
      [[good, jwk], 2],
    ] as const) {
      const result = await parse({ keys });
      expect(result.keys.map(({ kid }) => kid)).toEqual(["good"]);
      expect(result.faults).toMatchObject([
        { code, severity: "warning", at: `JWT_JWKS_FILE key ${position}` },
      ]);
    }
  });

  test("alone makes the set unusable", async () => {
    const result = await parse({ keys: [jwk] });
    expect(result.keys).toEqual([]);
    expect(result.faults).toMatchObject([
      { code, severity: "error" },
      { code: "KEY_JWKS_EMPTY", severity: "error" },
    ]);
  });
});

describe("secrets in a key set", () => {
  const secret = { kty: "oct", alg: "HS256", k: randomBytes(32).toString("base64url"), kid: "s" };

  test("a private key is an error even beside good keys", async () => {
    const result = await parse({ keys: [good, toJwk(ec.privateKey)] });
    expect(result.faults).toMatchObject([{ code: "KEY_PRIVATE", severity: "error" }]);
  });

  test("a private member counts whatever else is wrong", async () => {
    expect(codes(await parse({ keys: [{ kty: "EC", d: 1, use: "enc" }] }))).toContain("KEY_PRIVATE");
  });

  test("a shared secret is accepted from a file and refused from a published set", async () => {
    expect((await parse({ keys: [secret] })).keys).toMatchObject([
      { label: "HS256 secret #1, 32 bytes", kid: "s" },
    ]);
    const published = await parse({ keys: [good, secret] }, { refuseSecrets: true });
    expect(published.faults).toMatchObject([{ code: "KEY_JWKS_SECRET", severity: "error" }]);
  });

  test("a listed secret is an error even beside good keys, a short one a warning", async () => {
    const listed = { ...secret, k: Buffer.from("your-256-bit-secret").toString("base64url") };
    expect((await parse({ keys: [good, listed] })).faults).toMatchObject([
      { code: "KEY_SECRET_LISTED", severity: "error" },
    ]);
    const short = { ...secret, k: randomBytes(20).toString("base64url") };
    expect((await parse({ keys: [good, short] })).faults).toMatchObject([
      { code: "KEY_SECRET_SHORT", severity: "warning" },
    ]);
    expect((await parse({ keys: [short] }, { allowWeakSecrets: true })).keys).toHaveLength(1);
  });

  test("a configured HS256 does not turn an RSA key into a secret", async () => {
    const result = await parse({ keys: [good, secret] }, { algorithm: "HS256" });
    expect(result.keys.map(({ kid }) => kid)).toEqual(["s"]);
    expect(codes(result)).toEqual(["KEY_ALGORITHM_MISMATCH"]);
  });
});

describe("key ids", () => {
  test("the same kid on two keys warns, and both stay", async () => {
    const result = await parse({ keys: [good, { ...toJwk(ec.publicKey), kid: "good" }] });
    expect(result.keys).toHaveLength(2);
    expect(result.faults).toMatchObject([
      { code: "KEY_JWKS_DUPLICATE_KID", severity: "warning", at: "JWT_JWKS_FILE key 2" },
    ]);
  });

  test("the same key twice warns and counts once", async () => {
    const result = await parse({ keys: [good, good] });
    expect(result.keys).toHaveLength(1);
    expect(result.faults).toMatchObject([{ code: "KEY_DUPLICATE", facts: { first: "JWT_JWKS_FILE key 1" } }]);
  });

  test("keys without kid all stay, and answer an unknown kid only when no key of the set has one", async () => {
    const without = await parse({ keys: [toJwk(rsa.publicKey), toJwk(ec.publicKey)] });
    expect(without.keys.map(({ answersUnknownKid }) => answersUnknownKid)).toEqual([true, true]);
    const mixed = await parse({ keys: [good, toJwk(ec.publicKey)] });
    expect(mixed.keys.map(({ answersUnknownKid }) => answersUnknownKid)).toEqual([false, false]);
  });
});
