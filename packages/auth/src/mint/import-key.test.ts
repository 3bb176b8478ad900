import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { exportPrivatePem, importSigningKey, SigningKeyError, signToken } from "../mint.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8") =>
  (key.export as (options: object) => string).call(key, { type, format: "pem" });
const pkcs8 = pem(rsa.privateKey);

const forms: readonly (readonly [name: string, text: string, publicKey: KeyObject, algorithm: string])[] = [
  ["PKCS#8", pkcs8, rsa.publicKey, "RS256"],
  ["PKCS#1", pem(rsa.privateKey, "pkcs1"), rsa.publicKey, "RS256"],
  ["PKCS#8 on P-256", pem(ec.privateKey), ec.publicKey, "ES256"],
  ["SEC 1", pem(ec.privateKey, "sec1"), ec.publicKey, "ES256"],
  ["Ed25519", pem(ed.privateKey), ed.publicKey, "EdDSA"],
  ['with literal "\\n"', pkcs8.replaceAll("\n", "\\n"), rsa.publicKey, "RS256"],
  ["on one line", pkcs8.replaceAll("\n", " "), rsa.publicKey, "RS256"],
  ["in quotes", `"${pkcs8}"`, rsa.publicKey, "RS256"],
  ["as base64 of the PEM", Buffer.from(pkcs8).toString("base64"), rsa.publicKey, "RS256"],
  ["as a JWK", JSON.stringify(ec.privateKey.export({ format: "jwk" })), ec.publicKey, "ES256"],
  [
    "as a key set of one",
    JSON.stringify({ keys: [ed.privateKey.export({ format: "jwk" })] }),
    ed.publicKey,
    "EdDSA",
  ],
];

describe("a private key", () => {
  it.each(forms)("is read from %s", async (_, text, publicKey, algorithm) => {
    const key = await importSigningKey(text);
    expect(key.algorithm).toBe(algorithm);
    const { payload } = await jwtVerify(await signToken(key, { sub: "a" }), publicKey);
    expect(payload).toEqual({ sub: "a" });
  });

  it("signs with the algorithm that is asked for, when it fits", async () => {
    const key = await importSigningKey(pkcs8, { algorithm: "PS512" });
    const { protectedHeader } = await jwtVerify(await signToken(key, {}), rsa.publicKey, {
      algorithms: ["PS512"],
    });
    expect(protectedHeader.alg).toBe("PS512");
  });

  it("keeps the kid of its JWK, and can be written out as PKCS#8 again", async () => {
    const jwk = { ...ec.privateKey.export({ format: "jwk" }), kid: "mine", alg: "ES256" };
    const key = await importSigningKey(JSON.stringify(jwk));
    expect(key.kid).toBe("mine");
    expect(createPublicKey(await exportPrivatePem(key)).equals(ec.publicKey)).toBe(true);
  });
});

const encrypted = rsa.privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "x",
});
const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;

type Refused = readonly [
  name: string,
  text: string,
  fault: string,
  algorithm: "ES256" | "HS256" | "RS256" | undefined,
];
const row = (name: string, text: string, fault: string, algorithm?: Refused[3]): Refused => [
  name,
  text,
  fault,
  algorithm,
];

const refused: readonly Refused[] = [
  row("a public key", rsa.publicKey.export({ type: "spki", format: "pem" }).toString(), "PUBLIC"),
  row("a public JWK", JSON.stringify(ec.publicKey.export({ format: "jwk" })), "PUBLIC"),
  row("an encrypted key", encrypted.toString(), "ENCRYPTED"),
  row("an RSA key of 1024 bits", pem(small), "WEAK_RSA"),
  row("an RSA JWK of 1024 bits", JSON.stringify(small.export({ format: "jwk" })), "WEAK_RSA"),
  row("a curve that tokens do not use", pem(koblitz), "UNSUPPORTED"),
  row("an algorithm that does not fit", pkcs8, "ALGORITHM_MISMATCH", "ES256"),
  row("a key that is cut off", `${pkcs8.slice(0, 400)}\n-----END PRIVATE KEY-----`, "UNREADABLE"),
  row(
    "a body that is not base64",
    "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----",
    "UNREADABLE",
  ),
  row("the first lines of a PEM", pkcs8.slice(0, 100), "UNREADABLE"),
  row("the first lines of a PEM, for a secret", pkcs8.slice(0, 100), "UNREADABLE", "HS256"),
  row(
    "DER that was read as text",
    rsa.privateKey.export({ type: "pkcs8", format: "der" }).toString("utf8"),
    "UNREADABLE",
  ),
  row("a short secret", "hunter2hunter2", "SECRET_SHORT", "HS256"),
  row("a secret without an algorithm", "k".repeat(64), "ALGORITHM_REQUIRED"),
  row("broken JSON", '{"kty":"oct","k":"topsecret"', "JWK_INVALID"),
  row("JSON that is no JWK", '{"k":"topsecret"}', "JWK_INVALID"),
  row(
    "a secret JWK for RS256",
    JSON.stringify({ kty: "oct", k: "topsecret" }),
    "ALGORITHM_MISMATCH",
    "RS256",
  ),
];

describe("what cannot sign", () => {
  it.each(refused)("is refused by name: %s", async (_, text, fault, algorithm) => {
    const error = await importSigningKey(text, { algorithm }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SigningKeyError);
    if (!(error instanceof SigningKeyError)) return;
    expect(error.fault).toBe(fault);
    expect(error.fix).not.toBe("");
    const body = text.replace(/-----[A-Z ]+-----/g, "").trim();
    for (const said of [error.message, error.fix]) {
      expect(said).not.toContain("topsecret");
      expect(said).not.toContain(body.slice(0, 12));
    }
  });

  it("takes a short secret only when weak ones are permitted", async () => {
    const key = await importSigningKey("hunter2hunter2", { algorithm: "HS256", allowWeakSecrets: true });
    const { payload } = await jwtVerify(await signToken(key, {}), new TextEncoder().encode("hunter2hunter2"));
    expect(payload).toEqual({});
  });
});
