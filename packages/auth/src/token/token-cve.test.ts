/**
 * What went wrong in other libraries, tried on this one: each test is named after the published flaw. The flaws in how
 * keys are read stand in keys/cve.test.ts. docs/conformance.md lists both.
 */
import { deflateRawSync } from "node:zlib";
import {
  createTestKey,
  embeddedKeyToken,
  encodeSegment,
  encryptedToken,
  publicKeyAsSecretToken,
  signSegments,
  signToken,
  type TokenParts,
  unsignedToken,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { CompactEncrypt, type JWK } from "jose";
import { describe, expect, it, vi } from "vitest";
import { parseJwks } from "../keys/set/parse-jwks.ts";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import { codeOf, parseTestKeys, setUpVerifier, sha256, TEST_POLICY } from "./verifier.fixture.ts";
import { createTokenVerifier } from "./verify-token.ts";

/** A verifier whose only key is this JWK. */
async function setUpJwk(jwk: JWK) {
  const { keys } = await parseJwks(JSON.stringify({ keys: [jwk] }), { source: "JWKS" });
  return setUpVerifier({ keySource: createStaticKeySource(keys) });
}

describe("algorithms", () => {
  it('CVE-2026-22817, CVE-2026-22818: a JWK without "alg" does not take the algorithm that the header names', async () => {
    const { key, good } = await setUpVerifier({ algorithm: "RS256", kid: "k1" });
    const { alg: _, ...jwk } = key.jwk;
    const { codeOf: judge } = await setUpJwk(jwk);
    expect(await judge(await publicKeyAsSecretToken(good))).toBe("AUTH_ALGORITHM_MISMATCH");
    for (const alg of ["RS384", "PS256", "ES256", "HS256"])
      expect(await judge(await signToken(withHeader(good, { alg })))).toBe("AUTH_ALGORITHM_MISMATCH");
    expect(await judge(await signToken(good))).toBe("passed");
  });

  it("CVE-2026-48523: the algorithm of the header and that of the key must be the same one", async () => {
    const { key, good } = await setUpVerifier({ algorithm: "RS256", kid: "k1" });
    const token = await signToken(good);
    expect(await (await setUpJwk({ ...key.jwk, alg: "PS256" })).codeOf(token)).toBe(
      "AUTH_ALGORITHM_MISMATCH",
    );
    expect(await (await setUpJwk({ ...key.jwk, alg: "RS512" })).codeOf(token)).toBe(
      "AUTH_ALGORITHM_MISMATCH",
    );
    expect(await (await setUpJwk({ ...key.jwk, alg: "RS256" })).codeOf(token)).toBe("passed");
  });

  it("CVE-2024-33663, python-jose#274: in a set of several key types no key serves another's algorithm", async () => {
    const parts = await Promise.all(
      (["RS256", "ES256", "EdDSA"] as const).map(
        async (algorithm) => (await setUpVerifier({ algorithm })).good,
      ),
    );
    const keySource = createStaticKeySource(await parseTestKeys(...parts.map(({ key }) => key)));
    const { codeOf: judge } = await setUpVerifier({ keySource });
    for (const good of parts) {
      expect(await judge(await publicKeyAsSecretToken(good))).toBe("AUTH_ALGORITHM_MISMATCH");
      for (const other of parts.filter((one) => one !== good)) {
        const crossed = await signToken(withHeader(good, { alg: other.key.algorithm }));
        // A signature of another length is named so; one that could be right is tried with that key alone, and fails.
        expect(await judge(crossed)).toMatch(/^AUTH_SIGNATURE_(MALFORMED|INVALID)$/);
      }
      expect(await judge(await signToken(good))).toBe("passed");
    }
  });
});

describe("the header", () => {
  it('CVE-2026-27962: an unknown "kid" is refused, and a key in the header changes nothing', async () => {
    const { good, codeOf: judge } = await setUpVerifier({ algorithm: "ES256", kid: "k1" });
    const own = await embeddedKeyToken(good, ({ jwk }) => ({ kid: "k2", jwk }));
    expect(await judge(own)).toBe("AUTH_EMBEDDED_KEY_REFUSED");
    expect(await judge(await embeddedKeyToken(good, ({ jwk }) => ({ jwk })))).toBe(
      "AUTH_EMBEDDED_KEY_REFUSED",
    );
    expect(await judge(await signToken(withHeader(good, { kid: "k2" })))).toBe("AUTH_KEY_UNKNOWN");
    expect(await judge(await signToken(withHeader(good, { jwk: good.key.jwk })))).toBe("passed");
  });

  it.each([
    [["x-unknown"], { "x-unknown": true }],
    [["exp"], { exp: 1 }],
    [["b64"], { b64: true }],
    [["alg"], {}],
    [[], {}],
    ["x-unknown", {}],
    [null, {}],
  ])(
    'CVE-2026-35042, CVE-2026-32597, CVE-2025-59420, python-jose#413: "crit" is refused as %j',
    async (crit, entries) => {
      const { good, codeOf: judge } = await setUpVerifier();
      expect(await judge(await signToken(withHeader(good, { ...entries, crit })))).toBe(
        "AUTH_HEADER_CRITICAL",
      );
      expect(await judge(await signToken(withHeader(good, entries)))).toBe("passed");
    },
  );

  it("CVE-2026-48525: an unencoded payload is refused by the header, before anybody decodes it", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ algorithm: "HS256" });
    for (const entries of [{ b64: false, crit: ["b64"] }, { b64: false }]) {
      const { header, key } = withHeader(good, entries);
      const token = await signSegments(encodeSegment(header), "eyJhIjoxfQ", key.sign);
      expect(await judge(token)).toBe("AUTH_HEADER_CRITICAL");
    }
    expect(await judge(await signToken(withHeader(good, { b64: true })))).toBe("passed");
  });

  it("CVE-2025-65945: nothing in a token chooses the secret that it is verified with", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ algorithm: "HS256" });
    const known = "k".repeat(64);
    const encoder = new TextEncoder();
    const key = await crypto.subtle.importKey(
      "raw",
      encoder.encode(known),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const sign = async (data: Uint8Array) =>
      new Uint8Array(await crypto.subtle.sign("HMAC", key, Uint8Array.from(data)));
    const forged: TokenParts = { ...good, key: { ...good.key, sign } };
    for (const entries of [{ kid: known }, { kid: "/dev/null" }, { secret: known }, { k: known }])
      expect(await judge(await signToken(withHeader(forged, entries)))).toBe("AUTH_SIGNATURE_INVALID");
    expect(await judge(await signToken(withClaims(forged, { iss: known, secret: known })))).toBe(
      "AUTH_SIGNATURE_INVALID",
    );
    expect(await judge(await signToken(withHeader(good, { kid: known })))).toBe("passed");
  });
});

describe("encrypted and compressed tokens", () => {
  it("CVE-2026-29000: a token inside a JWE is refused unopened, signed or not, and so is one inside a JWS", async () => {
    const { good, codeOf: judge } = await setUpVerifier();
    const encrypt = (text: string) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", cty: "JWT" })
        .encrypt(crypto.getRandomValues(new Uint8Array(32)));
    expect(await judge(await encryptedToken(good))).toBe("AUTH_TOKEN_ENCRYPTED");
    expect(await judge(await encrypt(unsignedToken(good)))).toBe("AUTH_TOKEN_ENCRYPTED");
    const nested = await signSegments(
      encodeSegment({ ...good.header, cty: "JWT" }),
      encodeSegment(unsignedToken(good)),
      good.key.sign,
    );
    expect(await judge(nested)).toBe("AUTH_PAYLOAD_INVALID");
    expect(await judge(await signToken(good))).toBe("passed");
  });

  it('CVE-2024-28180, CVE-2024-28176, CVE-2024-33664: nothing is inflated, whatever "zip" says', async () => {
    const { good, codeOf: judge } = await setUpVerifier();
    const header = { alg: "dir", enc: "A256GCM", zip: "DEF" };
    const bomb = deflateRawSync(Buffer.alloc(1_000_000)).toString("base64url");
    expect(await judge([encodeSegment(header), "", "", bomb, ""].join("."))).toBe("AUTH_TOKEN_ENCRYPTED");
    const squeezed = deflateRawSync(JSON.stringify(good.payload));
    const zipped = withHeader(good, { zip: "DEF" });
    const token = await signSegments(encodeSegment(zipped.header), encodeSegment(squeezed), good.key.sign);
    expect(await judge(token)).toBe("AUTH_PAYLOAD_INVALID");
    expect(await judge(await signToken(zipped))).toBe("passed");
  });
});

describe("the cache", () => {
  it("CVE-2026-35039: tokens that agree in every claim a key could be made of stay apart, and expire in the cache", async () => {
    const { good, verify, clock } = await setUpVerifier();
    const [reader, admin] = await Promise.all(
      [["agents:read"], ["agent_os:admin"]].map((scopes) =>
        signToken(withClaims(good, { jti: "1", scopes })),
      ),
    );
    for (let turn = 0; turn < 2; turn++) {
      expect(await verify(reader ?? "")).toMatchObject({ value: { scopes: ["agents:read"] } });
      expect(await verify(admin ?? "")).toMatchObject({ value: { scopes: ["agent_os:admin"] } });
    }
    clock.advance(3_610);
    expect(codeOf(await verify(reader ?? ""))).toBe("AUTH_TOKEN_EXPIRED");
  });
});

describe("issuer and audience", () => {
  it("GHSA-3j8v-cgw4-2g6q: the same token gets the same answer every time", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ cacheEntries: 0 });
    const [right, wrong] = [await signToken(good), await signToken(withClaims(good, { aud: "agent-os-2" }))];
    for (let turn = 0; turn < 5; turn++) {
      expect(await judge(right)).toBe("passed");
      expect(await judge(wrong)).toBe("AUTH_AUDIENCE_MISMATCH");
    }
  });

  it("CVE-2026-35041: an audience is compared as text, never run as a pattern", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ policy: { audience: ["^(a+)+$", ".*"] } });
    const startedAt = performance.now();
    const token = await signToken(withClaims(good, { aud: `${"a".repeat(5_000)}!` }));
    expect(await judge(token)).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await judge(await signToken(withClaims(good, { aud: "aaa" })))).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(await judge(await signToken(withClaims(good, { aud: "^(a+)+$" })))).toBe("passed");
  });

  it("CVE-2025-30144: a list of issuers is no issuer, even with the right one in it", async () => {
    const { good, codeOf: judge } = await setUpVerifier();
    for (const iss of [["https://issuer.test"], ["https://evil.test", "https://issuer.test"], {}, 7, null])
      expect(await judge(await signToken(withClaims(good, { iss })))).toBe("AUTH_ISSUER_MISMATCH");
    expect(await judge(await signToken(withClaims(good, { iss: "https://issuer.test" })))).toBe("passed");
  });

  it("CVE-2024-53861: an issuer is the whole text, not a part of it and no longer one", async () => {
    const { good, codeOf: judge } = await setUpVerifier();
    for (const iss of ["", "issuer", "https://issuer.tes", "https://issuer.test/", "HTTPS://ISSUER.TEST"])
      expect(await judge(await signToken(withClaims(good, { iss })))).toBe("AUTH_ISSUER_MISMATCH");
    expect(await judge(await signToken(withClaims(good, { iss: "https://issuer.test" })))).toBe("passed");
  });
});

describe("work done for a stranger", () => {
  it("CVE-2025-30204: dots without end are counted, not split, and too much text is not even hashed", async () => {
    const { good, key } = await setUpVerifier({ algorithm: "HS256" });
    const hash = vi.fn<(text: string) => string>(sha256);
    const { verify } = createTokenVerifier({
      keySource: createStaticKeySource(await parseTestKeys(key)),
      policy: TEST_POLICY,
      now: () => Number(good.payload["iat"]),
      sha256: hash,
    });
    expect(codeOf(await verify(".".repeat(16_385)))).toBe("AUTH_TOKEN_TOO_LARGE");
    expect(hash).not.toHaveBeenCalled();
    expect(codeOf(await verify(".".repeat(16_384)))).toBe("AUTH_TOKEN_MALFORMED");
    expect(codeOf(await verify(await signToken(good)))).toBe("passed");
  });

  it("haproxy 648b0e7: a signature of another length is refused before any cryptography", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ algorithm: "ES256" });
    const token = await signToken(good);
    const input = token.slice(0, token.lastIndexOf(".") + 1);
    const verify = vi.spyOn(crypto.subtle, "verify");
    try {
      for (const bytes of [1, 63, 65, 72, 132, 8_000])
        expect(await judge(input + Buffer.alloc(bytes, 0x30).toString("base64url"))).toBe(
          "AUTH_SIGNATURE_MALFORMED",
        );
      expect(verify).not.toHaveBeenCalled();
      expect(await judge(input + Buffer.alloc(64, 0x30).toString("base64url"))).toBe(
        "AUTH_SIGNATURE_INVALID",
      );
      expect(await judge(token)).toBe("passed");
      expect(verify).toHaveBeenCalledTimes(2);
    } finally {
      verify.mockRestore();
    }
  });

  it("haproxy 648b0e7: the signature of a longer curve is no signature of a shorter one", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ algorithm: "ES256" });
    const longer = await createTestKey("ES512");
    expect(await judge(await signToken({ ...good, key: longer }))).toBe("AUTH_SIGNATURE_MALFORMED");
    expect(await judge(await signToken(good))).toBe("passed");
  });
});
