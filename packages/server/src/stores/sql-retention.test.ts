import type { Owner } from "@agentos/auth";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { toOwnerColumns } from "./schema/owner-columns.ts";
import { type Retention, SWEPT_TABLES, sweepRetention } from "./sql-retention.ts";
import {
  listTablesWith,
  openTestDatabase,
  TEST_DIALECTS,
  type TestDatabase,
} from "./test-database.fixture.ts";

const ALICE: Owner = { issuer: "default", kind: "user", id: "alice" };
const FOR_EVER: Omit<Retention, "eventsSeconds"> = {
  sessionsSeconds: undefined,
  memoriesSeconds: undefined,
  denialsSeconds: undefined,
  decisionsSeconds: undefined,
};

async function open(dialect: (typeof TEST_DIALECTS)[number]) {
  const database = await openTestDatabase(dialect);
  onTestFinished(() => database.close());
  const sweep = (retention: Partial<Retention>, at: number, deployment = "shop") =>
    sweepRetention(database, {
      deployment,
      retention: { ...FOR_EVER, ...retention },
      now: () => at,
      pause: async () => undefined,
    });
  return { database, sweep };
}

async function addSessions(
  database: TestDatabase,
  {
    from,
    count,
    at,
    status = "COMPLETED",
  }: { from: number; count: number; at: number; status?: "COMPLETED" | "RUNNING" },
) {
  await database.write(async (db) => {
    for (let index = from; index < from + count; index += 1) {
      const { session_no } = await db
        .insertInto("agentos_sessions")
        .values({
          deployment: "shop",
          ...toOwnerColumns(ALICE),
          kind: "agent",
          component_id: "echo",
          session_id: `s${index}`,
          state_json: "{}",
          input_tokens: 0,
          output_tokens: 0,
          total_tokens: 0,
          created_at: at,
          updated_at: at,
        })
        .returning("session_no")
        .executeTakeFirstOrThrow();
      await db
        .insertInto("agentos_runs")
        .values({
          deployment: "shop",
          run_id: `r${index}`,
          session_no,
          status,
          attempt: 1,
          max_attempts: 1,
          next_index: 0,
          created_at: at,
          output_json: JSON.stringify({ content: "x".repeat(2_000) }),
        })
        .execute();
    }
  });
}

const countOf = (
  database: TestDatabase,
  table:
    | "agentos_sessions"
    | "agentos_runs"
    | "agentos_key_counts"
    | "agentos_revocations"
    | "agentos_run_keys",
) =>
  database.read(async (db) => {
    const { count } = await db
      .selectFrom(table)
      .select((row) => row.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return count;
  });

describe.each(TEST_DIALECTS)("what is too old in %s", (dialect) => {
  it("goes with its runs, and what is younger stays", async () => {
    const { database, sweep } = await open(dialect);
    await addSessions(database, { from: 0, count: 120, at: 1_000 });
    await addSessions(database, { from: 120, count: 3, at: 1_060 });
    expect(await sweep({ sessionsSeconds: 30 }, 1_065)).toBe(120);
    expect(await countOf(database, "agentos_sessions")).toBe(3);
    expect(await countOf(database, "agentos_runs")).toBe(3);
  });

  it("stays where no period is given, where a run of it goes on, and where it is another deployment's", async () => {
    const { database, sweep } = await open(dialect);
    await addSessions(database, { from: 0, count: 1, at: 1_000, status: "RUNNING" });
    await addSessions(database, { from: 1, count: 1, at: 1_000 });
    expect(await sweep({}, 1e9)).toBe(0);
    expect(await sweep({ sessionsSeconds: 1 }, 1e9, "other")).toBe(0);
    expect(await sweep({ sessionsSeconds: 1 }, 1e9)).toBe(1);
    expect(await countOf(database, "agentos_sessions")).toBe(1);
  });

  it("of refusals and of counts goes by its own period", async () => {
    const { database, sweep } = await open(dialect);
    await database.write(async (db) => {
      for (const [index, at] of [1_000, 2_000].entries())
        await db
          .insertInto("agentos_denials")
          .values({
            deployment: "shop",
            denial_id: `den_${index}`,
            is_known_caller: 0,
            source: "",
            code: "SCOPE_MISSING",
            route: "GET /agents",
            count: 1,
            last_at: at,
            last_hour: Math.floor(at / 3_600),
            record_json: "{}",
          })
          .execute();
      for (const hour of [1, 2, 3])
        await db
          .insertInto("agentos_decision_counts")
          .values({
            deployment: "shop",
            hour,
            owner_issuer: "default",
            owner_kind: "user",
            owner_id: "alice",
            route: "GET /agents",
            resource: "",
            outcome: "allowed",
            count: 1,
          })
          .execute();
    });
    expect(await sweep({ denialsSeconds: 500 }, 2_000)).toBe(1);
    expect(await sweep({ decisionsSeconds: 3_600 }, 4 * 3_600)).toBe(2);
  });

  it("keeps counts of keys for a day, whatever is chosen for the rest", async () => {
    const { database, sweep } = await open(dialect);
    const day = 86_400;
    const slots = [0, 1, 2, 3].map((slot) => ({ deployment: "shop", slot, key: "k", count: 1 }));
    await database.write((db) =>
      db
        .insertInto("agentos_key_counts")
        .values([...slots, { deployment: "other", slot: 0, key: "k", count: 1 }])
        .execute(),
    );
    expect(await sweep({}, day + 600)).toBe(1);
    expect(await sweep({}, day + 3 * 600)).toBe(2);
    expect(await countOf(database, "agentos_key_counts")).toBe(2);
  });
});

describe.each(TEST_DIALECTS)("names of requests in %s", (dialect) => {
  it("go a day after their run began, some at a time, and those of another deployment stay", async () => {
    const { database, sweep } = await open(dialect);
    const owner = { owner_issuer: "default", owner_kind: "user", owner_id: "alice" };
    const now = Date.now() / 1_000;
    const keys = Array.from({ length: 450 }, (_, at) => ({
      deployment: "shop",
      ...owner,
      idempotency_key: `k${at}`,
      request_hash: "h",
      run_id: `r${at}`,
      session_id: "s",
      created_at: at < 440 ? now - 86_500 : now - 86_300,
    }));
    const [first] = keys;
    if (first === undefined) throw new Error("no key");
    await database.write((db) =>
      db
        .insertInto("agentos_run_keys")
        .values([...keys, { ...first, deployment: "other" }])
        .execute(),
    );
    // By the database's clock: what this server's says counts for nothing.
    expect(await sweep({}, now + 1e6)).toBe(440);
    expect(await sweep({}, now + 1e6)).toBe(0);
    expect(await countOf(database, "agentos_run_keys")).toBe(11);
  });
});

const DAY = 86_400;

describe.each(TEST_DIALECTS)("revocations in %s", (dialect) => {
  it("go a day after nothing that they are about is valid any more, by the clock of the database", async () => {
    const { database, sweep } = await open(dialect);
    const now = Math.floor(Date.now() / 1_000);
    const row = { deployment: "shop", kind: "jti", issuer: "default", issued_before: null } as const;
    await database.write((db) =>
      db
        .insertInto("agentos_revocations")
        .values([
          { ...row, value: "past", until: now - DAY - 1 },
          { ...row, value: "present", until: now - DAY + 600 },
          { ...row, value: "past", until: now - DAY - 1, deployment: "other" },
        ])
        .execute(),
    );
    expect(await sweep({}, now + 3_600.5)).toBe(1);
    expect(await countOf(database, "agentos_revocations")).toBe(2);
  });
});

it("stays in PostgreSQL where a run begins in it while it is on its way out", async () => {
  const { database, sweep } = await open("postgres");
  await addSessions(database, { from: 0, count: 2, at: 1_000 });
  const [begun, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = database.write(async (db) => {
    await db
      .updateTable("agentos_sessions")
      .set({ updated_at: 2_000 })
      .where("session_id", "=", "s1")
      .execute();
    begun.resolve();
    await mayCommit.promise;
  });
  await begun.promise;
  const swept = sweep({ sessionsSeconds: 30 }, 2_000);
  const waiting = () =>
    database.read((db) =>
      sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        db,
      ),
    );
  await expect.poll(async () => (await waiting()).rows.length).toBe(1);
  mayCommit.resolve();
  await run;
  expect(await swept).toBe(1);
  expect(await countOf(database, "agentos_sessions")).toBe(1);
});

it("sweeps every table that has rows of a deployment", async () => {
  // Runs go with their session, servers when they stop, and a sum is kept with what it sums up.
  const others = ["agentos_runs", "agentos_nodes", "agentos_usage"];
  expect(await listTablesWith("deployment")).toEqual([...SWEPT_TABLES, ...others].toSorted());
});

it("keeps the file at one size, however much comes and goes", async () => {
  const { database, sweep } = await open("sqlite");
  const sizes: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const at = 1_000 + round * 10;
    await addSessions(database, { from: round * 100, count: 100, at });
    await sweep({ sessionsSeconds: 5 }, at + 6);
    const { rows } = await database.read((db) => sql<{ page_count: number }>`pragma page_count`.execute(db));
    sizes.push(rows[0]?.page_count ?? 0);
  }
  expect(await countOf(database, "agentos_sessions")).toBe(0);
  // The first round makes the room that all others use.
  expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual((sizes[0] ?? 0) * 1.1);
});
