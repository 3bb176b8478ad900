import { generateKeyPairSync, randomBytes } from "node:crypto";
import { CompactSign, compactVerify } from "jose";
import { describe, expect, test } from "vitest";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "./der.ts";
import { parseVerificationKeys, type SigningAlgorithm } from "./index.ts";
import { encodeSpki } from "./public-key.ts";
import {
  expectCompleteFault,
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  generateRsaPkcs1,
  parse,
  type TestPair,
  thumbprintOf,
  toJwk,
} from "./test-keys.suite.ts";
import { createCertificate, createCertificateRequest } from "./test-certificates.suite.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const ed25519 = generateEd25519();
const toPem = (label: string, der: Uint8Array) => {
  const lines = Buffer.from(der).toString("base64").replace(/(.{64})/g, "$1\n").trim();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
};
const secret = (bytes: number) => randomBytes(bytes).toString("base64url").slice(0, bytes);
const jwkText = (pair: TestPair, more = {}) => JSON.stringify({ ...toJwk(pair.publicKey), ...more });

describe("the algorithm", () => {
  const pairs: readonly [TestPair, SigningAlgorithm][] = [
    [rsa, "RS256"],
    [generateRsaPkcs1(), "RS256"],
    [ec, "ES256"],
    [generateEc("P-384"), "ES384"],
    [generateEc("P-521"), "ES512"],
    [ed25519, "EdDSA"],
  ];
  test.each(pairs)("is decided by the key when nothing is configured ($0.name → $1)", async (pair, algorithm) => {
    const key = await expectKey(pair.pem);
    expect(key.algorithms[0]).toBe(algorithm);
    expect(key.thumbprint).toBe(await thumbprintOf(pair.publicKey));
    expect(key.label).toContain(`${algorithm} `);
    expect(key.label).toContain(`, thumbprint ${key.thumbprint?.slice(0, 8)}…`);
  });

  const all: readonly [SigningAlgorithm, TestPair][] = [
    ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const).map((name) => [name, rsa] as const),
    ["ES256", ec],
    ["ES384", generateEc("P-384")],
    ["ES512", generateEc("P-521")],
    ["EdDSA", ed25519],
    ["Ed25519", ed25519],
  ].map(([name, pair]) => [name, pair] as [SigningAlgorithm, TestPair]);
  test.each(all)("%s verifies what jose signed, and knows the length of its signatures", async (algorithm, pair) => {
    const key = await expectKey(pair.pem, { algorithm });
    const token = await new CompactSign(Buffer.from("{}")).setProtectedHeader({ alg: algorithm }).sign(pair.privateKey);
    expect(Buffer.from(token.split(".")[2] ?? "", "base64url")).toHaveLength(key.signatureBytes);
    await expect(compactVerify(token, key.key, { algorithms: [...key.algorithms] })).resolves.toBeDefined();
  });

  test.each(["HS256", "HS384", "HS512"] as const)("%s verifies with the exact bytes of the secret", async (algorithm) => {
    const text = secret(64);
    const key = await expectKey(text, { algorithm });
    const token = await new CompactSign(Buffer.from("{}")).setProtectedHeader({ alg: algorithm }).sign(Buffer.from(text));
    expect(Buffer.from(token.split(".")[2] ?? "", "base64url")).toHaveLength(key.signatureBytes);
    await expect(compactVerify(token, key.key, { algorithms: [algorithm] })).resolves.toBeDefined();
    expect(key).toMatchObject({ algorithms: [algorithm], type: "oct", thumbprint: undefined, label: `${algorithm} secret #1, 64 bytes` });
  });

  test("is bound to the key object: an RS256 key verifies no PS256 token (CVE-2026-48523)", async () => {
    const key = await expectKey(rsa.pem);
    const token = await new CompactSign(Buffer.from("{}")).setProtectedHeader({ alg: "PS256" }).sign(rsa.privateKey);
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

  test.each(["none", "NONE", "rs256", "ES256K", "RSA-OAEP", "", "__proto__", "toString"])("%j is unknown", async (algorithm) => {
    await expectFault(rsa.pem, "KEY_ALGORITHM_UNKNOWN", { algorithm });
  });

  test("a key pasted as the algorithm is not shown", async () => {
    const fault = await expectFault(rsa.pem, "KEY_ALGORITHM_UNKNOWN", { algorithm: secret(64) });
    expect(fault.facts["algorithm"]).toBe("(not shown)");
  });
});

describe("a value that is no public key is named", () => {
  const privateForms: readonly [string, string][] = [
    ["PKCS#8 RSA", rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["PKCS#1 RSA", rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString()],
    ["PKCS#8 EC", ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["SEC1 EC", ec.privateKey.export({ type: "sec1", format: "pem" }).toString()],
    ["PKCS#8 Ed25519", ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["PKCS#8 DSA", generateKeyPairSync("dsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["bare DER", rsa.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64")],
    ["a JWK", JSON.stringify(toJwk(ec.privateKey))],
    ["an OpenSSH container", toPem("OPENSSH PRIVATE KEY", Buffer.concat([Buffer.from("openssh-key-v1\0"), randomBytes(200)]))],
    ["PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none"],
  ];
  test.each(privateForms)("private key: %s", async (_, value) => {
    await expectFault(value, "KEY_PRIVATE");
    await expectFault(value, "KEY_PRIVATE", { algorithm: "RS256" });
  });

  const mangledPrivate = (privateForms[0]?.[1] ?? "").trim();
  test.each([
    ["with a public label", mangledPrivate.replaceAll("PRIVATE", "PUBLIC")],
    ["on one line", mangledPrivate.replaceAll("\n", " ")],
    ["with literal \\n", mangledPrivate.replaceAll("\n", "\\n")],
    ["in base64", Buffer.from(mangledPrivate).toString("base64")],
    ["cut off", mangledPrivate.slice(0, 500)],
    ["cut off, with a public label", mangledPrivate.slice(0, 500).replace("PRIVATE", "PUBLIC")],
    ["damaged", mangledPrivate.replace("MII", "M*I")],
    ["behind a public key", `${rsa.pem}${mangledPrivate}`],
    ["before a public key", `${mangledPrivate}\n${rsa.pem}`],
    ["behind EC parameters", `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${mangledPrivate}`],
  ])("private key %s", async (_, value) => {
    await expectFault(value, "KEY_PRIVATE");
  });

  test("encrypted private key, PKCS#8 and the older form", async () => {
    const cipher = { cipher: "aes-256-cbc", passphrase: secret(20), format: "pem" } as const;
    await expectFault(rsa.privateKey.export({ type: "pkcs8", ...cipher }).toString(), "KEY_ENCRYPTED");
    await expectFault(rsa.privateKey.export({ type: "pkcs1", ...cipher }).toString(), "KEY_ENCRYPTED");
    await expectFault(ec.privateKey.export({ type: "sec1", ...cipher }).toString().replaceAll("\n", "\\n"), "KEY_ENCRYPTED");
  });

  test("certificate, by content and not by label", async () => {
    const certificate = createCertificate(rsa);
    await expectFault(toPem("CERTIFICATE", certificate), "KEY_CERTIFICATE");
    await expectFault(toPem("PUBLIC KEY", certificate), "KEY_CERTIFICATE");
    await expectFault(Buffer.from(certificate).toString("base64"), "KEY_CERTIFICATE");
    await expectFault(toPem("CERTIFICATE", certificate).repeat(3), "KEY_CERTIFICATE");
    await expectFault(toPem("CERTIFICATE REQUEST", createCertificateRequest(rsa)), "KEY_CERTIFICATE_REQUEST");
    await expectKey(toPem("CERTIFICATE", encodeSpkiOf(rsa)));
  });

  test.each([
    "/etc/keys/jwt.pem", "./jwt.pem", "../keys/public", "~/keys/jwt.pub", "C:\\keys\\jwt.pem", "\\\\server\\share\\key",
    "file:///run/secrets/jwt", "jwt.pem", "keys/jwks.json", '"/etc/keys/jwt.pem"', "KEY=/run/secrets/some/long/path/that/goes/on/and/on.pem",
  ])("file path %s, which is not repeated in the fault", async (value) => {
    const fault = await expectFault(value, "KEY_FILE_PATH");
    expect(JSON.stringify(fault)).not.toMatch(/jwt|keys\/|share|secrets/);
    await expectFault(value, value.includes("/") || value.includes("\\") ? "KEY_FILE_PATH" : "KEY_FILE_PATH");
  });

  test("URL, SSH formats, placeholders", async () => {
    await expectFault("https://issuer.example/.well-known/jwks.json", "KEY_URL");
    const wire = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 32]), randomBytes(32)]);
    await expectFault(`ssh-ed25519 ${wire.toString("base64")} someone@host`, "KEY_OPENSSH");
    await expectFault(`---- BEGIN SSH2 PUBLIC KEY ----\n${wire.toString("base64")}\n---- END SSH2 PUBLIC KEY ----`, "KEY_OPENSSH");
    await expectFault(toPem("PUBLIC KEY", wire), "KEY_OPENSSH");
    for (const value of ["<your public key>", "your-public-key-here", "${JWT_KEY}", "***", "-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----"]) {
      await expectFault(value, "KEY_PLACEHOLDER");
    }
  });

  test("empty, too large, not text", async () => {
    for (const value of ["", " ", "\n\t", "\uFEFF"]) await expectFault(value, "KEY_EMPTY");
    await expectFault("A".repeat(65_537), "KEY_TOO_LARGE");
    const values: unknown[] = [undefined, null, 5, {}, ["x"]];
    for (const value of values) {
      // @ts-expect-error: a configuration in plain JavaScript can hold anything
      const { faults } = await parse(value);
      expect(faults.map(({ code }) => code)).toEqual(["KEY_UNREADABLE"]);
    }
  });

  test("cut off at any place inside the body", async () => {
    for (const pair of [rsa, ec, ed25519]) {
      const lines = pair.pem.trim();
      await expectFault(lines.slice(0, 27 + 40), "KEY_TRUNCATED");
      await expectFault(`${lines.slice(0, 27 + 44)}\n-----END PUBLIC KEY-----`, "KEY_TRUNCATED");
      await expectFault(lines.split("\n")[1]?.slice(0, 48) ?? "", "KEY_TRUNCATED");
    }
    await expectFault(Buffer.from(rsa.pem.slice(0, 300)).toString("base64"), "KEY_TRUNCATED");
    await expectFault("-----BEGIN PUBLIC KEY-----", "KEY_UNREADABLE");
  });

  test("two keys in one value", async () => {
    const body = (pem: string) => pem.split("\n").slice(1, -2).join("");
    for (const value of [
      rsa.pem + ec.pem,
      rsa.pem + rsa.pem,
      (rsa.pem + ec.pem).replaceAll("\n", "\\n"),
      body(rsa.pem) + body(ec.pem),
      body(ec.pem) + body(rsa.pem),
      `${rsa.pem}${body(ec.pem)}`,
      Buffer.from(rsa.pem + ec.pem).toString("base64"),
      Buffer.from(rsa.pem).toString("base64") + Buffer.from(ec.pem).toString("base64"),
    ]) {
      await expectFault(value, "KEY_SEVERAL_IN_ONE_VALUE");
    }
  });

  test("bytes behind the key, damaged structure", async () => {
    await expectFault(toPem("PUBLIC KEY", Buffer.concat([encodeSpkiOf(rsa), randomBytes(3)])), "KEY_UNREADABLE");
    await expectFault(toPem("PUBLIC KEY", Buffer.from("hello, this is no key at all, only a text")), "KEY_UNREADABLE");
    await expectFault(ec.pem.replace("MFkw", "MF!w"), "KEY_UNREADABLE");
    const shifted = Uint8Array.from(encodeSpkiOf(ec));
    shifted[3] = 0x14; // the inner length no longer adds up
    await expectFault(toPem("PUBLIC KEY", shifted), "KEY_UNREADABLE");
  });

  test("types and curves that tokens do not use", async () => {
    const spki = (pair: { publicKey: TestPair["publicKey"] }) => pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    await expectFault(spki(generateKeyPairSync("dsa", { modulusLength: 2048 })), "KEY_TYPE_UNSUPPORTED");
    await expectFault(spki(generateKeyPairSync("rsa-pss", { modulusLength: 2048 })), "KEY_TYPE_UNSUPPORTED");
    await expectFault(spki(generateEc("secp256k1")), "KEY_CURVE_UNSUPPORTED");
    await expectFault(spki(generateKeyPairSync("x25519")), "KEY_CURVE_UNSUPPORTED");
    await expectFault(spki(generateKeyPairSync("ed448")), "KEY_CURVE_UNSUPPORTED");
  });

  test("a shared secret without a configured algorithm, or with one for public keys", async () => {
    const value = secret(43);
    await expectFault(value, "KEY_ALGORITHM_REQUIRED");
    await expectFault(value, "KEY_UNREADABLE", { algorithm: "RS256" });
    await expectKey(value, { algorithm: "HS256" });
  });
});

function encodeSpkiOf(pair: TestPair): Buffer {
  return pair.publicKey.export({ type: "spki", format: "der" });
}

describe("the strength of a key", () => {
  test("RSA under 2048 bits is refused, 2048 is not", async () => {
    const fault = await expectFault(generateRsa(1024).pem, "KEY_WEAK_RSA");
    expect(fault.facts["bits"]).toBe(1024);
    await expectFault(generateRsa(2040).pem, "KEY_WEAK_RSA");
    await expectKey(rsa.pem);
  });

  test("RSA over 16384 bits is refused", async () => {
    const modulus = Uint8Array.from([0x80, ...randomBytes(2048).fill(1, 2047)]);
    const value = toPem("PUBLIC KEY", encodeSpki({ type: "RSA", modulus, exponent: Uint8Array.of(1, 0, 1) }));
    await expectFault(value, "KEY_RSA_TOO_LARGE");
  });

  test.each([["AQ", 1], ["Ag", 2], ["BA", 4], ["AQAA", 65536], ["AQAAAAAAAAAB", "65 bits"]])("RSA exponent %s (%s) is refused", async (e) => {
    await expectFault(jwkText(rsa, { e }), "KEY_RSA_EXPONENT");
    await expectKey(jwkText(rsa, { e: "Aw" }));
  });

  test("an even RSA modulus is refused", async () => {
    const modulus = Buffer.from(toJwk(rsa.publicKey).n ?? "", "base64url");
    modulus.writeUInt8(modulus.readUInt8(255) & 0xfe, 255);
    await expectFault(jwkText(rsa, { n: modulus.toString("base64url") }), "KEY_RSA_MODULUS");
  });

  test("a point that is not on its curve is refused", async () => {
    for (const pair of [ec, generateEc("P-384"), generateEc("P-521")]) {
      const y = Buffer.from(toJwk(pair.publicKey).y ?? "", "base64url");
      y.writeUInt8(y.readUInt8(20) ^ 1, 20);
      await expectFault(jwkText(pair, { y: y.toString("base64url") }), "KEY_POINT_INVALID");
      await expectKey(jwkText(pair));
    }
  });

  test.each([
    ["HS256", 31, 32],
    ["HS384", 47, 48],
    ["HS512", 63, 64],
  ])("a secret for %s of %i bytes is refused, of %i not", async (algorithm, short, enough) => {
    const fault = await expectFault(secret(short), "KEY_SECRET_SHORT", { algorithm });
    expect(fault.facts).toMatchObject({ bytes: short, minimum: enough });
    await expectKey(secret(enough), { algorithm });
  });

  test("allowWeakSecrets permits 16 bytes, not 15, and no listed secret", async () => {
    const options = { algorithm: "HS256", allowWeakSecrets: true };
    await expectKey(secret(16), options);
    await expectFault(secret(15), "KEY_SECRET_SHORT", options);
    await expectFault("your-256-bit-secret", "KEY_SECRET_LISTED", options);
  });

  test("the length of a secret is counted in bytes of UTF-8", async () => {
    await expectKey("äöüßéèàçñøåæœþð€", { algorithm: "HS256" });
  });

  test("white space or quotes at the edge of a secret are kept, with a warning", async () => {
    for (const value of [`${secret(40)}\n`, `"${secret(40)}"`, ` ${secret(40)}`]) {
      const { keys, faults } = await parse(value, { algorithm: "HS256" });
      expect(keys[0]?.label).toBe(`HS256 secret #1, ${value.length} bytes`);
      expect(faults).toMatchObject([{ code: "KEY_SECRET_EDGES", severity: "warning" }]);
      for (const fault of faults) expectCompleteFault(fault, value);
    }
  });

  test("a secret that starts like a path, a label or JSON is still a secret", async () => {
    for (const start of ["/", "{", "MY-KEY-", "=", "+/", "n", "M"]) await expectKey(start + secret(48), { algorithm: "HS256" });
    await expectFault("/run/secrets/jwt-hmac-secret-for-the-agent-os", "KEY_FILE_PATH", { algorithm: "HS256" });
  });
});

describe("public material configured as a shared secret is refused", () => {
  const algorithm = "HS256";
  const certificate = createCertificate(rsa);
  const values: readonly [string, string][] = [
    ["PEM", rsa.pem],
    ["PEM with leading white space (CVE-2026-34950)", `\n  ${rsa.pem}`],
    ["PEM on one line", rsa.pem.replaceAll("\n", " ")],
    ["PEM with literal \\n", rsa.pem.replaceAll("\n", "\\n")],
    ["PEM cut off", rsa.pem.slice(0, 200)],
    ["PEM with a damaged body", rsa.pem.replace("MII", "M*I")],
    ["base64 of PEM", Buffer.from(rsa.pem).toString("base64")],
    ["base64 of DER", encodeSpkiOf(rsa).toString("base64")],
    ["base64url of DER", encodeSpkiOf(rsa).toString("base64url")],
    ["base64 of DER, damaged", `${encodeSpkiOf(rsa).toString("base64").slice(0, 100)}!`],
    ["hexadecimal of DER", encodeSpkiOf(ec).toString("hex")],
    ["DER as Latin-1", encodeSpkiOf(ec).toString("latin1")],
    ["PKCS#1", generateRsaPkcs1().pem],
    ["EC", ec.pem],
    ["Ed25519", ed25519.pem],
    ["weak RSA", generateRsa(1024).pem],
    ["unsupported curve", generateEc("secp256k1").pem],
    ["certificate", toPem("CERTIFICATE", certificate)],
    ["base64 of a certificate", Buffer.from(certificate).toString("base64")],
    ["private key", rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["two keys", rsa.pem + ec.pem],
    ["JWK", jwkText(rsa)],
    ["base64 of a JWK", Buffer.from(jwkText(ec)).toString("base64")],
    ["JWK oct around a PEM", JSON.stringify({ kty: "oct", k: Buffer.from(rsa.pem).toString("base64url") })],
    ["JWK oct around DER", JSON.stringify({ kty: "oct", k: encodeSpkiOf(ec).toString("base64url") })],
  ];
  test.each(values)("%s", async (_, value) => {
    await expectFault(value, "KEY_PUBLIC_AS_SECRET", { algorithm });
    await expectFault(value, "KEY_PUBLIC_AS_SECRET", { algorithm, allowWeakSecrets: true });
  });
});

describe("a JWK as the value", () => {
  test("is the same key as its PEM and keeps its kid", async () => {
    for (const pair of [rsa, ec, ed25519]) {
      const key = await expectKey(jwkText(pair, { kid: "k1", use: "sig", key_ops: ["verify"] }));
      expect(key).toMatchObject({ kid: "k1", thumbprint: (await expectKey(pair.pem)).thumbprint, answersUnknownKid: false });
    }
  });

  test.each([
    ["quoted", (text: string) => `'${text}'`],
    ["with escaped quotes", (text: string) => `"${text.replaceAll('"', '\\"')}"`],
    ["in base64", (text: string) => Buffer.from(text).toString("base64")],
    ["with a variable name", (text: string) => `JWT_VERIFICATION_KEY='${text}'`],
  ])("is read %s", async (_, mangle) => {
    const key = await expectKey(mangle(jwkText(ec, { kid: "a b" })));
    expect(key.kid).toBe("a b");
    expect(key.repairs).not.toEqual([]);
  });

  test("decides by its alg, which must fit and agree with the configured one", async () => {
    expect((await expectKey(jwkText(rsa, { alg: "PS512" }))).algorithms).toEqual(["PS512"]);
    await expectKey(jwkText(rsa, { alg: "PS512" }), { algorithm: "PS512" });
    await expectFault(jwkText(rsa, { alg: "PS512" }), "KEY_ALGORITHM_MISMATCH", { algorithm: "RS256" });
    for (const alg of ["ES256", "RSA-OAEP", "HS256", "none", "rs256"]) await expectFault(jwkText(rsa, { alg }), "KEY_JWK_ALGORITHM");
    await expectKey(jwkText(ed25519, { alg: "Ed25519" }), { algorithm: "EdDSA" });
  });

  test("oct needs an algorithm of its own or a configured one", async () => {
    const jwk = { kty: "oct", k: randomBytes(64).toString("base64url") };
    await expectFault(JSON.stringify(jwk), "KEY_ALGORITHM_REQUIRED");
    await expectFault(JSON.stringify(jwk), "KEY_ALGORITHM_MISMATCH", { algorithm: "RS256" });
    expect((await expectKey(JSON.stringify({ ...jwk, alg: "HS512" }))).label).toBe("HS512 secret #1, 64 bytes");
    expect((await expectKey(JSON.stringify(jwk), { algorithm: "HS256" })).algorithms).toEqual(["HS256"]);
    await expectFault(JSON.stringify({ kty: "oct", alg: "HS256", k: Buffer.from("secret").toString("base64url") }), "KEY_SECRET_LISTED");
  });

  test.each([
    ["use enc", { use: "enc" }, "KEY_JWK_USE"],
    ["key_ops without verify", { key_ops: ["sign"] }, "KEY_JWK_USE"],
    ["key_ops as text", { key_ops: "verify" }, "KEY_JWK_USE"],
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
    await expectFault(jwkText(ec, more), code);
  });

  test("ignores certificates and URLs inside", async () => {
    await expectKey(jwkText(ec, { x5c: ["AAAA"], x5u: "https://evil.example", x5t: "x" }));
  });

  test("other JSON is refused by name", async () => {
    await expectFault("{}", "KEY_JWK_INVALID");
    await expectFault(JSON.stringify({ type: "service_account", private_key: "x" }), "KEY_JWK_INVALID", { algorithm: "HS256" });
  });

  test("a whole JWKS gives all of its keys", async () => {
    const set = JSON.stringify({ keys: [toJwk(rsa.publicKey), toJwk(ec.publicKey)] });
    const { keys, faults } = await parse(set);
    expect(faults).toEqual([]);
    expect(keys.map(({ source }) => source)).toEqual(["verificationKeys[0] key 1", "verificationKeys[0] key 2"]);
  });
});

describe("several values", () => {
  test("each is judged by itself, in order; a value given twice is used once", async () => {
    const text = secret(40);
    const list = [rsa.pem, "nonsense", rsa.pem.replaceAll("\n", "\\n"), ec.pem, rsa.pem];
    const values = list.map((value, index) => ({ value, source: `verificationKeys[${index}]` }));
    const { keys, faults } = await parseVerificationKeys(values, {});
    expect(keys.map(({ index }) => index)).toEqual([0, 3]);
    expect(faults.map(({ code, source }) => `${source} ${code}`).sort()).toEqual([
      "verificationKeys[1] KEY_ALGORITHM_REQUIRED",
      "verificationKeys[2] KEY_DUPLICATE",
      "verificationKeys[4] KEY_DUPLICATE",
    ]);
    const secrets = await parseVerificationKeys([text, text].map((value) => ({ value, source: "s" })), { algorithm: "HS256" });
    expect(secrets.keys).toHaveLength(1);
    expect(secrets.faults).toMatchObject([{ code: "KEY_DUPLICATE", severity: "warning" }]);
  });
});

describe("points of EC keys", () => {
  test("compressed and full form are the same key", async () => {
    const { x = "", y = "" } = toJwk(ec.publicKey);
    const isOdd = (Buffer.from(y, "base64url").at(-1) ?? 0) & 1;
    const point = Uint8Array.of(2 + isOdd, ...Buffer.from(x, "base64url"));
    const key = await expectKey(toPem("PUBLIC KEY", encodeSpki({ type: "EC", curve: "P-256", point })));
    expect(key.thumbprint).toBe(await thumbprintOf(ec.publicKey));
  });

  test("a coordinate without its leading zeros is the same number", async () => {
    let pair = ec;
    while (!toJwk(pair.publicKey).x?.startsWith("AA")) pair = generateEc("P-256");
    const x = Buffer.from(toJwk(pair.publicKey).x ?? "", "base64url").subarray(1).toString("base64url");
    expect((await expectKey(jwkText(pair, { x }))).thumbprint).toBe(await thumbprintOf(pair.publicKey));
  });

  test("explicit curve parameters are refused (CVE-2020-0601)", async () => {
    const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier("1.2.840.10045.2.1"), encodeDer(Tag.sequence, encodeUnsigned(Uint8Array.of(1))));
    const der = encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, Uint8Array.of(0, 4, ...randomBytes(64))));
    await expectFault(toPem("PUBLIC KEY", der), "KEY_CURVE_UNSUPPORTED");
  });
});
