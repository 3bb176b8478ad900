import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createCertificate } from "./test-certificates.fixture.ts";
import {
  createSecret,
  encodeSpkiOf,
  expectCompleteFault,
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
  generateRsaPkcs1,
  parse,
  toJwkText,
  toPem,
} from "./test-keys.fixture.ts";

const rsa = generateRsa();
const ec = generateEc("P-256");
const ed25519 = generateEd25519();

describe("the strength of a secret", () => {
  test("a secret that is not valid Unicode has no bytes of its own and is refused", async () => {
    await expectFault(`${createSecret(40)}\ud800`, "KEY_SECRET_BYTES_LOST", { algorithm: "HS256" });
    await expectKey(`${createSecret(40)}\ud83d\ude00`, { algorithm: "HS256" });
  });

  test.each([
    ["HS256", 31, 32],
    ["HS384", 47, 48],
    ["HS512", 63, 64],
  ])("a secret for %s of %i bytes is refused, of %i not", async (algorithm, short, enough) => {
    const fault = await expectFault(createSecret(short), "KEY_SECRET_SHORT", { algorithm });
    expect(fault.facts).toMatchObject({ bytes: short, minimum: enough });
    await expectKey(createSecret(enough), { algorithm });
  });

  test("allowWeakSecrets permits 16 bytes, not 15, and no listed secret", async () => {
    const options = { algorithm: "HS256", allowWeakSecrets: true };
    await expectKey(createSecret(16), options);
    await expectFault(createSecret(15), "KEY_SECRET_SHORT", options);
    await expectFault("your-256-bit-secret", "KEY_SECRET_LISTED", options);
  });

  test("the length of a secret is counted in bytes of UTF-8", async () => {
    await expectKey("äöüßéèàçñøåæœþð€", { algorithm: "HS256" });
  });

  test("white space or quotes at the edge of a secret are kept, with a warning", async () => {
    for (const value of [`${createSecret(40)}\n`, `"${createSecret(40)}"`, ` ${createSecret(40)}`]) {
      const { keys, faults } = await parse(value, { algorithm: "HS256" });
      expect(keys[0]?.label).toBe(`HS256 secret #1, ${value.length} bytes`);
      expect(faults).toMatchObject([{ code: "KEY_SECRET_EDGES", severity: "warning" }]);
      for (const fault of faults) expectCompleteFault(fault, value);
    }
  });

  test("random secrets in every usual spelling are accepted, none is taken for something else", async () => {
    for (let i = 0; i < 300; i += 1) {
      const bytes = randomBytes(48);
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        await expectKey(bytes.toString(encoding), { algorithm: "HS256" });
      }
    }
  });

  test("a secret that starts like a path, a label or JSON is still a secret", async () => {
    for (const start of ["/", "{", "MY-KEY-", "=", "+/", "n", "M"])
      await expectKey(start + createSecret(48), { algorithm: "HS256" });
    await expectFault("/run/secrets/jwt-hmac-secret-for-the-agent-os", "KEY_FILE_PATH", {
      algorithm: "HS256",
    });
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
    ["JWK", toJwkText(rsa)],
    ["base64 of a JWK", Buffer.from(toJwkText(ec)).toString("base64")],
    ["JWK oct around a PEM", JSON.stringify({ kty: "oct", k: Buffer.from(rsa.pem).toString("base64url") })],
    ["JWK oct around DER", JSON.stringify({ kty: "oct", k: encodeSpkiOf(ec).toString("base64url") })],
  ];
  test.each(values)("%s", async (_, value) => {
    await expectFault(value, "KEY_PUBLIC_AS_SECRET", { algorithm });
    await expectFault(value, "KEY_PUBLIC_AS_SECRET", { algorithm, allowWeakSecrets: true });
  });
});
