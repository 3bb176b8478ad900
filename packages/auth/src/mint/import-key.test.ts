import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { renderFault } from "@agentos/contract";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createCertificate } from "../keys/judge/test-certificates.fixture.ts";
import { createSecret, generateRsa, toPem } from "../keys/judge/test-keys.fixture.ts";
import { generateRocaPair, generateSoundPair } from "../keys/judge/weak-rsa.fixture.ts";
import { mangledPems } from "../keys/reader/mangled-pem.cases.ts";
import { exportPrivatePem, importSigningKey, type SigningKey, signToken } from "../mint.ts";
import type { ImportOptions } from "./bind-key.ts";

async function readKey(text: string, options: ImportOptions = {}): Promise<SigningKey> {
  const read = await importSigningKey(text, options);
  if (!read.ok) throw new Error(read.fault.code);
  return read.value;
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" | "spki" = "pkcs8") =>
  (key.export as (options: object) => string).call(key, { type, format: "pem" });
const pkcs8 = pem(rsa.privateKey);
/** The name of P-256. */
const PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
const roca = generateRocaPair().privateKey;
const toPrivateJwk = (more: object) =>
  JSON.stringify({ ...ec.privateKey.export({ format: "jwk" }), ...more });
const bodyOf = (text: string) => text.trim().split("\n").slice(1, -1).join("");

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
    const key = await readKey(text);
    expect(key.algorithm).toBe(algorithm);
    const { payload } = await jwtVerify(await signToken(key, { sub: "a" }), publicKey);
    expect(payload).toEqual({ sub: "a" });
  });

  it.each(mangledPems)("is read from a PEM with %s, as a public key is", async (_, __, mangle) => {
    for (const { privateKey, publicKey } of [rsa, ec]) {
      const key = await readKey(mangle(pem(privateKey)));
      await jwtVerify(await signToken(key, {}), publicKey);
    }
  });

  it.each([
    ["its public key", `${pkcs8}${pem(rsa.publicKey, "spki")}`, rsa],
    ["parameters in front, as openssl ecparam prints it", `${PARAMETERS}${pem(ec.privateKey, "sec1")}`, ec],
    [
      "words and its public key",
      `key of production\n${pem(ec.publicKey, "spki")}\n${pem(ec.privateKey)}`,
      ec,
    ],
  ])("is read from a file with %s", async (_, text, pair) => {
    await jwtVerify(await signToken(await readKey(text), {}), pair.publicKey);
  });

  it("is not chosen for you where there are two", async () => {
    const read = await importSigningKey(`${pkcs8}${pem(ec.privateKey)}`);
    expect(read.ok || renderFault(read.fault, "agentos").message).toContain("more than one key");
    expect(await importSigningKey(pem(ec.privateKey))).toMatchObject({ ok: true });
  });

  it("signs with the algorithm that is asked for, when it fits", async () => {
    const key = await readKey(pkcs8, { algorithm: "PS512" });
    const { protectedHeader } = await jwtVerify(await signToken(key, {}), rsa.publicKey, {
      algorithms: ["PS512"],
    });
    expect(protectedHeader.alg).toBe("PS512");
  });

  it("keeps the kid of its JWK, and can be written out as PKCS#8 again", async () => {
    const jwk = { ...ec.privateKey.export({ format: "jwk" }), kid: "mine", alg: "ES256" };
    const key = await readKey(JSON.stringify(jwk));
    expect(key.kid).toBe("mine");
    if (key.publicJwk === undefined) throw new Error("not a pair");
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

const toSecretJwk = (more: object) =>
  JSON.stringify({ kty: "oct", k: randomBytes(64).toString("base64url"), ...more });

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
  row("a public key", rsa.publicKey.export({ type: "spki", format: "pem" }).toString(), "KEY_SIGNING_PUBLIC"),
  row("a public JWK", JSON.stringify(ec.publicKey.export({ format: "jwk" })), "KEY_SIGNING_PUBLIC"),
  row("a certificate", toPem("CERTIFICATE", createCertificate(generateRsa())), "KEY_SIGNING_PUBLIC"),
  row(
    "a public key that should be a secret",
    rsa.publicKey.export({ type: "spki", format: "pem" }).toString(),
    "KEY_SIGNING_PUBLIC",
    "HS256",
  ),
  row("a private key that should be a secret", pkcs8, "KEY_SIGNING_ALGORITHM_MISMATCH", "HS256"),
  row("an SSH public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA someone", "KEY_SIGNING_PUBLIC"),
  row(
    "an OpenSSH container",
    toPem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0".padEnd(200))),
    "KEY_SIGNING_UNSUPPORTED",
  ),
  row("two private keys", pkcs8 + pem(ec.privateKey), "KEY_SIGNING_UNREADABLE"),
  row(
    "two private keys in base64 without labels",
    bodyOf(pem(ec.privateKey)) + bodyOf(pkcs8),
    "KEY_SIGNING_UNREADABLE",
  ),
  row(
    "two private keys in base64 with padding between",
    bodyOf(pem(ec.privateKey, "sec1")).repeat(2),
    "KEY_SIGNING_UNREADABLE",
  ),
  row(
    "bytes behind a private key",
    toPem(
      "PRIVATE KEY",
      Buffer.concat([rsa.privateKey.export({ type: "pkcs8", format: "der" }), Buffer.of(5, 0)]),
    ),
    "KEY_SIGNING_UNREADABLE",
  ),
  row("a PEM without a body", "-----BEGIN PRIVATE KEY-----", "KEY_SIGNING_UNREADABLE"),
  row("the path of a file", "/etc/keys/private.pem", "KEY_FILE_PATH"),
  row("an encrypted key", encrypted.toString(), "KEY_SIGNING_ENCRYPTED"),
  row("an RSA key of 1024 bits", pem(small), "KEY_WEAK_RSA"),
  row("an RSA JWK of 1024 bits", JSON.stringify(small.export({ format: "jwk" })), "KEY_WEAK_RSA"),
  row("a curve that tokens do not use", pem(koblitz), "KEY_SIGNING_UNSUPPORTED"),
  row("an algorithm that does not fit", pkcs8, "KEY_SIGNING_ALGORITHM_MISMATCH", "ES256"),
  row("a key that is cut off", `${pkcs8.slice(0, 400)}\n-----END PRIVATE KEY-----`, "KEY_SIGNING_UNREADABLE"),
  row(
    "a body that is not base64",
    "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----",
    "KEY_SIGNING_UNREADABLE",
  ),
  row("the first lines of a PEM", pkcs8.slice(0, 100), "KEY_SIGNING_UNREADABLE"),
  row("the first lines of a PEM, for a secret", pkcs8.slice(0, 100), "KEY_SIGNING_UNREADABLE", "HS256"),
  row(
    "DER that was read as text",
    rsa.privateKey.export({ type: "pkcs8", format: "der" }).toString("utf8"),
    "KEY_SIGNING_BINARY",
  ),
  row("a short secret", createSecret(31), "KEY_SECRET_SHORT", "HS256"),
  row("a secret without an algorithm", "k".repeat(64), "KEY_SIGNING_ALGORITHM_REQUIRED"),
  row("broken JSON", '{"kty":"oct","k":"topsecret"', "KEY_SIGNING_UNREADABLE"),
  row(
    "a secret JWK for another algorithm",
    toSecretJwk({ alg: "HS512" }),
    "KEY_SIGNING_ALGORITHM_MISMATCH",
    "HS256",
  ),
  row("a secret JWK for no algorithm of secrets", toSecretJwk({ alg: "RS256" }), "KEY_JWK_INVALID", "HS256"),
  row("a JWK for encryption", toPrivateJwk({ use: "enc" }), "KEY_SIGNING_USE"),
  row("a JWK that only verifies", toPrivateJwk({ key_ops: ["verify"] }), "KEY_SIGNING_USE"),
  row("a JWK that signs twice", toPrivateJwk({ key_ops: ["sign", "sign"] }), "KEY_SIGNING_USE"),
  row("a secret JWK for encryption", toSecretJwk({ use: "enc" }), "KEY_SIGNING_USE", "HS256"),
  row("a JWK with the algorithm of another kind", toPrivateJwk({ alg: "RS256" }), "KEY_JWK_ALGORITHM"),
  row("a JWK with an algorithm for encryption", toPrivateJwk({ alg: "ECDH-ES" }), "KEY_JWK_ALGORITHM"),
  row("a JWK with the algorithm of a secret", toPrivateJwk({ alg: "HS256" }), "KEY_JWK_ALGORITHM"),
  row(
    "a JWK for another algorithm than is asked for",
    JSON.stringify({ ...rsa.privateKey.export({ format: "jwk" }), alg: "PS256" }),
    "KEY_SIGNING_ALGORITHM_MISMATCH",
    "RS256",
  ),
  row("a JWK of the generator of ROCA", JSON.stringify(roca.export({ format: "jwk" })), "KEY_RSA_ROCA"),
  row("a PEM of the generator of ROCA", pem(roca), "KEY_RSA_ROCA"),
  row("JSON that is no JWK", '{"k":"topsecret"}', "KEY_JWK_INVALID"),
  row(
    "a secret JWK for RS256",
    JSON.stringify({ kty: "oct", k: "topsecretA" }),
    "KEY_SIGNING_ALGORITHM_MISMATCH",
    "RS256",
  ),
];

describe("a private JWK", () => {
  it("signs when its purpose and its algorithm say so, each of which a row above changes", async () => {
    for (const more of [
      { use: "sig" },
      { key_ops: ["sign"] },
      { key_ops: ["sign", "verify"] },
      { alg: "ES256" },
    ])
      await jwtVerify(await signToken(await readKey(toPrivateJwk(more)), {}), ec.publicKey);
    expect(
      (await readKey(JSON.stringify(generateSoundPair().privateKey.export({ format: "jwk" })))).algorithm,
    ).toBe("RS256");
  });

  it("may have its numbers in base64 with padding and line ends", async () => {
    const { d = "" } = ec.privateKey.export({ format: "jwk" });
    const padded = Buffer.from(d, "base64url").toString("base64");
    const key = await readKey(toPrivateJwk({ d: `${padded.slice(0, 9)}\n ${padded.slice(9)}` }));
    await jwtVerify(await signToken(key, {}), ec.publicKey);
  });
});

describe("what cannot sign", () => {
  it.each(refused)("is refused by name: %s", async (_, text, fault, algorithm) => {
    const read = await importSigningKey(text, { algorithm });
    if (read.ok) throw new Error("it can sign");
    expect(read.fault).toMatchObject({ code: fault, severity: "error" });
    const { message, fix } = renderFault(read.fault, "agentos");
    expect(`${message} ${fix}`).not.toContain("…");
    const body = text.replace(/-----[A-Z ]+-----/g, "").trim();
    for (const said of [message, fix]) {
      expect(said).not.toContain("topsecret");
      if (body !== "") expect(said).not.toContain(body.slice(0, 12));
    }
  });

  it("is refused as what it is when it is no text to read from, and never by a rejection", async () => {
    const values: readonly (readonly [value: unknown, code: string, said: string])[] = [
      [undefined, "KEY_SIGNING_UNREADABLE", "it is not a text"],
      [Buffer.from(pkcs8), "KEY_SIGNING_UNREADABLE", "it is not a text"],
      ["", "KEY_EMPTY", "give a private key"],
      [" \n", "KEY_EMPTY", "give a private key"],
      [createSecret(200_000), "KEY_TOO_LARGE", "give one private key"],
      [pkcs8.padEnd(65_537), "KEY_TOO_LARGE", "remove the white space around it"],
    ];
    for (const algorithm of [undefined, "HS256", "RS256"] as const) {
      for (const [value, code, said] of values) {
        const read = await importSigningKey(value as string, { algorithm });
        if (read.ok) throw new Error("it can sign");
        expect(read.fault.code).toBe(code);
        const { message, fix } = renderFault(read.fault, "agentos");
        expect(`${message} ${fix}`).toContain(said);
      }
    }
    expect(await importSigningKey(pkcs8.padEnd(65_536))).toHaveProperty("ok", true);
    const unknown = await importSigningKey(pkcs8, { algorithm: "none" as "RS256" });
    expect(unknown).toMatchObject({ ok: false, fault: { code: "KEY_ALGORITHM_UNKNOWN" } });
  });

  it.each([
    ["secp256k1", pem(koblitz), "an EC key on secp256k1 is not supported here", "use RSA"],
    [
      "OpenSSH, which another tool converts",
      toPem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0".padEnd(200))),
      "a private key in this form (OpenSSH) is not supported here",
      '"ssh-keygen -p -m PKCS8 -f key.pem"',
    ],
    [
      "OpenSSH of a kind that no tool of it converts",
      toPem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0...ssh-ed25519".padEnd(200))),
      "a private key in this form (OpenSSH, Ed25519) is not supported here",
      '"agentos keys generate" makes a key pair',
    ],
  ])("is named with what helps: %s", async (_, text, said, helps) => {
    const read = await importSigningKey(text);
    if (read.ok) throw new Error("it can sign");
    const { message, fix } = renderFault(read.fault, "agentos");
    expect(message).toBe(said);
    expect(fix).toContain(helps);
  });

  it("takes a short secret only when weak ones are permitted", async () => {
    const secret = createSecret(31);
    const key = await readKey(secret, { algorithm: "HS256", allowWeakSecrets: true });
    const { payload } = await jwtVerify(await signToken(key, {}), new TextEncoder().encode(secret));
    expect(payload).toEqual({});
  });
});
