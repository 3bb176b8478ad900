import type { DataScope } from "@agentos/auth";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { beginKept, endKept, eventsFrom, readAll } from "../runs/event-log.suite.ts";
import { toRows } from "../runs/event-rows.ts";
import type { RunLease, RunStore } from "../runs/store.ts";
import { sweepEvents } from "./sql-event-retention.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };
const HOUR = 3_600;

async function open(dialect: (typeof TEST_DIALECTS)[number]) {
  const database = await openTestDatabase(dialect);
  onTestFinished(() => database.close());
  const storeOf = (eventsSeconds: number, deployment = "shop") =>
    createSqlRunStore(database, { deployment, nodeId: `node of ${eventsSeconds}`, eventsSeconds });
  const sweep = (deployment = "shop") =>
    sweepEvents(database, { deployment, pause: () => Promise.resolve() });
  return { database, storeOf, sweep };
}

async function say(store: RunStore, lease: RunLease, rows: number) {
  // A delta and another event by turns: no two share a row.
  const entries = Array.from({ length: rows }, (_, index) => eventsFrom(index % 2, 1)).flat();
  await store.events.append([{ lease, rows: toRows(0, entries) }]);
  return entries.length;
}

async function runToEnd(store: RunStore, runId: string, rows = 3): Promise<RunLease> {
  const lease = await beginKept(store, runId);
  await store.finishRun(lease, endKept(lease, await say(store, lease, rows)));
  return lease;
}

const placeOf = (store: RunStore, { key, runId }: RunLease) =>
  store.findPlace(all, { component: key.component, runId });

const untilOf = (database: TestDatabase, { runNo }: RunLease) =>
  database.read(async (db) => {
    const query = db.selectFrom("agentos_runs").select("events_until").where("run_no", "=", runNo);
    return (await query.executeTakeFirstOrThrow()).events_until;
  });

describe.each(TEST_DIALECTS)("the events of runs in %s", (dialect) => {
  it("go when their time after the end is over, and the run stays", async () => {
    const { database, storeOf, sweep } = await open(dialect);
    const [old, young] = [await runToEnd(storeOf(-1), "r1"), await runToEnd(storeOf(HOUR), "r2")];
    expect(await sweep()).toBe(4);
    expect(await readAll(storeOf(HOUR), old)).toEqual([]);
    expect(await untilOf(database, old)).toBeNull();
    expect(await placeOf(storeOf(HOUR), old)).toMatchObject({ status: "COMPLETED", hasEvents: false });
    expect((await storeOf(HOUR).findRun(all, old.key, "r1"))?.events).toHaveLength(1);
    expect(await readAll(storeOf(HOUR), young)).toHaveLength(4);
    expect((await untilOf(database, young)) ?? 0).toBeGreaterThan(Date.now() / 1_000 + HOUR - 60);
    expect(await placeOf(storeOf(HOUR), young)).toMatchObject({ hasEvents: true });
    expect(await sweep()).toBe(0);
  });

  it("are kept by the database's clock, whatever that of their server says", async () => {
    const { database, storeOf, sweep } = await open(dialect);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() - 2 * HOUR * 1_000);
    onTestFinished(() => clock.mockRestore());
    const lease = await runToEnd(storeOf(HOUR), "r1");
    clock.mockRestore();
    expect((await untilOf(database, lease)) ?? 0).toBeGreaterThan(Date.now() / 1_000 + HOUR - 60);
    expect(await sweep()).toBe(0);
  });

  it("are not shown any more once their time is over, whoever has deleted how many of them", async () => {
    const { storeOf } = await open(dialect);
    const lease = await runToEnd(storeOf(-1), "r1");
    expect(await placeOf(storeOf(HOUR), lease)).toMatchObject({ hasEvents: false });
  });

  it("go from the first one on: whoever has read some of them finds no gap", async () => {
    const { database, storeOf } = await open(dialect);
    const lease = await runToEnd(storeOf(-1), "r1", 2_500);
    const cut = new Error("no more");
    await expect(
      sweepEvents(database, { deployment: "shop", pause: () => Promise.reject(cut) }),
    ).rejects.toBe(cut);
    const left = await readAll(storeOf(HOUR), lease);
    expect(left.length).toBe(501);
    expect(left.map(([index]) => index)).toEqual(left.map((_, offset) => 2_000 + offset));
  });

  it("stay while their run goes on, and where it is another deployment's", async () => {
    const { storeOf, sweep } = await open(dialect);
    const lease = await beginKept(storeOf(-1), "r1");
    await say(storeOf(-1), lease, 3);
    const other = await runToEnd(storeOf(-1, "other"), "r1");
    expect(await sweep()).toBe(0);
    expect(await readAll(storeOf(-1), lease)).toHaveLength(3);
    expect(await readAll(storeOf(-1, "other"), other)).toHaveLength(4);
  });

  it("of a long run go in several commits", async () => {
    const { database, storeOf, sweep } = await open(dialect);
    const lease = await runToEnd(storeOf(-1), "r1", 4_500);
    let pauses = 0;
    const deleted = await sweepEvents(database, {
      deployment: "shop",
      async pause() {
        pauses += 1;
      },
    });
    expect(deleted).toBe(4_501);
    expect(pauses).toBe(3);
    expect(await readAll(storeOf(-1), lease)).toEqual([]);
    expect(await sweep()).toBe(0);
  });

  it("take no more room, however many come and go", async () => {
    const { database, storeOf, sweep } = await open(dialect);
    await leaveVacuumToTest(database);
    const sizes: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let run = 0; run < 10; run += 1) await runToEnd(storeOf(-1), `${round} ${run}`, 200);
      await sweep();
      sizes.push(await sizeOf(database));
    }
    // The first rounds make the room that all others use.
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.15);
  });
});

/** Pages of the file, which has little beside the events; of the table, once room that was left is known to be free. */
async function sizeOf(database: TestDatabase): Promise<number> {
  return database.read(async (db) => {
    if (database.dialect.name === "sqlite") {
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
      return rows[0]?.page_count ?? 0;
    }
    // What autovacuum does by itself, a minute later at most. Free pages at the end stay: giving them
    // back needs a lock that PostgreSQL does not always get, and a size that jumps shows nothing.
    await sql`vacuum (truncate false) agentos_run_events`.execute(db);
    const { rows } = await sql<{ bytes: number }>`
      select pg_total_relation_size('agentos_run_events') as bytes`.execute(db);
    return rows[0]?.bytes ?? 0;
  });
}

/** PostgreSQL's own vacuum and analyze would come between two measurements. */
async function leaveVacuumToTest(database: TestDatabase): Promise<void> {
  if (database.dialect.name !== "postgres") return;
  await database.read((db) =>
    sql`alter table agentos_run_events set (autovacuum_enabled = false)`.execute(db),
  );
}
