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
    ["a list of numbers", [1], "KEY_JWKS_INVALID"],
    ["null", "null", "KEY_JWKS_INVALID"],
    ["a number", "7", "KEY_JWKS_INVALID"],
    ["no keys member", {}, "KEY_JWKS_INVALID"],
    ["keys as an object", { keys: good }, "KEY_JWKS_INVALID"],
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
    expect(renderText(title, fault?.facts ?? {})).toBe(
      "the key set is not a JWKS: it is one public key in PEM",
    );
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

  test("a shared secret is accepted from a file with a configured algorithm, never from a published set", async () => {
    expect((await parse({ keys: [secret] }, { algorithm: "HS256" })).keys).toMatchObject([
      { label: "HS256 secret #1, 32 bytes", kid: "s" },
    ]);
    expect(codes(await parse({ keys: [secret] }))).toEqual(["KEY_ALGORITHM_REQUIRED", "KEY_JWKS_EMPTY"]);
    const published = await parse({ keys: [good, secret] }, { refuseSecrets: true, algorithm: "HS256" });
    expect(published.faults).toContainEqual(
      expect.objectContaining({ code: "KEY_JWKS_SECRET", severity: "error" }),
    );
  });

  test("a listed secret is an error even beside good ones, a short one a warning", async () => {
    const algorithm = "HS256";
    const listed = { ...secret, k: Buffer.from("your-256-bit-secret").toString("base64url") };
    expect((await parse({ keys: [secret, listed] }, { algorithm })).faults).toMatchObject([
      { code: "KEY_SECRET_LISTED", severity: "error" },
    ]);
    const short = { ...secret, k: randomBytes(20).toString("base64url") };
    expect((await parse({ keys: [secret, { ...short, kid: "t" }] }, { algorithm })).faults).toMatchObject([
      { code: "KEY_SECRET_SHORT", severity: "warning" },
    ]);
    expect((await parse({ keys: [short] }, { algorithm, allowWeakSecrets: true })).keys).toHaveLength(1);
  });

  test.each([
    ["without an algorithm", undefined, 2, "a shared secret"],
    ["with an algorithm for public keys", "RS256", 2, "a shared secret"],
    ["with an algorithm for secrets", "HS256", 1, "a public key"],
  ])("beside public keys they are an error %s", async (_, algorithm, position, found) => {
    const result = await parse({ keys: [good, { ...secret, alg: undefined }] }, { algorithm });
    expect(result.faults).toMatchObject([
      {
        code: "KEY_KINDS_MIXED",
        severity: "error",
        at: `JWT_JWKS_FILE key ${position}`,
        facts: { found },
      },
    ]);
  });
});

describe("JSON that is a key set in another form", () => {
  const set = JSON.stringify({ keys: [good] });
  const pretty = JSON.stringify({ keys: [good] }, undefined, 2);
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test.each([
    ["a list of keys", JSON.stringify([good]), "json-list"],
    ["a single JWK", JSON.stringify(good), "json-single"],
    ["in quotes", `'${set}'`, "surrounding-quotes"],
    ["a JSON text", JSON.stringify(set), "surrounding-quotes"],
    ["a JSON text in a JSON text", JSON.stringify(JSON.stringify(set)), "surrounding-quotes"],
    ["with escaped quotes", set.replaceAll('"', '\\"'), "escaped-characters"],
    ["in base64", base64(set), "base64-of-pem"],
    [
      "in base64url on several lines",
      base64(pretty).replace(/=+$/, "").replaceAll("+", "-").replace(/.{60}/g, "$&\n"),
      "base64-of-pem",
    ],
    ["with a byte order mark in quotes", `\uFEFF"${set}"`, "byte-order-mark"],
    ["with CRLF", pretty.replaceAll("\n", "\r\n"), undefined],
    ["with literal \\n", pretty.replaceAll("\n", "\\n"), "json-line-breaks"],
    ["wrapped at 70 characters", set.replace(/.{70}/g, "$&\n"), "json-line-breaks"],
    [
      "with smart quotes",
      set.replaceAll('"', (_, at: number) => (at % 2 === 0 ? "“" : "”")),
      "json-punctuation",
    ],
    ["as Python prints it", set.replaceAll('"', "'"), "json-punctuation"],
    [
      "with commas behind the last entries",
      pretty.replace(/"\n/g, '",\n').replace(/\]\n/, "],\n"),
      "json-punctuation",
    ],
    ["behind a name", `JWT_JWKS=${set};`, "assignment-prefix"],
  ])("%s is read, and the repair is told", async (_, text, repair) => {
    const result = await parse(text);
    expect(result.faults).toEqual([]);
    expect(result.keys.map(({ thumbprint }) => thumbprint)).toEqual([await thumbprintOf(rsa.publicKey)]);
    if (repair === undefined) expect(result.keys[0]?.repairs).toEqual([]);
    else expect(result.keys[0]?.repairs).toContain(repair);
  });

  test.each([
    ["that is cut off in a text", set.slice(0, 100), "it is JSON that is cut off: a text is open at its end"],
    ["that lacks its end", set.slice(0, -2), "it is JSON that is cut off: a list is open at its end"],
    ["with an equals sign", set.replace('"kty":', '"kty"='), /^it is not valid JSON/],
    [
      "of an issuer's discovery",
      '{"issuer":"x","jwks_uri":"y"}',
      'it is a discovery document: the keys are at the address in its "jwks_uri"',
    ],
    [
      "around a set",
      `{"jwks":${set}}`,
      '"keys" is missing; the object has "jwks", whose value may be the key set itself',
    ],
    ["that is XML", "<html></html>", "it is a web page or XML"],
  ])("%s is named", async (_, text, reason) => {
    const [fault] = (await parse(text)).faults;
    expect(fault?.code).toBe("KEY_JWKS_INVALID");
    expect(fault?.facts["reason"]).toEqual(
      typeof reason === "string" ? reason : expect.stringMatching(reason),
    );
  });

  test("with a private key inside is named as that", async () => {
    const pem = ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    for (const text of [pem, base64(pem), JSON.stringify({ privateKey: pem }), JSON.stringify([pem])])
      expect(codes(await parse(text))).toContain(text.startsWith("{") ? "KEY_JWKS_INVALID" : "KEY_PRIVATE");
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
