import type { DataScope, Owner } from "@agentos/auth";
import { expect, it } from "vitest";
import { describeMemoryStore } from "../memories/memory-store.suite.ts";
import { createVolatileMemoryStore } from "./volatile-memory-store.ts";

describeMemoryStore("memory", async () => ({
  store: createVolatileMemoryStore(),
  close: async () => undefined,
}));

const ALL: DataScope = { kind: "all" };

it("makes room by what the largest owner changed longest ago, and ids that a form claims are one owner", async () => {
  const store = createVolatileMemoryStore({ maxBytes: 100_000 });
  let ids = 0;
  const add = (owner: Owner) => {
    ids += 1;
    return store.add(ALL, {
      memoryId: `m-${ids}`,
      owner,
      memory: "x".repeat(1_000),
      topics: [],
      agentId: undefined,
      teamId: undefined,
      createdAt: ids,
      updatedAt: ids,
    });
  };
  const alice: Owner = { issuer: "home", kind: "user", id: "alice" };
  await add(alice);
  await add(alice);
  for (let n = 0; n < 300; n += 1) await add({ issuer: "home", kind: "claimed", id: `made-up-${n}` });
  for (let n = 0; n < 300; n += 1) await add({ ...alice, id: "flood" });
  expect(await store.find(ALL, { memoryId: "m-1" })).toBeDefined();
  expect(await store.find(ALL, { memoryId: "m-2" })).toBeDefined();
  expect(await store.find(ALL, { memoryId: `m-${ids}` })).toBeDefined();
  const { totalCount } = await store.list(ALL, {
    sortBy: "updatedAt",
    sortOrder: "desc",
    limit: 1,
    page: 1,
  });
  expect(totalCount).toBeGreaterThan(20);
  expect(totalCount).toBeLessThan(60);
});
