import {
  badTokensFor,
  makeTwin,
  signToken,
  TEST_ALGORITHMS,
  unsignedToken,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { generateKeyPair } from "jose";
import { describe, expect, it } from "vitest";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import { toProblem } from "../refusal/problem.ts";
import { parseTestKeys, setUpVerifier } from "./verifier.fixture.ts";

describe.each(TEST_ALGORITHMS)("a verifier with a key for %s", (algorithm) => {
  it.each([undefined, "k1"])("accepts a good token, with key id %s", async (kid) => {
    const { good, verify } = await setUpVerifier({ algorithm, ...(kid === undefined ? {} : { kid }) });
    expect(await verify(await signToken(good))).toMatchObject({
      ok: true,
      value: { kind: "user", userId: "alice", scopes: ["agents:read", "agents:run"] },
    });
  });
});

/** The long list: one thing wrong, its own code, and the twin that passes. */
describe.each([
  ["RS256", "k1"],
  ["ES384", undefined],
  ["EdDSA", "k1"],
  ["HS256", undefined],
] as const)("with a key for %s and key id %s", async (algorithm, kid) => {
  const setup = await setUpVerifier({ algorithm, ...(kid === undefined ? {} : { kid }) });
  const rows = badTokensFor({ good: setup.good, checksIssuer: true });

  it.each(rows.map((row) => [row.name, row] as const))("refuses %s", async (_, row) => {
    const result = await setup.verify(await row.make(setup.good));
    expect(result).toMatchObject({ ok: false, fault: { code: row.expectedCode } });
    expect(await setup.codeOf(await makeTwin(row, setup.good))).toBe("passed");
  });
});

describe("the order of the checks", async () => {
  const { key, good, codeOf, clock } = await setUpVerifier({ algorithm: "RS256", kid: "k1" });

  it("reports no claim before the signature holds", async () => {
    const stranger = (await setUpVerifier({ algorithm: "RS256", kid: "k1" })).key;
    for (const row of badTokensFor({ good, checksIssuer: true })) {
      if (row.expectedCode === "AUTH_TOKEN_TOO_LARGE") continue;
      const code = await codeOf(await row.make({ ...good, key: stranger }));
      expect(code, row.name).not.toMatch(
        /PAYLOAD_INVALID|JWT_ID|EXPIR|NOT_BEFORE|YET_VALID|ISSUED|LIFETIME|ISSUER|AUDIENCE|ID_TOKEN|REFRESH|LOGOUT|EVENT|KIND|BOUND|SUBJECT/,
      );
    }
    expect(await codeOf(await signToken({ ...good, key }))).toBe("passed");
  });

  it.each([
    ["the algorithm before the key", { alg: "ES256", kid: "unknown" }, {}, "AUTH_ALGORITHM_MISMATCH"],
    ["the header before the key", { crit: ["x"], kid: "unknown" }, {}, "AUTH_HEADER_CRITICAL"],
    ["the key before the claims", { kid: "unknown" }, { exp: 1 }, "AUTH_KEY_UNKNOWN"],
    ["the type of a claim before the times", {}, { jti: 1, exp: 1 }, "AUTH_JWT_ID_INVALID"],
    ["the times before the issuer", {}, { exp: 1, iss: "x" }, "AUTH_TOKEN_EXPIRED"],
    ["the issuer before the audience", {}, { iss: "x", aud: "x" }, "AUTH_ISSUER_MISMATCH"],
    ["the issuer before the kind", {}, { iss: "x", typ: "ID" }, "AUTH_ISSUER_MISMATCH"],
    ["the kind before the audience", {}, { aud: "x", typ: "ID" }, "AUTH_ID_TOKEN_REFUSED"],
    ["the audience before the subject", {}, { aud: "x", sub: "sa:x" }, "AUTH_AUDIENCE_MISMATCH"],
  ])("reports %s", async (_, header, payload, expected) => {
    expect(await codeOf(await signToken(withClaims(withHeader(good, header), payload)))).toBe(expected);
  });

  it("shows the caller nothing of an unverified claim or of a configured value", async () => {
    const { verify } = await setUpVerifier({ algorithm: "RS256" });
    const marked = withClaims(good, {
      iss: "SECRET-iss",
      aud: "SECRET-aud",
      sub: "SECRET-sub",
      exp: clock.now() - 999,
    });
    for (const parts of [
      marked,
      withHeader(marked, { kid: "SECRET-kid", typ: "SECRET-typ", alg: "SECRET-alg" }),
    ]) {
      const result = await verify(await signToken(parts));
      if (result.ok) throw new Error("it passed");
      const { body, headers } = toProblem(result.fault, { denialId: "d", accept: null, cli: "agentos" });
      expect(body + JSON.stringify(headers)).not.toMatch(/SECRET|issuer\.test/);
    }
  });
});

describe("times", async () => {
  const { good, codeOf, clock } = await setUpVerifier();
  const now = clock.now();

  it.each([
    ["exp", now - 10, "AUTH_TOKEN_EXPIRED", now - 9],
    ["nbf", now + 11, "AUTH_TOKEN_NOT_YET_VALID", now + 10],
    ["iat", now + 11, "AUTH_ISSUED_IN_FUTURE", now + 10],
  ])("%s may be off by the skew of 10 seconds, and no further", async (claim, wrong, code, right) => {
    const parts = claim === "exp" ? withClaims(good, { iat: now - 60 }) : good;
    expect(await codeOf(await signToken(withClaims(parts, { [claim]: wrong })))).toBe(code);
    expect(await codeOf(await signToken(withClaims(parts, { [claim]: right })))).toBe("passed");
  });

  it("may be fractions of a second", async () => {
    expect(await codeOf(await signToken(withClaims(good, { exp: now + 0.5, iat: now - 0.5 })))).toBe(
      "passed",
    );
  });

  it.each([1e20, 1e14])('names an "exp" of %d what it is: a lifetime over the limit', async (exp) => {
    expect(await codeOf(await signToken(withClaims(good, { exp })))).toBe("AUTH_LIFETIME_EXCEEDED");
  });

  it("may be missing or far away only with the unsafe policy", async () => {
    const loose = await setUpVerifier({
      policy: { requiresExpiration: false, maxLifetimeSeconds: undefined },
    });
    expect(await loose.codeOf(await signToken(withClaims(loose.good, { exp: undefined })))).toBe("passed");
    expect(await loose.codeOf(await signToken(withClaims(loose.good, { exp: now + 1e9 })))).toBe("passed");
    expect(await loose.codeOf(await signToken(withClaims(loose.good, { exp: now - 10 })))).toBe(
      "AUTH_TOKEN_EXPIRED",
    );
    expect(await loose.codeOf(await signToken(withClaims(loose.good, { exp: "soon" })))).toBe(
      "AUTH_EXPIRATION_INVALID",
    );
  });
});

describe("several keys", () => {
  it("are each bound to their own algorithm", async () => {
    const [rsa, ec] = [
      await setUpVerifier({ algorithm: "RS256" }),
      await setUpVerifier({ algorithm: "ES256" }),
    ];
    const keySource = createStaticKeySource(await parseTestKeys(rsa.key, ec.key));
    const both = await setUpVerifier({ keySource });
    expect(await both.codeOf(await signToken(rsa.good))).toBe("passed");
    expect(await both.codeOf(await signToken(ec.good))).toBe("passed");
    expect(await both.codeOf(await signToken(withHeader(rsa.good, { alg: "ES256" })))).not.toBe("passed");
  });

  it("of one kind are tried in turn, and a bad first one never disables the second", async () => {
    const [one, two] = [await setUpVerifier(), await setUpVerifier()];
    const both = await setUpVerifier({
      keySource: createStaticKeySource(await parseTestKeys(one.key, two.key)),
    });
    expect(await both.codeOf(await signToken(one.good))).toBe("passed");
    expect(await both.codeOf(await signToken(two.good))).toBe("passed");
    const third = await setUpVerifier();
    expect(await both.codeOf(await signToken(third.good))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it("with an id of another algorithm name the algorithm of that key", async () => {
    const rsa = await setUpVerifier({ algorithm: "RS256", kid: "rsa" });
    const ec = await setUpVerifier({ algorithm: "ES256", kid: "ec" });
    const both = await setUpVerifier({
      keySource: createStaticKeySource(await parseTestKeys(rsa.key, ec.key)),
    });
    expect(await both.verify(await signToken(withHeader(rsa.good, { kid: "ec" })))).toMatchObject({
      fault: {
        code: "AUTH_ALGORITHM_MISMATCH",
        facts: { expected_algorithms: ["ES256"], token_algorithm: "RS256" },
      },
    });
  });

  it("are unavailable when there are none: 503, never 401", async () => {
    const none = await setUpVerifier({ keySource: createStaticKeySource([]) });
    expect(await none.codeOf(await signToken(none.good))).toBe("AUTH_KEYS_UNAVAILABLE");
  });

  it("that cannot be used are the server's fault: 503, with the cause for the log", async () => {
    const { key, good } = await setUpVerifier({ algorithm: "ES256" });
    const [parsed] = await parseTestKeys(key);
    const wrong = await generateKeyPair("EdDSA");
    if (parsed === undefined) throw new Error("no key");
    const keySource = createStaticKeySource([{ ...parsed, key: wrong.publicKey }]);
    const broken = await setUpVerifier({ keySource });
    const result = await broken.verify(await signToken(good));
    expect(result).toMatchObject({ ok: false, fault: { code: "AUTH_KEYS_UNAVAILABLE" } });
    expect(!result.ok && result.fault.cause).toBeInstanceOf(Error);
  });
});

describe("an unknown key id", async () => {
  const old = await setUpVerifier({ kid: "old" });
  const fresh = await setUpVerifier({ kid: "new" });
  const oldSet = createStaticKeySource(await parseTestKeys(old.key)).current();
  const newSet = { ...createStaticKeySource(await parseTestKeys(fresh.key)).current(), generation: 1 };

  it("asks the source once, and passes with the key that it found", async () => {
    let current = oldSet;
    const asked: string[] = [];
    const rotating = await setUpVerifier({
      keySource: {
        current: () => current,
        refresh: async (kid) => {
          asked.push(kid);
          current = newSet;
          return true;
        },
      },
    });
    const token = await signToken(fresh.good);
    expect(await rotating.codeOf(token)).toBe("passed");
    expect(asked).toEqual(["new"]);
    // Kept under the new generation: from now on the answer needs no promise.
    expect(rotating.verifier.verify(token)).toMatchObject({ ok: true });
  });

  it("is refused when the source found nothing, and is the server's fault when the source failed", async () => {
    const token = await signToken(fresh.good);
    const empty = await setUpVerifier({ keySource: { current: () => oldSet, refresh: async () => false } });
    expect(await empty.codeOf(token)).toBe("AUTH_KEY_UNKNOWN");
    const refresh = () => Promise.reject(new Error("unreachable"));
    const failing = await setUpVerifier({ keySource: { current: () => oldSet, refresh } });
    expect(await failing.codeOf(token)).toBe("AUTH_KEYS_UNAVAILABLE");
  });
});

describe("without verification (unsafe)", () => {
  it("accepts an unsigned token, which a verifying server refuses", async () => {
    const unsafe = await setUpVerifier({ mode: "jwt-unverified" });
    const safe = await setUpVerifier();
    expect(await unsafe.codeOf(unsignedToken(unsafe.good))).toBe("passed");
    expect(await safe.codeOf(unsignedToken(safe.good))).toBe("AUTH_ALGORITHM_NONE");
  });

  it("keeps nothing: an identity without an expiry would never leave the cache", async () => {
    const { good, verifier } = await setUpVerifier({ mode: "jwt-unverified" });
    const token = await signToken(good);
    await verifier.verify(token);
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
  });

  it("still reads the audience and the subject, but neither signature nor times", async () => {
    const { good, codeOf } = await setUpVerifier({ mode: "jwt-unverified" });
    expect(await codeOf((await signToken(withClaims(good, { exp: 1 }))).replace(/\.[^.]*$/, "."))).toBe(
      "passed",
    );
    expect(await codeOf(await signToken(withClaims(good, { aud: "x" })))).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(await codeOf(await signToken(withClaims(good, { sub: "sa:x" })))).toBe("AUTH_SUBJECT_RESERVED");
  });
});
