import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseJwks } from "../set/parse-jwks.ts";
import {
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  toJwk,
  toJwkText,
} from "./test-keys.fixture.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const ed25519 = generateEd25519();

describe("a JWK as the value", () => {
  test("is the same key as its PEM and keeps its kid", async () => {
    for (const pair of [rsa, ec, ed25519]) {
      const key = await expectKey(toJwkText(pair, { kid: "k1", use: "sig", key_ops: ["verify"] }));
      expect(key).toMatchObject({
        kid: "k1",
        thumbprint: (await expectKey(pair.pem)).thumbprint,
        answersUnknownKid: false,
      });
    }
  });

  test("decides by its alg, which must fit and agree with the configured one", async () => {
    expect((await expectKey(toJwkText(rsa, { alg: "PS512" }))).algorithms).toEqual(["PS512"]);
    await expectKey(toJwkText(rsa, { alg: "PS512" }), { algorithm: "PS512" });
    await expectFault(toJwkText(rsa, { alg: "PS512" }), "KEY_ALGORITHM_MISMATCH", { algorithm: "RS256" });
    for (const alg of ["ES256", "RSA-OAEP", "HS256", "none", "rs256"])
      await expectFault(toJwkText(rsa, { alg }), "KEY_JWK_ALGORITHM");
    await expectKey(toJwkText(ed25519, { alg: "Ed25519" }), { algorithm: "EdDSA" });
  });

  test("oct needs a configured algorithm: that a JWK calls itself a secret is not enough", async () => {
    const jwk = { kty: "oct", k: randomBytes(64).toString("base64url") };
    for (const alg of [undefined, "HS256", "HS512"]) {
      const fault = await expectFault(JSON.stringify({ ...jwk, alg }), "KEY_ALGORITHM_REQUIRED");
      expect(fault.facts["setting"]).toBe(`"algorithm" to "${alg ?? "HS256"}"`);
      await expectFault(JSON.stringify({ ...jwk, alg }), "KEY_ALGORITHM_MISMATCH", { algorithm: "RS256" });
    }
    expect((await expectKey(JSON.stringify({ ...jwk, alg: "HS512" }), { algorithm: "HS512" })).label).toBe(
      "HS512 secret #1, 64 bytes",
    );
    expect((await expectKey(JSON.stringify(jwk), { algorithm: "HS256" })).algorithms).toEqual(["HS256"]);
    await expectFault(
      JSON.stringify({ kty: "oct", alg: "HS256", k: Buffer.from("secret").toString("base64url") }),
      "KEY_SECRET_LISTED",
      { algorithm: "HS256" },
    );
  });

  test.each([
    ["RSA", rsa],
    ["EC", ec],
  ])("a secret with the members of an %s key beside it is that key, copied", async (_, { publicKey }) => {
    const { kty: _kty, ...members } = toJwk(publicKey);
    const secret = { kty: "oct", alg: "HS256", k: members.n ?? members.x };
    for (const [name, value] of Object.entries(members))
      await expectFault(JSON.stringify({ ...secret, [name]: value }), "KEY_PUBLIC_AS_SECRET", {
        algorithm: "HS256",
      });
    await expectKey(JSON.stringify({ ...secret, k: randomBytes(64).toString("base64url"), kid: "k1" }), {
      algorithm: "HS256",
    });
  });

  test("a secret is as long as any other value may be, and not longer", async () => {
    const write = (bytes: number) =>
      JSON.stringify({ keys: [{ kty: "oct", alg: "HS256", k: randomBytes(bytes).toString("base64url") }] });
    const options = { source: "s", algorithm: "HS256" };
    expect((await parseJwks(write(65_536), options)).keys).toHaveLength(1);
    const { keys, faults } = await parseJwks(write(65_537), options);
    expect(keys).toEqual([]);
    expect(faults[0]).toMatchObject({ code: "KEY_TOO_LARGE", facts: { bytes: 65_537, limit: 65_536 } });
  });

  test.each([
    ["use enc", { use: "enc" }, "KEY_JWK_USE"],
    ["key_ops without verify", { key_ops: ["sign"] }, "KEY_JWK_USE"],
    ["key_ops as text", { key_ops: "verify" }, "KEY_JWK_USE"],
    ["key_ops empty", { key_ops: [] }, "KEY_JWK_USE"],
    ["key_ops that repeat", { key_ops: ["verify", "verify"] }, "KEY_JWK_USE"],
    ["key_ops that nobody has registered", { key_ops: ["verify", "checkSignature"] }, "KEY_JWK_USE"],
    ["key_ops with something else than a text", { key_ops: ["verify", 1] }, "KEY_JWK_USE"],
    ["key_ops for encryption too", { key_ops: ["verify", "encrypt"] }, "KEY_JWK_USE"],
    ["key_ops that contradict use", { use: "sig", key_ops: ["encrypt"] }, "KEY_JWK_USE"],
    ["kid as a number", { kid: 1 }, "KEY_JWK_INVALID"],
    ["kid too long", { kid: "k".repeat(1025) }, "KEY_JWK_INVALID"],
    ["alg as a list", { alg: ["ES256"] }, "KEY_JWK_INVALID"],
    ["no kty", { kty: undefined }, "KEY_JWK_INVALID"],
    ["unknown kty", { kty: "AKP" }, "KEY_TYPE_UNSUPPORTED"],
    ["x missing", { x: undefined }, "KEY_JWK_INVALID"],
    ["x with padding", { x: "AAAA====" }, "KEY_JWK_INVALID"],
    ["x too long", { x: randomBytes(33).toString("base64url") }, "KEY_JWK_INVALID"],
    ["crv missing", { crv: undefined }, "KEY_JWK_INVALID"],
    ["crv unknown", { crv: "secp256k1" }, "KEY_CURVE_UNSUPPORTED"],
    ["crv of another size", { crv: "P-384" }, "KEY_POINT_INVALID"],
  ] as const)("with %s is refused", async (_, more, code) => {
    await expectFault(toJwkText(ec, more), code);
  });

  test("with key_ops to sign and to verify, once each, is accepted", async () => {
    await expectKey(toJwkText(ec, { key_ops: ["sign", "verify"] }));
    await expectKey(toJwkText(ec, { key_ops: ["verify"], use: "sig" }));
  });

  test("whose numbers are in base64 with padding and line ends is the same key, and says so", async () => {
    const { thumbprint } = await expectKey(ec.pem);
    const x = Buffer.from(toJwk(ec.publicKey).x ?? "", "base64url").toString("base64");
    const key = await expectKey(toJwkText(ec, { x: ` ${x.slice(0, 20)}\n  ${x.slice(20)}` }));
    expect(key.thumbprint).toBe(thumbprint);
    expect(key.repairs).toEqual(expect.arrayContaining(["member-whitespace", "member-padding"]));
    const modulus = Buffer.from(toJwk(rsa.publicKey).n ?? "", "base64url").toString("base64");
    expect((await expectKey(toJwkText(rsa, { n: modulus }))).thumbprint).toBe(
      (await expectKey(rsa.pem)).thumbprint,
    );
  });

  test.each([
    [{ x: undefined }, '"x" is missing'],
    [{ x: 7 }, '"x" is not a text'],
    [{ x: "" }, '"x" is empty'],
    [{ x: "AA*A" }, '"x" is no base64url: its character 3 does not belong there'],
    [{ x: "AAAAA" }, '"x" is no base64url: 5 characters are no whole number of bytes, so it is cut off'],
    [{ x: randomBytes(33).toString("base64url") }, '"x" has 33 bytes, P-256 has 32'],
    [{ kty: "ec" }, 'its "kty" is ec, which is written "EC"'],
    [{ kty: undefined, publicKey: "x" }, '"kty" is missing; the object has "publicKey"'],
  ] as const)("that has %j says what was found", async (more, reason) => {
    expect((await expectFault(toJwkText(ec, more), "KEY_JWK_INVALID")).facts["reason"]).toBe(reason);
  });

  test("ignores certificates and URLs inside", async () => {
    await expectKey(toJwkText(ec, { x5c: ["AAAA"], x5u: "https://evil.example", x5t: "x" }));
  });

  test("a PEM in a JSON text or in a list of one is read", async () => {
    const { thumbprint } = await expectKey(ec.pem);
    const texts = [JSON.stringify(ec.pem), JSON.stringify([ec.pem]), JSON.stringify(JSON.stringify(ec.pem))];
    for (const text of [...texts, ` [ ${toJwkText(ec)} ]`])
      expect((await expectKey(text)).thumbprint).toBe(thumbprint);
    await expectFault(JSON.stringify([ec.pem, rsa.pem]), "KEY_SEVERAL_IN_ONE_VALUE");
  });

  test("other JSON is refused by name", async () => {
    await expectFault("{}", "KEY_JWK_INVALID");
    const document = JSON.stringify({ issuer: "https://a.test", jwks_uri: "https://a.test/keys" });
    expect((await expectFault(document, "KEY_JWK_INVALID")).facts["suggestion"]).toContain('set "jwksUrl"');
    const wrapped = await expectFault(JSON.stringify({ public_key: rsa.pem }), "KEY_JWK_INVALID");
    expect(wrapped.facts["suggestion"]).toBe('give the value of "public_key" itself');
    const certificates = JSON.stringify({
      k1: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    });
    expect((await expectFault(certificates, "KEY_JWK_INVALID")).facts["reason"]).toMatch(
      /certificates by name/,
    );
    const pem = ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await expectFault(JSON.stringify({ private_key: pem }), "KEY_PRIVATE");
    await expectFault(JSON.stringify({ type: "service_account", private_key: "x" }), "KEY_JWK_INVALID", {
      algorithm: "HS256",
    });
  });
});
