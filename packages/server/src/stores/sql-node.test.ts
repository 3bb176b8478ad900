import type { DataScope } from "@agentos/auth";
import type { TwoClocks } from "@agentos/guard/app";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { alice, keyOf, outputOf } from "../runs/store.suite.ts";
import type { RunStore } from "../runs/store.ts";
import { createTestRuntime } from "../runs/test-run.fixture.ts";
import { createSqlNode } from "./sql-node.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };
const describeEnd = createDescribeAbandoned(createTestRuntime());

const begin = (store: RunStore, runId: string) =>
  store.createRun(all, {
    key: keyOf(alice),
    runId,
    createdAt: 1,
    outputJson: JSON.stringify(outputOf(keyOf(alice), runId, { status: "RUNNING", content: "" })),
    input: "hi",
    changeState: undefined,
  });

async function change(database: TestDatabase, statement: string): Promise<void> {
  await database.write((transaction) => sql.raw(statement).execute(transaction));
}

async function readBeat(database: TestDatabase, nodeId: string): Promise<number | undefined> {
  const row = await database.read((db) =>
    db.selectFrom("agentos_nodes").select("heartbeat_at").where("node_id", "=", nodeId).executeTakeFirst(),
  );
  return row?.heartbeat_at;
}

for (const dialect of TEST_DIALECTS) {
  describe(`a server on ${dialect}`, async () => {
    const database = await openTestDatabase(dialect);
    afterAll(() => database.close());
    let deployments = 0;
    const nextDeployment = () => `deployment ${++deployments}`;

    it("counts the servers of its deployment that live, of which it is one", async () => {
      const deployment = nextDeployment();
      const open = (nodeId: string) =>
        createSqlNode(database, { deployment, nodeId: `${deployment} ${nodeId}` });
      const [first, second, third] = [open("1"), open("2"), open("3")];
      expect(first.liveNodes()).toBe(1);
      await createSqlNode(database, { deployment: nextDeployment(), nodeId: "of another" }).beat();
      await second.beat();
      await third.beat();
      await first.beat();
      expect(first.liveNodes()).toBe(3);
      await change(
        database,
        `update agentos_nodes set heartbeat_at = heartbeat_at - 60 where node_id = '${deployment} 2'`,
      );
      const late = open("4");
      await late.beat();
      expect(late.liveNodes()).toBe(3);
      // One that has nothing to do shares the looking with them too.
      const idle = createSqlRunStore(database, { deployment, nodeId: `${deployment} 5` });
      await idle.endAbandoned(describeEnd);
      expect(idle.liveNodes()).toBe(3);
    });

    it.each<[string, TwoClocks, boolean]>([
      ["a second later it does not", { monotonic: 1, wall: 1_001 }, false],
      ["two seconds later it does", { monotonic: 2, wall: 1_002 }, true],
      ["after its machine has slept it does", { monotonic: 1, wall: 4_600 }, true],
      ["after its clock was set back it does", { monotonic: 1, wall: 10 }, true],
    ])("says that it lives with the start of a run: %s", async (_, later, isBeaten) => {
      const nodeId = `${nextDeployment()} node`;
      let clocks: TwoClocks = { monotonic: 0, wall: 1_000 };
      const node = createSqlNode(database, { deployment: "d", nodeId, readClocks: () => clocks });
      await node.beat();
      await change(database, `update agentos_nodes set heartbeat_at = 5 where node_id = '${nodeId}'`);
      clocks = later;
      await node.writeWithBeat(async () => undefined);
      expect((await readBeat(database, nodeId)) === 5).toBe(!isBeaten);
    });

    it("is forgotten an hour after its last word, unless it holds a run", async () => {
      const deployment = nextDeployment();
      const open = (nodeId: string) =>
        createSqlRunStore(database, { deployment, nodeId: `${deployment} ${nodeId}` });
      const [idle, holding, recent] = [open("idle"), open("holding"), open("recent")];
      await idle.beat();
      await begin(holding, "r1");
      await change(
        database,
        `update agentos_nodes set heartbeat_at = heartbeat_at - 3700 where deployment = '${deployment}'`,
      );
      await recent.beat();
      await recent.forgetSilent();
      const known = await Promise.all(
        ["idle", "holding", "recent"].map((nodeId) => readBeat(database, `${deployment} ${nodeId}`)),
      );
      expect(known.map((at) => at !== undefined)).toEqual([false, true, true]);
      await idle.beat();
      expect(await readBeat(database, `${deployment} idle`)).toBeDefined();
    });
  });
}

describe("a server whose process lives, on a file of this machine", () => {
  /** A run of another process, which this test plays by the one that has started it. */
  async function openWithNeighbour() {
    const database = await openTestDatabase("sqlite");
    let monotonic = 0;
    const readClocks = () => ({ monotonic, wall: 0 });
    const open = (nodeId: string) => createSqlRunStore(database, { deployment: "d", nodeId, readClocks });
    await begin(open("neighbour"), "r1");
    // As after the clock of the machine was set forward by a minute.
    await change(
      database,
      `update agentos_nodes set pid = ${process.ppid}, heartbeat_at = heartbeat_at - 60`,
    );
    await change(database, "update agentos_nodes set node_id = 'other process'");
    await change(database, "update agentos_runs set node_id = 'other process'");
    return {
      database,
      finder: open("finder"),
      wait: (seconds: number) => {
        monotonic += seconds;
      },
    };
  }

  it("keeps its runs when the clock is set forward", async () => {
    const { database, finder, wait } = await openWithNeighbour();
    expect(await finder.endAbandoned(describeEnd)).toBe(0);
    wait(7);
    await change(database, "update agentos_nodes set heartbeat_at = heartbeat_at + 2");
    expect(await finder.endAbandoned(describeEnd)).toBe(0);
    wait(7);
    expect(await finder.endAbandoned(describeEnd)).toBe(0);
    await database.close();
  });

  it("loses them when it says nothing for eight seconds while another one looks", async () => {
    const { database, finder, wait } = await openWithNeighbour();
    expect(await finder.endAbandoned(describeEnd)).toBe(0);
    wait(9);
    expect(await finder.endAbandoned(describeEnd)).toBe(1);
    await database.close();
  });
});

it("a server says that it lives while slow queries use up every other connection", async () => {
  const database = await openTestDatabase("postgres");
  const node = createSqlNode(database, { deployment: "d", nodeId: "node" });
  const release = Promise.withResolvers<void>();
  const begun: Promise<void>[] = [];
  const slow = Array.from({ length: 8 }, (_, index) => {
    const mine = Promise.withResolvers<void>();
    // Four at a time is all that there is.
    if (index < 4) begun.push(mine.promise);
    return database.write(async () => {
      mine.resolve();
      await release.promise;
    });
  });
  await Promise.all(begun);
  await node.beat();
  expect(await node.beat()).toEqual({ cancelled: [], held: new Map() });
  release.resolve();
  await Promise.all(slow);
  expect(await readBeat(database, "node")).toBeDefined();
  await database.close();
});
