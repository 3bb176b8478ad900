import { createOwner } from "@agentos/auth";
import type { DenialRecord } from "@agentos/guard";
import { StorageError } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  all,
  denialRecorderSuite,
  known,
  of,
  stranger,
} from "../../../guard/src/denials/denial-recorder.suite.ts";
import { createSqlDenialRecorder, type SqlDenialRecorderOptions } from "./sql-denial-recorder.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

describe.each(TEST_DIALECTS)("denials on %s", (dialect) => {
  let database: TestDatabase;
  let ids = 0;
  let deployments = 0;

  beforeAll(async () => {
    database = await openTestDatabase(dialect);
  });
  afterAll(() => database.close());
  afterEach(() => void vi.useRealTimers());

  /** Each with a deployment of its own, unless one is given. */
  function create(options: Partial<SqlDenialRecorderOptions> = {}) {
    const deployment = options.deployment ?? `os-${(deployments += 1)}`;
    const logger = createTestLogger();
    const recorder = createSqlDenialRecorder(database, {
      generateId: () => String((ids += 1)),
      logger,
      now: () => 1_000,
      ...options,
      deployment,
    });
    return { recorder, deployment, logger };
  }

  const readRows = (deployment: string) =>
    database.read((db) =>
      db.selectFrom("agentos_denials").selectAll().where("deployment", "=", deployment).execute(),
    );

  /** A table that is not there is a fault like any other, and a real one. */
  const rename = (from: string, to: string) =>
    database.write((db) => db.schema.alterTable(from).renameTo(to).execute());

  denialRecorderSuite(`the recorder on ${dialect}`, () => create().recorder);

  it("finds after a restart what was recorded before it, whole", async () => {
    const { recorder, deployment } = create();
    const facts = { held_scopes: ["agents:read"], token_audience: "a\0\ud800", now: 1, required: true };
    const denial = { ...known, facts, timeline: [{ stage: "scopes", outcome: "failed" }] } as const;
    const id = recorder.record(denial);
    recorder.record(denial);
    await recorder.close();
    const { recorder: next } = create({ deployment });
    const record: DenialRecord = { ...denial, id, count: 2, lastSeenAt: 1_000 };
    expect(await next.find(id, all)).toEqual(record);
    expect(await next.find(id, of("alice"))).toEqual(record);
    expect(await next.find(id, of("bob"))).toBeUndefined();
    expect((await next.list(of("alice"), { limit: 10 })).records).toEqual([record]);
  });

  it("lists what all processes on one database recorded, and nothing of another deployment", async () => {
    const { recorder: one, deployment } = create();
    const { recorder: other } = create({ deployment });
    const { recorder: foreign } = create();
    one.record(known);
    other.record({ ...known, time: 1_001 });
    foreign.record(known);
    await other.list(all, { limit: 1 });
    await foreign.list(all, { limit: 1 });
    expect((await one.list(all, { limit: 10 })).records.map(({ lastSeenAt }) => lastSeenAt)).toEqual([
      1_001, 1_000,
    ]);
  });

  it("writes a second after the first, and not once for each", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { recorder, deployment } = create();
    for (let n = 0; n < 100; n += 1) recorder.record(known);
    expect(await readRows(deployment)).toEqual([]);
    vi.advanceTimersByTime(999);
    expect(await readRows(deployment)).toEqual([]);
    vi.advanceTimersByTime(1);
    await vi.waitFor(async () => expect(await readRows(deployment)).toMatchObject([{ count: 100 }]));
  });

  it("keeps so many of each kind: strangers never push out what happened to a known caller", async () => {
    const { recorder, deployment } = create({ capacity: 10, memoryCapacity: 500 });
    const alice = recorder.record(known);
    for (let n = 0; n < 300; n += 1) recorder.record({ ...stranger, time: 1_001, route: `GET /${n}` });
    await recorder.close();
    const rows = await readRows(deployment);
    const ofKnown = rows.filter(({ is_known_caller: isKnown }) => isKnown === 1);
    expect([ofKnown.length, rows.length]).toEqual([1, 11]);
    const { recorder: next } = create({ deployment });
    expect(await next.find(alice, all)).toBeDefined();
  });

  it("is paid for by the source that has most, which keeps its newest", async () => {
    const { recorder, deployment } = create({ capacity: 20, memoryCapacity: 500 });
    const alice = recorder.record(known);
    const passerBy = recorder.record(stranger);
    for (let n = 0; n < 100; n += 1) {
      const mallory = createOwner("default", "mallory");
      recorder.record({ ...known, subject: "mallory", owner: mallory, time: 1_001 + n, route: `GET /${n}` });
      recorder.record({ ...stranger, client: "198.51.100.1", time: 1_001 + n, route: `GET /${n}` });
    }
    await recorder.close();
    const { recorder: next } = create({ deployment });
    const { records, totalCount } = await next.list(all, { limit: 100 });
    expect(totalCount).toBe(40);
    expect(records.map(({ id }) => id)).toEqual(expect.arrayContaining([alice, passerBy]));
    const routes = (await next.list(of("mallory"), { limit: 100 })).records.map(({ route }) => route);
    expect(routes).toEqual(Array.from({ length: 19 }, (_, n) => `GET /${99 - n}`));
  });

  it("shows nothing for longer than it is kept", async () => {
    let now = 1_000;
    const { recorder, deployment } = create({ retentionSeconds: 100, now: () => now });
    const id = recorder.record(known);
    await recorder.list(all, { limit: 1 });
    now = 1_100;
    expect(await recorder.find(id, all)).toBeDefined();
    now = 1_101;
    expect(await recorder.find(id, all)).toBeUndefined();
    const { recorder: next } = create({ deployment, retentionSeconds: 100, now: () => now });
    expect(await next.find(id, all)).toBeUndefined();
    expect(await next.list(all, { limit: 10 })).toEqual({ records: [], totalCount: 0 });
    expect(await next.count(all, { by: "code", limit: 10 })).toEqual({ groups: [], totalCount: 0 });
  });

  it("goes on while nothing can be written, tells it once, and writes what waited once it can be", async () => {
    const { recorder, deployment, logger } = create();
    await rename("agentos_denials", "gone");
    const id = recorder.record(known);
    await expect(recorder.list(all, { limit: 1 })).rejects.toThrow(StorageError);
    await expect(recorder.count(all, { by: "code", limit: 1 })).rejects.toThrow(StorageError);
    recorder.record(known);
    expect(await recorder.find(id, all)).toMatchObject({ count: 2 });
    expect(logger.entries).toMatchObject([{ level: "warn" }]);
    await rename("gone", "agentos_denials");
    expect((await recorder.list(all, { limit: 1 })).records).toMatchObject([{ id, count: 2 }]);
    expect(await readRows(deployment)).toHaveLength(1);
    expect(logger.entries).toMatchObject([{ level: "warn" }, { level: "info" }]);
  });

  it("takes no more memory while the database is down than its capacity", async () => {
    const { recorder, deployment } = create({ memoryCapacity: 10 });
    for (let n = 0; n < 1_000; n += 1) recorder.record({ ...stranger, route: `GET /${n}` });
    await recorder.close();
    expect(await readRows(deployment)).toHaveLength(10);
  });

  it("bounds the bytes of a row, whatever a caller sends", async () => {
    const { recorder, deployment } = create();
    const long = "\u0001".repeat(100_000);
    recorder.record({
      ...known,
      subject: long,
      client: long,
      route: long,
      fix: long,
      facts: { a: [long], b: long },
    });
    await recorder.close();
    const [row] = await readRows(deployment);
    expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(120_000);
  });

  it("leaves out a record that this version cannot read", async () => {
    const { recorder, deployment } = create();
    const id = recorder.record(known);
    await recorder.close();
    await database.write((db) =>
      db
        .updateTable("agentos_denials")
        .set({ record_json: '{"code":"OF_A_NEWER_VERSION"}' })
        .where("deployment", "=", deployment)
        .execute(),
    );
    const { recorder: next } = create({ deployment });
    expect(await next.find(id, all)).toBeUndefined();
    expect((await next.list(all, { limit: 1 })).records).toEqual([]);
  });
});
