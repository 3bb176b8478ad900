import { StorageError } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { keyCounterSuite } from "../../../guard/src/decisions/key-counter.suite.ts";
import { createSqlKeyCounter } from "./sql-key-counter.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const SPAN = 600;
const BEGIN = 1_000 * SPAN;

describe.each(TEST_DIALECTS)("counts of keys on %s", (dialect) => {
  let database: TestDatabase;
  let deployments = 0;

  beforeAll(async () => {
    database = await openTestDatabase(dialect);
  });
  afterAll(() => database.close());
  afterEach(() => void vi.useRealTimers());

  function create(options: { readonly deployment?: string; readonly now?: () => number } = {}) {
    const { deployment = `os-${(deployments += 1)}`, now = () => BEGIN } = options;
    const logger = createTestLogger();
    return { counter: createSqlKeyCounter(database, { logger, now, deployment }), deployment, logger };
  }

  const readRows = (deployment: string) =>
    database.read((db) =>
      db
        .selectFrom("agentos_key_counts")
        .select(["slot", "key", "count"])
        .where("deployment", "=", deployment)
        .orderBy("slot")
        .execute(),
    );

  keyCounterSuite(`the counter of keys on ${dialect}`, (options) => create(options).counter);

  it("adds up what several servers count, and goes on after a restart with what was counted before", async () => {
    const { counter: one, deployment } = create();
    const { counter: other } = create({ deployment });
    for (const counter of [one, other, one]) counter.count("a");
    await Promise.all([one.close(), other.close()]);
    const later = BEGIN + 2 * SPAN;
    const { counter: next } = create({ deployment, now: () => later });
    next.count("a");
    // Somebody has counted from some moment of the first span on; from its end on nothing is missing.
    expect(await next.read()).toEqual({ since: BEGIN + SPAN, counts: new Map([["a", 4]]) });
  });

  it("adds up what servers write at the same moment, in whatever order they count it", async () => {
    const keys = Array.from({ length: 300 }, (_, n) => `key ${n}`);
    const { counter: one, deployment } = create();
    const servers = [one, ...Array.from({ length: 3 }, () => create({ deployment }).counter)];
    for (const [index, counter] of servers.entries())
      for (const key of index % 2 === 0 ? keys : keys.toReversed()) counter.count(key);
    await Promise.all(servers.map((counter) => counter.close()));
    expect((await readRows(deployment)).map(({ count }) => count)).toEqual(keys.map(() => 4));
  });

  it("counts one server apart from another", async () => {
    const { counter: one } = create();
    const { counter: other } = create();
    one.count("a");
    expect((await other.read()).counts.size).toBe(0);
    expect((await one.read()).counts.size).toBe(1);
  });

  it("writes some seconds after the first, and not once for each", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { counter, deployment } = create();
    for (let n = 0; n < 100; n += 1) counter.count("a");
    vi.advanceTimersByTime(4_999);
    expect(await readRows(deployment)).toEqual([]);
    vi.advanceTimersByTime(1);
    await vi.waitFor(async () =>
      expect(await readRows(deployment)).toEqual([{ slot: 1_000, key: "a", count: 100 }]),
    );
  });

  it("is read whole or not at all, loses no count meanwhile, and adds each once", async () => {
    const { counter, deployment, logger } = create();
    // A table that is not there is a fault like any other, and a real one.
    const rename = (from: string, to: string) =>
      database.write((db) => db.schema.alterTable(from).renameTo(to).execute());
    await rename("agentos_key_counts", "gone");
    counter.count("a");
    await expect(counter.read()).rejects.toThrow(StorageError);
    counter.count("a");
    await expect(counter.read()).rejects.toThrow(StorageError);
    await rename("gone", "agentos_key_counts");
    counter.count("a");
    expect((await counter.read()).counts).toEqual(new Map([["a", 3]]));
    expect(logger.entries.map(({ level }) => level)).toEqual(["warn", "info"]);
    await counter.close();
    expect(await readRows(deployment)).toMatchObject([{ count: 3 }]);
  });
});
