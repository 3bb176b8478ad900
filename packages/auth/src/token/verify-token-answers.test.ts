/** What the verifier hands back beside the code: whose token it was, which key, from which cache. */
import { REFUSALS } from "@agentos/contract";
import {
  createTestClock,
  createTestKey,
  encodeSegment,
  goodToken,
  signToken,
  unsignedToken,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import {
  codeOf,
  parseTestKeys,
  setUpVerifier,
  sha256,
  TEST_POLICY,
  TEST_TOKENS,
} from "./verifier.fixture.ts";
import { createTokenVerifier } from "./verify-token.ts";

describe("a refusal", () => {
  it("says whose token it was once the signature holds, and not before", async () => {
    const { good, verify } = await setUpVerifier({ algorithm: "HS256" });
    const stranger = await setUpVerifier({ algorithm: "HS256" });
    const expired = { exp: 1 };
    const late = await verify(await signToken(withClaims(good, expired)));
    expect(late).toMatchObject({ fault: { code: "AUTH_TOKEN_EXPIRED", subject: "alice" } });
    const forged = await verify(await signToken({ ...withClaims(good, expired), key: stranger.key }));
    expect(forged).toMatchObject({ fault: { code: "AUTH_SIGNATURE_INVALID" } });
    expect(!forged.ok && forged.fault.subject).toBeUndefined();
  });

  it("says no more of a subject than an id may have, and nothing that is no text", async () => {
    const { good, verify } = await setUpVerifier({ algorithm: "HS256" });
    const subjectOf = async (sub: unknown) => {
      const result = await verify(await signToken(withClaims(good, { exp: 1, sub })));
      return result.ok ? "passed" : result.fault.subject;
    };
    expect(await subjectOf("x".repeat(300))).toBe("x".repeat(256));
    expect(await subjectOf({ name: "x" })).toBeUndefined();
    expect(await subjectOf("bob")).toBe("bob");
  });

  it("says whose token it was by the configured claim", async () => {
    const { good, verify } = await setUpVerifier({ algorithm: "HS256", claimNames: { userId: "uid" } });
    expect(await verify(await signToken(withClaims(good, { uid: "bob", exp: 1 })))).toMatchObject({
      fault: { subject: "bob" },
    });
  });

  it("names nobody where no signature is verified", async () => {
    const { good, verify } = await setUpVerifier({ mode: "jwt-unverified" });
    const result = await verify(await signToken(withClaims(good, { aud: "x" })));
    expect(result).toMatchObject({ fault: { code: "AUTH_AUDIENCE_MISMATCH" } });
    expect(!result.ok && result.fault.subject).toBeUndefined();
  });

  it("of a token over the limit names the limit, which a token may just reach", async () => {
    const { verify } = await setUpVerifier({ algorithm: "HS256" });
    expect(await verify("x".repeat(16_385))).toEqual({
      ok: false,
      fault: { code: "AUTH_TOKEN_TOO_LARGE", facts: { token_bytes: 16_385, limit_bytes: 16_384 } },
    });
    expect(codeOf(await verify("x".repeat(16_384)))).toBe("AUTH_TOKEN_MALFORMED");
  });

  it("names both algorithms where the policy allows fewer than the keys", async () => {
    const { good, verify, codeOf: judge } = await setUpVerifier({ policy: { algorithms: ["RS256"] } });
    expect(await verify(await signToken(good))).toMatchObject({
      fault: {
        code: "AUTH_ALGORITHM_MISMATCH",
        facts: { expected_algorithms: ["RS256"], token_algorithm: "ES256" },
      },
    });
    expect(await judge(await signToken(withHeader(good, { alg: "XS256" })))).toBe(
      "AUTH_ALGORITHM_UNSUPPORTED",
    );
    const both = await setUpVerifier({ policy: { algorithms: ["RS256", "ES256"] } });
    expect(await both.codeOf(await signToken(both.good))).toBe("passed");
  });
});

describe("a token that no key verifies", () => {
  it("is shown to the operator with both issuers where it names another one, and to nobody else", async () => {
    const { good, verify } = await setUpVerifier({ algorithm: "HS256" });
    const stranger = await setUpVerifier({ algorithm: "HS256" });
    const factsOf = async (iss: unknown) => {
      const result = await verify(await signToken({ ...withClaims(good, { iss }), key: stranger.key }));
      if (result.ok) throw new Error("it passed");
      const { expected_issuer: expected, unverified_issuer: unverified } = result.fault.facts;
      return [result.fault.code, expected, unverified];
    };
    const code = "AUTH_SIGNATURE_INVALID";
    expect(await factsOf("https://other.test")).toEqual([code, "https://issuer.test", "https://other.test"]);
    expect(await factsOf("x".repeat(300))).toEqual([code, "https://issuer.test", "x".repeat(200)]);
    expect(await factsOf(undefined)).toEqual([code, "https://issuer.test", "(none)"]);
    expect(await factsOf("https://issuer.test")).toEqual([code, undefined, undefined]);
    for (const name of ["expected_issuer", "unverified_issuer"])
      expect(REFUSALS.AUTH_SIGNATURE_INVALID.publicFacts).not.toContain(name);
  });

  it("and names none of several is refused without a signature check", async () => {
    const keys = await Promise.all(["k1", "k2"].map((kid) => createTestKey("HS256", { kid })));
    const [key] = keys;
    if (key === undefined) throw new Error("there are two");
    const checks: string[] = [];
    const verifier = createTokenVerifier({
      keySource: createStaticKeySource(await parseTestKeys(...keys)),
      policy: TEST_POLICY,
      now: createTestClock().now,
      sha256,
      signatureCheck: (token) => checks.push(token) > 0,
    });
    const parts = goodToken({ key, now: createTestClock().now() });
    const unnamed = await signToken(withHeader(parts, { kid: undefined }));
    expect(codeOf(await verifier.verify(unnamed))).toBe("AUTH_KEY_ID_MISSING");
    expect(checks).toEqual([]);
    expect(codeOf(await verifier.verify(await signToken(parts)))).toBe("passed");
    expect(checks).toHaveLength(1);
  });
});

describe("a refusal by the header or the payload", () => {
  it("names the algorithms of the keys where the policy names none", async () => {
    const { good, verify } = await setUpVerifier({ algorithm: "RS256" });
    expect(await verify(unsignedToken(good))).toMatchObject({
      fault: { code: "AUTH_ALGORITHM_NONE", facts: { expected_algorithms: ["RS256"] } },
    });
  });

  it("is the token's fault where no signature is verified, too", async () => {
    const { good, codeOf: judge } = await setUpVerifier({ mode: "jwt-unverified" });
    expect(await judge(`${encodeSegment(good.header)}.${encodeSegment("hello")}.`)).toBe(
      "AUTH_PAYLOAD_INVALID",
    );
    expect(await judge(`${encodeSegment(good.header)}.${encodeSegment(good.payload)}.`)).toBe("passed");
  });
});

describe("the cache of the verifier", () => {
  it("gives no room to a token that is refused", async () => {
    const { good, verifier } = await setUpVerifier({ algorithm: "HS256", cacheEntries: 1 });
    const token = await signToken(good);
    await verifier.verify(token);
    expect(codeOf(await verifier.verify(await signToken(withClaims(good, { exp: 1 }))))).toBe(
      "AUTH_TOKEN_EXPIRED",
    );
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    await verifier.verify(await signToken(withClaims(good, { jti: "2" })));
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
  });

  it("forgets a token at its expiry", async () => {
    const { good, verifier, clock } = await setUpVerifier({ algorithm: "HS256" });
    const token = await signToken(good);
    await verifier.verify(token);
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    clock.advance(3_610);
    expect(verifier.verify(token)).toMatchObject({ fault: { code: "AUTH_TOKEN_EXPIRED" } });
    clock.advance(-3_610);
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
  });

  it("of several issuers lives as long as all their keys together, not as those of one", async () => {
    const { key, good, clock } = await setUpVerifier({ algorithm: "HS256" });
    const own = createStaticKeySource(await parseTestKeys(key));
    let generation = 5;
    const verifier = createTokenVerifier({
      keySource: { current: () => ({ ...own.current(), generation }) },
      policy: TEST_POLICY,
      issuers: [{ keySource: own, policy: TEST_TOKENS }],
      now: clock.now,
      sha256,
    });
    const token = await signToken(good);
    expect(codeOf(await verifier.verify(token))).toBe("passed");
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    generation = 6;
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
  });
});

it("an identity names the key that verified it", async () => {
  const { key, good, verify } = await setUpVerifier({ algorithm: "RS256" });
  const [one] = await parseTestKeys(key);
  expect(one?.thumbprint).toMatch(/^[\w-]{43}$/);
  expect(await verify(await signToken(good))).toMatchObject({
    value: { keyLabel: one?.label, keyThumbprint: one?.thumbprint },
  });
});

it("ten thousand tokens are kept unless told otherwise, and the oldest leaves for the next one", async () => {
  const { key, good, clock } = await setUpVerifier({ algorithm: "HS256" });
  const token = await signToken(good);
  // One token under many names: the cache knows tokens by their hash alone.
  let name = 0;
  const { verify } = createTokenVerifier({
    keySource: createStaticKeySource(await parseTestKeys(key)),
    policy: TEST_POLICY,
    now: clock.now,
    sha256: () => sha256(String(name)),
  });
  for (; name < 10_000; name++) expect(codeOf(await verify(token))).toBe("passed");
  const isKept = (of: number) => {
    name = of;
    const answer = verify(token);
    return !(answer instanceof Promise);
  };
  expect([isKept(0), isKept(9_999)]).toEqual([true, true]);
  name = 10_000;
  await verify(token);
  // The first was used again just now, so the second is the oldest.
  expect([isKept(0), isKept(1)]).toEqual([true, false]);
});
