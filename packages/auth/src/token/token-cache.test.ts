import { damageSignature, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import { createTokenCache } from "./token-cache.ts";
import { codeOf, parseTestKeys, setUpVerifier } from "./verifier.fixture.ts";

describe("a verified token", () => {
  it("is answered at once from then on, with the same identity", async () => {
    const { good, verifier } = await setUpVerifier();
    const token = await signToken(good);
    const first = verifier.verify(token);
    expect(first).toBeInstanceOf(Promise);
    const verified = await first;
    const second = verifier.verify(token);
    expect(second).toMatchObject({ ok: true });
    expect(verified.ok && "value" in second && second.value === verified.value).toBe(true);
  });

  it("dies at its expiry, skew included", async () => {
    const { good, verifier, clock } = await setUpVerifier();
    const token = await signToken(good);
    await verifier.verify(token);
    clock.advance(3609);
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    clock.advance(1);
    expect(verifier.verify(token)).toMatchObject({ ok: false, fault: { code: "AUTH_TOKEN_EXPIRED" } });
    expect(codeOf(await verifier.verify(token))).toBe("AUTH_TOKEN_EXPIRED");
  });

  it("is checked against its start again when the clock was set back", async () => {
    const { good, verifier, clock } = await setUpVerifier();
    const token = await signToken(withClaims(good, { nbf: clock.now() }));
    await verifier.verify(token);
    clock.advance(-10);
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    clock.advance(-1);
    expect(verifier.verify(token)).toMatchObject({
      ok: false,
      fault: { code: "AUTH_TOKEN_NOT_YET_VALID" },
    });
  });

  it("is verified anew when the keys change, and refused once its key is gone", async () => {
    const first = await setUpVerifier();
    const other = await setUpVerifier();
    const oldSet = createStaticKeySource(await parseTestKeys(first.key)).current();
    const newSet = { ...createStaticKeySource(await parseTestKeys(other.key)).current(), generation: 1 };
    let current = oldSet;
    const { verifier } = await setUpVerifier({ keySource: { current: () => current } });
    const token = await signToken(first.good);
    expect(codeOf(await verifier.verify(token))).toBe("passed");
    expect(verifier.verify(token)).toMatchObject({ ok: true });
    current = newSet;
    expect(codeOf(await verifier.verify(token))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it("is not kept under a newer key set than the one that verified it", async () => {
    const first = await setUpVerifier();
    const other = await setUpVerifier();
    const oldSet = createStaticKeySource(await parseTestKeys(first.key)).current();
    const newSet = { ...createStaticKeySource(await parseTestKeys(other.key)).current(), generation: 1 };
    let current = oldSet;
    const { verifier } = await setUpVerifier({ keySource: { current: () => current } });
    const token = await signToken(first.good);
    const underWay = verifier.verify(token);
    current = newSet;
    await underWay;
    expect(codeOf(await verifier.verify(token))).toBe("AUTH_SIGNATURE_INVALID");
  });

  it("does not vouch for another token with the same claims", async () => {
    const { good, verifier } = await setUpVerifier();
    const token = await signToken(good);
    await verifier.verify(token);
    expect(codeOf(await verifier.verify(damageSignature(token)))).toBe("AUTH_SIGNATURE_INVALID");
    expect(codeOf(await verifier.verify(`${token} `))).toBe("AUTH_TOKEN_SPACED");
  });

  it("is forgotten on clear, and never kept with the cache off", async () => {
    const { good, verifier } = await setUpVerifier();
    const token = await signToken(good);
    await verifier.verify(token);
    verifier.clear();
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
    const off = await setUpVerifier({ cacheEntries: 0 });
    const other = await signToken(off.good);
    await off.verifier.verify(other);
    expect(off.verifier.verify(other)).toBeInstanceOf(Promise);
  });

  it("that was refused is refused again, not remembered", async () => {
    const { good, verifier, clock } = await setUpVerifier();
    const token = await signToken(withClaims(good, { nbf: clock.now() + 60 }));
    expect(codeOf(await verifier.verify(token))).toBe("AUTH_TOKEN_NOT_YET_VALID");
    clock.advance(60);
    expect(codeOf(await verifier.verify(token))).toBe("passed");
  });
});

describe("createTokenCache", async () => {
  const { good, verify } = await setUpVerifier();
  const result = await verify(await signToken(good));
  if (!result.ok) throw new Error(result.fault.code);
  const identity = result.value;

  it("drops the least recently used entry first, and never grows beyond its capacity", () => {
    const cache = createTokenCache(2);
    cache.set("a", identity, 0);
    cache.set("b", identity, 0);
    cache.get("a", 0);
    cache.set("c", identity, 0);
    expect([cache.get("a", 0), cache.get("b", 0), cache.get("c", 0)]).toEqual([
      identity,
      undefined,
      identity,
    ]);
    expect(cache.size).toBe(2);
  });

  it("drops an entry of another generation", () => {
    const cache = createTokenCache(2);
    cache.set("a", identity, 0);
    expect(cache.get("a", 1)).toBeUndefined();
    expect(cache.get("a", 0)).toBeUndefined();
  });

  it("keeps nothing with capacity 0", () => {
    const cache = createTokenCache(0);
    cache.set("a", identity, 0);
    expect(cache.size).toBe(0);
  });
});
