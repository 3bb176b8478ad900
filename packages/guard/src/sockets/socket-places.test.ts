import { createOwner } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { createSocketPlaces, type SocketPlace, type SocketPlaces } from "./socket-places.ts";

function take(places: SocketPlaces, address?: string, isAuthenticated = false): SocketPlace {
  const place = places.take(address, isAuthenticated);
  if ("code" in place) throw new Error(place.code);
  return place;
}
const takeMany = (count: number, one: (index: number) => SocketPlace) =>
  Array.from({ length: count }, (_, index) => one(index));
const alice = createOwner("default", "alice");

/** Places of strangers, each from an address of its own, and the numbers of those that had to make way. */
function takeWaiting(places: SocketPlaces, count: number) {
  const gone: number[] = [];
  const waiting = takeMany(count, (n) => {
    const place = take(places, `10.${n >> 8}.${n & 255}.1`);
    place.onTaken(() => gone.push(n));
    return place;
  });
  return { waiting, gone };
}

describe("places of connections", () => {
  it("are a thousand in all, and one is free again when its connection is gone, once", () => {
    const places = createSocketPlaces();
    const [first] = takeMany(1_000, (n) => take(places, `10.0.${n % 250}.${n % 200}`, true));
    expect(places.take("192.0.2.1", false)).toEqual({ code: "RUN_SERVER_SOCKETS", limit: 1_000 });
    first?.release();
    first?.release();
    take(places, "192.0.2.1", true);
    expect(places.take("192.0.2.2", false)).toMatchObject({ code: "RUN_SERVER_SOCKETS" });
  });

  it("of strangers are twenty for each address; who is known does not count there any more", () => {
    const places = createSocketPlaces();
    const [first, second] = takeMany(20, () => take(places, "192.0.2.1"));
    const full = { code: "RUN_ADDRESS_SOCKETS", limit: 20 };
    expect(places.take("192.0.2.1", false)).toEqual(full);
    take(places, "192.0.2.2");
    first?.claim(alice);
    take(places, "192.0.2.1");
    expect(places.take("192.0.2.1", false)).toEqual(full);
    // It has left that count already.
    first?.release();
    expect(places.take("192.0.2.1", false)).toEqual(full);
    second?.release();
    take(places, "192.0.2.1");
  });

  it("of IPv6 are counted for each network, and of an unknown address together", () => {
    const places = createSocketPlaces();
    takeMany(20, (n) => take(places, `2001:db8:1:2::${n}`));
    expect(places.take("2001:db8:1:2:ffff::1", false)).toMatchObject({ code: "RUN_ADDRESS_SOCKETS" });
    take(places, "2001:db8:1:3::1");
    takeMany(20, () => take(places));
    expect(places.take(undefined, false)).toMatchObject({ code: "RUN_ADDRESS_SOCKETS" });
  });

  it("of one user are a hundred; those who name nobody share no such count", () => {
    const places = createSocketPlaces();
    const mine = takeMany(100, (n) => take(places, `10.0.0.${n}`));
    for (const place of mine) expect(place.claim(alice)).toBeUndefined();
    const more = take(places, "192.0.2.1");
    expect(more.claim(alice)).toEqual({ code: "RUN_CALLER_SOCKETS", limit: 100 });
    expect(take(places, "192.0.2.1").claim(createOwner("partner", "alice"))).toBeUndefined();
    mine[0]?.release();
    expect(more.claim(alice)).toBeUndefined();
    for (const place of takeMany(101, (n) => take(places, `10.1.0.${n}`)))
      expect(place.claim(createOwner("default", undefined))).toBeUndefined();
  });

  it("of strangers are two hundred and fifty in all: for one more the oldest of them makes way", () => {
    const places = createSocketPlaces();
    const { waiting, gone } = takeWaiting(places, 250);
    expect(gone).toEqual([]);
    waiting[0]?.claim(alice);
    take(places, "192.0.2.1");
    expect(gone).toEqual([]);
    take(places, "192.0.2.2");
    take(places, "192.0.2.3");
    expect(gone).toEqual([1, 2]);
    expect([0, 1, 3].map((n) => waiting[n]?.isWaiting())).toEqual([false, false, true]);
    // Its place was given away with it.
    waiting[1]?.release();
    take(places, "192.0.2.4");
    expect(gone).toEqual([1, 2, 3]);
  });

  it("of strangers make way for one more where the server is full otherwise", () => {
    const places = createSocketPlaces();
    takeMany(998, () => take(places, undefined, true));
    const { gone } = takeWaiting(places, 2);
    take(places, "192.0.2.1", true);
    expect(gone).toEqual([0]);
    take(places, "192.0.2.1", true);
    expect(gone).toEqual([0, 1]);
    expect(places.take("192.0.2.1", true)).toMatchObject({ code: "RUN_SERVER_SOCKETS" });
  });

  it("that are given back are claimed by nobody", () => {
    const places = createSocketPlaces();
    const gone = take(places, "192.0.2.1");
    gone.release();
    expect(gone.claim(alice)).toBeUndefined();
    for (const place of takeMany(100, (n) => take(places, `10.0.0.${n}`)))
      expect(place.claim(alice)).toBeUndefined();
  });
});
