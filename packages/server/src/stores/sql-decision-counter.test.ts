import { createOwner } from "@agentos/auth";
import { StorageError } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { allowed, decisionCounterSuite } from "../../../guard/src/decisions/decision-counter.suite.ts";
import { createSqlDecisionCounter, type SqlDecisionCounterOptions } from "./sql-decision-counter.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all = { kind: "all" } as const;

describe.each(TEST_DIALECTS)("counts of decisions on %s", (dialect) => {
  let database: TestDatabase;
  let deployments = 0;

  beforeAll(async () => {
    database = await openTestDatabase(dialect);
  });
  afterAll(() => database.close());
  afterEach(() => void vi.useRealTimers());

  function create(options: Partial<SqlDecisionCounterOptions> = {}) {
    const deployment = options.deployment ?? `os-${(deployments += 1)}`;
    const logger = createTestLogger();
    const counter = createSqlDecisionCounter(database, { logger, now: () => 3_600, ...options, deployment });
    return { counter, deployment, logger };
  }

  const readCounts = (deployment: string) =>
    database.read((db) =>
      db
        .selectFrom("agentos_decision_counts")
        .select(["hour", "count"])
        .where("deployment", "=", deployment)
        .orderBy("hour")
        .execute(),
    );

  /** A table that is not there is a fault like any other, and a real one. */
  const rename = (from: string, to: string) =>
    database.write((db) => db.schema.alterTable(from).renameTo(to).execute());

  decisionCounterSuite(`the counter on ${dialect}`, (options) => create(options).counter);

  it("adds what several processes count, and what comes after a restart", async () => {
    const { counter: one, deployment } = create();
    const { counter: other } = create({ deployment });
    for (const counter of [one, other, one]) counter.count(allowed);
    await Promise.all([one.close(), other.close()]);
    const { counter: next } = create({ deployment });
    next.count(allowed);
    expect((await next.list(all, { limit: 10 })).counts).toMatchObject([{ count: 4 }]);
  });

  it("adds up what servers write at the same moment, in whatever order they count it", async () => {
    const owners = Array.from({ length: 100 }, (_, n) => createOwner("corp", `u${n}`));
    const { counter: one, deployment } = create();
    const others = [one, ...Array.from({ length: 3 }, () => create({ deployment }).counter)];
    for (const [index, counter] of others.entries())
      for (const owner of index % 2 === 0 ? owners : owners.toReversed())
        counter.count({ ...allowed, owner });
    await Promise.all(others.map((counter) => counter.close()));
    const counts = (await readCounts(deployment)).map(({ count }) => count);
    expect(counts).toEqual(owners.map(() => 4));
  });

  it("writes some seconds after the first, and not once for each", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { counter, deployment } = create();
    for (let n = 0; n < 100; n += 1) counter.count(allowed);
    vi.advanceTimersByTime(4_999);
    expect(await readCounts(deployment)).toEqual([]);
    vi.advanceTimersByTime(1);
    await vi.waitFor(async () => expect(await readCounts(deployment)).toEqual([{ hour: 1, count: 100 }]));
  });

  it("loses no count while nothing can be written, tells it once, and adds each once", async () => {
    let now = 3_600;
    const { counter, deployment, logger } = create({ now: () => now });
    await rename("agentos_decision_counts", "gone");
    counter.count(allowed);
    await expect(counter.list(all, { limit: 1 })).rejects.toThrow(StorageError);
    counter.count(allowed);
    await expect(counter.list(all, { limit: 1 })).rejects.toThrow(StorageError);
    now = 7_200;
    counter.count(allowed);
    expect(logger.entries).toMatchObject([{ level: "warn" }]);
    await rename("gone", "agentos_decision_counts");
    await counter.close();
    expect(await readCounts(deployment)).toEqual([
      { hour: 1, count: 2 },
      { hour: 2, count: 1 },
    ]);
  });

  it("waits in bounded memory: of a long outage the newest hours are kept", async () => {
    let now = 0;
    const { counter, deployment } = create({ now: () => now, memoryCapacity: 10 });
    await rename("agentos_decision_counts", "gone");
    for (let hour = 1; hour <= 50; hour += 1) {
      now = hour * 3_600;
      counter.count(allowed);
    }
    await expect(counter.list(all, { limit: 1 })).rejects.toThrow(StorageError);
    await rename("gone", "agentos_decision_counts");
    await counter.close();
    const hours = (await readCounts(deployment)).map(({ hour }) => hour);
    expect(hours).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
  });

  it("shows nothing for longer than it is kept", async () => {
    let now = 3_600;
    const { counter } = create({ now: () => now, retentionSeconds: 7_200 });
    counter.count(allowed);
    now = 3 * 3_600;
    expect((await counter.list(all, { limit: 1 })).totalCount).toBe(1);
    now = 4 * 3_600;
    expect(await counter.list(all, { limit: 1 })).toEqual({ counts: [], totalCount: 0 });
  });
});
