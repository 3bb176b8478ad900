import {
  createTestClock,
  createTestKey,
  goodToken,
  signToken,
  type TestKey,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { describe, expect, it, vi } from "vitest";
import { createKeySet } from "../keys/set/key-set.ts";
import { combineKeySources, createStaticKeySource, type KeySource } from "../keys/source/key-source.ts";
import type { AuthPolicy, TokenPolicy } from "../policy/policy.ts";
import type { TrustedIssuer } from "./select-issuer.ts";
import {
  codeOf,
  createIdentify,
  parseTestKeys,
  sha256,
  TEST_POLICY,
  TEST_TOKENS,
} from "./verifier.fixture.ts";
import { createTokenVerifier } from "./verify-token.ts";

const A = "https://a.test";
const B = "https://b.test";
const clock = createTestClock();
const [keyA, keyB, keyNone] = await Promise.all([
  createTestKey("ES256", { kid: "same" }),
  createTestKey("RS256", { kid: "same" }),
  createTestKey("ES256"),
]);

const trusted = async (key: TestKey, policy: Partial<TokenPolicy>): Promise<TrustedIssuer> => ({
  keySource: createStaticKeySource(await parseTestKeys(key)),
  policy: { ...TEST_TOKENS, issuer: undefined, ...policy },
});

function setUp(issuers: readonly TrustedIssuer[]) {
  const [first = { ...TEST_TOKENS, issuer: undefined }, ...others] = issuers.map((issuer) => issuer.policy);
  const policy: AuthPolicy = { ...TEST_POLICY, separatesIssuers: true, tokens: [first, ...others] };
  const verifier = createTokenVerifier({
    keySource: combineKeySources(issuers.map(({ keySource }) => keySource)),
    policy,
    issuers,
    now: clock.now,
    sha256,
  });
  const verify = createIdentify(verifier, policy);
  return { verify, codeOf: async (token: string) => codeOf(await verify(token)) };
}

const good = (key: TestKey, issuer: string | undefined, claims: object = {}) =>
  withClaims(goodToken({ key, now: clock.now() }), { iss: issuer, ...claims });

const both = [await trusted(keyA, { issuer: A }), await trusted(keyB, { issuer: B })];
const { codeOf: codeOfBoth } = setUp(both);

describe("several issuers", () => {
  it("accept a token of each with its own key, and refuse it with the other's", async () => {
    expect(await codeOfBoth(await signToken(good(keyA, A)))).toBe("passed");
    expect(await codeOfBoth(await signToken(good(keyB, B)))).toBe("passed");
    // The kid is the same: only the issuer tells the keys apart.
    expect(await codeOfBoth(await signToken(good(keyA, B)))).toBe("AUTH_ALGORITHM_MISMATCH");
    expect(await codeOfBoth(await signToken(good(keyB, A)))).toBe("AUTH_ALGORITHM_MISMATCH");
    const other = await createTestKey("ES256", { kid: "same" });
    expect(await codeOfBoth(await signToken(good(other, A)))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it.each([
    ["another issuer", "https://c.test"],
    ["no issuer", undefined],
    ["a final slash more", `${A}/`],
    ["another case", A.toUpperCase()],
    ["a longer name", `${A}.evil.test`],
    ["a list with the right one", [A]],
    ["an object", { [A]: A }],
    ["null", null],
    ["the name of a property of every object", "__proto__"],
  ])("refuse a token of %s", async (_, iss) => {
    const token = await signToken(good(keyA, A, { iss }));
    expect(await codeOfBoth(token)).toBe(iss === undefined ? "AUTH_ISSUER_UNNAMED" : "AUTH_ISSUER_UNKNOWN");
  });

  it("say nothing of a payload that is no object but that it is damaged", async () => {
    const [header, , signature] = (await signToken(good(keyA, A))).split(".");
    const payload = Buffer.from("[1]").toString("base64url");
    expect(await codeOfBoth(`${header}.${payload}.${signature}`)).toBe("AUTH_PAYLOAD_DAMAGED");
  });

  it("still name an algorithm that nobody accepts before an unknown issuer", async () => {
    const token = await signToken(withHeader(good(keyA, "https://c.test"), { alg: "none" }));
    expect(await codeOfBoth(token)).toBe("AUTH_ALGORITHM_NONE");
  });

  it("show the caller no issuer, and the operator both", async () => {
    const { verify } = setUp(both);
    const result = await verify(await signToken(good(keyA, "x".repeat(300))));
    expect(result).toMatchObject({
      fault: { facts: { expected_issuers: [A, B], unverified_issuer: "x".repeat(200) } },
    });
  });

  it("never ask any source of keys for a token of nobody, and only its own for a token of one", async () => {
    const refreshA = vi.fn<() => Promise<boolean>>(async () => false);
    const refreshB = vi.fn<() => Promise<boolean>>(async () => false);
    const [a, b] = both;
    if (a === undefined || b === undefined) throw new Error("there are two");
    const { codeOf: codeOfWatched } = setUp([
      { ...a, keySource: { ...a.keySource, refresh: refreshA } },
      { ...b, keySource: { ...b.keySource, refresh: refreshB } },
    ]);
    const junk = (issuer: string) => signToken(withHeader(good(keyA, issuer), { kid: "unknown" }));
    expect(await codeOfWatched(await junk("https://c.test"))).toBe("AUTH_ISSUER_UNKNOWN");
    expect([refreshA.mock.calls.length, refreshB.mock.calls.length]).toEqual([0, 0]);
    expect(await codeOfWatched(await junk(A))).toBe("AUTH_KEY_UNKNOWN");
    expect([refreshA.mock.calls.length, refreshB.mock.calls.length]).toEqual([1, 0]);
  });

  it("leave tokens without an issuer to the keys without one, and no others", async () => {
    const { codeOf: codeOfThree } = setUp([...both, await trusted(keyNone, {})]);
    expect(await codeOfThree(await signToken(good(keyNone, undefined)))).toBe("passed");
    expect(await codeOfThree(await signToken(good(keyNone, "https://c.test")))).toBe("AUTH_ISSUER_UNKNOWN");
    expect(await codeOfThree(await signToken(good(keyNone, A)))).toBe("AUTH_SIGNATURE_INVALID");
    expect(await codeOfThree(await signToken(good(keyA, undefined)))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it("have an audience each", async () => {
    const { codeOf: codeOfOwn } = setUp([
      await trusted(keyA, { issuer: A, audience: ["for-a"] }),
      await trusted(keyB, { issuer: B }),
    ]);
    expect(await codeOfOwn(await signToken(good(keyA, A, { aud: "for-a" })))).toBe("passed");
    expect(await codeOfOwn(await signToken(good(keyA, A)))).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(await codeOfOwn(await signToken(good(keyB, B, { aud: "for-a" })))).toBe("AUTH_AUDIENCE_MISMATCH");
  });

  it("allow the algorithms of their list only, whatever their keys could do", async () => {
    const keySource = createStaticKeySource(await parseTestKeys(keyA, keyB));
    const limited = (algorithms: readonly string[]) =>
      setUp([{ keySource, policy: { ...TEST_TOKENS, issuer: A, algorithms } }]);
    const [es, rs] = [await signToken(good(keyA, A)), await signToken(good(keyB, A))];
    expect(await limited(["ES256"]).codeOf(es)).toBe("passed");
    expect(await limited(["ES256"]).codeOf(rs)).toBe("AUTH_ALGORITHM_MISMATCH");
    expect(await limited(["RS256"]).codeOf(rs)).toBe("passed");
    expect(await limited(["RS256"]).verify(es)).toMatchObject({
      fault: {
        code: "AUTH_ALGORITHM_MISMATCH",
        facts: { expected_algorithms: ["RS256"], token_algorithm: "ES256" },
      },
    });
  });

  it("forget a verified token when a key of its issuer is gone", async () => {
    const [key] = await parseTestKeys(keyA);
    if (key === undefined) throw new Error("there is a key");
    let keySet = createKeySet([key]);
    const changing: KeySource = { current: () => keySet };
    const { codeOf: codeOfChanging } = setUp([
      { keySource: changing, policy: { ...TEST_TOKENS, issuer: A } },
      ...both.slice(1),
    ]);
    const token = await signToken(good(keyA, A));
    expect(await codeOfChanging(token)).toBe("passed");
    expect(await codeOfChanging(token)).toBe("passed");
    keySet = createKeySet([], 1);
    expect(await codeOfChanging(token)).toBe("AUTH_KEYS_UNAVAILABLE");
  });
});

describe("the user ids of several issuers", () => {
  const prefixed = async () =>
    setUp([await trusted(keyA, { issuer: A, subjectPrefix: "a:" }), await trusted(keyB, { issuer: B })]);

  it("carry the prefix of their issuer", async () => {
    const { verify } = await prefixed();
    expect(await verify(await signToken(good(keyA, A)))).toMatchObject({ value: { userId: "a:alice" } });
    expect(await verify(await signToken(good(keyB, B)))).toMatchObject({ value: { userId: "alice" } });
  });

  it("cannot be spelt like those of another issuer", async () => {
    const { codeOf: codeOfPrefixed } = await prefixed();
    expect(await codeOfPrefixed(await signToken(good(keyB, B, { sub: "a:alice" })))).toBe(
      "AUTH_SUBJECT_FOREIGN",
    );
    expect(await codeOfPrefixed(await signToken(good(keyB, B, { sub: "b:alice" })))).toBe("passed");
  });

  it("stay within the length that a user id may have, prefix included", async () => {
    const { codeOf: codeOfPrefixed } = await prefixed();
    expect(await codeOfPrefixed(await signToken(good(keyA, A, { sub: "x".repeat(254) })))).toBe("passed");
    expect(await codeOfPrefixed(await signToken(good(keyA, A, { sub: "x".repeat(255) })))).toBe(
      "AUTH_SUBJECT_INVALID",
    );
  });

  it("are none when the token names nobody", async () => {
    const { verify } = await prefixed();
    for (const sub of [undefined, "", " "])
      expect(await verify(await signToken(good(keyA, A, { sub })))).toMatchObject({
        value: { userId: undefined },
      });
    expect(await verify(await signToken(good(keyA, A, { sub: "sa:bot" })))).toMatchObject({
      fault: { code: "AUTH_SUBJECT_RESERVED" },
    });
  });
});
