import { createTestKey } from "@agentos/testkit";
import { describe, expect, it, vi } from "vitest";
import { ok } from "../../outcome/result.ts";
import { failed, JWKS_URL, keySet, notModified, settle, setUpRemoteKeys } from "./remote-keys.fixture.ts";

const second = await createTestKey("ES256", { kid: "k2" });
const secret = await createTestKey("HS256", { kid: "s" });

describe("the first look", () => {
  it("gives the keys of the set", async () => {
    const { result, kids, source } = await setUpRemoteKeys();
    expect([result.faults, kids(), source.status().state]).toEqual([[], ["k1"], "ok"]);
  });

  it.each([
    ["nothing answers", failed("KEY_SOURCE_UNREACHABLE"), "KEY_SOURCE_UNREACHABLE"],
    ["the port itself fails", "reject" as const, "KEY_SOURCE_UNREACHABLE"],
    ["the answer is no JSON", ok({ kind: "document" as const, text: "<html>" }), "KEY_JWKS_INVALID"],
    ["the set is empty", keySet([]), "KEY_JWKS_EMPTY"],
    ["a shared secret lies open in it", keySet([second, secret]), "KEY_JWKS_SECRET"],
    ["it confirms what was never read", notModified(), "KEY_SOURCE_STATUS"],
  ])("gives no source when %s, and says so", async (_, answer, code) => {
    const { result, codes } = await setUpRemoteKeys({ answers: { [JWKS_URL]: answer } });
    expect(result.keySource).toBeUndefined();
    expect(codes()).toContain(code);
    // The operator is told whom to ask, and nothing else of the address.
    expect(JSON.stringify(result.faults)).not.toMatch(/secret detail|issuer\.test\/|https:/);
  });
});

describe("when a look is due", () => {
  it("serves the old keys at once and reads the new ones behind the request", async () => {
    const { issuer, clock, source, kids, key, count } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = keySet([key, second]);
    clock.advance(299);
    expect([kids(), await count()]).toEqual([["k1"], 1]);
    clock.advance(1);
    expect([kids(), await count()]).toEqual([["k1"], 2]);
    await settle(() => source.current().keys.length === 2);
    expect([kids(), source.current().generation]).toEqual([["k1", "k2"], 1]);
  });

  it("never blocks on an issuer that hangs, and never asks it twice at a time", async () => {
    const { issuer, clock, source, kids, key, count } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = "hang";
    clock.advance(1_000);
    for (let i = 0; i < 50; i++) expect(kids()).toEqual(["k1"]);
    expect(await count()).toBe(2);
    const waiting = [source.refresh("x"), source.refresh("y")];
    issuer.answers[JWKS_URL] = keySet([key, second]);
    issuer.release();
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(issuer.calls).toHaveLength(2);
  });

  it.each([
    ["max-age=600", undefined, 600],
    ["max-age=600", 100, 500],
    ["public, max-age=1", undefined, 60],
    ["max-age=999999", undefined, 900],
    ["no-store", undefined, 60],
    ["max-age=600, no-cache", undefined, 60],
    ['max-age="120"', undefined, 120],
    ["s-maxage=120", undefined, 300],
    ["max-age=nonsense", undefined, 300],
  ])("honours cache-control %s with age %s within its bounds: %i s", async (cacheControl, age, seconds) => {
    const key = await createTestKey("ES256", { kid: "k1" });
    const headers = { cacheControl, ...(age === undefined ? {} : { ageSeconds: age }) };
    const { clock, source, count } = await setUpRemoteKeys({
      answers: { [JWKS_URL]: keySet([key], headers) },
    });
    clock.advance(seconds - 1);
    source.current();
    expect(await count()).toBe(1);
    clock.advance(1);
    source.current();
    expect(await count()).toBe(2);
  });

  it("sends the ETag, and keeps set and generation when nothing was modified", async () => {
    const { issuer, clock, source, count } = await setUpRemoteKeys();
    const before = source.current();
    issuer.answers[JWKS_URL] = notModified("max-age=120");
    clock.advance(300);
    expect(await source.refresh("x")).toBe(false);
    expect(issuer.calls).toEqual([
      { url: JWKS_URL, etag: undefined },
      { url: JWKS_URL, etag: '"1"' },
    ]);
    expect(source.current()).toBe(before);
    clock.advance(119);
    source.current();
    expect(await count()).toBe(2);
  });

  it("keeps set and generation when the same document comes again", async () => {
    const { clock, source } = await setUpRemoteKeys();
    const before = source.current();
    clock.advance(300);
    expect(await source.refresh("x")).toBe(false);
    expect(source.current()).toBe(before);
  });
});

describe("an unknown kid", () => {
  it("is a reason to look once per cool-down, whoever asks", async () => {
    const { issuer, clock, source, kids, key } = await setUpRemoteKeys();
    for (let i = 0; i < 1_000; i++) expect(await source.refresh(`junk-${i}`)).toBe(false);
    expect(issuer.calls).toHaveLength(2);
    issuer.answers[JWKS_URL] = keySet([key, second]);
    clock.advance(9);
    expect(await source.refresh("k2")).toBe(false);
    clock.advance(1);
    expect(await source.refresh("k2")).toBe(true);
    expect([kids(), issuer.calls.length]).toEqual([["k1", "k2"], 3]);
  });

  it("waits for the fetch that is under way, many at once", async () => {
    const { issuer, source, key } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = "hang";
    const waiting = Array.from({ length: 20 }, (_, i) => source.refresh(`k${i}`));
    issuer.answers[JWKS_URL] = keySet([key, second]);
    issuer.release();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
    expect(issuer.calls).toHaveLength(2);
  });

  it("cools down after a failure too, and after one that took long", async () => {
    const { issuer, clock, source, key } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = "hang";
    const waiting = source.refresh("k2");
    clock.advance(60);
    issuer.answers[JWKS_URL] = failed();
    issuer.release();
    expect(await waiting).toBe(false);
    issuer.answers[JWKS_URL] = keySet([key, second]);
    clock.advance(9);
    for (let i = 0; i < 100; i++) {
      source.current();
      expect(await source.refresh("k2")).toBe(false);
    }
    expect(issuer.calls).toHaveLength(2);
    clock.advance(1);
    expect(await source.refresh("k2")).toBe(true);
  });

  it("still looks when the clock was set back", async () => {
    const { issuer, clock, source } = await setUpRemoteKeys();
    await source.refresh("x");
    clock.advance(-1_000);
    await source.refresh("x");
    expect(issuer.calls).toHaveLength(3);
  });
});

describe("an issuer that fails", () => {
  it("keeps its last good keys for an hour, not a second longer, and gets them back when it recovers", async () => {
    const { issuer, clock, source, kids } = await setUpRemoteKeys();
    const states: string[] = [];
    source.subscribe(() => states.push(source.status().state));
    issuer.answers[JWKS_URL] = failed();
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(60);
      await source.refresh("x");
      expect(kids()).toEqual(["k1"]);
    }
    expect(source.status()).toMatchObject({
      state: "stale",
      faults: [{ code: "KEY_SOURCE_STALE" }, { code: "KEY_SOURCE_TIMEOUT" }],
    });
    clock.advance(1);
    expect(kids()).toEqual([]);
    expect(source.status()).toMatchObject({ state: "failed", faults: [{ code: "KEY_SOURCE_EXPIRED" }, {}] });
    // The same keys, confirmed again by their ETag.
    issuer.answers[JWKS_URL] = notModified();
    clock.advance(10);
    expect(await source.refresh("k1")).toBe(true);
    expect([kids(), source.status().state]).toEqual([["k1"], "ok"]);
    // Told at each failure, since its reason may be another one.
    expect(states.length).toBeGreaterThan(3);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(["stale", "failed", "ok"]);
  });

  it.each([
    ["a set that is no JSON", ok({ kind: "document" as const, text: "{" })],
    ["a set with an open secret", keySet([second, secret])],
  ])("keeps the last good keys when it answers with %s", async (_, answer) => {
    const { issuer, clock, source, kids } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = answer;
    clock.advance(300);
    await source.refresh("x");
    expect([kids(), source.status().state]).toEqual([["k1"], "stale"]);
  });

  it("drops every key at once when the set is empty, and takes them back when they return", async () => {
    const { issuer, clock, source, kids, key } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = keySet([]);
    clock.advance(300);
    expect(await source.refresh("x")).toBe(true);
    expect([kids(), source.status().faults.map(({ code }) => code)]).toEqual([[], ["KEY_JWKS_EMPTY"]]);
    issuer.answers[JWKS_URL] = keySet([key]);
    clock.advance(10);
    expect(await source.refresh("k1")).toBe(true);
    expect(kids()).toEqual(["k1"]);
  });

  it("drops a key at once that a valid set no longer holds", async () => {
    const { issuer, clock, source, kids } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = keySet([second]);
    clock.advance(300);
    expect(await source.refresh("k2")).toBe(true);
    expect([kids(), source.current().generation]).toEqual([["k2"], 1]);
  });

  it("is asked again after the cool-down when requests come, and not before", async () => {
    const { issuer, clock, source, count } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = failed();
    clock.advance(300);
    await source.refresh("x");
    clock.advance(9);
    source.current();
    expect(await count()).toBe(2);
    clock.advance(1);
    source.current();
    expect(await count()).toBe(3);
  });
});

describe("whatever a look throws", () => {
  // The port promises a text here; what breaks its promise stands for every fault of our own.
  const broken = ok({ kind: "document", text: '{"keys":[]}', cacheControl: 5 } as never);

  it("is a fault at the first look", async () => {
    const { result, codes } = await setUpRemoteKeys({ answers: { [JWKS_URL]: broken } });
    expect([result.keySource, codes()]).toEqual([undefined, ["KEY_JWKS_INVALID"]]);
  });

  it("is a fault later, and keeps the last good keys and the cool-down", async () => {
    const { issuer, clock, source, kids, count, key } = await setUpRemoteKeys();
    issuer.answers[JWKS_URL] = broken;
    clock.advance(300);
    expect(await source.refresh("k2")).toBe(false);
    expect([kids(), source.status().state]).toEqual([["k1"], "stale"]);
    expect(source.status().faults.map(({ code }) => code)).toEqual(["KEY_SOURCE_STALE", "KEY_JWKS_INVALID"]);
    for (let attempt = 0; attempt < 50; attempt++) source.current();
    expect(await count()).toBe(2);
    issuer.answers[JWKS_URL] = keySet([key, second]);
    clock.advance(10);
    expect(await source.refresh("k2")).toBe(true);
    expect([kids(), source.status().state]).toEqual([["k1", "k2"], "ok"]);
  });

  it("by way of a listener changes nothing", async () => {
    const { issuer, clock, source, kids } = await setUpRemoteKeys();
    const heard = vi.fn<() => void>();
    source.subscribe(() => {
      throw new Error("a careless listener");
    });
    source.subscribe(heard);
    issuer.answers[JWKS_URL] = keySet([second]);
    clock.advance(300);
    expect(await source.refresh("k2")).toBe(true);
    expect([kids(), source.status().state, heard.mock.calls.length]).toEqual([["k2"], "ok", 1]);
    clock.advance(3_601);
    expect(kids()).toEqual([]);
  });
});

describe("keys that nobody asked for in over an hour", () => {
  it("are not used unconfirmed, and are confirmed for the request that comes", async () => {
    const { clock, source, kids } = await setUpRemoteKeys();
    clock.advance(3_601);
    expect(kids()).toEqual([]);
    expect(await source.refresh("k1")).toBe(true);
    expect(kids()).toEqual(["k1"]);
  });
});

describe("close", () => {
  it("starts no fetch, and takes no answer that is still under way", async () => {
    const { issuer, clock, source, kids } = await setUpRemoteKeys();
    const listener = vi.fn<() => void>();
    source.subscribe(listener);
    issuer.answers[JWKS_URL] = "hang";
    const waiting = source.refresh("k2");
    source.close();
    issuer.answers[JWKS_URL] = keySet([second]);
    issuer.release();
    expect(await waiting).toBe(false);
    clock.advance(400);
    expect([kids(), await source.refresh("x"), issuer.calls.length]).toEqual([["k1"], false, 2]);
    expect(listener).not.toHaveBeenCalled();
  });
});
