import { hash } from "node:crypto";
import { damageSignature, respellSignature, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { engineWith } from "../engine/engine.fixture.ts";
import type { Identity } from "../identity/identity.ts";
import { refuse } from "../outcome/result.ts";
import { codeOf, setUpVerifier } from "./verifier.fixture.ts";

const identityOf = async (claims: object = {}) => {
  const { good, verify } = await setUpVerifier();
  const token = await signToken(withClaims(good, { ...claims }));
  const result = await verify(token);
  if (!result.ok) throw new Error(result.fault.code);
  return { token, identity: result.value };
};

describe("what names a token", () => {
  it("is its id, its sign-in and when it was issued, and nobody can change it", async () => {
    const { identity } = await identityOf({ jti: "t-1", sid: "s-1" });
    expect(identity.token).toEqual({
      id: "t-1",
      signingInputHash: undefined,
      signInId: "s-1",
      issuedAt: identity.claims["iat"],
    });
    expect(Object.isFrozen(identity.token)).toBe(true);
  });

  it.each([undefined, ""])("is the hash of its signing input where its id is %j", async (jti) => {
    const { token, identity } = await identityOf({ jti });
    const signingInput = token.slice(0, token.lastIndexOf("."));
    expect(identity.token).toMatchObject({
      id: undefined,
      signingInputHash: hash("sha256", signingInput),
    });
  });

  it.each([undefined, null, ""])("has no sign-in for %j", async (sid) => {
    const { identity } = await identityOf({ jti: "t-1", sid });
    expect(identity.token?.signInId).toBeUndefined();
  });

  it.each(["1800000000", undefined, null])("was issued at no known time for %j", async (iat) => {
    // Verified tokens with such an "iat" are refused; whoever believes every token reads no time from it.
    const { good, verifier } = await setUpVerifier({ mode: "jwt-unverified" });
    const result = await verifier.verify(await signToken(withClaims(good, { iat })));
    expect(result.ok && result.value.token).toMatchObject({ issuedAt: undefined });
  });

  it("is hashed once more only for a token without an id, and only when it is verified", async () => {
    const hashed: string[] = [];
    const { good, verifier } = await setUpVerifier({
      sha256: (text) => {
        hashed.push(text);
        return hash("sha256", text);
      },
    });
    const [named, nameless] = [await signToken(withClaims(good, { jti: "t-1" })), await signToken(good)];
    for (const token of [named, named, nameless, nameless]) await verifier.verify(token);
    expect(hashed).toEqual([named, named, nameless, nameless.slice(0, nameless.lastIndexOf(".")), nameless]);
  });
});

describe("a token in the cache that comes with another signature", () => {
  it("is judged anew: refused where the signature is wrong, let in where it is the other valid spelling", async () => {
    const { good, verifier } = await setUpVerifier();
    const token = await signToken(good);
    expect(codeOf(await verifier.verify(token))).toBe("passed");
    // From here on it is in the cache: the answer comes without a promise.
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    for (const [other, code] of [
      [damageSignature(token), "AUTH_SIGNATURE_INVALID"],
      [respellSignature(token), "passed"],
      [`${token.slice(0, token.lastIndexOf("."))}.`, "AUTH_SIGNATURE_MALFORMED"],
    ] as const) {
      expect(other).not.toBe(token);
      const judged = verifier.verify(other);
      expect(judged).toBeInstanceOf(Promise);
      expect(codeOf(await judged)).toBe(code);
    }
  });

  it("is met by a revocation without an id in both spellings, and by one with an id in both", async () => {
    const { good, verifier } = await setUpVerifier();
    for (const claims of [{}, { jti: "t-1" }]) {
      const token = await signToken(withClaims(good, claims));
      const names = (identity: Identity) => identity.token?.id ?? identity.token?.signingInputHash;
      const revoked = new Set<string | undefined>();
      const engine = engineWith({
        verifier,
        revocation: (identity) =>
          revoked.has(names(identity)) ? refuse("AUTH_CREDENTIAL_REVOKED").fault : undefined,
      });
      const ask = async (text: string) => engine.authenticate({ method: "GET", header: () => text });
      const [one, other] = [await ask(token), await ask(respellSignature(token))];
      expect([codeOf(one), codeOf(other)]).toEqual(["passed", "passed"]);
      if (!one.ok || !other.ok) throw new Error("both are let in");
      expect(names(other.value)).toBe(names(one.value));
      revoked.add(names(one.value));
      expect([codeOf(await ask(token)), codeOf(await ask(respellSignature(token)))]).toEqual([
        "AUTH_CREDENTIAL_REVOKED",
        "AUTH_CREDENTIAL_REVOKED",
      ]);
      // Twin: another token of the same user.
      const another = await signToken(withClaims(good, { ...claims, jti: "t-2" }));
      expect(codeOf(await ask(another))).toBe("passed");
    }
  });
});
