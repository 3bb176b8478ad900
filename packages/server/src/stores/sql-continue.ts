/**
 * Paused runs that go on. Of two servers that try one, the first takes its row: by its attempt and its status. What it
 * counted for while it was paused is given back, as every run that lives counts with its end.
 */
import { type Database, prepareQuery } from "@agentos/storage";
import type { ExpressionBuilder, Kysely, Transaction } from "kysely";
import {
  coversOwner,
  type RunContinuation,
  type RunEnd,
  type RunLease,
  type RunStore,
} from "../runs/store.ts";
import { toKeyText } from "./schema/key-text.ts";
import { toOwnerColumns } from "./schema/owner-columns.ts";
import type { RunsTable, Tables } from "./schema/tables.ts";
import type { WriteOfOwner } from "./sql-full-owners.ts";
import type { SqlNode } from "./sql-node.ts";
import { readRun } from "./sql-rows.ts";
import { isSession } from "./sql-sessions.ts";
import { addUsage, growthOf, RUN_BYTES, requireRoom } from "./sql-usage.ts";

type Db = Kysely<Tables>;

interface Options {
  readonly deployment: string;
  readonly nodeId: string;
  readonly maxBytesPerOwner: number;
  readonly node: Pick<SqlNode, "writeWithBeat">;
  readonly writeOfOwner: WriteOfOwner;
}

type Claim = Pick<RunsTable, "deployment" | "run_id" | "attempt" | "status" | "node_id">;

/** Its texts stay for now: they say what it counted for. */
const takePaused = prepareQuery((db: Db, claim: Claim) =>
  db
    .updateTable("agentos_runs")
    .set((row) => ({
      status: claim.status,
      attempt: row("attempt", "+", 1),
      node_id: claim.node_id,
      ended_at: null,
      cancel_at: null,
    }))
    .where("deployment", "=", claim.deployment)
    .where("run_id", "=", claim.run_id)
    .where("attempt", "=", claim.attempt)
    .where("status", "=", "PAUSED")
    .returning(["run_no", "session_no", "attempt", RUN_BYTES.as("bytes")]),
);

export function createSqlContinue(
  database: Database<Tables>,
  { deployment, nodeId, maxBytesPerOwner, node, writeOfOwner }: Options,
): Pick<RunStore, "findPausedRun" | "continueRun"> {
  async function take(
    transaction: Transaction<Tables>,
    { key, runId }: Pick<RunLease, "key" | "runId">,
    { attempt, status, at, outputJson, keepsEvents }: RunContinuation,
  ): Promise<RunLease | undefined> {
    const [taken] = await takePaused(transaction, {
      deployment,
      run_id: toKeyText(runId),
      attempt,
      status,
      node_id: nodeId,
    });
    if (taken === undefined) return undefined;
    const { run_no, session_no, bytes } = taken;
    await transaction
      .updateTable("agentos_runs")
      .set({
        output_json: outputJson,
        // What it is to do now is nowhere but here: its server's end is its own.
        checkpoint_json: null,
        events_until: null,
        keeps_events: keepsEvents ? 1 : 0,
      })
      .where("run_no", "=", run_no)
      .execute();
    await transaction
      .updateTable("agentos_sessions")
      .set((row) => ({ bytes: row("bytes", "-", bytes), updated_at: at }))
      .where("session_no", "=", session_no)
      .execute();
    const before = await addUsage(transaction, { deployment, ...toOwnerColumns(key.owner), bytes: -bytes });
    requireRoom(key.owner, before - bytes, maxBytesPerOwner);
    return Object.freeze({ key, runId, runNo: run_no, attempt: taken.attempt });
  }

  return {
    async findPausedRun(scope, key, runId) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const row = await database.read((db) =>
        db
          .selectFrom("agentos_runs")
          .select(["output_json", "events_json", "attempt", "next_index", "keeps_events", "checkpoint_json"])
          .where("deployment", "=", deployment)
          .where("run_id", "=", toKeyText(runId))
          .where((run) =>
            run(
              "session_no",
              "=",
              run.selectFrom("agentos_sessions").select("session_no").where(isSession(deployment, key)),
            ),
          )
          .executeTakeFirst(),
      );
      return (
        row && {
          ...readRun(key, row),
          attempt: row.attempt,
          nextIndex: row.next_index,
          keepsEvents: row.keeps_events === 1,
          checkpointJson: row.checkpoint_json ?? undefined,
        }
      );
    },

    async continueRun(scope, run, continuation) {
      if (!coversOwner(scope, run.key.owner)) return undefined;
      return writeOfOwner(run.key.owner, () =>
        node.writeWithBeat((transaction) => take(transaction, run, continuation)),
      );
    },
  };
}

/** A completed run whose place another one takes. Gives how many bytes more it has. */
export async function replaceRun(
  transaction: Transaction<Tables>,
  {
    deployment,
    session_no,
    replaces,
  }: Pick<RunsTable, "deployment" | "session_no"> & Pick<RunEnd, "replaces">,
): Promise<number> {
  if (replaces === undefined) return 0;
  const isReplaced = (row: ExpressionBuilder<Tables, "agentos_runs">) =>
    row.and({ deployment, run_id: toKeyText(replaces.runId), session_no, status: "COMPLETED" });
  const before = await transaction
    .selectFrom("agentos_runs")
    .select("output_json")
    .where(isReplaced)
    .executeTakeFirst();
  const replaced = await transaction
    .updateTable("agentos_runs")
    .set({ status: "REGENERATED", output_json: replaces.outputJson })
    .where(isReplaced)
    .returning("run_no")
    .executeTakeFirst();
  return replaced === undefined ? 0 : growthOf(before?.output_json, replaces.outputJson);
}
