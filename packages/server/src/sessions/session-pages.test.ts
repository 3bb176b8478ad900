import type { DataScope } from "@agentos/auth";
import { expect, test } from "vitest";
import { keyOf, storeRun } from "../runs/store.suite.ts";
import type { RunStore, SessionQuery } from "../runs/store.ts";
import { ownerNamed } from "../runs/test-run.fixture.ts";
import { createSqlRunStore } from "../stores/sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS } from "../stores/test-database.fixture.ts";
import { createSessionPages } from "./session-pages.ts";

const alice = ownerNamed("alice");
const bob = ownerNamed("bob");
const scopeOf = (owner: typeof alice): DataScope => ({ kind: "user", owner });
const query: SessionQuery = { sortBy: "createdAt", sortOrder: "desc", limit: 20, page: 1 };

test.each(TEST_DIALECTS)(
  "a page shows what was changed a moment ago, by whatever server: %s",
  async (dialect) => {
    const database = await openTestDatabase(dialect);
    const own = createSqlRunStore(database, { deployment: "d", nodeId: "own" });
    const other = createSqlRunStore(database, { deployment: "d", nodeId: "other" });
    const list = createSessionPages(own);
    const count = async () => (await list(scopeOf(alice), query)).totalCount;
    expect([await count(), await count()]).toEqual([0, 0]);
    await storeRun(own, keyOf(alice), "r1");
    expect([await count(), await count()]).toEqual([1, 1]);
    await storeRun(other, keyOf(alice, { sessionId: "s2" }), "r2");
    expect(await count()).toBe(2);
    await other.changeSession({ kind: "all" }, keyOf(alice), { name: "Renamed", at: 5 });
    expect((await list(scopeOf(alice), query)).items).toContain("Renamed");
    await own.deleteSession({ kind: "all" }, keyOf(alice));
    expect(await count()).toBe(1);
    await database.close();
  },
);

/** Counts how often it is really asked. */
function createCountingStore(name = "") {
  let asked = 0;
  const store: Pick<RunStore, "listSessions" | "changeStamp"> = {
    changeStamp: () => "same",
    async listSessions(scope) {
      asked += 1;
      if (scope.kind !== "user") return { sessions: [], totalCount: 0 };
      const session = {
        key: keyOf(scope.owner),
        name: name === "" ? scope.owner.id : name,
        firstInput: undefined,
        state: {},
        metadata: undefined,
        summary: undefined,
        tokens: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
        createdAt: 1,
        updatedAt: 1,
      };
      return { sessions: [session], totalCount: 1 };
    },
  };
  return { store, asked: () => asked };
}

test("what is kept for one owner, or one query, is shown to no other", async () => {
  const { store, asked } = createCountingStore();
  const list = createSessionPages(store);
  const scopes: readonly DataScope[] = [
    scopeOf(alice),
    scopeOf(bob),
    scopeOf({ ...alice, kind: "claimed" }),
    scopeOf({ ...alice, issuer: "partner" }),
    scopeOf({ ...alice, issuer: 'default","kind":"user","id":"bob' }),
    { kind: "all" },
  ];
  for (const scope of scopes) await list(scope, query);
  await list(scopeOf(alice), { ...query, page: 2 });
  expect(asked()).toBe(scopes.length + 1);
  expect((await list(scopeOf(alice), query)).items).toContain('"user_id":"alice"');
  expect((await list(scopeOf(bob), query)).items).toContain('"user_id":"bob"');
  expect(asked()).toBe(scopes.length + 1);
});

test("pages are kept within bytes: the oldest make room", async () => {
  const { store, asked } = createCountingStore("x".repeat(1_000_000));
  const list = createSessionPages(store);
  const read = (page: number) => list(scopeOf(alice), { ...query, page });
  for (const page of [1, 2, 3]) await read(page);
  expect(asked()).toBe(3);
  await read(3);
  expect(asked()).toBe(3);
  await read(1);
  expect(asked()).toBe(4);
});
