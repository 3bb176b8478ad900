import { signToken } from "@agentos/testkit";
import { expect, it } from "vitest";
import { createTokenCache } from "./token-cache.ts";
import { setUpVerifier } from "./verifier.fixture.ts";

const { good, verify } = await setUpVerifier({ algorithm: "HS256" });
const result = await verify(await signToken(good));
if (!result.ok) throw new Error(result.fault.code);
const identity = result.value;

/** Which of the names are kept; the question itself is a use, in this order. */
function keptOf(cache: ReturnType<typeof createTokenCache>, names: string): string {
  return Array.from(names)
    .filter((name) => cache.get(name, 0) !== undefined)
    .join("");
}

it("one entry has room in a cache of one, and leaves for the next", () => {
  const cache = createTokenCache(1);
  cache.set("a", identity, 0);
  expect(keptOf(cache, "a")).toBe("a");
  cache.set("b", identity, 0);
  expect([keptOf(cache, "ab"), cache.size]).toEqual(["b", 1]);
});

it("an entry that is set again is as young as a new one", () => {
  const cache = createTokenCache(2);
  cache.set("a", identity, 0);
  cache.set("b", identity, 0);
  cache.set("a", identity, 0);
  cache.set("c", identity, 0);
  expect([keptOf(cache, "abc"), cache.size]).toEqual(["ac", 2]);
});

it("an entry that is deleted, or was verified with older keys, takes no room", () => {
  const cache = createTokenCache(4);
  for (const name of "abcd") cache.set(name, identity, name === "b" ? 1 : 0);
  cache.delete("a");
  expect(cache.size).toBe(3);
  expect(cache.get("b", 0)).toBeUndefined();
  expect(cache.size).toBe(2);
  expect(keptOf(cache, "abcd")).toBe("cd");
  cache.clear();
  expect([keptOf(cache, "abcd"), cache.size]).toEqual(["", 0]);
});

it("an entry with other keys is dropped while most of the room is free, too", () => {
  const cache = createTokenCache(100);
  cache.set("a", identity, 0);
  expect([cache.get("a", 1), cache.size]).toEqual([undefined, 0]);
});

it("in a cache that is more than half full what was used last stays longest", () => {
  const cache = createTokenCache(4);
  for (const name of "abc") cache.set(name, identity, 0);
  expect(keptOf(cache, "a")).toBe("a");
  for (const name of "de") cache.set(name, identity, 0);
  expect([keptOf(cache, "abcde"), cache.size]).toEqual(["acde", 4]);
});
