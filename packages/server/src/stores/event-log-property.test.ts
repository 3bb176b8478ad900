/**
 * Whatever servers do in whatever order, asleep or awake: the events of a run have indices from 0 on without gap or repeat,
 * one event ends it and is the last, what was kept stays, and nothing comes in of a server that the run was taken from.
 */
import type { DataScope } from "@agentos/auth";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { endKept, readAll } from "../runs/event-log.suite.ts";
import { toRows } from "../runs/event-rows.ts";
import { isContentDelta } from "../runs/log-entry.ts";
import { alice, keyOf, outputOf } from "../runs/store.suite.ts";
import { type RunLease, RunLeaseLost } from "../runs/store.ts";
import { createTestRuntime } from "../runs/test-run.fixture.ts";
import { createSqlRunStore, type SqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };
const key = keyOf(alice);
const describeEnd = createDescribeAbandoned(createTestRuntime());
const NODES = 3;
const RUNS = 2;

/** Numbers that choose among what there is at that moment. */
const anyAction = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append"),
      actor: fc.nat(20),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end"), actor: fc.nat(20) }) },
  // Somebody finds a server silent, which goes on all the same.
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("sweep"), silent: fc.nat(NODES - 1), by: fc.nat(NODES - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("claim"), by: fc.nat(NODES - 1) }) },
);
/** Each step has actions that run at the same time. */
const anyPlan = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(fc.array(anyAction, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 20 }),
});
type Plan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never;
type Action = Plan["steps"][number][number];

/** A server that believes it holds a run. */
interface Actor {
  readonly store: SqlRunStore;
  readonly lease: RunLease;
  next: number;
  hasEnded: boolean;
  /** What it does of one run it does one after the other. */
  busy: Promise<void>;
}

async function check(
  database: TestDatabase,
  deployment: string,
  { maxAttempts, steps }: Plan,
): Promise<void> {
  const nodes = Array.from({ length: NODES }, (_, index) => {
    const nodeId = `${deployment} ${index}`;
    const store = createSqlRunStore(database, { deployment, nodeId });
    // Others of this process do not know it for one of theirs, and take it for gone when it is silent.
    store.close();
    return { nodeId, store };
  });
  const actors: Actor[] = [];
  const kept = new Map<number, Map<number, string>>();
  const refused = new Set<string>();
  /** By run: attempts up to this one were over before. */
  const over = new Map<number, number>();
  let texts = 0;

  const add = (store: SqlRunStore, lease: RunLease, next: number) =>
    actors.push({ store, lease, next, hasEnded: false, busy: Promise.resolve() });

  async function append(actor: Actor, count: number): Promise<void> {
    const { store, lease, next } = actor;
    if (actor.hasEnded) return;
    const entries = Array.from({ length: count }, () => ({
      event: "RunContent",
      createdAt: 1,
      text: `${lease.attempt} ${(texts += 1)}`,
      reasoning: "",
    }));
    const wasOver = lease.attempt <= (over.get(lease.runNo) ?? 0);
    const lost = await store.events.append([{ lease, rows: toRows(next, entries) }]);
    if (lost.has(lease.runNo)) {
      for (const { text } of entries) refused.add(text);
      return;
    }
    expect(wasOver, "an attempt that was over kept something").toBe(false);
    const ofRun = kept.get(lease.runNo) ?? new Map<number, string>();
    kept.set(lease.runNo, ofRun);
    for (const [offset, { text }] of entries.entries()) ofRun.set(next + offset, text);
    actor.next += count;
  }

  async function end(actor: Actor): Promise<void> {
    if (actor.hasEnded) return;
    actor.hasEnded = true;
    await actor.store.finishRun(actor.lease, endKept(actor.lease, actor.next)).catch((cause: unknown) => {
      if (!(cause instanceof RunLeaseLost)) throw cause;
    });
  }

  async function claim(by: SqlRunStore): Promise<void> {
    const claims = { components: [key.component], limit: RUNS, full: [], placesOf: () => RUNS };
    for (const { lease, nextIndex } of await by.claimRuns(claims)) add(by, lease, nextIndex);
  }

  async function sweep(silent: string | undefined, by: SqlRunStore): Promise<void> {
    await database.write((transaction) =>
      sql`update agentos_nodes set host = 'elsewhere', heartbeat_at = heartbeat_at - 60
        where deployment = ${deployment} and (node_id = ${silent ?? ""} or ${silent ?? ""} = '')`.execute(
        transaction,
      ),
    );
    await by.endAbandoned(describeEnd);
    const { rows } = await database.read((db) =>
      sql<{ run_no: number; status: string; attempt: number }>`
        select run_no, status, attempt from agentos_runs where deployment = ${deployment}`.execute(db),
    );
    for (const { run_no, status, attempt } of rows)
      over.set(run_no, Math.max(over.get(run_no) ?? 0, status === "RUNNING" ? attempt - 1 : attempt));
  }

  function act(action: Action): Promise<void> {
    const nodeAt = (index: number) => nodes[index]?.store ?? fail();
    if ("silent" in action) return sweep(nodes[action.silent]?.nodeId, nodeAt(action.by));
    if ("by" in action) return claim(nodeAt(action.by));
    const actor = actors[action.actor % actors.length] ?? fail();
    actor.busy = actor.busy.then(() => ("count" in action ? append(actor, action.count) : end(actor)));
    return actor.busy;
  }

  for (let index = 0; index < RUNS; index += 1) {
    const store = nodes[index]?.store ?? fail();
    const runId = `r${index}`;
    const outputJson = JSON.stringify(outputOf(key, runId, { status: "RUNNING", content: "" }));
    const own = { keepsEvents: true, checkpointJson: "{}", maxAttempts };
    const lease = await store.createRun(all, {
      key,
      runId,
      createdAt: 1,
      outputJson,
      input: "hi",
      changeState: undefined,
      ...own,
    });
    add(store, lease, 0);
  }
  for (const step of steps) await Promise.all(step.map(act));
  // Whatever is left is taken from its server until no attempt is left; nobody who had it says anything after that.
  const finder = createSqlRunStore(database, { deployment, nodeId: `${deployment} finder` });
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    await sweep(undefined, finder);
    await claim(nodes[attempt % NODES]?.store ?? fail());
  }
  await sweep(undefined, finder);
  for (const actor of actors) await append(actor, 1);
  finder.close();

  for (const runNo of new Set(actors.map(({ lease }) => lease.runNo))) {
    const events = await readAll(finder, { runNo });
    expect(events.map(([index]) => index)).toEqual(events.map((_, index) => index));
    const said = events.map(([, entry]) => (isContentDelta(entry) ? entry.text : "end"));
    expect(said.indexOf("end")).toBe(said.length - 1);
    for (const [index, text] of kept.get(runNo) ?? []) expect(said[index]).toBe(text);
    expect(said).toHaveLength((kept.get(runNo)?.size ?? 0) + 1);
    expect(said.filter((text) => refused.has(text))).toEqual([]);
    const attempts = said.slice(0, -1).map((text) => Number(text.split(" ")[0]));
    expect(attempts).toEqual(attempts.toSorted((one, other) => one - other));
  }
}

function fail(): never {
  throw new Error("INVARIANT: it is there");
}

for (const dialect of TEST_DIALECTS) {
  const database = await openTestDatabase(dialect);
  afterAll(() => database.close());
  let deployments = 0;
  describe(`the events of runs in ${dialect}`, () => {
    it("are whole, in whatever order servers write, end, sleep and take runs from one another", async () => {
      await fc.assert(
        fc.asyncProperty(anyPlan, (plan) => check(database, `deployment ${(deployments += 1)}`, plan)),
        { numRuns: 40, endOnFailure: true },
      );
    }, 60_000);
  });
}
