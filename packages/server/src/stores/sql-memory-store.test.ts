import type { Owner } from "@agentos/auth";
import { expect, it } from "vitest";
import { describeMemoryStore } from "../memories/store.suite.ts";
import type { StoredMemory } from "../memories/store.ts";
import { createSqlMemoryStore } from "./sql-memory-store.ts";
import { openTestDatabase, TEST_DIALECTS } from "./test-database.fixture.ts";

for (const dialect of TEST_DIALECTS)
  describeMemoryStore(dialect, async () => {
    const database = await openTestDatabase(dialect);
    return {
      store: createSqlMemoryStore(database, { deployment: "d" }),
      close: () => database.close(),
    };
  });

it.each(TEST_DIALECTS)("keeps deployments of one database apart (%s)", async (dialect) => {
  const database = await openTestDatabase(dialect);
  const owner: Owner = { issuer: "home", kind: "user", id: "alice" };
  const [one, other] = ["one", "other"].map((deployment) => createSqlMemoryStore(database, { deployment }));
  const memory: StoredMemory = {
    memoryId: "m",
    owner,
    memory: "tea",
    topics: ["x"],
    agentId: undefined,
    teamId: undefined,
    createdAt: 1,
    updatedAt: 1,
  };
  const scope = { kind: "all" } as const;
  await one?.add(scope, memory);
  expect(await other?.find(scope, memory)).toBeUndefined();
  expect(await other?.remove(scope, { memoryIds: ["m"] })).toBe(0);
  expect(await other?.listTopics(scope, {})).toEqual([]);
  expect((await other?.listStatistics(scope, { limit: 1, page: 1 }))?.totalCount).toBe(0);
  expect(await one?.find(scope, memory)).toEqual(memory);
  await database.close();
});
