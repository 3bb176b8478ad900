/** A shared secret stands on both sides: what one of them refuses must not work on the other. */
import { randomBytes } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import {
  createSecret,
  encodeSpkiOf,
  generateEc,
  generateRsa,
  parse,
  toJwk,
} from "../keys/judge/test-keys.fixture.ts";
import { importSigningKey } from "../mint.ts";

type Options = { readonly algorithm: "HS256" | "HS384" | "HS512"; readonly allowWeakSecrets?: boolean };

/** Whether each side takes the value. */
async function askBoth(
  value: unknown,
  options: Options,
): Promise<readonly [signs: boolean, verifies: boolean]> {
  const signing = await importSigningKey(value as string, options);
  const { keys } = await parse(value as string, options);
  return [signing.ok, keys.length > 0];
}

const rsa = generateRsa();
const ec = generateEc("P-256");
const privateJwk = JSON.stringify(toJwk(ec.privateKey));
const privateRsaJwk = JSON.stringify(toJwk(rsa.privateKey));
const publicJwk = JSON.stringify(toJwk(rsa.publicKey));
const privatePem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const toOct = (bytes: Uint8Array, more: object = {}) =>
  JSON.stringify({ kty: "oct", k: Buffer.from(bytes).toString("base64url"), ...more });

const refused: readonly (readonly [name: string, value: unknown])[] = [
  ["a private JWK that is cut off", privateJwk.slice(0, -20)],
  ["a private RSA JWK that is cut off", privateRsaJwk.slice(0, 900)],
  ["two JWKs in a row", `${privateJwk}${publicJwk}`],
  ["two JWKs in two lines", `${privateJwk}\n${privateJwk}`],
  ["a private JWK inside text", `my key is ${privateJwk} and no other`],
  ["a public JWK inside text", `my key is ${publicJwk}`],
  ["the base64 of a JWK that is cut off", Buffer.from(privateJwk.slice(0, -20)).toString("base64")],
  ["a public JWK", publicJwk],
  ["a public PEM", rsa.pem],
  ["a public PEM, cut off", rsa.pem.slice(0, 200)],
  ["a public PEM, damaged", rsa.pem.replace("MII", "M*I")],
  ["the base64 of a public PEM", Buffer.from(rsa.pem).toString("base64")],
  ["the base64 of DER, damaged", `${encodeSpkiOf(rsa).toString("base64").slice(0, 100)}!`],
  ["a private PEM", privatePem],
  ["a private PEM, cut off", privatePem.slice(0, 400)],
  ["two private PEM", privatePem + privatePem],
  ["an SSH key in text", `key: ssh-ed25519 ${"A".repeat(40)}`],
  ["the sample of jwt.io", "a-string-secret-at-least-256-bits-long"],
  ["the sample of a tutorial", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"],
  ["a placeholder", "change-me-before-you-go-to-production-please"],
  ["a repetition", "secretsecretsecretsecretsecretsecretsecret"],
  ["a run", "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["few characters", "k".repeat(64)],
  ["31 bytes", createSecret(31)],
  ["15 bytes", createSecret(15)],
  ["a text that is not valid Unicode", `${createSecret(40)}\ud800`],
  ["200 KB", createSecret(200_000)],
  ["nothing", ""],
  ["white space", " ".repeat(40)],
  ["no text", undefined],
  ["bytes", randomBytes(48)],
  ["a path", "/run/secrets/jwt-hmac-secret-for-the-agent-os"],
  ["a URL", "https://issuer.test/.well-known/jwks.json"],
  ["a JWK with 31 bytes", toOct(randomBytes(31))],
  ["a JWK around a listed secret", toOct(Buffer.from("a-string-secret-at-least-256-bits-long"))],
  ["a JWK around a PEM", toOct(Buffer.from(rsa.pem))],
  ["a JWK around DER", toOct(encodeSpkiOf(ec))],
  ["a JWK around a JWK that is cut off", toOct(Buffer.from(privateJwk.slice(0, -20)))],
  ["a JWK around white space", toOct(Buffer.from(" ".repeat(40)))],
  ["a JWK with 70,000 bytes", JSON.stringify({ kty: "oct", k: "k".repeat(93_334) })],
  ["a JWK with a coordinate beside its secret", toOct(randomBytes(48), { x: "AA" })],
  ["a JWK for another algorithm", toOct(randomBytes(64), { alg: "HS512" })],
  ["a JWK for RSA", toOct(randomBytes(64), { alg: "RS256" })],
  ["a JWK without a secret", '{"kty":"oct"}'],
  ["a JWK with an empty secret", '{"kty":"oct","k":""}'],
  ["a JWK with a secret that is not base64url", '{"kty":"oct","k":"***"}'],
  ["a key set with a secret of 31 bytes", `{"keys":[${toOct(randomBytes(31))}]}`],
];
const accepted: readonly (readonly [name: string, value: string])[] = [
  ["32 bytes", createSecret(32)],
  ["64 KiB", createSecret(65_536)],
  ["hexadecimal", randomBytes(48).toString("hex")],
  ["base64", randomBytes(48).toString("base64")],
  ["letters of many bytes", "äöüßéèàçñøåæœþð€"],
  ["a quote at the edge", `"${createSecret(40)}"`],
  ["a line end", `${createSecret(40)}\n`],
  ["the start of JSON", `{${createSecret(48)}`],
  ["a JWK", toOct(randomBytes(32))],
  ["a JWK for this algorithm", toOct(randomBytes(32), { alg: "HS256", kid: "a" })],
  ["a key set of one", `{"keys":[${toOct(randomBytes(32))}]}`],
];

describe("who signs and who verifies", () => {
  it.each(refused)("both refuse as a shared secret: %s", async (_, value) => {
    expect(await askBoth(value, { algorithm: "HS256" })).toEqual([false, false]);
  });

  it.each(accepted)("both accept as a shared secret: %s", async (_, value) => {
    expect(await askBoth(value, { algorithm: "HS256" })).toEqual([true, true]);
  });

  it.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const)(
    "both want a secret for %s of %i bytes, or of 16 where weak ones are permitted",
    async (algorithm, least) => {
      for (const toValue of [createSecret, (bytes: number) => toOct(randomBytes(bytes))]) {
        expect(await askBoth(toValue(least), { algorithm })).toEqual([true, true]);
        expect(await askBoth(toValue(least - 1), { algorithm })).toEqual([false, false]);
        const weak = { algorithm, allowWeakSecrets: true };
        expect(await askBoth(toValue(16), weak)).toEqual([true, true]);
        expect(await askBoth(toValue(15), weak)).toEqual([false, false]);
      }
    },
  );

  it("both refuse a listed secret and a key, weak secrets permitted or not", async () => {
    const weak: Options = { algorithm: "HS256", allowWeakSecrets: true };
    for (const value of ["your-256-bit-secret", "hunter2hunter2hunter2", privateJwk.slice(0, -20), rsa.pem])
      expect(await askBoth(value, weak)).toEqual([false, false]);
  });

  test("both agree wherever a JWK or a PEM is cut", async () => {
    for (const whole of [privateJwk, publicJwk, ec.pem, rsa.pem]) {
      for (let at = 1; at < whole.length; at += 7) {
        for (const value of [whole.slice(0, at), whole.slice(at)]) {
          const [signs, verifies] = await askBoth(value, { algorithm: "HS256" });
          expect(signs, `cut at ${at}`).toBe(verifies);
        }
      }
    }
  });
});
