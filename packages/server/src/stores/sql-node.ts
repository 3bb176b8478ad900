/**
 * This process among the servers of a database: it says that it lives while it runs something, and the runs of one that
 * is gone are ended by whoever finds them first.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Database } from "@agentos/storage";
import { type Selectable, sql, type Transaction } from "kysely";
import type { DescribeAbandoned, RunStore, StoredOutput } from "../runs/store.ts";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { NodesTable, RunsTable, Tables, UsageTable } from "./schema/tables.ts";
import { isActiveRun } from "./sql-run-queries.ts";
import { addUsages, sizeOfRun, USAGE_COLUMNS } from "./sql-usage.ts";

export interface SqlNode extends Pick<RunStore, "beat" | "endAbandoned" | "endOrphans"> {
  /** For what begins a run: nobody may take it because this server has been idle, and silent, before. */
  writeWithBeat: Database<Tables>["write"];
  /** A run whose start failed. Its row may be there all the same, and nobody drives it: the next look ends it. */
  disown(runId: string): void;
}

export interface SqlNodeOptions {
  readonly deployment: string;
  readonly nodeId: string;
}

const BEAT_SECONDS = 2;
/** A server that has been silent for so long is gone, by the database's clock. */
const DEAD_SECONDS = 8;
/** Servers of this very process: its id tells nothing about them. */
const ownNodes = new Set<string>();
/** Runs that are ended in one commit. */
const BATCH = 50;
/** Of those whose start failed; what is more stays until the next start of this server. */
const MAX_UNDRIVEN = 1_000;

/** A server as it was when it was found silent; without a row it has never been heard, or was forgotten. */
interface GoneNode {
  readonly node_id: string;
  readonly heartbeat_at: number | null;
}

export function createSqlNode(database: Database<Tables>, { deployment, nodeId }: SqlNodeOptions): SqlNode {
  const { now } = database.dialect;
  const host = describeHost();
  const startedAt = Date.now() / 1_000;
  let beatenAt = Number.NEGATIVE_INFINITY;
  const undriven = new Set<string>();
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
        .select(["agentos_runs.node_id", "host", "pid", "heartbeat_at"])
        .select(sql<number>`${now} - heartbeat_at`.as("silence"))
        .distinct()
        .where("agentos_runs.deployment", "=", deployment)
        .where(isActiveRun)
        .where("agentos_runs.node_id", "is not", null)
        .where("agentos_runs.node_id", "!=", nodeId)
        .execute(),
    );
    return rows.flatMap(({ node_id, heartbeat_at, ...row }) =>
      node_id !== null && !ownNodes.has(node_id) && isGone(row) ? [{ node_id, heartbeat_at }] : [],
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

  /**
   * Whether it has said nothing since. If so it says nothing before the transaction ends either: its row is held, and it
   * begins no run without a beat that is younger than {@link BEAT_SECONDS}.
   */
  async function isStillSilent(transaction: Transaction<Tables>, gone: GoneNode): Promise<boolean> {
    const row = await transaction
      .updateTable("agentos_nodes")
      .set((node) => ({ heartbeat_at: node.ref("heartbeat_at") }))
      .where("node_id", "=", gone.node_id)
      .returning("heartbeat_at")
      .executeTakeFirst();
    return (row?.heartbeat_at ?? null) === gone.heartbeat_at;
  }

  const selectActive = (transaction: Transaction<Tables>, node: string) =>
    transaction
      .selectFrom("agentos_runs")
      .select(["run_no", "node_id", "attempt", "output_json", "next_index"])
      .where("deployment", "=", deployment)
      .where("node_id", "=", node)
      .where(isActiveRun)
      .orderBy("run_no")
      .limit(BATCH);

  /** Gives how many. */
  function endSome(gone: GoneNode, describe: DescribeAbandoned): Promise<number> {
    return database.write(async (transaction) => {
      if (!(await isStillSilent(transaction, gone))) return 0;
      return end(transaction, await selectActive(transaction, gone.node_id).execute(), describe);
    });
  }

  async function endUndriven(describe: DescribeAbandoned): Promise<number> {
    const runIds = [...undriven].slice(0, BATCH);
    if (runIds.length === 0) return 0;
    const ended = await database.write(async (transaction) =>
      end(
        transaction,
        await selectActive(transaction, nodeId).where("run_id", "in", runIds).execute(),
        describe,
      ),
    );
    for (const runId of runIds) undriven.delete(runId);
    return ended;
  }

  async function end(
    transaction: Transaction<Tables>,
    runs: readonly Selectable<
      Pick<RunsTable, "run_no" | "node_id" | "attempt" | "output_json" | "next_index">
    >[],
    describe: DescribeAbandoned,
  ): Promise<number> {
    let count = 0;
    const ended: { readonly session_no: number; readonly bytes: number }[] = [];
    for (const run of runs) {
      // INVARIANT: the run service wrote it.
      const last = describe(JSON.parse(run.output_json) as StoredOutput);
      const row = await transaction
        .updateTable("agentos_runs")
        .set({
          status: "ERROR",
          output_json: last.outputJson,
          events_json: last.eventsJson,
          next_index: run.next_index + 1,
          ended_at: now,
          node_id: null,
          cancel_at: null,
        })
        .where("run_no", "=", run.run_no)
        .where("attempt", "=", run.attempt)
        .where("node_id", "=", run.node_id)
        .returning("session_no")
        .executeTakeFirst();
      if (row === undefined) continue;
      count += 1;
      ended.push({ ...row, bytes: sizeOfRun(last) });
    }
    await countEnded(transaction, ended);
    return count;
  }

  async function countEnded(
    transaction: Transaction<Tables>,
    ended: readonly { readonly session_no: number; readonly bytes: number }[],
  ): Promise<void> {
    const usages: UsageTable[] = [];
    for (const { session_no, bytes } of ended.toSorted((one, other) => one.session_no - other.session_no)) {
      const session = await transaction
        .updateTable("agentos_sessions")
        .set((row) => ({ bytes: row("bytes", "+", bytes) }))
        .where("session_no", "=", session_no)
        .returning(USAGE_COLUMNS)
        .executeTakeFirst();
      if (session !== undefined) usages.push({ ...session, bytes });
    }
    await addUsages(transaction, usages);
  }

  /** It comes back by itself where it was only silent. */
  async function forget(gone: GoneNode): Promise<void> {
    await database.write(async (transaction) => {
      if (await isStillSilent(transaction, gone))
        await transaction.deleteFrom("agentos_nodes").where("node_id", "=", gone.node_id).execute();
    });
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

    disown(runId) {
      undriven.add(runId);
      const [oldest] = undriven;
      if (undriven.size > MAX_UNDRIVEN && oldest !== undefined) undriven.delete(oldest);
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
          .where(isActiveRun)
          .execute(),
      );
      return {
        cancelled: held.flatMap(({ run_id, cancel_at }) => (cancel_at === null ? [] : [fromKeyText(run_id)])),
        held: new Set(held.map(({ run_id }) => fromKeyText(run_id))),
      };
    },

    async endAbandoned(describe) {
      let ended = await endUndriven(describe);
      for (const gone of await findGone()) {
        for (let count = await endSome(gone, describe); count > 0; count = await endSome(gone, describe))
          ended += count;
        await forget(gone);
      }
      return ended;
    },

    async endOrphans(describe, runIds) {
      let ended = 0;
      for (let start = 0; start < runIds.length; start += BATCH) {
        const some = runIds.slice(start, start + BATCH).map(toKeyText);
        ended += await database.write(async (transaction) =>
          end(
            transaction,
            await selectActive(transaction, nodeId).where("run_id", "in", some).execute(),
            describe,
          ),
        );
      }
      return ended;
    },
  };
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
