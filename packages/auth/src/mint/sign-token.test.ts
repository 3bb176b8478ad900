import { calculateJwkThumbprint, createLocalJWKSet, importJWK, importSPKI, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import {
  createAccessClaims,
  exportPublicJwk,
  exportPublicJwks,
  exportPublicPem,
  exportSecret,
  generateSigningKey,
  isSecretAlgorithm,
  SIGNING_ALGORITHMS,
  signToken,
} from "../mint.ts";

const now = 1_800_000_000;
const claims = createAccessClaims({
  subject: "alice",
  audience: "shop",
  scopes: ["agents:read"],
  ttlSeconds: 600,
  now,
  tokenId: "one",
});
const options = { currentDate: new Date(now * 1000), audience: "shop" };
const asymmetric = SIGNING_ALGORITHMS.filter((algorithm) => !isSecretAlgorithm(algorithm));
const symmetric = SIGNING_ALGORITHMS.filter(isSecretAlgorithm);

describe("a generated key pair", () => {
  it.each(asymmetric)(
    "signs tokens that jose verifies from the PEM and from the JWKS (%s)",
    async (algorithm) => {
      const key = await generateSigningKey({ algorithm });
      const token = await signToken(key, claims);

      const fromPem = await jwtVerify(token, await importSPKI(await exportPublicPem(key), algorithm), {
        ...options,
        algorithms: [algorithm],
      });
      expect(fromPem.payload).toEqual(claims);
      const fromSet = await jwtVerify(token, createLocalJWKSet(exportPublicJwks([key])), options);
      expect(fromSet.protectedHeader).toEqual({ alg: algorithm, typ: "JWT", kid: key.kid });
    },
  );

  it("has the RFC 7638 thumbprint as its kid, and nothing private in its JWK", async () => {
    const key = await generateSigningKey({ algorithm: "ES256" });
    const jwk = exportPublicJwk(key);
    expect(key.kid).toBe(await calculateJwkThumbprint(jwk));
    expect(Object.keys(jwk).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  it("is another one every time", async () => {
    const [one, two] = await Promise.all([
      generateSigningKey({ algorithm: "EdDSA" }),
      generateSigningKey({ algorithm: "EdDSA" }),
    ]);
    expect(one.kid).not.toBe(two.kid);
  });

  it("makes tokens that another key of its kind does not verify", async () => {
    const [one, two] = await Promise.all([
      generateSigningKey({ algorithm: "ES256" }),
      generateSigningKey({ algorithm: "ES256" }),
    ]);
    const key = await importJWK(exportPublicJwk(two), "ES256");
    await expect(jwtVerify(await signToken(one, claims), key, options)).rejects.toMatchObject({
      code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
  });
});

describe("a generated secret", () => {
  it.each(symmetric)("signs with the characters that it is exported as (%s)", async (algorithm) => {
    const key = await generateSigningKey({ algorithm });
    const secret = await exportSecret(key);
    expect(secret.length).toBeGreaterThanOrEqual(43);
    // Its text is what people configure on both sides, so the import of that text must sign alike.
    const { importSigningKey } = await import("../mint.ts");
    const read = await importSigningKey(secret, { algorithm });
    if (!read.ok) throw new Error(read.fault.code);
    const token = await signToken(read.value, claims);
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      ...options,
      algorithms: [algorithm],
    });
    expect(payload).toEqual(claims);
  });

  it("has neither kid nor public half, since both would give it away", async () => {
    const key = await generateSigningKey({ algorithm: "HS256" });
    expect(key.kid).toBeUndefined();
    expect(key.publicJwk).toBeUndefined();
    // @ts-expect-error: there is nothing public to write out, so it does not compile
    expect(exportPublicJwks([key])).toEqual({ keys: [{}] });
  });
});

describe("signToken", () => {
  it("adds nothing to the claims, and leaves the kid out or replaces it when told", async () => {
    const key = await generateSigningKey({ algorithm: "EdDSA" });
    const header = async (kid: string | null) => {
      const [segment = ""] = (await signToken(key, { a: 1 }, { kid })).split(".");
      return JSON.parse(Buffer.from(segment, "base64url").toString()) as unknown;
    };
    expect(await header(null)).toEqual({ alg: "EdDSA", typ: "JWT" });
    expect(await header("mine")).toEqual({ alg: "EdDSA", typ: "JWT", kid: "mine" });
    const [, payload = ""] = (await signToken(key, { a: 1 })).split(".");
    expect(Buffer.from(payload, "base64url").toString()).toBe('{"a":1}');
  });
});

describe("createAccessClaims", () => {
  it("writes whole seconds, and leaves out what is not given", () => {
    expect(createAccessClaims({ scopes: [], ttlSeconds: 60, now: now + 0.9, tokenId: "x" })).toEqual({
      scopes: [],
      iat: now,
      exp: now + 60,
      jti: "x",
    });
  });

  it("keeps several audiences as a list", () => {
    const made = createAccessClaims({ audience: ["a", "b"], scopes: [], ttlSeconds: 60, now, tokenId: "x" });
    expect(made.aud).toEqual(["a", "b"]);
  });
});
