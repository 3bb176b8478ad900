/**
 * Ends runs that nobody runs: those of a server that is gone, by whoever finds them first, and those that their own server
 * does not know.
 */
import { readClocks } from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import { sql, type Transaction } from "kysely";
import { toLastRow } from "../runs/event-rows.ts";
import type { DescribeAbandoned, RunStore } from "../runs/store.ts";
import { appendTexts } from "./run-texts.ts";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { Tables, UsageTable } from "./schema/tables.ts";
import { keepLastRow } from "./sql-event-log.ts";
import { DEAD_SECONDS, describeHost, isNodeOfProcess, type SqlNodeOptions } from "./sql-node.ts";
import { readOutputOrBare, tryReadOutput } from "./sql-run-output.ts";
import { isActiveRun } from "./sql-run-queries.ts";
import { addUsages, sizeOfRun, USAGE_COLUMNS } from "./sql-usage.ts";
import { findNextIndex } from "./sql-waiting-runs.ts";

/** Runs that are ended in one commit. */
const BATCH = 50;

/** A server as it was when it was found silent; without a row it has never been heard, or was forgotten. */
interface GoneNode {
  readonly node_id: string;
  readonly heartbeat_at: number | null;
}

interface Swept {
  readonly found: number;
  readonly ended: number;
}

const NONE: Swept = { found: 0, ended: 0 };

export function createSqlAbandoned(
  database: Database<Tables>,
  {
    deployment,
    nodeId,
    eventsSeconds,
    readClocks: read = readClocks,
  }: SqlNodeOptions & { readonly eventsSeconds: number },
): Pick<RunStore, "endAbandoned" | "endOrphans"> {
  const { now } = database.dialect;
  const host = describeHost();
  /** Since when, by the clock that nobody sets, a server of this machine has said nothing new. */
  let watched = new Map<string, { readonly heartbeatAt: number | null; readonly since: number }>();

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
    const last = watched;
    watched = new Map();
    return rows.flatMap(({ node_id, ...row }) => {
      if (node_id === null || isNodeOfProcess(node_id)) return [];
      const { heartbeat_at, host: itsHost, pid, silence } = row;
      // A file has its processes on one machine: whether one lives is known at once.
      const isNeighbour = database.dialect.name === "sqlite" && itsHost === host && pid !== null;
      const isGone = isNeighbour
        ? !isAlive(pid) || isSilentHere(node_id, heartbeat_at, last)
        : silence === null || silence > DEAD_SECONDS;
      return isGone ? [{ node_id, heartbeat_at }] : [];
    });
  }

  /**
   * Of one whose process lives the times in the file say nothing: the machine's clock may have been set since. The number
   * of its process may have come to another one, too, so it is gone when nothing new comes while we look.
   */
  function isSilentHere(node: string, heartbeatAt: number | null, last: typeof watched): boolean {
    const { monotonic } = read();
    const seen = last.get(node);
    const since = seen?.heartbeatAt === heartbeatAt ? seen.since : monotonic;
    watched.set(node, { heartbeatAt, since });
    return monotonic - since > DEAD_SECONDS;
  }

  /**
   * Whether it has said nothing since. If so it says nothing before the transaction ends either: its row is held, and it
   * begins no run without a young beat (see `writeWithBeat`).
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

  /** Locked: what their server has under way is kept before, or not at all. */
  const selectActive = (transaction: Transaction<Tables>, node: string) => {
    const active = transaction
      .selectFrom("agentos_runs")
      .select([
        "run_no",
        "run_id",
        "node_id",
        "attempt",
        "max_attempts",
        "output_json",
        "events_json",
        "next_index",
        "keeps_events",
        "cancel_at",
      ])
      .select(sql<number>`case when checkpoint_json is null then 0 else 1 end`.as("has_checkpoint"))
      .where("deployment", "=", deployment)
      .where("node_id", "=", node)
      .where(isActiveRun)
      .orderBy("run_no")
      .limit(BATCH);
    return database.dialect.name === "postgres" ? active.forUpdate() : active;
  };
  type ActiveRow = Awaited<ReturnType<ReturnType<typeof selectActive>["execute"]>>[number];

  /** Gives how many it has found, and how many of them it has ended. */
  function endSome(gone: GoneNode, describe: DescribeAbandoned): Promise<Swept> {
    return database.write(async (transaction) => {
      if (!(await isStillSilent(transaction, gone))) return NONE;
      return sweep(transaction, await selectActive(transaction, gone.node_id).execute(), describe);
    });
  }

  async function sweep(
    transaction: Transaction<Tables>,
    runs: readonly ActiveRow[],
    describe: DescribeAbandoned,
    untouched: ReadonlySet<string> = new Set(),
  ): Promise<Swept> {
    const ended: { readonly session_no: number; readonly bytes: number }[] = [];
    for (const run of runs) {
      const isUntouched = untouched.has(fromKeyText(run.run_id));
      // What was taken and never begun has not been attempted.
      const attempt = isUntouched ? run.attempt - 1 : run.attempt;
      if (mayBeginAgain({ ...run, attempt })) await release(transaction, { ...run, attempt });
      else ended.push(await end(transaction, run, describe));
    }
    await countEnded(transaction, ended);
    return { found: runs.length, ended: ended.length };
  }

  /** Any server may take it. */
  async function release(
    transaction: Transaction<Tables>,
    { run_no, attempt, output_json }: ActiveRow,
  ): Promise<void> {
    const output = tryReadOutput(output_json);
    await transaction
      .updateTable("agentos_runs")
      .set({
        status: "PENDING",
        node_id: null,
        attempt,
        available_at: now,
        ...(output === undefined ? {} : { output_json: JSON.stringify({ ...output, status: "PENDING" }) }),
      })
      .where("run_no", "=", run_no)
      .execute();
  }

  async function end(transaction: Transaction<Tables>, run: ActiveRow, describe: DescribeAbandoned) {
    const { run_no, keeps_events } = run;
    const output = await readOutputOrBare(transaction, run);
    const { outputJson, last } = describe(output);
    const eventsJson = appendTexts(run.events_json, [last.json]);
    const lastIndex = await findNextIndex(transaction, run);
    if (keeps_events === 1 && !(await keepLastRow(transaction, run_no, toLastRow(lastIndex, last, "end"))))
      throw new Error("INVARIANT: nobody writes events of a run whose row is locked");
    const { session_no } = await transaction
      .updateTable("agentos_runs")
      .set({
        status: "ERROR",
        output_json: outputJson,
        events_json: eventsJson,
        next_index: lastIndex + 1,
        ended_at: now,
        events_until: keeps_events === 1 ? sql<number>`${now} + ${eventsSeconds}` : null,
        checkpoint_json: null,
        node_id: null,
        cancel_at: null,
      })
      .where("run_no", "=", run_no)
      .returning("session_no")
      .executeTakeFirstOrThrow();
    return { session_no, bytes: sizeOfRun({ outputJson, eventsJson }) };
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
    async endAbandoned(describe) {
      let ended = 0;
      for (const gone of await findGone()) {
        for (;;) {
          const swept = await endSome(gone, describe);
          ended += swept.ended;
          if (swept.found === 0) break;
        }
        await forget(gone);
      }
      return ended;
    },

    async endOrphans(describe, attempts, untouched) {
      let ended = 0;
      const runIds = [...attempts.keys()];
      for (let start = 0; start < runIds.length; start += BATCH) {
        const some = runIds.slice(start, start + BATCH).map(toKeyText);
        const swept = await database.write(async (transaction) => {
          const rows = await selectActive(transaction, nodeId).where("run_id", "in", some).execute();
          // A run that was paused may have gone on here since somebody looked.
          const orphans = rows.filter(({ run_id, attempt }) => attempts.get(fromKeyText(run_id)) === attempt);
          return sweep(transaction, orphans, describe, untouched);
        });
        ended += swept.ended;
      }
      return ended;
    },
  };
}

/** Its server is gone, and what it has done so far may be done once more; nobody wants it to stop. */
function mayBeginAgain(run: {
  readonly attempt: number;
  readonly max_attempts: number;
  readonly has_checkpoint: number;
  readonly cancel_at: number | null;
}): boolean {
  return run.attempt < run.max_attempts && run.has_checkpoint === 1 && run.cancel_at === null;
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
