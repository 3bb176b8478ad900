import type { DataScope } from "@agentos/auth";
import { afterAll, describe, expect, it } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { runQueueSuite } from "../runs/run-queue.suite.ts";
import type { DescribeWaiting } from "../runs/run-queue.ts";
import { alice, keyOf, outputOf } from "../runs/store.suite.ts";
import type { RunLease } from "../runs/store.ts";
import { createTestRuntime } from "../runs/test-run.fixture.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };

for (const dialect of TEST_DIALECTS) {
  const database = await openTestDatabase(dialect);
  afterAll(() => database.close());
  let deployments = 0;
  /** Rows of another deployment are another store's. */
  const nextDeployment = () => `deployment ${++deployments}`;
  const open = (deployment: string, nodeId = "node") => createSqlRunStore(database, { deployment, nodeId });

  runQueueSuite(dialect, () => open(nextDeployment()));

  describe(`a run whose output is damaged on ${dialect}`, () => {
    const { component } = keyOf(alice);
    const claim = { components: [component], limit: 3, full: [], placesOf: () => 3 };
    const stopped: DescribeWaiting = (output) => ({
      status: "CANCELLED",
      outputJson: JSON.stringify({ ...output, status: "CANCELLED" }),
      events: [],
      rows: [],
    });

    async function queueTwo() {
      const store = open(nextDeployment());
      const leases: RunLease[] = [];
      for (const runId of ["damaged", "whole"])
        leases.push(
          await store.createRun(all, {
            key: keyOf(alice),
            runId,
            createdAt: 1,
            outputJson: JSON.stringify(outputOf(keyOf(alice), runId, { status: "PENDING" })),
            input: "hi",
            changeState: undefined,
            status: "PENDING",
            checkpointJson: '{"asked":1}',
          }),
        );
      await database.write((db) =>
        db
          .updateTable("agentos_runs")
          .set({ output_json: '{"run_id":"dam' })
          .where("run_no", "=", leases[0]?.runNo ?? 0)
          .execute(),
      );
      return store;
    }

    it("stops nobody else's, and is taken without what it was asked", async () => {
      const store = await queueTwo();
      const [damaged, whole] = await store.claimRuns(claim);
      expect(whole).toMatchObject({ lease: { runId: "whole" }, checkpointJson: '{"asked":1}' });
      expect(damaged).toMatchObject({
        lease: { runId: "damaged" },
        output: { run_id: "damaged", session_id: "s1", user_id: "alice", status: "RUNNING" },
        checkpointJson: "",
      });
    });

    it("is found with where its events stand: its texts are not read for that", async () => {
      const store = await queueTwo();
      const place = await store.findPlace(all, { component, runId: "damaged" });
      expect(place).toMatchObject({ runId: "damaged", status: "PENDING", nextIndex: 0 });
    });

    it("can be stopped while it waits", async () => {
      const store = await queueTwo();
      expect(await store.endWaiting(all, { component, runId: "damaged" }, stopped)).toBe(true);
      expect((await store.findRun(all, keyOf(alice), "damaged"))?.output.status).toBe("CANCELLED");
    });
  });

  describe(`several servers of one database on ${dialect}`, () => {
    it("what was taken and never begun waits on, and its attempt does not count", async () => {
      const store = open(nextDeployment());
      const key = keyOf(alice);
      await store.createRun(all, {
        key,
        runId: "r1",
        createdAt: 1,
        outputJson: JSON.stringify(outputOf(key, "r1", { status: "PENDING" })),
        input: "hi",
        changeState: undefined,
        status: "PENDING",
        checkpointJson: "{}",
      });
      const claim = { components: [key.component], limit: 3, full: [], placesOf: () => 3 };
      expect(await store.claimRuns(claim)).toHaveLength(1);
      const describeEnd = createDescribeAbandoned(createTestRuntime());
      expect(await store.endOrphans(describeEnd, new Map([["r1", 1]]), new Set(["r1"]))).toBe(0);
      expect(await store.claimRuns(claim)).toMatchObject([{ lease: { runId: "r1", attempt: 1 } }]);
      // Its only attempt, which has begun; not another one, of before it went on.
      expect(await store.endOrphans(describeEnd, new Map([["r1", 0]]))).toBe(0);
      expect(await store.endOrphans(describeEnd, new Map([["r1", 1]]))).toBe(1);
      expect(await store.claimRuns(claim)).toEqual([]);
    });

    it("runs that wait are taken by several servers at once, each by one of them", async () => {
      const deployment = nextDeployment();
      const servers = Array.from({ length: 4 }, (_, index) => open(deployment, `node${index}`));
      const [first] = servers;
      const runIds = Array.from({ length: 40 }, (_, index) => `r${index}`);
      const { component } = keyOf(alice);
      for (const runId of runIds)
        await first?.createRun(all, {
          key: keyOf(alice),
          runId,
          createdAt: 1,
          outputJson: JSON.stringify(outputOf(keyOf(alice), runId, { status: "PENDING" })),
          input: "hi",
          changeState: undefined,
          status: "PENDING",
          checkpointJson: "{}",
        });
      const claim = { components: [component], limit: 3, full: [], placesOf: () => 3 };
      const taken = await Promise.all(
        servers.map(async (server) => {
          const own: string[] = [];
          for (
            let some = await server.claimRuns(claim);
            some.length > 0;
            some = await server.claimRuns(claim)
          )
            own.push(...some.map(({ lease }) => lease.runId));
          return own;
        }),
      );
      expect(taken.flat().toSorted()).toEqual(runIds.toSorted());
      const held = await Promise.all(
        servers.map(async (server) => [...((await server.beat()).held?.keys() ?? [])]),
      );
      expect(held.map((ids) => ids.toSorted())).toEqual(taken.map((ids) => ids.toSorted()));
    });
  });
}
