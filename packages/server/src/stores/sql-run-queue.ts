/**
 * Runs that wait in a database. A server takes those that it knows how to run; on PostgreSQL it passes over rows that
 * another one is taking this moment, and a file has one writer at a time.
 */
import type { DataScope, Owner } from "@agentos/auth";
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, type Kysely, sql, type Transaction } from "kysely";
import {
  type ClaimedRun,
  type QueueDepth,
  type RunClaim,
  type RunName,
  type RunPlace,
  type RunQueue,
  requireRoomIn,
} from "../runs/run-queue.ts";
import type { NewRun, StoredOutput } from "../runs/store.ts";
import { readOutput } from "./run-texts.ts";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import { hasOwnerColumns, isInScope, isOwnedBy, toOwnerColumns } from "./schema/owner-columns.ts";
import type { Tables } from "./schema/tables.ts";
import type { SqlNode, SqlNodeOptions } from "./sql-node.ts";
import { KEY_COLUMNS, readSessionKey } from "./sql-rows.ts";
import { isActiveRun } from "./sql-run-queries.ts";
import { endWaiting, findNextIndex, WAITING_COLUMNS } from "./sql-waiting-runs.ts";

type Db = Kysely<Tables>;
type Row = ExpressionBuilder<Tables, "agentos_runs" | "agentos_sessions">;

/** A run that could not begin is not taken again before, seconds. */
const RELEASED_SECONDS = 1;
/** Owners that are left out by name; who is beyond them is asked for its places one by one. */
const MAX_FULL_OWNERS = 500;

export interface SqlRunQueue
  extends Pick<
    RunQueue,
    "claimRuns" | "releaseRun" | "listPending" | "endWaiting" | "findPlace" | "requireRoomInQueue"
  > {
  /** In the transaction that keeps a pending run. Throws `QueueFull`. */
  requireRoom(transaction: Transaction<Tables>, run: NewRun): Promise<void>;
}

export interface SqlRunQueueOptions extends SqlNodeOptions {
  readonly node: Pick<SqlNode, "writeWithBeat">;
  /** How long the events of a run are kept after its end. */
  readonly eventsSeconds: number;
}

export function createSqlRunQueue(
  database: Database<Tables>,
  { deployment, nodeId, node, eventsSeconds }: SqlRunQueueOptions,
): SqlRunQueue {
  const { now, name: dialect } = database.dialect;

  /** Nobody runs them; written so that the index of active runs is used. */
  const selectPending = (db: Db) =>
    db
      .selectFrom("agentos_runs")
      .innerJoin("agentos_sessions", "agentos_sessions.session_no", "agentos_runs.session_no")
      .where("agentos_runs.deployment", "=", deployment)
      .where("agentos_runs.node_id", "is", null)
      .where(isActiveRun);

  const selectNamed = (db: Db, scope: DataScope, { component, runId, sessionId }: RunName) => {
    const named = db
      .selectFrom("agentos_runs")
      .innerJoin("agentos_sessions", "agentos_sessions.session_no", "agentos_runs.session_no")
      .where("agentos_runs.deployment", "=", deployment)
      .where("agentos_runs.run_id", "=", toKeyText(runId))
      .where("agentos_sessions.kind", "=", component.kind)
      .where("agentos_sessions.component_id", "=", toKeyText(component.id))
      .where(isInScope(scope, "agentos_sessions"));
    return sessionId === undefined
      ? named
      : named.where("agentos_sessions.session_id", "=", toKeyText(sessionId));
  };

  const isTakeable =
    ({ components, full }: RunClaim) =>
    (row: Row) =>
      row.and([
        row.or(
          components.map(({ kind, id }) =>
            row.and([row("kind", "=", kind), row("component_id", "=", toKeyText(id))]),
          ),
        ),
        ...full.slice(0, MAX_FULL_OWNERS).map((owner) => row.not(isOwnedBy(owner, "agentos_sessions"))),
        row.or([row("available_at", "is", null), row("available_at", "<=", now)]),
        row("cancel_at", "is", null),
      ]);

  const selectTakeable = (db: Db, claim: RunClaim) => {
    const oldest = selectPending(db)
      .select([
        ...KEY_COLUMNS,
        "run_no",
        "run_id",
        "attempt",
        "next_index",
        "keeps_events",
        "output_json",
        "checkpoint_json",
      ])
      .where(isTakeable(claim))
      .orderBy("run_no")
      .limit(claim.limit);
    return dialect === "postgres" ? oldest.forUpdate("agentos_runs").skipLocked() : oldest;
  };

  async function take(transaction: Transaction<Tables>, claim: RunClaim): Promise<readonly ClaimedRun[]> {
    const rows = await selectTakeable(transaction, claim).execute();
    const taken: ClaimedRun[] = [];
    const countPlaces = createPlaces(claim.placesOf);
    for (const row of rows) {
      const key = readSessionKey(row);
      if (!countPlaces(key.owner)) continue;
      const output: StoredOutput = { ...readOutput(row.output_json), status: "RUNNING" };
      const attempt = row.attempt + 1;
      const nextIndex = await findNextIndex(transaction, row);
      await transaction
        .updateTable("agentos_runs")
        .set({
          status: "RUNNING",
          node_id: nodeId,
          attempt,
          output_json: JSON.stringify(output),
          next_index: nextIndex,
        })
        .where("run_no", "=", row.run_no)
        .execute();
      taken.push({
        lease: Object.freeze({ key, runId: output.run_id, runNo: row.run_no, attempt }),
        output,
        checkpointJson: row.checkpoint_json ?? "",
        nextIndex,
        keepsEvents: row.keeps_events === 1,
      });
    }
    return taken;
  }

  async function readDepth(db: Db, owner: Owner): Promise<QueueDepth> {
    const isOwn = hasOwnerColumns(toOwnerColumns(owner), "agentos_sessions");
    const row = await selectPending(db)
      .select([
        (count) => count.fn.countAll<number>().as("runs"),
        sql<number>`coalesce(sum(case when ${isOwn} then 1 else 0 end), 0)`.as("runs_of_owner"),
        sql<number>`coalesce(sum(octet_length(checkpoint_json)), 0)`.as("bytes"),
      ])
      .executeTakeFirstOrThrow();
    return { runs: row.runs, runsOfOwner: row.runs_of_owner, bytes: row.bytes };
  }

  return {
    async requireRoom(transaction, { key: { owner }, status, checkpointJson = "", queueLimits }) {
      if (status !== "PENDING" || queueLimits === undefined) return;
      const bytes = Buffer.byteLength(checkpointJson);
      requireRoomIn(await readDepth(transaction, owner), { owner, bytes, limits: queueLimits });
    },

    async requireRoomInQueue(owner, bytes, limits) {
      requireRoomIn(await database.read((db) => readDepth(db, owner)), { owner, bytes, limits });
    },

    async claimRuns(claim) {
      if (claim.components.length === 0 || claim.limit <= 0) return [];
      // A server that finds nothing writes nothing.
      const found = await database.read((db) =>
        selectPending(db).select("run_no").where(isTakeable(claim)).limit(1).executeTakeFirst(),
      );
      if (found === undefined) return [];
      return node.writeWithBeat((transaction) => take(transaction, claim));
    },

    async releaseRun({ runNo, attempt }) {
      await database.write(async (transaction) => {
        const row = await transaction
          .selectFrom("agentos_runs")
          .select("output_json")
          .where("run_no", "=", runNo)
          .executeTakeFirst();
        if (row === undefined) return;
        await transaction
          .updateTable("agentos_runs")
          .set({
            status: "PENDING",
            node_id: null,
            attempt: attempt - 1,
            available_at: sql<number>`${now} + ${RELEASED_SECONDS}`,
            output_json: JSON.stringify({ ...readOutput(row.output_json), status: "PENDING" }),
          })
          .where("run_no", "=", runNo)
          .where("attempt", "=", attempt)
          .where("node_id", "=", nodeId)
          .where("status", "=", "RUNNING")
          .execute();
      });
    },

    async listPending(afterRunNo, limit) {
      const rows = await database.read((db) =>
        selectPending(db)
          .select([...KEY_COLUMNS, "run_no", "run_id"])
          .where("run_no", ">", afterRunNo)
          .orderBy("run_no")
          .limit(limit)
          .execute(),
      );
      return rows.map((row) => ({
        key: readSessionKey(row),
        runId: fromKeyText(row.run_id),
        runNo: row.run_no,
      }));
    },

    endWaiting: (scope, run, describe) =>
      database.write((transaction) => {
        const waiting = selectNamed(transaction, scope, run)
          .select(WAITING_COLUMNS)
          .where("agentos_runs.status", "in", ["PENDING", "PAUSED"]);
        const locked = dialect === "postgres" ? waiting.forUpdate("agentos_runs") : waiting;
        return endWaiting(transaction, {
          run: locked.executeTakeFirst(),
          describe,
          deployment,
          now,
          eventsSeconds,
        });
      }),

    async findPlace(scope, run) {
      if (scope.kind === "none") return undefined;
      const row = await database.read((db) =>
        selectNamed(db, scope, run)
          .select([
            ...KEY_COLUMNS,
            "run_no",
            "status",
            "attempt",
            "next_index",
            "keeps_events",
            "events_until",
            "ended_at",
            "output_json",
            "checkpoint_json",
            // The row says it from its end on.
            (columns) =>
              columns
                .selectFrom("agentos_run_events as event")
                .select(sql<number | null>`max(event.last_index)`.as("last_index"))
                .whereRef("event.run_no", "=", "agentos_runs.run_no")
                .as("last_index"),
          ])
          .executeTakeFirst(),
      );
      return row && toPlace(row);
    },
  };
}

/** Counts down what each owner may have more. */
function createPlaces(placesOf: RunClaim["placesOf"]): (owner: Owner) => boolean {
  const left = new Map<string, number>();
  return (owner) => {
    const name = JSON.stringify([owner.issuer, owner.kind, owner.id]);
    const places = left.get(name) ?? placesOf(owner);
    left.set(name, places - 1);
    return places > 0;
  };
}

type PlaceRow = Parameters<typeof readSessionKey>[0] &
  Pick<
    Tables["agentos_runs"],
    "status" | "attempt" | "next_index" | "events_until" | "ended_at" | "output_json" | "checkpoint_json"
  > & { readonly run_no: number; readonly keeps_events: number; readonly last_index: number | null };

function toPlace(row: PlaceRow): RunPlace {
  const keepsEvents = row.keeps_events === 1;
  return {
    key: readSessionKey(row),
    runNo: row.run_no,
    status: row.status,
    attempt: row.attempt,
    output: readOutput(row.output_json),
    checkpointJson: row.checkpoint_json ?? undefined,
    keepsEvents,
    hasEvents: keepsEvents && (row.ended_at === null || row.events_until !== null),
    nextIndex: Math.max(row.next_index, (row.last_index ?? -1) + 1),
  };
}
