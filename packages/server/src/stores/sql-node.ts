/**
 * This process among the servers of a database: it says that it lives while it runs something, and the runs of one that
 * is gone are ended by whoever finds them first.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Database } from "@agentos/storage";
import { sql, type Transaction } from "kysely";
import type { DescribeAbandoned, RunStore, StoredOutput } from "../runs/store.ts";
import type { NodesTable, Tables } from "./schema/tables.ts";

export interface SqlNode extends Pick<RunStore, "beat" | "endAbandoned" | "endOrphans"> {
  /** For what begins a run: nobody may take it because this server has been idle, and silent, before. */
  writeWithBeat: Database<Tables>["write"];
}

export interface SqlNodeOptions {
  readonly deployment: string;
  readonly nodeId: string;
}

interface GoneNode {
  readonly nodeId: string;
  /** When it said for the last time that it lives; null where no row is left of it. */
  readonly heartbeatAt: number | null;
}

const BEAT_SECONDS = 2;
/** A server that has been silent for so long is gone, by the database's clock. */
const DEAD_SECONDS = 8;
/** Servers of this very process: its id tells nothing about them. */
const ownNodes = new Set<string>();
/** Runs that are ended in one commit. */
const BATCH = 50;

export function createSqlNode(database: Database<Tables>, { deployment, nodeId }: SqlNodeOptions): SqlNode {
  const { now } = database.dialect;
  const host = describeHost();
  const startedAt = Date.now() / 1_000;
  let beatenAt = Number.NEGATIVE_INFINITY;
  ownNodes.add(nodeId);

  async function writeBeat(transaction: Transaction<Tables>): Promise<void> {
    await transaction
      .insertInto("agentos_nodes")
      .values({
        node_id: nodeId,
        deployment,
        host,
        pid: process.pid,
        started_at: startedAt,
        heartbeat_at: now,
        seen_seq: 0,
      })
      .onConflict((conflict) => conflict.column("node_id").doUpdateSet({ heartbeat_at: now }))
      .execute();
  }

  /** Servers that have a run and live no more. */
  async function findGone(): Promise<readonly GoneNode[]> {
    const rows = await database.read((db) =>
      db
        .selectFrom("agentos_runs")
        .leftJoin("agentos_nodes", "agentos_nodes.node_id", "agentos_runs.node_id")
        .select([
          "agentos_runs.node_id",
          "host",
          "pid",
          "heartbeat_at",
          sql<number>`${now} - heartbeat_at`.as("silence"),
        ])
        .distinct()
        .where("agentos_runs.deployment", "=", deployment)
        .where("agentos_runs.status", "in", ["PENDING", "RUNNING"])
        .where("agentos_runs.node_id", "is not", null)
        .where("agentos_runs.node_id", "!=", nodeId)
        .execute(),
    );
    return rows.flatMap(({ node_id, ...row }) =>
      node_id !== null && !ownNodes.has(node_id) && isGone(row)
        ? [{ nodeId: node_id, heartbeatAt: row.heartbeat_at }]
        : [],
    );
  }

  function isGone({
    host: itsHost,
    pid,
    silence,
  }: { [K in "host" | "pid"]: NodesTable[K] | null } & { silence: number | null }): boolean {
    if (silence === null || silence > DEAD_SECONDS) return true;
    // A file has its processes on one machine: whether one lives is known at once.
    return database.dialect.name === "sqlite" && itsHost === host && pid !== null && !isAlive(pid);
  }

  return {
    async writeWithBeat(change) {
      const at = performance.now() / 1_000;
      const isDue = at - beatenAt >= BEAT_SECONDS;
      const result = await database.write(async (transaction) => {
        if (isDue) await writeBeat(transaction);
        return change(transaction);
      });
      if (isDue) beatenAt = at;
      return result;
    },

    async beat() {
      const at = performance.now() / 1_000;
      await database.write(writeBeat);
      beatenAt = at;
      const held = await database.read((db) =>
        db
          .selectFrom("agentos_runs")
          .select(["run_id", "cancel_at"])
          .where("deployment", "=", deployment)
          .where("node_id", "=", nodeId)
          .where("status", "in", ["PENDING", "RUNNING"])
          .execute(),
      );
      return {
        cancelled: held.flatMap(({ run_id, cancel_at }) => (cancel_at === null ? [] : [run_id])),
        held: new Set(held.map(({ run_id }) => run_id)),
      };
    },

    async endAbandoned(describe) {
      let ended = 0;
      for (const gone of await findGone())
        for (let isLeft = true; isLeft; ) {
          const count = await database.write(async (transaction) => {
            // It may have come back meanwhile, as one that was only stopped: then its runs are its own.
            if (!(await isStillSilent(transaction, gone))) return 0;
            const runs = await endBatch(transaction, describe, gone.nodeId);
            if (runs === 0)
              await transaction.deleteFrom("agentos_nodes").where("node_id", "=", gone.nodeId).execute();
            return runs;
          });
          ended += count;
          isLeft = count > 0;
        }
      return ended;
    },

    async endOrphans(describe, runIds) {
      let ended = 0;
      for (let start = 0; start < runIds.length; start += BATCH)
        ended += await database.write((transaction) =>
          endBatch(transaction, describe, nodeId, runIds.slice(start, start + BATCH)),
        );
      return ended;
    },
  };

  /** Locks its row, so that it cannot say that it lives before its runs are ended. */
  async function isStillSilent(
    transaction: Transaction<Tables>,
    { nodeId: gone, heartbeatAt }: GoneNode,
  ): Promise<boolean> {
    const row = await transaction
      .updateTable("agentos_nodes")
      .set((node) => ({ seen_seq: node.ref("seen_seq") }))
      .where("node_id", "=", gone)
      .returning("heartbeat_at")
      .executeTakeFirst();
    return (row?.heartbeat_at ?? null) === heartbeatAt;
  }

  /** The oldest of its runs, or of these. */
  async function endBatch(
    transaction: Transaction<Tables>,
    describe: DescribeAbandoned,
    holder: string,
    runIds?: readonly string[],
  ): Promise<number> {
    let query = transaction
      .selectFrom("agentos_runs")
      .select(["run_no", "attempt", "output_json", "next_index"])
      .where("deployment", "=", deployment)
      .where("node_id", "=", holder)
      .where("status", "in", ["PENDING", "RUNNING"]);
    if (runIds !== undefined) query = query.where("run_id", "in", runIds);
    let count = 0;
    for (const run of await query.orderBy("run_no").limit(BATCH).execute()) {
      // INVARIANT: the run service wrote it.
      const end = describe(JSON.parse(run.output_json) as StoredOutput);
      const { numUpdatedRows } = await transaction
        .updateTable("agentos_runs")
        .set({
          status: "ERROR",
          output_json: end.outputJson,
          events_json: end.eventsJson,
          next_index: run.next_index + 1,
          ended_at: now,
          node_id: null,
        })
        .where("run_no", "=", run.run_no)
        .where("attempt", "=", run.attempt)
        .where("node_id", "=", holder)
        .executeTakeFirstOrThrow();
      count += Number(numUpdatedRows);
    }
    return count;
  }
}

/** The machine, its boot and its numbering of processes: where one of them differs, a process id says nothing. */
function describeHost(): string {
  const read = (take: () => string) => {
    try {
      return take().trim();
    } catch {
      return "";
    }
  };
  const boot = read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  return [hostname(), boot, read(() => readlinkSync("/proc/self/ns/pid"))].join(" ");
}

function isAlive(pid: number): boolean {
  // The number of the process that is gone has come to this one.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
