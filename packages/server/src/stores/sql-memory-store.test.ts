import type { Owner } from "@agentos/auth";
import { CompiledQuery } from "kysely";
import { expect, it } from "vitest";
import { describeMemoryStore } from "../memories/memory-store.suite.ts";
import type { StoredMemory } from "../memories/memory-store.ts";
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

it("lists one user's memories, and everybody's, by an index in the order of their changes", async () => {
  const database = await openTestDatabase("sqlite");
  const asked: CompiledQuery[] = [];
  const noting: typeof database = {
    ...database,
    read: (query) =>
      database.read((db) =>
        query(
          db.withPlugin({
            transformQuery({ node, queryId }) {
              asked.push(db.getExecutor().compileQuery(node, queryId));
              return node;
            },
            transformResult: async ({ result }) => result,
          }),
        ),
      ),
  };
  const store = createSqlMemoryStore(noting, { deployment: "d" });
  const owner: Owner = { issuer: "home", kind: "user", id: "alice" };
  const newest = { sortBy: "updatedAt", sortOrder: "desc", limit: 1, page: 1 } as const;
  await store.list({ kind: "user", owner }, newest);
  await store.list({ kind: "all" }, newest);
  await store.find({ kind: "user", owner }, { memoryId: "m" });
  const plans = await Promise.all(
    asked.map(({ sql: text, parameters }) =>
      database.read((db) =>
        db.executeQuery(CompiledQuery.raw(`explain query plan ${text}`, [...parameters])),
      ),
    ),
  );
  expect(plans).toHaveLength(5);
  for (const { rows } of plans)
    expect(JSON.stringify(rows)).not.toMatch(/SCAN agentos_\w+(?! USING)|USE TEMP B-TREE/);
  await database.close();
});
