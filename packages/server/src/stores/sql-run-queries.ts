/** The queries of every run, built once (see `prepareQuery`). */
import { prepareQuery } from "@agentos/storage";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { RunsTable, SessionsTable, Tables } from "./schema/tables.ts";

type Db = Kysely<Tables>;

/**
 * Runs that have not ended. Written out: with a place for each status no planner of SQLite sees that the index of these
 * runs has all of them, and looks at every run that there ever was.
 */
export const isActiveRun = sql<boolean>`agentos_runs.status in ('PENDING', 'RUNNING')`;

export type SessionColumns = Pick<
  SessionsTable,
  | "deployment"
  | "owner_issuer"
  | "owner_kind"
  | "owner_id"
  | "owner_long_id"
  | "kind"
  | "component_id"
  | "session_id"
  | "first_input"
  | "created_at"
>;

/** Makes the session of a run, or says that it is used again. */
export const openSession = prepareQuery((db: Db, session: SessionColumns) =>
  db
    .insertInto("agentos_sessions")
    .values({
      deployment: session.deployment,
      owner_issuer: session.owner_issuer,
      owner_kind: session.owner_kind,
      owner_id: session.owner_id,
      owner_long_id: session.owner_long_id,
      kind: session.kind,
      component_id: session.component_id,
      session_id: session.session_id,
      first_input: session.first_input,
      state_json: "{}",
      input_tokens: 0,
      output_tokens: 0,
      total_tokens: 0,
      created_at: session.created_at,
      updated_at: session.created_at,
    })
    .onConflict((conflict) =>
      conflict
        .columns([
          "deployment",
          "owner_issuer",
          "owner_kind",
          "owner_id",
          "session_id",
          "kind",
          "component_id",
        ])
        .doUpdateSet((row) => ({
          updated_at: row.ref("excluded.updated_at"),
          first_input: row.fn.coalesce("agentos_sessions.first_input", "excluded.first_input"),
        })),
    )
    .returning((row) => [
      "session_no",
      "state_json",
      // Read with it: what its owner has costs no statement of its own.
      row
        .selectFrom("agentos_usage")
        .select("agentos_usage.bytes")
        .where("agentos_usage.deployment", "=", session.deployment)
        .where("agentos_usage.owner_issuer", "=", session.owner_issuer)
        .where("agentos_usage.owner_kind", "=", session.owner_kind)
        .where("agentos_usage.owner_id", "=", session.owner_id)
        .as("used_bytes"),
    ]),
);

export const putState = prepareQuery((db: Db, values: Pick<SessionsTable, "state_json"> & Growth) =>
  db
    .updateTable("agentos_sessions")
    .set((row) => ({ state_json: values.state_json, bytes: row("bytes", "+", values.added_bytes) }))
    .where("session_no", "=", values.session_no),
);

export const putSummary = prepareQuery((db: Db, values: { readonly summary_json: string } & Growth) =>
  db
    .updateTable("agentos_sessions")
    .set((row) => ({ summary_json: values.summary_json, bytes: row("bytes", "+", values.added_bytes) }))
    .where("session_no", "=", values.session_no),
);

/** A session, and how much more it counts for. */
interface Growth {
  readonly session_no: number;
  readonly added_bytes: number;
}

export type RunColumns = Pick<
  RunsTable,
  | "deployment"
  | "run_id"
  | "session_no"
  | "status"
  | "node_id"
  | "attempt"
  | "max_attempts"
  | "checkpoint_json"
  | "created_at"
  | "output_json"
> & { readonly keeps_events: number };

export const insertRun = prepareQuery((db: Db, run: RunColumns) =>
  db
    .insertInto("agentos_runs")
    .values({
      deployment: run.deployment,
      run_id: run.run_id,
      session_no: run.session_no,
      status: run.status,
      node_id: run.node_id,
      attempt: run.attempt,
      max_attempts: run.max_attempts,
      next_index: 0,
      checkpoint_json: run.checkpoint_json,
      keeps_events: run.keeps_events,
      created_at: run.created_at,
      output_json: run.output_json,
    })
    .returning("run_no"),
);

export type EndColumns = Pick<
  RunsTable,
  | "deployment"
  | "run_id"
  | "attempt"
  | "node_id"
  | "status"
  | "output_json"
  | "events_json"
  | "next_index"
  | "checkpoint_json"
> & {
  /** How long the events are kept of a run that keeps them. */
  readonly events_seconds: number;
};

/**
 * Ends a run for the server that holds it; gives no row to any other. `now` is the database's: other servers compare with it
 * how long events are kept.
 */
export const createEndRun = (now: RawBuilder<number>) =>
  prepareQuery((db: Db, end: EndColumns) =>
    db
      .updateTable("agentos_runs")
      .set({
        status: end.status,
        output_json: end.output_json,
        events_json: end.events_json,
        next_index: end.next_index,
        ended_at: now,
        checkpoint_json: end.checkpoint_json,
        events_until: sql<number>`case when keeps_events = 1 then ${now} + cast(${end.events_seconds} as double precision) end`,
        node_id: null,
        cancel_at: null,
      })
      .where("deployment", "=", end.deployment)
      .where("run_id", "=", end.run_id)
      .where("attempt", "=", end.attempt)
      .where("node_id", "=", end.node_id)
      .where("status", "=", "RUNNING")
      .returning("session_no"),
  );

export const addTokens = prepareQuery(
  (db: Db, added: Growth & Pick<SessionsTable, "input_tokens" | "output_tokens" | "total_tokens">) =>
    db
      .updateTable("agentos_sessions")
      .set((row) => ({
        input_tokens: row("input_tokens", "+", added.input_tokens),
        output_tokens: row("output_tokens", "+", added.output_tokens),
        total_tokens: row("total_tokens", "+", added.total_tokens),
        bytes: row("bytes", "+", added.added_bytes),
      }))
      .where("session_no", "=", added.session_no)
      .returning(["state_json", "summary_json"]),
);
