import type { DataScope } from "@agentos/auth";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { beginKept, endKept, eventLogSuite, eventsFrom, readAll } from "../runs/event-log.suite.ts";
import { toRows } from "../runs/event-rows.ts";
import { alice, keyOf, outputOf } from "../runs/store.suite.ts";
import { RunLeaseLost, type RunStore } from "../runs/store.ts";
import { createTestRuntime } from "../runs/test-run.fixture.ts";
import { createMemoryRunStore } from "./memory-run-store.ts";
import { createSqlEventLog } from "./sql-event-log.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };
const describeEnd = createDescribeAbandoned(createTestRuntime());

async function open(dialect: (typeof TEST_DIALECTS)[number]) {
  const database = await openTestDatabase(dialect);
  onTestFinished(() => database.close());
  return database;
}

const storeOf = (database: TestDatabase, nodeId = "node") =>
  createSqlRunStore(database, { deployment: "shop", nodeId });

/** Its servers are another process's, and have been silent for a minute. */
function silence(database: TestDatabase, nodeId: string): Promise<void> {
  return database.write(async (transaction) => {
    await sql`update agentos_nodes set host = 'elsewhere', node_id = ${`${nodeId} elsewhere`}, heartbeat_at = heartbeat_at - 60 where node_id = ${nodeId}`.execute(
      transaction,
    );
    await sql`update agentos_runs set node_id = ${`${nodeId} elsewhere`} where node_id = ${nodeId}`.execute(
      transaction,
    );
  });
}

/** The same server, under the name that others know it by; this process does not know it for its own. */
function awake(database: TestDatabase, nodeId: string) {
  const store = storeOf(database, `${nodeId} elsewhere`);
  store.close();
  return store;
}

eventLogSuite("memory", () => createMemoryRunStore());

describe.each(TEST_DIALECTS)("in %s", (dialect) => {
  eventLogSuite(dialect, async () => storeOf(await open(dialect)));

  const write = (events: RunStore["events"], lease: Awaited<ReturnType<typeof beginKept>>, first: number) =>
    events.append([{ lease, rows: toRows(first, eventsFrom(first, 2)) }]);

  it("a server that slept while others ended its run keeps nothing more of it, and the end follows the last event", async () => {
    const database = await open(dialect);
    const [slept, finder] = [storeOf(database, "slept"), storeOf(database, "finder")];
    const lease = await beginKept(slept, "r1");
    await write(slept.events, lease, 0);
    await write(slept.events, lease, 2);
    await silence(database, "slept");
    expect(await finder.endAbandoned(describeEnd)).toBe(1);
    expect(await write(awake(database, "slept").events, lease, 4)).toEqual(new Set([lease.runNo]));
    const late = awake(database, "slept").finishRun(lease, endKept(lease, 4));
    await expect(late).rejects.toThrow(RunLeaseLost);
    const events = await readAll(finder, lease);
    expect(events.map(([index]) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(events[4]?.[1].event).toBe("RunError");
    const place = await finder.findPlace(all, { component: lease.key.component, runId: "r1" });
    expect(place).toMatchObject({ status: "ERROR", nextIndex: 5, hasEvents: true });
  });

  it("a run that may begin again waits for any server, and its older attempt keeps nothing more", async () => {
    const database = await open(dialect);
    const [slept, finder] = [storeOf(database, "slept"), storeOf(database, "finder")];
    const key = keyOf(alice);
    const lease = await slept.createRun(all, {
      key,
      runId: "r1",
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, "r1", { status: "RUNNING", content: "" })),
      input: "hi",
      changeState: undefined,
      keepsEvents: true,
      checkpointJson: "{}",
      maxAttempts: 2,
    });
    await write(slept.events, lease, 0);
    await silence(database, "slept");
    expect(await finder.endAbandoned(describeEnd)).toBe(0);
    const claim = { components: [key.component], limit: 5, full: [], placesOf: () => 5 };
    const [claimed] = await finder.claimRuns(claim);
    if (claimed === undefined) throw new Error("nothing was claimed");
    expect(claimed).toMatchObject({ nextIndex: 2, lease: { attempt: 2 }, output: { status: "RUNNING" } });
    expect(await write(awake(database, "slept").events, lease, 2)).toEqual(new Set([lease.runNo]));
    expect(await write(finder.events, claimed.lease, 2)).toEqual(new Set());
    // What it may do again has its limit.
    await silence(database, "finder");
    const third = storeOf(database, "third");
    expect(await third.endAbandoned(describeEnd)).toBe(1);
    expect((await readAll(third, lease)).map(([index]) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  it("a run whose server is gone ends without events where it keeps none", async () => {
    const database = await open(dialect);
    const key = keyOf(alice);
    await storeOf(database, "slept").createRun(all, {
      key,
      runId: "r1",
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, "r1", { status: "RUNNING", content: "" })),
      input: "hi",
      changeState: undefined,
    });
    await silence(database, "slept");
    expect(await storeOf(database, "finder").endAbandoned(describeEnd)).toBe(1);
    const { rows } = await database.read((db) =>
      sql`select count(*) as count, max(events_until) as until from agentos_run_events right join agentos_runs using (run_no)`.execute(
        db,
      ),
    );
    expect(rows).toEqual([{ count: 1, until: null }]);
  });
});

it("in PostgreSQL, an append that is under way when its run is taken is kept before, or not at all", async () => {
  const database = await open("postgres");
  const [slept, finder] = [storeOf(database, "slept"), storeOf(database, "finder")];
  const lease = await beginKept(slept, "r1");
  await silence(database, "slept");
  const log = awake(database, "slept").events;
  let next = 0;
  const appending = (async () => {
    for (;;) {
      const lost = await log.append([{ lease, rows: toRows(next, eventsFrom(next, 1)) }]);
      if (lost.size > 0) return;
      next += 1;
    }
  })();
  await expect.poll(() => next).toBeGreaterThan(3);
  expect(await finder.endAbandoned(describeEnd)).toBe(1);
  await appending;
  const events = await readAll(finder, lease);
  expect(events.map(([index]) => index)).toEqual(Array.from({ length: next + 1 }, (_, index) => index));
  expect(events.at(-1)?.[1].event).toBe("RunError");
});

it("in PostgreSQL, nobody takes a run between the look at its row and the commit of its events", async () => {
  const database = await open("postgres");
  const finder = storeOf(database, "finder");
  const lease = await beginKept(storeOf(database, "slept"), "r1");
  await silence(database, "slept");
  const [hasLooked, mayWrite] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { append } = createSqlEventLog(
    {
      ...database,
      write: (change) =>
        database.write((transaction) =>
          change(
            transaction.withPlugin({
              transformQuery: ({ node }) => node,
              async transformResult({ result }) {
                hasLooked.resolve();
                await mayWrite.promise;
                return result;
              },
            }),
          ),
        ),
    },
    { deployment: "shop", nodeId: "slept elsewhere" },
  );
  const appended = append([{ lease, rows: toRows(0, eventsFrom(0, 1)) }]);
  await hasLooked.promise;
  const ended = finder.endAbandoned(describeEnd);
  const waiting = () =>
    database.read((db) =>
      sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        db,
      ),
    );
  await expect.poll(async () => (await waiting()).rows.length).toBe(1);
  mayWrite.resolve();
  expect(await appended).toEqual(new Set());
  expect(await ended).toBe(1);
  expect((await readAll(finder, lease)).map(([index, { event }]) => [index, event])).toEqual([
    [0, "ToolCallStarted"],
    [1, "RunError"],
  ]);
});
