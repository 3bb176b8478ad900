import { describe, expect, test } from "vitest";
import { expectKey, generateEc, generateEd25519, generateRsa, toJwk } from "../judge/test-keys.fixture.ts";
import { type VerificationKey } from "../model/key.ts";
import { createKeySet, selectKeys } from "./key-set.ts";
import { parseJwks } from "./parse-jwks.ts";

const [rsa, other, ec, ed25519] = [generateRsa(), generateRsa(), generateEc("P-256"), generateEd25519()];
const pem = await expectKey(rsa.pem);
const ecPem = await expectKey(ec.pem);
const edPem = await expectKey(ed25519.pem);

async function jwks(...keys: readonly object[]): Promise<readonly VerificationKey[]> {
  return (await parseJwks(JSON.stringify({ keys }), { source: "JWT_JWKS_FILE" })).keys;
}
const [a, b] = await jwks({ ...toJwk(rsa.publicKey), kid: "a" }, { ...toJwk(other.publicKey), kid: "b" });
const [mixedA, mixedNone] = await jwks({ ...toJwk(rsa.publicKey), kid: "a" }, toJwk(other.publicKey));
const [bare] = await jwks(toJwk(other.publicKey));
if (!a || !b || !mixedA || !mixedNone || !bare) throw new Error("no keys");

const rs256 = (kid?: string) => ({ algorithm: "RS256", kid });

describe("the keys for a token", () => {
  test("are none in an empty set", () => {
    expect(selectKeys(createKeySet([]), rs256("a"))).toEqual({ refusal: "no-keys" });
  });

  test("with a known kid are exactly those that have it", () => {
    expect(selectKeys(createKeySet([pem, a, b]), rs256("b"))).toEqual({ keys: [b], isKidUnknown: false });
  });

  test("with a known kid must have the algorithm of the token (CVE-2026-48523)", () => {
    for (const algorithm of ["PS256", "ES256", "HS256", "none", "rs256", "__proto__", ""]) {
      expect(selectKeys(createKeySet([a, ecPem]), { algorithm, kid: "a" })).toEqual({
        refusal: "algorithm-mismatch",
      });
    }
  });

  test("with an unknown kid are those without one", () => {
    expect(selectKeys(createKeySet([a, pem, bare]), rs256("x"))).toEqual({
      keys: [pem, bare],
      isKidUnknown: true,
    });
  });

  test("with an unknown kid are never those that have another (CVE-2026-27962)", () => {
    expect(selectKeys(createKeySet([a, b]), rs256("x"))).toEqual({ refusal: "unknown-kid" });
    expect(selectKeys(createKeySet([a, b]), { algorithm: "ES256", kid: "x" })).toEqual({
      refusal: "unknown-kid",
    });
  });

  test("with an unknown kid are never those that have another, even when the key claims to answer it", () => {
    expect(selectKeys(createKeySet([{ ...a, answersUnknownKid: true }]), rs256("x"))).toEqual({
      refusal: "unknown-kid",
    });
  });

  test("with an unknown kid are none from a set in which another key has a kid", () => {
    expect(selectKeys(createKeySet([mixedA, mixedNone]), rs256("x"))).toEqual({ refusal: "unknown-kid" });
    expect(selectKeys(createKeySet([mixedA, mixedNone]), rs256())).toEqual({
      keys: [mixedA, mixedNone],
      isKidUnknown: false,
    });
  });

  test("with an unknown kid and an algorithm that only named keys have, the kid is the cause", () => {
    expect(selectKeys(createKeySet([a, ecPem]), rs256("x"))).toEqual({ refusal: "unknown-kid" });
    expect(selectKeys(createKeySet([a, ecPem]), { algorithm: "HS256", kid: "x" })).toEqual({
      refusal: "algorithm-mismatch",
    });
  });

  test("compare kids exactly", () => {
    for (const kid of ["A", "a ", "", "__proto__"])
      expect(selectKeys(createKeySet([a]), rs256(kid))).toEqual({ refusal: "unknown-kid" });
  });

  test("without a kid are all that fit, in order, where at most one of them has a kid", () => {
    const set = createKeySet([ecPem, pem, a]);
    expect(selectKeys(set, rs256())).toEqual({ keys: [pem, a], isKidUnknown: false });
    expect(selectKeys(set, { algorithm: "EdDSA" })).toEqual({ refusal: "algorithm-mismatch" });
    expect(selectKeys(createKeySet([a]), rs256())).toEqual({ keys: [a], isKidUnknown: false });
  });

  test("without a kid are none where there are several and each has one: the token has to name it", () => {
    expect(selectKeys(createKeySet([a, b]), rs256())).toEqual({ refusal: "no-kid" });
    expect(selectKeys(createKeySet([a, b]), { algorithm: "ES256" })).toEqual({
      refusal: "algorithm-mismatch",
    });
    expect(selectKeys(createKeySet([a, b]), rs256("a"))).toEqual({ keys: [a], isKidUnknown: false });
  });

  test("without a kid are those that have none, where a set of named keys comes from another source", () => {
    expect(selectKeys(createKeySet([ecPem, pem, a, b]), rs256())).toEqual({
      keys: [pem],
      isKidUnknown: false,
    });
    expect(selectKeys(createKeySet([ecPem, a, b]), rs256())).toEqual({ refusal: "no-kid" });
  });

  test("without a kid are all of a set in which some have none, whatever else there is", () => {
    const set = createKeySet([mixedA, mixedNone, { ...b, kid: "c" }]);
    expect(selectKeys(set, rs256())).toMatchObject({ keys: [mixedA, mixedNone, { kid: "c" }] });
  });

  test("an Ed25519 key is found under both of its names", () => {
    for (const algorithm of ["EdDSA", "Ed25519"]) {
      expect(selectKeys(createKeySet([edPem]), { algorithm })).toMatchObject({ keys: [edPem] });
    }
  });

  test("are the same frozen object each time", () => {
    const set = createKeySet([pem]);
    expect(selectKeys(set, rs256())).toBe(selectKeys(set, rs256()));
    expect(
      Object.isFrozen(set) && Object.isFrozen(set.keys) && Object.isFrozen(selectKeys(set, rs256())),
    ).toBe(true);
  });

  test("a set knows its algorithms", () => {
    expect(createKeySet([pem, a, edPem]).algorithms).toEqual(["RS256", "EdDSA", "Ed25519"]);
  });
});
