/** Deletes what is older than it may be, a little at a time: others write between two batches. */
import { SLOT_SECONDS } from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import { type RawBuilder, sql } from "kysely";
import { KEY_SECONDS } from "../runs/run-queue.ts";
import type { Tables } from "./schema/tables.ts";
import { KEY_COUNTS_SECONDS } from "./sql-key-counter.ts";
import { isActiveRun } from "./sql-run-queries.ts";
import { addUsages, USAGE_COLUMNS } from "./sql-usage.ts";

/** How long rows are kept after their last change; undefined keeps them for ever. */
export interface Retention {
  readonly sessionsSeconds: number | undefined;
  readonly memoriesSeconds: number | undefined;
  readonly denialsSeconds: number | undefined;
  readonly decisionsSeconds: number | undefined;
  /** Of events of runs, after the end of each (`sql-event-retention.ts`). */
  readonly eventsSeconds: number;
}

export interface RetentionSweepOptions {
  readonly deployment: string;
  readonly retention: Omit<Retention, "eventsSeconds">;
  /** Seconds since the epoch, for what a server has dated by its own clock. */
  readonly now: () => number;
  /** Between two batches; rejects when the sweep is to end. */
  readonly pause: () => Promise<void>;
}

/** So long a revocation stays after it is past: no clock is ahead by so much. What is kept is counted where it may be full. */
const REVOCATIONS_SECONDS = 24 * 60 * 60;
/** Rows of one commit. A session takes its runs with it. */
const BATCH = 200;
const SESSION_BATCH = 50;

/** All that has an age. A test holds this against the schema. */
export const SWEPT_TABLES = [
  "agentos_sessions",
  "agentos_memories",
  "agentos_denials",
  "agentos_decision_counts",
  "agentos_key_counts",
  "agentos_revocations",
  "agentos_run_keys",
] as const;

type Batch = (cutoff: number) => Promise<number>;

/** Where servers compare these times they go by the database's clock. */
type Cutoff = number | RawBuilder<number>;

/** Deletes all that is too old; gives how many rows, those that went with a session not counted. */
export async function sweepRetention(
  database: Database<Tables>,
  { deployment, retention, now, pause }: RetentionSweepOptions,
): Promise<number> {
  const { dialect } = database;
  const rules: Readonly<
    Record<(typeof SWEPT_TABLES)[number], readonly [seconds: number | undefined, batch: Batch]>
  > = {
    agentos_sessions: [retention.sessionsSeconds, sessions],
    agentos_memories: [retention.memoriesSeconds, memories],
    agentos_denials: [retention.denialsSeconds, denials],
    agentos_decision_counts: [retention.decisionsSeconds, decisions],
    agentos_key_counts: [KEY_COUNTS_SECONDS, keyCounts],
    agentos_revocations: [0, revocations],
    agentos_run_keys: [0, runKeys],
  };

  function sessions(cutoff: number): Promise<number> {
    const before = Math.floor(cutoff);
    return database.write(async (db) => {
      // What still runs in a session holds it.
      const old = db
        .selectFrom("agentos_sessions as session")
        .select("session_no")
        .where("deployment", "=", deployment)
        .where("updated_at", "<", before)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom("agentos_runs")
                .select("run_no")
                .whereRef("agentos_runs.session_no", "=", "session.session_no")
                .where(isActiveRun),
            ),
          ),
        )
        .orderBy("updated_at")
        .limit(SESSION_BATCH);
      const gone = await db
        .deleteFrom("agentos_sessions")
        .where("session_no", "in", old)
        // Again: PostgreSQL has waited for a run that began in it since, and looks at the row that this one left.
        .where("updated_at", "<", before)
        .returning(USAGE_COLUMNS)
        .execute();
      await addUsages(
        db,
        gone.map((row) => ({ ...row, bytes: -row.bytes })),
      );
      return gone.length;
    });
  }

  function memories(cutoff: number): Promise<number> {
    return deleteOldest({ table: "agentos_memories", key: "memory_no", time: "updated_at" }, cutoff);
  }

  function denials(cutoff: number): Promise<number> {
    return deleteOldest({ table: "agentos_denials", key: "denial_no", time: "last_at" }, cutoff);
  }

  /** Each says itself how long it is kept; a clock that was ahead for a while has been set right by then. */
  function revocations(): Promise<number> {
    const cutoff = sql<number>`${dialect.now} - ${REVOCATIONS_SECONDS}`;
    return deleteOldest({ table: "agentos_revocations", key: "seq", time: "until" }, cutoff);
  }

  /** Those of one moment at a time: whoever sends again has its answer by then. */
  function runKeys(): Promise<number> {
    const cutoff = sql<number>`${dialect.now} - ${KEY_SECONDS}`;
    return database.write(async (db) => {
      const oldest = db
        .selectFrom("agentos_run_keys")
        .select("created_at")
        .where("deployment", "=", deployment)
        .where("created_at", "<", cutoff)
        .orderBy("created_at")
        .limit(1)
        .offset(BATCH - 1);
      const { numDeletedRows } = await db
        .deleteFrom("agentos_run_keys")
        .where("deployment", "=", deployment)
        .where("created_at", "<", cutoff)
        .where("created_at", "<=", (row) => row.fn.coalesce(oldest, cutoff))
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    });
  }

  /** The names are those of tables and columns, written here. */
  function deleteOldest(rows: Record<"table" | "key" | "time", string>, cutoff: Cutoff): Promise<number> {
    const [table, key, time] = [sql.table(rows.table), sql.ref(rows.key), sql.ref(rows.time)];
    return database.write(async (db) => {
      const { numAffectedRows = 0n } = await sql`
        delete from ${table} where ${key} in (
          select ${key} from ${table} where deployment = ${deployment} and ${time} < ${cutoff}
          order by ${time} limit ${BATCH}
        )`.execute(db);
      return Number(numAffectedRows);
    });
  }

  function decisions(cutoff: number): Promise<number> {
    return deleteFirst("agentos_decision_counts", "hour", Math.floor(cutoff / 3_600));
  }

  function keyCounts(cutoff: number): Promise<number> {
    return deleteFirst("agentos_key_counts", "slot", Math.floor(cutoff / SLOT_SECONDS));
  }

  /** One span of time at a time; each has so many rows at most. The names are those of tables and columns. */
  function deleteFirst(name: string, column: string, before: number): Promise<number> {
    const [table, span] = [sql.table(name), sql.ref(column)];
    return database.write(async (db) => {
      const { numAffectedRows = 0n } = await sql`
        delete from ${table} where deployment = ${deployment} and ${span} = (
          select min(${span}) from ${table} where deployment = ${deployment} and ${span} < ${before}
        )`.execute(db);
      return Number(numAffectedRows);
    });
  }

  let deleted = 0;
  for (const table of SWEPT_TABLES) {
    const [seconds, batch] = rules[table];
    if (seconds === undefined) continue;
    const cutoff = now() - seconds;
    for (let rows = await batch(cutoff); rows > 0; rows = await batch(cutoff)) {
      deleted += rows;
      await pause();
    }
  }
  return deleted;
}
