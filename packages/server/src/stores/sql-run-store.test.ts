import { spawnSync } from "node:child_process";
import type { DataScope } from "@agentos/auth";
import { runOutputSchema } from "@agentos/contract";
import { StorageError } from "@agentos/storage";
import { CompiledQuery, sql, type Transaction } from "kysely";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { continueSuite } from "../runs/continue.suite.ts";
import { alice, bob, keyOf, NO_TOKENS, outputOf, runStoreSuite, storeRun } from "../runs/store.suite.ts";
import { type RunEnd, RunLeaseLost, type RunStore, type SessionKey } from "../runs/store.ts";
import { createPlainAgent, createTestRuntime, createTestServer, form } from "../runs/test-run.fixture.ts";
import type { Tables } from "./schema/tables.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };

for (const dialect of TEST_DIALECTS) {
  const database = await openTestDatabase(dialect);
  afterAll(() => database.close());
  let deployments = 0;
  /** Rows of another deployment are another store's. */
  const nextDeployment = () => `deployment ${++deployments}`;
  const open = (deployment: string, nodeId = "node") => createSqlRunStore(database, { deployment, nodeId });

  const begin = (store: RunStore, runId: string, key: SessionKey = keyOf(alice)) =>
    store.createRun(all, {
      key,
      runId,
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING", content: "" })),
      input: "hi",
      changeState: undefined,
    });
  const end = (runId: string, key: SessionKey = keyOf(alice)): RunEnd => ({
    status: "COMPLETED",
    outputJson: JSON.stringify(outputOf(key, runId)),
    eventsJson: "[]",
    terminalIndex: 3,
    tokens: NO_TOKENS,
    changeState: undefined,
  });

  runStoreSuite(dialect, () => open(nextDeployment()));
  continueSuite(dialect, () => open(nextDeployment()));

  describe(`runs and sessions on ${dialect}`, () => {
    it("are those of one deployment", async () => {
      const [one, other] = [open(nextDeployment()), open(nextDeployment())];
      await storeRun(one, keyOf(alice), "r1");
      await storeRun(other, keyOf(alice), "r1");
      expect(await one.deleteSession(all, keyOf(alice))).toBe(true);
      expect(await one.findSessions(all, { sessionId: "s1" }, 10)).toEqual([]);
      expect(await other.findRun(all, keyOf(alice), "r1")).toBeDefined();
      expect(await other.requestCancel(all, { component: keyOf(alice).component, runId: "r1" })).toBe(false);
    });

    it("are kept by any number of runs of one session at once, each state change once", async () => {
      const store = open(nextDeployment());
      const runIds = Array.from({ length: 30 }, (_, index) => `r${index}`);
      const add = (json: string) => JSON.stringify({ n: ((JSON.parse(json) as { n?: number }).n ?? 0) + 1 });
      await Promise.all(
        runIds.map(async (runId) => {
          const lease = await begin(store, runId);
          await store.finishRun(lease, { ...end(runId), changeState: add });
        }),
      );
      expect((await store.findSession(all, keyOf(alice)))?.state).toEqual({ n: 30 });
      expect(await store.listRuns(all, keyOf(alice), { status: "COMPLETED" })).toHaveLength(30);
    });

    it("takes no end from a server that does not run the run", async () => {
      const deployment = nextDeployment();
      const lease = await begin(open(deployment, "one"), "r1");
      await expect(open(deployment, "other").finishRun(lease, end("r1"))).rejects.toThrow(RunLeaseLost);
      await open(deployment, "one").finishRun(lease, end("r1"));
    });

    it("tells the server that runs a run, through its beat, that somebody wants it to stop", async () => {
      const deployment = nextDeployment();
      const [mine, others] = [open(deployment, "mine"), open(deployment, "others")];
      const lease = await begin(mine, "r1");
      await begin(mine, "r2");
      expect((await mine.beat()).cancelled).toEqual([]);
      const component = keyOf(alice).component;
      expect(await others.requestCancel(all, { component, runId: "r1" })).toBe(true);
      expect((await others.beat()).cancelled).toEqual([]);
      expect((await mine.beat()).cancelled).toEqual(["r1"]);
      await mine.finishRun(lease, { ...end("r1"), status: "CANCELLED" });
      expect((await mine.beat()).cancelled).toEqual([]);
    });

    it("end as interrupted where their own server does not run them, and only these", async () => {
      const deployment = nextDeployment();
      const [mine, others] = [open(deployment, "holder"), open(deployment, "another")];
      for (const runId of ["r1", "r2"]) await begin(mine, runId);
      const kept = await begin(others, "r3");
      expect((await mine.beat()).held).toEqual(
        new Map([
          ["r1", 1],
          ["r2", 1],
        ]),
      );
      const describeEnd = createDescribeAbandoned(createTestRuntime());
      const attempts = new Map([
        ["r1", 1],
        ["r3", 1],
      ]);
      expect(await mine.endOrphans(describeEnd, attempts)).toBe(1);
      expect((await mine.beat()).held).toEqual(new Map([["r2", 1]]));
      const run = await mine.findRun(all, keyOf(alice), "r1");
      expect(run?.events).toMatchObject([{ event: "RunError", error_type: "interrupted", run_id: "r1" }]);
      await others.finishRun(kept, end("r3"));
    });

    it("stay with a server that came back while others took it for gone", async () => {
      const deployment = nextDeployment();
      const [stopped, finder] = [open(deployment, "stopped"), open(deployment, "finder")];
      await begin(stopped, "r1");
      await renameNode("stopped", "back again");
      await database.write((transaction) =>
        sql`update agentos_nodes set host = 'another', heartbeat_at = heartbeat_at - 60 where node_id = 'back again'`.execute(
          transaction,
        ),
      );
      // It says that it lives after it was found silent, and before its runs are ended.
      const returning = createSqlRunStore(
        {
          ...database,
          async read(query) {
            const rows = await database.read(query);
            await database.write((transaction) =>
              sql`update agentos_nodes set heartbeat_at = heartbeat_at + 60 where node_id = 'back again'`.execute(
                transaction,
              ),
            );
            return rows;
          },
        },
        { deployment, nodeId: "finder" },
      );
      expect(await returning.endAbandoned(createDescribeAbandoned(createTestRuntime()))).toBe(0);
      expect((await finder.findRun(all, keyOf(alice), "r1"))?.output.status).toBe("RUNNING");
    });

    it("end as interrupted where their server has been silent too long, and only these", async () => {
      const deployment = nextDeployment();
      const [gone, alive, finder] = [
        open(deployment, "gone"),
        open(deployment, "alive"),
        open(deployment, "x"),
      ];
      const lease = await begin(gone, "r1");
      const kept = await begin(alive, "r2");
      await database.write(async (transaction) => {
        await sql`update agentos_nodes set host = 'another' where deployment = ${deployment}`.execute(
          transaction,
        );
        await sql`update agentos_nodes set heartbeat_at = heartbeat_at - 60 where node_id = 'gone'`.execute(
          transaction,
        );
      });
      const describeEnd = createDescribeAbandoned(createTestRuntime());
      // Of this process: that they live is known.
      expect(await finder.endAbandoned(describeEnd)).toBe(0);
      await renameNode("gone", "elsewhere");
      await renameNode("alive", "somewhere");
      expect(await finder.endAbandoned(describeEnd)).toBe(1);
      expect(await finder.endAbandoned(describeEnd)).toBe(0);
      const run = await finder.findRun(all, keyOf(alice), "r1");
      expect(run?.output).toMatchObject({
        status: "ERROR",
        content: "The run was interrupted: the server that ran it stopped",
        input: { input_content: "hi" },
      });
      expect(run?.events).toMatchObject([{ event: "RunError", error_type: "interrupted", run_id: "r1" }]);
      await expect(gone.finishRun(lease, end("r1"))).rejects.toThrow(RunLeaseLost);
      await renameNode("somewhere", "alive");
      await alive.finishRun(kept, end("r2"));
    });

    it("end where the answer to their start was lost, although their server lives", async () => {
      const deployment = nextDeployment();
      const store = open(deployment, `${deployment} node`);
      let isLost = true;
      const server = createTestServer({
        store: {
          ...store,
          async createRun(scope, run) {
            const lease = await store.createRun(scope, run);
            if (isLost) throw new StorageError("unreachable");
            return lease;
          },
        },
        beatMs: 1,
      });
      const agent = createPlainAgent(async function* () {});
      const input = form("hi", { sessionId: "s1" });
      await expect(server.start(agent, input)).rejects.toThrow(StorageError);
      isLost = false;
      const kept = await server.start(agent, input);
      expect((await kept.finished).status).toBe("COMPLETED");
      await vi.waitFor(async () => {
        const runs = await store.listRuns(all, kept.key, {});
        expect(runs.map(({ output }) => output.status)).toEqual(["ERROR", "COMPLETED"]);
      });
    });

    it("end where their text is damaged, with what else is known of them", async () => {
      const deployment = nextDeployment();
      const [crashed, store] = [open(deployment, `${deployment} one`), open(deployment, `${deployment} two`)];
      const ofTeam = keyOf(alice, { component: { kind: "team", id: "t1" } });
      await begin(crashed, "r1");
      await begin(crashed, "r2");
      await begin(crashed, "r3", ofTeam);
      await database.write(async (transaction) => {
        await sql`update agentos_runs set output_json = '{"run_id' where deployment = ${deployment} and run_id = 'r1'`.execute(
          transaction,
        );
        await sql`update agentos_runs set output_json = 'null' where deployment = ${deployment} and run_id = 'r3'`.execute(
          transaction,
        );
      });
      crashed.close();
      await silence(deployment);
      expect(await store.endAbandoned(createDescribeAbandoned(createTestRuntime()))).toBe(3);
      const [damaged, whole, team] = await Promise.all([
        store.findRun(all, keyOf(alice), "r1"),
        store.findRun(all, keyOf(alice), "r2"),
        store.findRun(all, ofTeam, "r3"),
      ]);
      const content = "The run was interrupted: the server that ran it stopped";
      const output = { ...damaged?.output, session_state: {} };
      expect(runOutputSchema.parse(output)).toEqual(output);
      expect(output).toMatchObject({ run_id: "r1", session_id: "s1", user_id: "alice", agent_id: "a1" });
      expect(output).toMatchObject({ status: "ERROR", content, created_at: 1 });
      expect(damaged?.events).toMatchObject([{ event: "RunError", error_type: "interrupted", run_id: "r1" }]);
      expect(whole?.output).toMatchObject({ input: { input_content: "hi" }, content });
      expect(team?.output).toMatchObject({ team_id: "t1", member_responses: [], content });
      expect(team?.events).toMatchObject([{ event: "TeamRunError", run_id: "r3" }]);
    });

    it("of a server that was closed are ended by another one of its process", async () => {
      const deployment = nextDeployment();
      const [closed, finder] = [open(deployment, `${deployment} one`), open(deployment, `${deployment} two`)];
      await begin(closed, "r1");
      await silence(deployment);
      const describeEnd = createDescribeAbandoned(createTestRuntime());
      expect(await finder.endAbandoned(describeEnd)).toBe(0);
      closed.close();
      expect(await finder.endAbandoned(describeEnd)).toBe(1);
    });

    it("go on where their server says that it lives while it is taken for gone", async () => {
      const deployment = nextDeployment();
      const [silent, finder] = [open(deployment, `${deployment} one`), open(deployment, `${deployment} two`)];
      const lease = await begin(silent, "r1");
      const node = `${deployment} elsewhere`;
      await renameNode(`${deployment} one`, node);
      const beatAt = (seconds: number) => (transaction: Transaction<Tables>) =>
        sql`update agentos_nodes set host = 'another', heartbeat_at = heartbeat_at + ${seconds} where node_id = ${node}`.execute(
          transaction,
        );
      await database.write(beatAt(-60));
      let isFirst = true;
      const late = createSqlRunStore(
        {
          ...database,
          // Its beat is on the disk before the first change of whoever found it silent.
          async write(change) {
            if (isFirst) await database.write(beatAt(60));
            isFirst = false;
            return database.write(change);
          },
        },
        { deployment, nodeId: `${deployment} late` },
      );
      expect(await late.endAbandoned(createDescribeAbandoned(createTestRuntime()))).toBe(0);
      expect(await finder.endAbandoned(createDescribeAbandoned(createTestRuntime()))).toBe(0);
      await renameNode(node, `${deployment} one`);
      await silent.finishRun(lease, end("r1"));
    });

    /** A minute goes by in which no server of the deployment speaks. */
    function silence(deployment: string): Promise<unknown> {
      return database.write((transaction) =>
        sql`update agentos_nodes set heartbeat_at = heartbeat_at - 60 where deployment = ${deployment}`.execute(
          transaction,
        ),
      );
    }

    async function renameNode(from: string, to: string): Promise<void> {
      await database.write(async (transaction) => {
        await sql`update agentos_nodes set node_id = ${to} where node_id = ${from}`.execute(transaction);
        await sql`update agentos_runs set node_id = ${to} where node_id = ${from}`.execute(transaction);
      });
    }

    it("cost no look at other people's rows", async () => {
      const deployment = nextDeployment();
      for (let index = 0; index < 300; index++)
        await storeRun(open(deployment), keyOf(bob, { sessionId: `s${index}` }), `r${index}`, {
          createdAt: index,
        });
      await database.write((transaction) => sql`analyze`.execute(transaction));
      const asked = new Set<string>();
      const store = createSqlRunStore(recordReads(database, asked), { deployment, nodeId: "node" });
      const mine = { kind: "user", owner: alice } as const;
      const query = { sortBy: "createdAt", sortOrder: "desc", limit: 20, page: 1 } as const;
      await store.listSessions(mine, query);
      await store.listSessions(mine, { ...query, sortBy: "updatedAt" });
      await store.listSessions(all, query);
      await store.findSession(all, keyOf(alice));
      await store.findSessions(all, { sessionId: "s1" }, 2);
      await store.listRuns(mine, keyOf(alice), { limit: 3 });
      await store.findRun(mine, keyOf(alice), "r1");
      // Both orders of one list count alike.
      expect(asked.size).toBe(9);
      for (const statement of asked) expect(await explain(statement), statement).not.toMatch(WHOLE_TABLE);
    });

    it("that have ended cost neither a beat nor the look for runs of servers that are gone", async () => {
      const deployment = nextDeployment();
      for (let index = 0; index < 300; index++)
        await storeRun(open(deployment), keyOf(bob, { sessionId: `s${index}` }), `r${index}`);
      await database.write((transaction) => sql`analyze`.execute(transaction));
      const asked = new Set<string>();
      const store = createSqlRunStore(recordReads(database, asked), { deployment, nodeId: "node" });
      await store.beat();
      await store.endAbandoned(createDescribeAbandoned(createTestRuntime()));
      const ofRuns = [...asked].filter((statement) => statement.includes("agentos_runs"));
      expect(ofRuns).toHaveLength(2);
      for (const statement of ofRuns)
        expect(await explain(statement), statement).toMatch(
          /using (covering index |index )?agentos_runs_active/i,
        );
    });

    it("that wait are counted by an index, without a look at what each of them holds", async () => {
      // Of its own: PostgreSQL counts its rows by itself, SQLite never does, and other tests make it.
      const own = await openTestDatabase(dialect);
      onTestFinished(() => own.close());
      const deployment = nextDeployment();
      for (let index = 0; index < 100; index++)
        await createSqlRunStore(own, { deployment, nodeId: "node" }).createRun(all, {
          key: keyOf(bob, { sessionId: `s${index}` }),
          runId: `r${index}`,
          createdAt: 1,
          outputJson: "{}",
          input: "hi",
          changeState: undefined,
          status: "PENDING",
          checkpointJson: JSON.stringify("x".repeat(2_000)),
        });
      if (dialect === "postgres") await own.write((transaction) => sql`analyze`.execute(transaction));
      const asked = new Set<string>();
      const store = createSqlRunStore(recordReads(own, asked), { deployment, nodeId: "node" });
      await store.requireRoomInQueue(alice, 1, {
        pendingRuns: 1_000,
        pendingRunsPerCaller: 1_000,
        pendingBytes: 1e9,
      });
      // The part of a statement is told beside the whole of it.
      const [whole = "none"] = [...asked].filter((statement) => statement.includes("agentos_sessions"));
      // PostgreSQL sees by itself how long a text is, wherever it is kept.
      const index =
        dialect === "sqlite" ? /index agentos_runs_queued/i : /agentos_runs_(queued|waiting|active)/i;
      expect(await explain(whole, own), whole).toMatch(index);
    });

    /** What a planner says that looks at every row, or sorts what it has read. */
    const WHOLE_TABLE =
      dialect === "sqlite" ? /SCAN agentos_\w+(?! USING)|USE TEMP B-TREE FOR ORDER BY/ : /Seq Scan|Sort Key/;

    /** How the database would answer. A small table is read whole by right: the question is whether an index could serve. */
    async function explain(statement: string, asked = database): Promise<string> {
      const { rows } = await asked.read((db) =>
        db.connection().execute(async (connection) => {
          if (dialect === "postgres") await sql`set enable_seqscan = off`.execute(connection);
          // Whatever the values are: those of a query that is built once are not known yet.
          const how = dialect === "sqlite" ? "explain query plan" : "explain (generic_plan)";
          const result = await connection.executeQuery(CompiledQuery.raw(`${how} ${statement}`));
          if (dialect === "postgres") await sql`reset enable_seqscan`.execute(connection);
          return result;
        }),
      );
      return JSON.stringify(rows);
    }
  });
}

it("ends a run of this machine at once where its process is gone, on a file that only its processes have", async () => {
  const database = await openTestDatabase("sqlite");
  const open = (nodeId: string) => createSqlRunStore(database, { deployment: "d", nodeId });
  await storeRun(open("crashed"), keyOf(alice), "r0");
  await open("crashed").createRun(all, {
    key: keyOf(alice),
    runId: "r1",
    createdAt: 1,
    outputJson: JSON.stringify(outputOf(keyOf(alice), "r1", { status: "RUNNING", content: "" })),
    input: "hi",
    changeState: undefined,
  });
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  await database.write(async (transaction) => {
    await sql`update agentos_nodes set pid = ${pid}, node_id = 'of old'`.execute(transaction);
    await sql`update agentos_runs set node_id = 'of old' where status = 'RUNNING'`.execute(transaction);
  });
  expect(await open("next").endAbandoned(createDescribeAbandoned(createTestRuntime()))).toBe(1);
  await database.close();
});

/** The same database, which notes every statement that reads. */
function recordReads(database: TestDatabase, asked: Set<string>): TestDatabase {
  const record =
    (read: TestDatabase["read"]): TestDatabase["read"] =>
    (query) =>
      read((db) => {
        const built = db.withPlugin({
          transformQuery({ node, queryId }) {
            asked.add(db.getExecutor().compileQuery(node, queryId).sql);
            return node;
          },
          transformResult: async ({ result }) => result,
        });
        // What is built once goes past the plugin.
        const executeQuery: typeof built.executeQuery = (compiled) => {
          if ("sql" in compiled) asked.add(compiled.sql);
          return built.executeQuery(compiled);
        };
        return query(
          new Proxy(built, {
            get(target, name) {
              const value: unknown =
                name === "executeQuery" ? executeQuery : Reflect.get(target, name, target);
              return typeof value === "function" ? (value.bind(target) as unknown) : value;
            },
          }),
        );
      });
  return {
    ...database,
    read: record(database.read),
    upkeep: { ...database.upkeep, read: record(database.upkeep.read) },
  };
}
