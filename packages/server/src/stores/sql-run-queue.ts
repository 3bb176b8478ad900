/**
 * Runs that wait in a database. A server takes those that it knows how to run; on PostgreSQL it passes over rows that
 * another one is taking this moment, and a file has one writer at a time.
 */
import { type DataScope, isSameOwner, type Owner } from "@agentos/auth";
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
import { readOutputOrBare, tryReadOutput } from "./sql-run-output.ts";
import { isActiveRun } from "./sql-run-queries.ts";
import { endWaiting, findNextIndex, WAITING_COLUMNS } from "./sql-waiting-runs.ts";

type Db = Kysely<Tables>;
type Row = ExpressionBuilder<Tables, "agentos_runs" | "agentos_sessions">;

/** A run that could not begin is not taken again before, seconds. */
const RELEASED_SECONDS = 1;
/** Owners that are left out by name; who is beyond them is asked for its places one by one. */
const MAX_FULL_OWNERS = 500;
/** Looks of one claim at the queue, where many wait who have no places. */
const MAX_PAGES = 20;

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

  const lock = <Query extends { forUpdate(table: "agentos_runs"): Query }>(rows: Query): Query =>
    dialect === "postgres" ? rows.forUpdate("agentos_runs") : rows;

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
    ({ components, full, unreadable = [] }: RunClaim) =>
    (row: Row) =>
      row.and([
        row.or(
          components.map(({ kind, id }) =>
            row.and([row("kind", "=", kind), row("component_id", "=", toKeyText(id))]),
          ),
        ),
        ...full.slice(0, MAX_FULL_OWNERS).map((owner) => row.not(isOwnedBy(owner, "agentos_sessions"))),
        ...(unreadable.length === 0 ? [] : [row("run_no", "not in", unreadable)]),
        row.or([row("available_at", "is", null), row("available_at", "<=", now)]),
        row("cancel_at", "is", null),
      ]);

  /** Numbers of the runs to take, which are this transaction's from now on. */
  async function choose(transaction: Transaction<Tables>, claim: RunClaim): Promise<readonly number[]> {
    const chosen: number[] = [];
    const countPlaces = createPlaces(claim.placesOf);
    /** Those who wait for more than they have places for: others behind them are not to wait with them. */
    const exhausted: Owner[] = [];
    let after = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const oldest = selectPending(transaction)
        .select([...KEY_COLUMNS, "run_no"])
        .where(isTakeable({ ...claim, full: [...exhausted, ...claim.full] }))
        .where("run_no", ">", after)
        .orderBy("run_no")
        .limit(claim.limit);
      const rows = await (dialect === "postgres"
        ? oldest.forUpdate("agentos_runs").skipLocked()
        : oldest
      ).execute();
      for (const row of rows) {
        const { owner } = readSessionKey(row);
        after = row.run_no;
        if (countPlaces(owner)) chosen.push(row.run_no);
        else if (!exhausted.some((other) => isSameOwner(other, owner))) exhausted.push(owner);
        if (chosen.length === claim.limit) return chosen;
      }
      if (rows.length < claim.limit) break;
    }
    return chosen;
  }

  async function take(transaction: Transaction<Tables>, claim: RunClaim): Promise<readonly ClaimedRun[]> {
    const chosen = await choose(transaction, claim);
    if (chosen.length === 0) return [];
    const rows = await selectPending(transaction)
      .select([
        ...KEY_COLUMNS,
        "run_no",
        "attempt",
        "next_index",
        "keeps_events",
        "output_json",
        "checkpoint_json",
      ])
      .where("run_no", "in", chosen)
      .orderBy("run_no")
      .execute();
    const taken: ClaimedRun[] = [];
    for (const row of rows) {
      const key = readSessionKey(row);
      const isDamaged = tryReadOutput(row.output_json) === undefined;
      const output: StoredOutput = { ...(await readOutputOrBare(transaction, row)), status: "RUNNING" };
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
        // Half of what was kept says nothing of the other half: whoever took it ends it as damaged.
        checkpointJson: isDamaged ? "" : (row.checkpoint_json ?? ""),
        nextIndex,
        keepsEvents: row.keeps_events === 1,
      });
    }
    return taken;
  }

  /** By session first: with `agentos_runs_queued` that reads the index alone, and not what thousands of requests hold. */
  async function readDepth(db: Db, owner: Owner): Promise<QueueDepth> {
    const isOwn = hasOwnerColumns(toOwnerColumns(owner), "agentos_sessions");
    const bySession = db
      .selectFrom("agentos_runs")
      .select(["session_no", sql<number>`count(*)`.as("runs")])
      .select(sql<number>`sum(octet_length(checkpoint_json))`.as("bytes"))
      .where("deployment", "=", deployment)
      .where("node_id", "is", null)
      .where(isActiveRun)
      .groupBy("session_no");
    const row = await db
      .selectFrom(bySession.as("waiting"))
      .innerJoin("agentos_sessions", "agentos_sessions.session_no", "waiting.session_no")
      .select([
        sql<number>`cast(coalesce(sum(waiting.runs), 0) as bigint)`.as("runs"),
        sql<number>`cast(coalesce(sum(case when ${isOwn} then waiting.runs else 0 end), 0) as bigint)`.as(
          "runs_of_owner",
        ),
        sql<number>`cast(coalesce(sum(waiting.bytes), 0) as bigint)`.as("bytes"),
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

    async releaseRun({ runNo, attempt }, describe) {
      await database.write(async (transaction) => {
        const held = transaction
          .selectFrom("agentos_runs")
          .select([...WAITING_COLUMNS, "cancel_at"])
          .where("run_no", "=", runNo)
          .where("attempt", "=", attempt)
          .where("node_id", "=", nodeId)
          .where("status", "=", "RUNNING");
        const run = await lock(held).executeTakeFirst();
        if (run === undefined) return;
        if (run.cancel_at !== null)
          return endWaiting(transaction, { run, describe, deployment, now, eventsSeconds });
        const output = await readOutputOrBare(transaction, run);
        await transaction
          .updateTable("agentos_runs")
          .set({
            status: "PENDING",
            node_id: null,
            attempt: attempt - 1,
            available_at: sql<number>`${now} + ${RELEASED_SECONDS}`,
            output_json: JSON.stringify({ ...output, status: "PENDING" }),
          })
          .where("run_no", "=", runNo)
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

    endWaiting: (scope, name, describe) =>
      database.write(async (transaction) => {
        const waiting = selectNamed(transaction, scope, name)
          .select(WAITING_COLUMNS)
          .where("agentos_runs.status", "in", ["PENDING", "PAUSED"]);
        const run = await lock(waiting).executeTakeFirst();
        if (run === undefined) return false;
        await endWaiting(transaction, { run, describe, deployment, now, eventsSeconds });
        return true;
      }),

    async findPlace(scope, run) {
      if (scope.kind === "none") return undefined;
      const row = await database.read((db) =>
        selectNamed(db, scope, run)
          .select([
            ...KEY_COLUMNS,
            "run_no",
            "status",
            "next_index",
            "keeps_events",
            "output_json",
            // Deleted a little at a time from then on: half of them is not shown.
            sql<number>`case when ended_at is null or events_until > ${now} then 1 else 0 end`.as("is_kept"),
            (columns) => selectEdge(columns).select("first_index").orderBy("first_index").as("first_index"),
            // The row says it from its end on.
            (columns) =>
              selectEdge(columns).select("last_index").orderBy("first_index", "desc").as("last_index"),
          ])
          .executeTakeFirst(),
      );
      return row && toPlace(row);
    },
  };
}

/** One row of the log of a run. */
function selectEdge(columns: Row) {
  return columns
    .selectFrom("agentos_run_events as event")
    .whereRef("event.run_no", "=", "agentos_runs.run_no")
    .limit(1);
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
  Pick<Tables["agentos_runs"], "status" | "next_index" | "output_json"> & {
    readonly run_no: number;
    readonly keeps_events: number;
    readonly is_kept: number;
    readonly first_index: number | null;
    readonly last_index: number | null;
  };

function toPlace(row: PlaceRow): RunPlace {
  const keepsEvents = row.keeps_events === 1;
  const nextIndex = Math.max(row.next_index, (row.last_index ?? -1) + 1);
  return {
    key: readSessionKey(row),
    runNo: row.run_no,
    status: row.status,
    output: readOutput(row.output_json),
    keepsEvents,
    hasEvents: keepsEvents && row.is_kept === 1,
    firstIndex: row.first_index ?? nextIndex,
    nextIndex,
  };
}
