/** Published flaws in how other libraries read or fetch keys, tried on this one; docs/conformance.md lists them. */
import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import {
  expectFault,
  generateEc,
  generateFourPairs,
  generateRsa,
  parse,
} from "../judge/test-keys.fixture.ts";
import { failed, JWKS_URL, keySet, setUpRemoteKeys } from "../source/remote-keys.fixture.ts";
import { selectKeys } from "./key-set.ts";

describe("public keys as secrets", () => {
  it.each(["", " ", "\n", "\t\r\n ", "\uFEFF", '"', "\\n"])(
    "CVE-2023-48223, CVE-2026-34950: a public key with %j in front never becomes an HMAC secret",
    async (prefix) => {
      for (const pair of generateFourPairs()) {
        for (const algorithm of ["HS256", "HS384", "HS512"])
          await expectFault(prefix + pair.pem, "KEY_PUBLIC_AS_SECRET", { algorithm });
        // The same text is the public key that it is.
        const { keys } = await parse(prefix + pair.pem);
        expect(keys.map(({ type }) => type)).toEqual(
          [pair.publicKey.asymmetricKeyType?.toUpperCase()].map(toType),
        );
      }
    },
  );

  it("CVE-2024-33663, python-jose#274: an ECDSA key in OpenSSH form is no secret either", async () => {
    const pair = generateEc("P-256");
    const { x = "", y = "" } = pair.publicKey.export({ format: "jwk" });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    const wire = Buffer.concat(
      [Buffer.from("ecdsa-sha2-nistp256"), Buffer.from("nistp256"), point].map(withLength),
    );
    const text = `ecdsa-sha2-nistp256 ${wire.toString("base64")} somebody`;
    await expectFault(text, "KEY_PUBLIC_AS_SECRET", { algorithm: "HS256" });
    expect((await parse(pair.pem)).keys).toMatchObject([{ algorithms: ["ES256"] }]);
  });

  it("CVE-2023-48223, CVE-2026-34950: a private key is no secret either", async () => {
    const { privateKey, pem } = generateRsa();
    const secretPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await expectFault(secretPem, "KEY_PUBLIC_AS_SECRET", { algorithm: "HS256" });
    expect((await parse(pem, { algorithm: "RS256" })).keys).toHaveLength(1);
  });
});

describe("a remote key set", () => {
  it("CVE-2026-48524: unknown key ids cost one fetch per cool-down, and a failed fetch takes no key away", async () => {
    const { key, clock, issuer, source, count } = await setUpRemoteKeys();
    expect(await count()).toBe(1);
    issuer.answers[JWKS_URL] = failed();
    for (let attempt = 0; attempt < 50; attempt++) await source.refresh(`unknown-${attempt}`);
    expect(await count()).toBe(2);
    const known = { algorithm: key.algorithm, kid: "k1" };
    expect(selectKeys(source.current(), known)).toMatchObject({ keys: [{ kid: "k1" }] });
    // The twin: once the cool-down is over, the next unknown id finds the new key.
    issuer.answers[JWKS_URL] = keySet([key, await createTestKey("ES256", { kid: "k2" })]);
    clock.advance(60);
    expect(await source.refresh("k2")).toBe(true);
    expect(selectKeys(source.current(), { ...known, kid: "k2" })).toMatchObject({ keys: [{ kid: "k2" }] });
  });
});

function toType(name: string | undefined): string | undefined {
  return name === "ED25519" ? "OKP" : name;
}

function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
