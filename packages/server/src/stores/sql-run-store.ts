/**
 * Runs and sessions in a database. A run is two commits: its row with the session before its first event, its end with
 * the session's state. Whoever writes an end has to hold the run still: by its attempt, its server and its status.
 */
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, type Kysely, sql, type Transaction } from "kysely";
import {
  coversOwner,
  MAX_FIRST_INPUT_LENGTH,
  type NewRun,
  type RunEnd,
  type RunLease,
  RunLeaseLost,
  type RunQuery,
  type RunStore,
  type SessionKey,
  type StateChange,
} from "../runs/store.ts";
import { createReadOfOwner } from "./reads-per-owner.ts";
import { toKeyText, toPlainText } from "./schema/key-text.ts";
import { isInScope, toOwnerColumns } from "./schema/owner-columns.ts";
import type { Tables } from "./schema/tables.ts";
import { createSqlAbandoned } from "./sql-abandoned.ts";
import { createSqlContinue, replaceRun } from "./sql-continue.ts";
import { createSqlCopiedRuns } from "./sql-copied-runs.ts";
import { createSqlEventLog, keepLastRow } from "./sql-event-log.ts";
import { createFullOwners } from "./sql-full-owners.ts";
import { createSqlNode, type SqlNode, type SqlNodeOptions } from "./sql-node.ts";
import { type RunRow, readRun } from "./sql-rows.ts";
import { createSqlRunKeys } from "./sql-run-keys.ts";
import {
  addTokens,
  createEndRun,
  insertRun,
  isActiveRun,
  openSession,
  putState,
  putSummary,
} from "./sql-run-queries.ts";
import { createSqlRunQueue } from "./sql-run-queue.ts";
import { createSqlSessions, isSession } from "./sql-sessions.ts";
import { addUsage, growthOf, requireRoom, sizeOfRun } from "./sql-usage.ts";
import { DEFAULT_EVENTS_SECONDS, MAX_DATABASE_BYTES_PER_OWNER } from "./store-limits.ts";

export interface SqlRunStoreOptions extends SqlNodeOptions {
  /** Of a verified owner; whoever has them begins nothing more. Default {@link MAX_DATABASE_BYTES_PER_OWNER}. */
  readonly maxBytesPerOwner?: number | undefined;
  /** How long the events of a run are kept after its end. Default {@link DEFAULT_EVENTS_SECONDS}. */
  readonly eventsSeconds?: number | undefined;
}

export interface SqlRunStore
  extends RunStore,
    Pick<SqlNode, "close" | "forgetSilent" | "leave" | "liveNodes" | "spread"> {}

const RUN_COLUMNS = ["output_json", "events_json"] as const;

/** Of a run: both databases know it without reading the texts. */
const TEXT_BYTES = sql<number>`octet_length(output_json) + coalesce(octet_length(events_json), 0)`;

type Row = ExpressionBuilder<Tables, "agentos_runs">;

function fitsRun({ status, createdAfter, createdBefore }: Omit<RunQuery, "limit">) {
  return (row: Row) =>
    row.and([
      ...(status === undefined ? [] : [row("status", "=", status)]),
      ...(createdAfter === undefined ? [] : [row("created_at", ">=", createdAfter)]),
      ...(createdBefore === undefined ? [] : [row("created_at", "<=", createdBefore)]),
    ]);
}

export function createSqlRunStore(database: Database<Tables>, options: SqlRunStoreOptions): SqlRunStore {
  const {
    deployment,
    nodeId,
    maxBytesPerOwner = MAX_DATABASE_BYTES_PER_OWNER,
    eventsSeconds = DEFAULT_EVENTS_SECONDS,
  } = options;
  const endRun = createEndRun(database.dialect.now);
  const node = createSqlNode(database, options);
  const writeOfOwner = createFullOwners(database, { deployment, maxBytesPerOwner });
  const abandoned = createSqlAbandoned(database, { ...options, eventsSeconds });
  const queue = createSqlRunQueue(database, { deployment, nodeId, node, eventsSeconds });
  const readOfOwner = createReadOfOwner();
  const keys = createSqlRunKeys(database, { deployment });
  const sessions = createSqlSessions(database, { deployment, maxBytesPerOwner, writeOfOwner });

  /** The session of a run that begins, made where it is missing. Gives its number. */
  async function open(transaction: Transaction<Tables>, run: NewRun): Promise<number> {
    const { key, createdAt, input, changeState } = run;
    const owner = toOwnerColumns(key.owner);
    const [session] = await openSession(transaction, {
      deployment,
      ...owner,
      kind: key.component.kind,
      component_id: toKeyText(key.component.id),
      session_id: toKeyText(key.sessionId),
      first_input: toPlainText(input.slice(0, MAX_FIRST_INPUT_LENGTH)),
      created_at: createdAt,
    });
    if (session === undefined) throw new Error("INVARIANT: a session is made or found");
    requireRoom(key.owner, session.used_bytes ?? 0, maxBytesPerOwner);
    const bytes = changeState === undefined ? 0 : await change(transaction, session, changeState);
    if (bytes !== 0) await addUsage(transaction, { deployment, ...owner, bytes });
    return session.session_no;
  }

  async function end(transaction: Transaction<Tables>, lease: RunLease, run: RunEnd): Promise<void> {
    const [ended] = await endRun(transaction, {
      deployment,
      run_id: toKeyText(lease.runId),
      attempt: lease.attempt,
      node_id: nodeId,
      status: run.status,
      output_json: run.outputJson,
      events_json: run.eventsJson,
      next_index: run.terminalIndex + 1,
      checkpoint_json: run.checkpointJson ?? null,
      events_seconds: eventsSeconds,
    });
    const isLost =
      ended === undefined ||
      (run.lastRow !== undefined && !(await keepLastRow(transaction, lease.runNo, run.lastRow)));
    if (isLost) throw new RunLeaseLost("the run has ended, is gone, or is another attempt's");
    const { session_no } = ended;
    let bytes =
      sizeOfRun(run) + (await replaceRun(transaction, { deployment, session_no, replaces: run.replaces }));
    const [session] = await addTokens(transaction, {
      session_no,
      added_bytes: bytes,
      input_tokens: run.tokens.inputTokens,
      output_tokens: run.tokens.outputTokens,
      total_tokens: run.tokens.totalTokens,
    });
    if (session === undefined) return;
    if (run.changeState !== undefined)
      bytes += await change(transaction, { ...session, session_no }, run.changeState);
    const summary_json = run.changeSummary?.(session.summary_json ?? undefined);
    if (summary_json !== undefined) {
      const added_bytes = growthOf(session.summary_json, summary_json);
      await putSummary(transaction, { session_no, summary_json, added_bytes });
      bytes += added_bytes;
    }
    await addUsage(transaction, { deployment, ...toOwnerColumns(lease.key.owner), bytes });
  }

  const isOfSession = (key: SessionKey) => (row: Row) =>
    row(
      "session_no",
      "=",
      row.selectFrom("agentos_sessions").select("session_no").where(isSession(deployment, key)),
    );

  /** A run that is gone has no number, and none is greater than that. */
  const followsRun = (runId: string | undefined) => (row: Row) =>
    runId === undefined
      ? row.and([])
      : row(
          "run_no",
          ">",
          row
            .selectFrom("agentos_runs as last")
            .select("last.run_no")
            .where("last.deployment", "=", deployment)
            .where("last.run_id", "=", toKeyText(runId)),
        );

  /** The runs of one session, which the caller's scope covers. */
  const selectRuns = (db: Kysely<Tables>, key: SessionKey) =>
    db.selectFrom("agentos_runs").select(RUN_COLUMNS).where(isOfSession(key));

  return {
    ...sessions,
    events: createSqlEventLog(database, options),

    async createRun(scope, run) {
      const { key, runId, createdAt, outputJson, status = "RUNNING", checkpointJson = null } = run;
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a run is kept only within its caller's scope");
      const isPending = status === "PENDING";
      const attempt = isPending ? 0 : 1;
      const runNo = await writeOfOwner(key.owner, () =>
        node.writeWithBeat(async (transaction) => {
          await keys.keep(transaction, run);
          await queue.requireRoom(transaction, run);
          if (run.bindsSession === true) await sessions.bind(transaction, key);
          const sessionNo = await open(transaction, run);
          const [inserted] = await insertRun(transaction, {
            deployment,
            run_id: toKeyText(runId),
            session_no: sessionNo,
            status,
            node_id: isPending ? null : nodeId,
            attempt,
            max_attempts: run.maxAttempts ?? 1,
            checkpoint_json: checkpointJson,
            keeps_events: run.keepsEvents === true ? 1 : 0,
            created_at: createdAt,
            output_json: outputJson,
          });
          if (inserted === undefined) throw new Error("INVARIANT: a row that was added has a number");
          return inserted.run_no;
        }),
      );
      return Object.freeze({ key, runId, runNo, attempt });
    },

    finishRun: (lease, run) => database.write((transaction) => end(transaction, lease, run)),

    async findRun(scope, key, runId) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const row = await readOfOwner(scope, () =>
        database.read((db) =>
          selectRuns(db, key)
            .where("deployment", "=", deployment)
            .where("run_id", "=", toKeyText(runId))
            .executeTakeFirst(),
        ),
      );
      return row && readRun(key, row);
    },

    async listRuns(scope, key, { limit, ...query }) {
      if (limit === 0 || !coversOwner(scope, key.owner)) return [];
      const readRows = () =>
        database.read((db) => {
          const newest = selectRuns(db, key).where(fitsRun(query)).orderBy("agentos_runs.run_no", "desc");
          return (limit === undefined ? newest : newest.limit(limit)).execute();
        });
      const rows: RunRow[] = await readOfOwner(scope, readRows);
      return rows.toReversed().map((row) => readRun(key, row));
    },

    async listRunPiece(scope, key, { afterRunId, count, maxBytes, ...query }) {
      if (!coversOwner(scope, key.owner)) return { runs: [], isLast: true };
      const readRows = () =>
        database.read((db) => {
          const following = db
            .selectFrom("agentos_runs")
            .select(["run_no", TEXT_BYTES.as("bytes")])
            .where(isOfSession(key))
            .where(fitsRun(query))
            .where(followsRun(afterRunId))
            .orderBy("run_no")
            .limit(count);
          const summed = db.selectFrom(following.as("following")).select(({ fn }) => [
            "run_no",
            "bytes",
            fn
              .sum<number>("bytes")
              .over((over) => over.orderBy("run_no"))
              .as("total"),
            fn
              .countAll<number>()
              .over((over) => over)
              .as("found"),
          ]);
          return (
            db
              .selectFrom(summed.as("summed"))
              .innerJoin("agentos_runs", "agentos_runs.run_no", "summed.run_no")
              .select([...RUN_COLUMNS, "found"])
              // The first one alone has no others in its total.
              .where((row) => row.or([row("total", "<=", maxBytes), row("total", "=", row.ref("bytes"))]))
              .orderBy("agentos_runs.run_no")
              .execute()
          );
        });
      const rows = await readOfOwner(scope, readRows);
      const isLast = rows.length === (rows[0]?.found ?? 0) && rows.length < count;
      return { runs: rows.map((row) => readRun(key, row)), isLast };
    },

    async requestCancel(scope, { component, runId, sessionId }) {
      const asked = await database.write((transaction) =>
        transaction
          .updateTable("agentos_runs")
          .set({ cancel_at: sql<number>`coalesce(cancel_at, ${database.dialect.now})` })
          .where("deployment", "=", deployment)
          .where("run_id", "=", toKeyText(runId))
          .where("agentos_runs.node_id", "is not", null)
          .where(isActiveRun)
          .where("session_no", "in", (row) => {
            const query = row
              .selectFrom("agentos_sessions")
              .select("session_no")
              .where("deployment", "=", deployment)
              .where("kind", "=", component.kind)
              .where("component_id", "=", toKeyText(component.id))
              .where(isInScope(scope, "agentos_sessions"));
            return sessionId === undefined ? query : query.where("session_id", "=", toKeyText(sessionId));
          })
          .returning("run_no")
          .executeTakeFirst(),
      );
      return asked !== undefined;
    },

    ...createSqlCopiedRuns(database, { deployment, maxBytesPerOwner, writeOfOwner }),
    ...createSqlContinue(database, { deployment, nodeId, maxBytesPerOwner, node, writeOfOwner, readOfOwner }),
    claimRuns: queue.claimRuns,
    releaseRun: queue.releaseRun,
    listPending: queue.listPending,
    endWaiting: queue.endWaiting,
    findPlace: queue.findPlace,
    requireRoomInQueue: queue.requireRoomInQueue,
    findRequest: (owner, idempotencyKey) =>
      database.read((db) => keys.findRequest(db, { owner, idempotencyKey })),

    changeStamp: database.changeStamp,
    beat: node.beat,
    lastBeat: node.lastBeat,
    close: node.close,
    leave: node.leave,
    spread: node.spread,
    liveNodes: node.liveNodes,
    forgetSilent: node.forgetSilent,
    endOrphans: abandoned.endOrphans,
    async endAbandoned(describe) {
      // Whoever looks shares this with the others that do, an idle server too.
      await node.countLive();
      return abandoned.endAbandoned(describe);
    },
  };
}

/** The state that there is, locked by the statement that gave it, becomes the next. Gives how many bytes more it has. */
async function change(
  transaction: Transaction<Tables>,
  { session_no, state_json }: { readonly session_no: number; readonly state_json: string },
  changeState: StateChange,
): Promise<number> {
  const next = changeState(state_json);
  const added_bytes = growthOf(state_json, next);
  await putState(transaction, { session_no, state_json: next, added_bytes });
  return added_bytes;
}
