/** What every memory store does; each driver runs it. */
import type { DataScope, Owner } from "@agentos/auth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_MEMORIES_PER_OWNER } from "./memory-limits.ts";
import type { MemoryQuery, MemoryStore, StoredMemory } from "./memory-store.ts";

const NOW = 1_795_000_000;
const ALL: DataScope = { kind: "all" };
const NONE: DataScope = { kind: "none" };
const ALICE: Owner = { issuer: "home", kind: "user", id: "alice" };
const BOB: Owner = { issuer: "home", kind: "user", id: "bob" };
/** Owners that a careless key would take for Alice. */
const ALMOST_ALICE: readonly Owner[] = [
  { ...ALICE, issuer: "partner" },
  { ...ALICE, kind: "claimed" },
  { ...ALICE, id: "Alice" },
  { ...ALICE, id: "alice " },
  { ...ALICE, id: "alíce" },
  { ...ALICE, id: "alice\u0000" },
  { issuer: "homealice", kind: "user", id: "" },
];
const only = (owner: Owner): DataScope => ({ kind: "user", owner });
const PAGE = { sortBy: "updatedAt", sortOrder: "desc", limit: 20, page: 1 } as const satisfies MemoryQuery;

let ids = 0;
function make(parts: Partial<StoredMemory> = {}): StoredMemory {
  ids += 1;
  return {
    memoryId: `m-${ids}`,
    owner: ALICE,
    memory: `memory ${ids}`,
    topics: [],
    agentId: undefined,
    teamId: undefined,
    createdAt: NOW,
    updatedAt: NOW + ids / 8,
    ...parts,
  };
}

export function describeMemoryStore(
  name: string,
  open: () => Promise<{ readonly store: MemoryStore; close(): Promise<void> }>,
): void {
  describe(`the memory store on ${name}`, () => {
    let store: MemoryStore;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ids = 0;
      ({ store, close } = await open());
    });
    afterEach(() => close());

    const add = async (parts: Partial<StoredMemory> = {}) => {
      const memory = make(parts);
      expect(await store.add(only(memory.owner), memory)).toBe(true);
      return memory;
    };
    it.each<[string, Partial<Owner>]>([
      ["an id that is too long for a key", { id: "long".repeat(2_000) }],
      ["an issuer with marks of its own", { issuer: 'a"b\\c' }],
      ["an issuer with what a database has no character for", { issuer: "a\u0000\ud800" }],
    ])("gives the owner back as it was: %s", async (_, parts) => {
      const owner = { ...ALICE, ...parts };
      const { memoryId } = await add({ owner });
      expect((await store.find(ALL, { memoryId }))?.owner).toEqual(owner);
      expect((await store.list(ALL, PAGE)).memories).toMatchObject([{ owner }]);
      expect((await store.listStatistics(ALL, { limit: 1, page: 1 })).statistics).toMatchObject([{ owner }]);
      expect(await store.remove(only(owner), { memoryIds: [memoryId] })).toBe(1);
    });

    const list = async (query: Partial<MemoryQuery> = {}, scope = only(ALICE)) =>
      (await store.list(scope, { ...PAGE, ...query })).memories.map(({ memoryId }) => memoryId);

    it("gives back what was added, every part of it", async () => {
      const memory = await add({
        memory: 'likes "tea" \u{1F375}\n and 100% of_it',
        topics: ["drinks", 'a"b', "ünï"],
        agentId: "a1",
        teamId: "t1",
      });
      expect(await store.find(only(ALICE), memory)).toEqual(memory);
      expect(await store.find(ALL, { memoryId: memory.memoryId })).toEqual(memory);
    });

    it("reaches nobody else's memory, whatever is done, however much an owner looks like another", async () => {
      for (const owner of [BOB, ...ALMOST_ALICE]) {
        const foreign = await add({ owner, topics: ["secret"] });
        const { memoryId } = foreign;
        const mine = only(ALICE);
        expect(await store.find(mine, { memoryId })).toBeUndefined();
        expect(await store.change(mine, { memoryId }, { memory: "x", topics: [], at: NOW })).toBeUndefined();
        expect(await store.remove(mine, { memoryIds: [memoryId] })).toBe(0);
        expect(await list()).toEqual([]);
        expect(await store.listTopics(mine, {})).toEqual([]);
        expect(await store.listStatistics(mine, PAGE)).toEqual({ statistics: [], totalCount: 0 });
        expect(await store.replace(mine, { owner: ALICE, removed: [foreign], added: [make()] })).toBe(false);
        expect(await store.find(only(owner), { memoryId })).toEqual(foreign);
      }
    });

    it("reaches nothing with the scope of nobody", async () => {
      const { memoryId } = await add({ topics: ["x"] });
      expect(await store.find(NONE, { memoryId })).toBeUndefined();
      expect(await store.list(NONE, PAGE)).toEqual({ memories: [], totalCount: 0 });
      expect(await store.remove(NONE, { memoryIds: [memoryId] })).toBe(0);
      expect(await store.listTopics(NONE, {})).toEqual([]);
      expect((await store.listStatistics(NONE, PAGE)).totalCount).toBe(0);
    });

    it("keeps nothing for an owner outside of the scope", async () => {
      const { memoryId } = await add();
      await expect(async () => store.add(only(BOB), make())).rejects.toThrow("INVARIANT");
      await expect(async () => store.add(NONE, make())).rejects.toThrow("INVARIANT");
      await expect(async () =>
        store.replace(only(BOB), { owner: ALICE, removed: [], added: [make()] }),
      ).rejects.toThrow("INVARIANT");
      expect(await list()).toEqual([memoryId]);
    });

    it("narrows a wide scope to one user, and never widens a narrow one", async () => {
      const own = await add();
      const claimed = await add({ owner: { ...ALICE, kind: "claimed" } });
      const bobs = await add({ owner: BOB });
      expect(await list({ userId: "alice" }, ALL)).toEqual([claimed.memoryId, own.memoryId]);
      expect(await list({}, ALL)).toEqual([bobs.memoryId, claimed.memoryId, own.memoryId]);
      expect(await list({ userId: "bob" })).toEqual([]);
      expect(await store.find(ALL, { memoryId: bobs.memoryId, userId: "alice" })).toBeUndefined();
      expect(await store.remove(ALL, { memoryIds: [bobs.memoryId], userId: "alice" })).toBe(0);
      expect(await store.remove(ALL, { memoryIds: [bobs.memoryId], userId: "bob" })).toBe(1);
    });

    it("knows users with very long ids apart", async () => {
      const [one, other] = ["x", "y"].map((end): Owner => ({ ...ALICE, id: `${"é".repeat(600)}${end}` }));
      if (one === undefined || other === undefined) throw new Error("two owners");
      const memory = await add({ owner: one });
      expect(await list({}, only(one))).toEqual([memory.memoryId]);
      expect(await list({}, only(other))).toEqual([]);
      expect(await list({ userId: one.id }, ALL)).toEqual([memory.memoryId]);
    });

    it("lists in the asked order, page by page, and counts all", async () => {
      const a = await add({ memory: "b", updatedAt: NOW + 3, createdAt: NOW + 1 });
      const b = await add({ memory: "c", updatedAt: NOW + 1, createdAt: NOW + 3 });
      const c = await add({ memory: "a", updatedAt: NOW + 2, createdAt: NOW + 3 });
      const [idA, idB, idC] = [a.memoryId, b.memoryId, c.memoryId];
      expect(await list()).toEqual([idA, idC, idB]);
      expect(await list({ sortOrder: "asc" })).toEqual([idB, idC, idA]);
      expect(await list({ sortBy: "createdAt" })).toEqual([idC, idB, idA]);
      expect(await list({ sortBy: "createdAt", sortOrder: "asc" })).toEqual([idA, idB, idC]);
      expect(await list({ sortBy: "memory", sortOrder: "asc" })).toEqual([idC, idA, idB]);
      expect(await list({ sortBy: "memoryId" })).toEqual([idC, idB, idA]);
      expect(await list({ limit: 2, page: 2 })).toEqual([idB]);
      expect(await store.list(only(ALICE), { ...PAGE, limit: 1, page: 9 })).toEqual({
        memories: [],
        totalCount: 3,
      });
    });

    it("finds a part of the text, whatever its case, with no character for any other", async () => {
      const tea = await add({ memory: "Likes 100% TEA_time" });
      await add({ memory: "Likes 1000 teaXtime" });
      expect(await list({ contains: "tea_" })).toEqual([tea.memoryId]);
      expect(await list({ contains: "100%" })).toEqual([tea.memoryId]);
      expect(await list({ contains: "likes" })).toHaveLength(2);
      expect(await list({ contains: "%" })).toEqual([tea.memoryId]);
      expect(await list({ contains: "\\" })).toEqual([]);
    });

    it("finds memories by agent, team and all of some topics, and no topic by a part of it", async () => {
      const a = await add({ topics: ["food", "x,y"], agentId: "a1" });
      const b = await add({ topics: ['fo"od', "Tea", "food\\"], teamId: "t1" });
      const c = await add({ topics: ["foo", "food, tea"] });
      expect(await list({ topics: ["FOOD"] })).toEqual([a.memoryId]);
      expect(await list({ topics: ["food", "x,y"] })).toEqual([a.memoryId]);
      expect(await list({ topics: ["food", "tea"] })).toEqual([]);
      expect(await list({ topics: ["tea"] })).toEqual([b.memoryId]);
      expect(await list({ topics: ["od"] })).toEqual([]);
      expect(await list({ topics: [","] })).toEqual([]);
      expect(await list({ topics: ['","'] })).toEqual([]);
      expect(await list({ topics: ["food\\"] })).toEqual([b.memoryId]);
      expect(await list({ topics: ["food, tea"] })).toEqual([c.memoryId]);
      expect(await list({ agentId: "a1" })).toEqual([a.memoryId]);
      expect(await list({ teamId: "t1" })).toEqual([b.memoryId]);
    });

    it("changes text and topics, and nothing else", async () => {
      const memory = await add({ topics: ["a"], agentId: "a1" });
      const changed = { ...memory, memory: "new", topics: ["b", "c"], updatedAt: NOW + 99.5 };
      const { memoryId } = memory;
      const change = { memory: "new", topics: ["b", "c"], at: NOW + 99.5 };
      expect(await store.change(only(ALICE), { memoryId }, change)).toEqual(changed);
      expect(await store.find(only(ALICE), { memoryId })).toEqual(changed);
      expect(await store.change(only(ALICE), { memoryId: "none" }, change)).toBeUndefined();
      expect(await store.change(ALL, { memoryId, userId: "bob" }, change)).toBeUndefined();
    });

    it("removes those that there are, each once", async () => {
      const [a, b] = [await add(), await add()];
      const memoryIds = [a.memoryId, a.memoryId, "none"];
      expect(await store.remove(only(ALICE), { memoryIds })).toBe(1);
      expect(await store.remove(only(ALICE), { memoryIds })).toBe(0);
      expect(await store.remove(only(ALICE), { memoryIds: [] })).toBe(0);
      expect(await list()).toEqual([b.memoryId]);
    });

    it("lists each topic once, and who has how many memories", async () => {
      await add({ topics: ["tea", "food"] });
      await add({ topics: ["food", "Tea"] });
      const newest = await add({ owner: BOB, topics: ["cars"] });
      expect(await store.listTopics(only(ALICE), {})).toEqual(["Tea", "food", "tea"]);
      expect(await store.listTopics(ALL, { userId: "bob" })).toEqual(["cars"]);
      const bobs = { owner: BOB, count: 1, updatedAt: newest.updatedAt };
      const alices = { owner: ALICE, count: 2, updatedAt: NOW + 2 / 8 };
      expect(await store.listStatistics(ALL, PAGE)).toEqual({ statistics: [bobs, alices], totalCount: 2 });
      expect(await store.listStatistics(ALL, { limit: 1, page: 2 })).toEqual({
        statistics: [alices],
        totalCount: 2,
      });
      expect(await store.listStatistics(only(ALICE), PAGE)).toEqual({ statistics: [alices], totalCount: 1 });
    });

    it("gives back an owner whose id is too long for a key", async () => {
      const owner = { ...ALICE, id: "long".repeat(1_000) };
      const { memoryId } = await add({ owner });
      expect((await store.find(ALL, { memoryId }))?.owner).toEqual(owner);
      expect(await store.listStatistics(ALL, { ...PAGE, userId: owner.id })).toMatchObject({
        statistics: [{ owner, count: 1 }],
      });
    });

    it("replaces all of it, or nothing", async () => {
      const [a, b, c] = [await add(), await add(), await add()];
      const merged = make({ memory: "both" });
      const replace = (removed: readonly StoredMemory[], added: readonly StoredMemory[]) =>
        store.replace(only(ALICE), { owner: ALICE, removed, added });
      expect(await replace([a, make()], [merged])).toBe(false);
      expect(await replace([a, { ...b, updatedAt: NOW }], [merged])).toBe(false);
      expect(await list()).toEqual([c.memoryId, b.memoryId, a.memoryId]);
      expect(await replace([a, b], [merged])).toBe(true);
      expect(await list()).toEqual([merged.memoryId, c.memoryId]);
    });

    it("keeps no more of one user than one may have, and all of it when it refuses", async () => {
      const others = await add({ owner: BOB });
      const first = make();
      const many = Array.from({ length: MAX_MEMORIES_PER_OWNER - 1 }, () => make());
      await store.add(only(ALICE), first);
      expect(
        await store.replace(only(ALICE), { owner: ALICE, removed: [first], added: [first, ...many] }),
      ).toBe(true);
      expect(await store.add(only(ALICE), make())).toBe(false);
      expect(
        await store.replace(only(ALICE), { owner: ALICE, removed: [first], added: [make(), make()] }),
      ).toBe(false);
      expect((await store.list(ALL, PAGE)).totalCount).toBe(MAX_MEMORIES_PER_OWNER + 1);
      expect(await store.find(only(BOB), others)).toEqual(others);
      await store.remove(only(ALICE), { memoryIds: [first.memoryId] });
      expect(await store.add(only(ALICE), make())).toBe(true);
    });
  });
}
