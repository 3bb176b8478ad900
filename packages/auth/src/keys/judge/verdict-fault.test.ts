import { generateKeyPairSync, randomBytes } from "node:crypto";
import { FAULTS } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import { createCertificate, createCertificateRequest } from "./test-certificates.fixture.ts";
import {
  createSecret,
  encodeSpkiOf,
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  parse,
  type TestPair,
  toJwk,
  toPem,
} from "./test-keys.fixture.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const ed25519 = generateEd25519();
const asUtf8 = (der: Buffer) => der.toString("utf8");

describe("a value that is no public key is named", () => {
  const privateForms: readonly [string, string][] = [
    ["PKCS#8 RSA", rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["PKCS#1 RSA", rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString()],
    ["PKCS#8 EC", ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["SEC1 EC", ec.privateKey.export({ type: "sec1", format: "pem" }).toString()],
    ["PKCS#8 Ed25519", ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    [
      "PKCS#8 DSA",
      generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    ],
    ["bare DER", rsa.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64")],
    ["a JWK", JSON.stringify(toJwk(ec.privateKey))],
    [
      "an OpenSSH container",
      toPem("OPENSSH PRIVATE KEY", Buffer.concat([Buffer.from("openssh-key-v1\0"), randomBytes(200)])),
    ],
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
    [
      "behind EC parameters",
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${mangledPrivate}`,
    ],
  ])("private key %s", async (_, value) => {
    await expectFault(value, "KEY_PRIVATE");
  });

  test("encrypted private key, PKCS#8 and the older form", async () => {
    const cipher = { cipher: "aes-256-cbc", passphrase: createSecret(20), format: "pem" } as const;
    await expectFault(rsa.privateKey.export({ type: "pkcs8", ...cipher }).toString(), "KEY_ENCRYPTED");
    await expectFault(rsa.privateKey.export({ type: "pkcs1", ...cipher }).toString(), "KEY_ENCRYPTED");
    await expectFault(
      ec.privateKey
        .export({ type: "sec1", ...cipher })
        .toString()
        .replaceAll("\n", "\\n"),
      "KEY_ENCRYPTED",
    );
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
    "/etc/keys/jwt.pem",
    "./jwt.pem",
    "../keys/public",
    "~/keys/jwt.pub",
    "C:\\keys\\jwt.pem",
    "\\\\server\\share\\key",
    "file:///run/secrets/jwt",
    "jwt.pem",
    "keys/jwks.json",
    '"/etc/keys/jwt.pem"',
    "KEY=/run/secrets/some/long/path/that/goes/on/and/on.pem",
  ])("file path %s, which is not repeated in the fault", async (value) => {
    const fault = await expectFault(value, "KEY_FILE_PATH");
    expect(JSON.stringify(fault)).not.toMatch(/jwt|keys\/|share|secrets/);
  });

  test("URL, SSH formats, placeholders", async () => {
    await expectFault("https://issuer.example/.well-known/jwks.json", "KEY_URL");
    const wire = Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from("ssh-ed25519"),
      Buffer.from([0, 0, 0, 32]),
      randomBytes(32),
    ]);
    await expectFault(`ssh-ed25519 ${wire.toString("base64")} someone@host`, "KEY_OPENSSH_TYPE");
    await expectFault(
      `---- BEGIN SSH2 PUBLIC KEY ----\n${wire.toString("base64")}\n---- END SSH2 PUBLIC KEY ----`,
      "KEY_OPENSSH",
    );
    await expectFault(toPem("PUBLIC KEY", wire), "KEY_OPENSSH");
    for (const value of [
      "<your public key>",
      "your-public-key-here",
      "${JWT_KEY}",
      "***",
      "-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----",
    ]) {
      await expectFault(value, "KEY_PLACEHOLDER");
    }
  });

  test("empty, too large, not text", async () => {
    for (const value of ["", " ", "\n\t", "\uFEFF"]) await expectFault(value, "KEY_EMPTY");
    expect((await expectFault('""', "KEY_EMPTY")).facts).toEqual({
      empty_found: "is a pair of quotes around nothing",
    });
    const large = await expectFault("A".repeat(65_537), "KEY_TOO_LARGE");
    expect(large.facts).toMatchObject({ padding_found: "" });
    const padded = await expectFault("A".padEnd(65_537), "KEY_TOO_LARGE");
    expect(padded.facts).toMatchObject({ suggestion: "remove the white space around it" });
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
  });

  test("only its first line, as an env file or a form leaves it", async () => {
    for (const value of ["-----BEGIN PUBLIC KEY-----", '"-----BEGIN PUBLIC KEY-----', "BEGIN PUBLIC KEY"]) {
      const fault = await expectFault(value, "KEY_BODY_MISSING");
      expect(FAULTS[fault.code].fix).toContain("from the BEGIN line to the END line");
      expect(FAULTS[fault.code].fix).not.toContain("HS256");
    }
    await expectFault("-----BEGIN PRIVATE KEY-----", "KEY_PRIVATE");
  });

  test("every plus turned into a space, with and without line ends", async () => {
    for (const make of [generateRsa, () => generateEc("P-256"), generateEd25519]) {
      let pair = make();
      // A plus at an edge of the key would be white space around it.
      while (!/[^\n]\+[^\n]/.test(pair.pem)) pair = make();
      await expectFault(pair.pem.replaceAll("+", " "), "KEY_PLUS_LOST");
      await expectFault(pair.pem.replaceAll("\n", "\r\n").replaceAll("+", " "), "KEY_PLUS_LOST");
      await expectFault(pair.pem.replaceAll("\n", " ").replaceAll("+", " "), "KEY_PLUS_LOST");
      await expectKey(pair.pem);
    }
  });

  test("DER that was read as text", async () => {
    for (const pair of [rsa, ec, generateEc("P-384"), generateEc("P-521"), ed25519]) {
      const { publicKey, privateKey } = pair;
      await expectFault(asUtf8(publicKey.export({ type: "spki", format: "der" })), "KEY_BINARY");
      await expectFault(asUtf8(privateKey.export({ type: "pkcs8", format: "der" })), "KEY_PRIVATE");
      await expectKey(publicKey.export({ type: "spki", format: "der" }).toString("latin1"));
    }
    await expectFault(asUtf8(rsa.publicKey.export({ type: "pkcs1", format: "der" })), "KEY_BINARY");
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

  test("two Ed25519 bodies behind one another, of which the first could be read as a variable name", async () => {
    const body = (pem: string) => pem.split("\n")[1] ?? "";
    let [first, second] = ["", ""];
    // Only a body without "+" and "/" looks like a name.
    while (!/^\w+=$/.test(first)) first = body(generateEd25519().pem);
    second = body(generateEd25519().pem);
    await expectFault(first + second, "KEY_SEVERAL_IN_ONE_VALUE");
  });

  test("bytes behind the key, damaged structure", async () => {
    await expectFault(
      toPem("PUBLIC KEY", Buffer.concat([encodeSpkiOf(rsa), randomBytes(3)])),
      "KEY_UNREADABLE",
    );
    await expectFault(
      toPem("PUBLIC KEY", Buffer.from("hello, this is no key at all, only a text")),
      "KEY_UNREADABLE",
    );
    await expectFault(ec.pem.replace("MFkw", "MF!w"), "KEY_UNREADABLE");
    const shifted = Uint8Array.from(encodeSpkiOf(ec));
    shifted[3] = 0x14; // the inner length no longer adds up
    await expectFault(toPem("PUBLIC KEY", shifted), "KEY_UNREADABLE");
  });

  test("types and curves that tokens do not use", async () => {
    const spki = (pair: { publicKey: TestPair["publicKey"] }) =>
      pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    await expectFault(
      spki(generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 })),
      "KEY_TYPE_UNSUPPORTED",
    );
    await expectFault(spki(generateKeyPairSync("rsa-pss", { modulusLength: 2048 })), "KEY_TYPE_UNSUPPORTED");
    await expectFault(spki(generateEc("secp256k1")), "KEY_CURVE_UNSUPPORTED");
    await expectFault(spki(generateKeyPairSync("x25519")), "KEY_CURVE_UNSUPPORTED");
    await expectFault(spki(generateKeyPairSync("ed448")), "KEY_CURVE_UNSUPPORTED");
  });

  test("a shared secret without a configured algorithm, or with one for public keys", async () => {
    const value = createSecret(43);
    await expectFault(value, "KEY_ALGORITHM_REQUIRED");
    await expectFault(value, "KEY_ALGORITHM_MISMATCH", { algorithm: "RS256" });
    await expectKey(value, { algorithm: "HS256" });
  });
});
