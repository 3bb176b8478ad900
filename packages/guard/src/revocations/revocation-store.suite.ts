/** What every store of revocations must do. Called by the test of each driver. */
import { describe, expect, it } from "vitest";
import type { NewRevocation, RevocationRoom, RevocationStore } from "./revocation-store.ts";

/** Far ahead of the clock of any database. */
const LATER = 4_000_000_000;

export const revocation: NewRevocation = {
  kind: "jti",
  issuer: "default",
  value: "t-1",
  issuedBefore: undefined,
  until: LATER,
  createdBy: { issuer: "default", id: "operator" },
};

/** A store of its own for each call, with so much room where it is given. */
export function revocationStoreSuite(name: string, create: (room?: RevocationRoom) => RevocationStore): void {
  async function add(store: RevocationStore, given: Partial<NewRevocation>) {
    const added = await store.add({ ...revocation, ...given });
    if (!added.ok) throw new Error(`it is full at ${added.fault.limit}`);
    return added.value;
  }

  describe(`${name} of revocations`, () => {
    it("gives back what it was given, with its place and its time", async () => {
      const store = create();
      const strange = { value: 'a"\\\u0000\u{1F600}', createdBy: { issuer: "c\u0000rp", id: "é" } };
      const first = await add(store, strange);
      const second = await add(store, { kind: "subject", issuedBefore: 77, createdBy: undefined });
      expect(first).toMatchObject({ ...revocation, ...strange });
      expect(second).toMatchObject({ kind: "subject", issuedBefore: 77, createdBy: undefined });
      expect(second.seq).toBeGreaterThan(first.seq);
      expect(Math.abs(first.createdAt - Date.now() / 1_000)).toBeLessThan(60);
      expect(await store.listAfter(0, 10)).toEqual([first, second]);
      expect((await store.list({ limit: 10 })).revocations).toEqual([second, first]);
    });

    it("reads on from where somebody stopped, so many at a time", async () => {
      const store = create();
      const all = [];
      for (let n = 0; n < 5; n += 1) all.push(await add(store, { value: `t-${n}` }));
      expect(await store.listAfter(0, 2)).toEqual(all.slice(0, 2));
      expect(await store.listAfter(all[1]?.seq ?? 0, 10)).toEqual(all.slice(2));
      expect(await store.listAfter(all[4]?.seq ?? 0, 10)).toEqual([]);
    });

    it("keeps one that says no more than another as that one, and one that says other things beside it", async () => {
      const store = create();
      const about = { kind: "subject", issuedBefore: 100 } as const;
      const first = await add(store, about);
      expect(await add(store, about)).toEqual(first);
      expect(await add(store, { ...about, issuedBefore: 99, until: LATER - 1 })).toEqual(first);
      for (const other of [{ issuedBefore: 101, until: LATER - 1 }, { issuer: "corp" }, { value: "t-2" }])
        expect((await add(store, { ...about, ...other })).seq).toBeGreaterThan(first.seq);
      expect((await store.list({ limit: 10 })).totalCount).toBe(4);
    });

    it("keeps one that says more in place of those that say less, however often it is asked for", async () => {
      const store = create({ capacity: 2, reserved: 0, spare: 0 });
      const about = { kind: "subject", value: "alice" } as const;
      for (let second = 0; second < 5; second += 1)
        await add(store, { ...about, issuedBefore: 100 + second, until: LATER + second });
      expect(await store.listAfter(0, 10)).toMatchObject([{ issuedBefore: 104, until: LATER + 4 }]);
      await add(store, { value: "t-1" });
      // There is no room for another, and this is none.
      const whole = await add(store, { ...about, until: LATER + 4 });
      expect(whole).toMatchObject({ issuedBefore: undefined });
      expect(await add(store, { ...about, issuedBefore: 5_000 })).toEqual(whole);
      expect(await store.list({ limit: 10 })).toMatchObject({ totalCount: 2 });
    });

    it("has room where some are past, and keeps of these what it has room for", async () => {
      const store = create({ capacity: 3, reserved: 1, spare: 0 });
      for (const until of [2, 1, 3]) await add(store, { value: `past-${until}`, until });
      await add(store, { value: "t-1" });
      const values = async () => (await store.listAfter(0, 10)).map(({ value }) => value);
      expect(await values()).toEqual(["past-2", "past-3", "t-1"]);
      await add(store, { kind: "subject", value: "alice" });
      expect(await values()).toEqual(["past-2", "past-3", "t-1", "alice"]);
      await add(store, { value: "t-2" });
      expect(await values()).toEqual(["t-1", "alice", "t-2"]);
      expect(await store.add({ ...revocation, value: "t-3" })).toEqual({ ok: false, fault: { limit: 3 } });
      expect(await values()).toEqual(["t-1", "alice", "t-2"]);
    });

    it("lists pages of those that are asked for, and none that is past", async () => {
      const store = create();
      for (const [kind, issuer, value] of [
        ["jti", "default", "a"],
        ["jti", "corp", "a"],
        ["sid", "default", "a"],
        ["jti", "default", "b"],
      ] as const)
        await add(store, { kind, issuer, value });
      await add(store, { value: "past", until: 1 });
      const find = async (query: object) => {
        const { revocations, totalCount } = await store.list({ limit: 2, ...query });
        return [totalCount, ...revocations.map(({ kind, issuer, value }) => `${kind} ${issuer} ${value}`)];
      };
      expect(await find({})).toEqual([4, "jti default b", "sid default a"]);
      expect(await find({ offset: 2 })).toEqual([4, "jti corp a", "jti default a"]);
      expect(await find({ kind: "jti", value: "a" })).toEqual([2, "jti corp a", "jti default a"]);
      expect(await find({ issuer: "corp" })).toEqual([1, "jti corp a"]);
    });

    it("says when it is full, and has room again when one is past", async () => {
      const store = create({ capacity: 2, spare: 0 });
      await add(store, { value: "a" });
      await add(store, { value: "b" });
      expect(await store.add({ ...revocation, value: "c" })).toEqual({ ok: false, fault: { limit: 2 } });
      // One that says nothing new takes no room.
      expect(await store.add({ ...revocation, value: "a" })).toMatchObject({ ok: true });
      const other = create({ capacity: 2, spare: 0 });
      await add(other, { value: "a" });
      await add(other, { value: "past", until: 1 });
      expect(await other.add({ ...revocation, value: "c" })).toMatchObject({ ok: true });
    });

    it("has a little room left for whoever has kept few, when somebody else has filled it", async () => {
      const store = create({ capacity: 12, reserved: 1, spare: 2 });
      for (let n = 0; n < 12; n += 1) await add(store, { value: `t-${n}` });
      await add(store, { kind: "subject", value: "mallory" });
      expect(await store.add({ ...revocation, value: "more" })).toEqual({ ok: false, fault: { limit: 12 } });
      await add(store, { value: "one", createdBy: undefined });
      await add(store, { value: "two", createdBy: { issuer: "corp", id: "operator" } });
      const more = { ...revocation, value: "more", createdBy: undefined };
      expect(await store.add(more)).toEqual({ ok: false, fault: { limit: 15 } });
    });

    it("has room left for users and keys when there is none for single tokens", async () => {
      const store = create({ capacity: 1, reserved: 2, spare: 0 });
      await add(store, { value: "a" });
      for (const kind of ["jti", "sid"] as const)
        expect(await store.add({ ...revocation, kind, value: "b" })).toEqual({
          ok: false,
          fault: { limit: 1 },
        });
      await add(store, { kind: "subject", value: "mallory" });
      await add(store, { kind: "key", issuer: "", value: "k" });
      const more = { ...revocation, kind: "subject", value: "another" } as const;
      expect(await store.add(more)).toEqual({ ok: false, fault: { limit: 3 } });
    });
  });
}
