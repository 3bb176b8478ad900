import { expect, test } from "vitest";
import { createSqlRunStore } from "../stores/sql-run-store.ts";
import { openTestDatabase } from "../stores/test-database.fixture.ts";
import { createSessionService } from "./session-service.ts";

test("others are served while many sessions of a file are looked for", async () => {
  const database = await openTestDatabase("sqlite");
  const service = createSessionService({
    store: {
      ...createSqlRunStore(database, { deployment: "d", nodeId: "n" }),
      findSessions: () => Promise.reject(new Error("each of them may be half a megabyte")),
    },
    runs: { deleteSession: async () => false },
    runtime: { clock: { now: () => 0 }, generateId: () => "id" },
  });
  let othersServed = 0;
  const serveOthers = () => {
    othersServed += 1;
    next = setImmediate(serveOthers);
  };
  let next = setImmediate(serveOthers);
  const filters = Array.from({ length: 50 }, (_, index) => ({ sessionId: `s${index}` }));
  expect(await service.delete({ kind: "all" }, filters)).toEqual({ ok: true, value: undefined });
  clearImmediate(next);
  expect(othersServed).toBeGreaterThanOrEqual(50);
  await database.close();
});
