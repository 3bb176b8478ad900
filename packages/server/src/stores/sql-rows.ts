/** From rows to what the port shows. */
import type {
  ListedSession,
  SessionKey,
  StoredEvent,
  StoredOutput,
  StoredRun,
  StoredSession,
} from "../runs/store.ts";
import { fromKeyText } from "./schema/key-text.ts";
import { readOwner } from "./schema/owner-columns.ts";
import type { RunsTable, SessionsTable } from "./schema/tables.ts";

/** Those of the key of a session. */
export const KEY_COLUMNS = [
  "owner_issuer",
  "owner_kind",
  "owner_id",
  "owner_long_id",
  "kind",
  "component_id",
  "session_id",
] as const;

/** Those of a {@link SessionRow}. */
export const SESSION_COLUMNS = [
  ...KEY_COLUMNS,
  "name",
  "first_input",
  "state_json",
  "metadata_json",
  "summary_json",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "agentos_sessions.created_at",
  "updated_at",
] as const;

export type RunRow = Pick<RunsTable, "output_json" | "events_json">;
export type SessionRow = Omit<SessionsTable, "session_no" | "deployment" | "bytes">;
export interface ListedRow extends Omit<SessionRow, "state_json"> {
  readonly state_json: string | null;
}

/** INVARIANT: the run service wrote these texts, from values of these types. */
function parse<Value>(json: string): Value {
  return JSON.parse(json) as Value;
}

export function readRun(key: SessionKey, { output_json, events_json }: RunRow): StoredRun {
  return {
    key,
    output: parse<StoredOutput>(output_json),
    events: events_json === null ? [] : parse<StoredEvent[]>(events_json),
  };
}

export function readSessionKey(row: Pick<SessionRow, (typeof KEY_COLUMNS)[number]>): SessionKey {
  return {
    owner: readOwner(row),
    component: { kind: row.kind, id: fromKeyText(row.component_id) },
    sessionId: fromKeyText(row.session_id),
  };
}

export function readSession(row: SessionRow): StoredSession {
  const listed = readListedSession({ ...row, state_json: null });
  return { ...listed, state: parse<StoredSession["state"]>(row.state_json) };
}

/** A value that is left out is null. */
export function readListedSession(row: ListedRow): ListedSession {
  const read = (json: string | null) => (json === null ? undefined : parse<StoredSession["state"]>(json));
  return {
    key: readSessionKey(row),
    name: row.name ?? undefined,
    firstInput: row.first_input ?? undefined,
    state: read(row.state_json),
    metadata: read(row.metadata_json),
    summary: read(row.summary_json),
    tokens: {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      totalTokens: row.total_tokens,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
