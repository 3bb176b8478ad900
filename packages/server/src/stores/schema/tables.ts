/**
 * The tables of an agent server, as its queries see them. Times are seconds since the epoch by the database's clock
 * where several servers compare them, else by the server's. A `*_json` column holds JSON text that only the server reads.
 */
import type { RunnableKind, RunStatus } from "@agentos/contract";
import type { Generated } from "kysely";

/** Whose row it is. All three are compared byte by byte, and all three stand in every key. */
export interface OwnerColumns {
  owner_issuer: string;
  owner_kind: string;
  /** As `toKeyText` writes it. */
  owner_id: string;
  /** The id itself, as JSON, where it is too long to be a key. */
  owner_long_id: string | null;
}

/** A process that serves; its runs are its own as long as it lives. */
export interface NodesTable {
  node_id: string;
  deployment: string;
  /** Of the machine, and of the boot of it: a process id means something only there. */
  host: string;
  pid: number;
  started_at: number;
  /** By the database's clock. */
  heartbeat_at: number;
  /** Newest revocation that it knows. */
  seen_seq: number;
}

export interface SessionsTable extends OwnerColumns {
  session_no: Generated<number>;
  deployment: string;
  kind: RunnableKind;
  /** Empty until a first run, where it was created without one. */
  component_id: string;
  session_id: string;
  /** Given by its owner. */
  name: string | null;
  /** What the first run was asked, cut: shown where there is no name. */
  first_input: string | null;
  state_json: string;
  metadata_json: string | null;
  summary_json: string | null;
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  /** What it counts for in what its owner has (`sql-usage.ts`). */
  bytes: Generated<number>;
  created_at: number;
  updated_at: number;
}

/** What an owner has in all of its sessions: the sum of their `bytes`. */
export interface UsageTable extends Omit<OwnerColumns, "owner_long_id"> {
  deployment: string;
  bytes: number;
}

export interface RunsTable {
  /** In the order in which runs were created. */
  run_no: Generated<number>;
  deployment: string;
  run_id: string;
  session_no: number;
  status: RunStatus;
  /** Who runs it; null while nobody does. */
  node_id: string | null;
  attempt: number;
  max_attempts: number;
  /** A pending run is not taken before. */
  available_at: number | null;
  /** Somebody wants it to stop. */
  cancel_at: number | null;
  /** Index of the next event. */
  next_index: number;
  /** What is needed to begin the run, or to go on with it, on any server, besides its output. Null once it has ended. */
  checkpoint_json: string | null;
  created_at: number;
  ended_at: number | null;
  output_json: string;
  /** The events that are kept, from its end on. */
  events_json: string | null;
  /** 1: its events are kept as they happen, in `agentos_run_events`. */
  keeps_events: Generated<number>;
  /** From its end on: how long they are kept. Null where there are none. */
  events_until: number | null;
}

/** Requests that their client may send again without starting a second run. */
export interface RunKeysTable extends Omit<OwnerColumns, "owner_long_id"> {
  deployment: string;
  idempotency_key: string;
  /** Of what was asked: another request with the same key is a mistake. */
  request_hash: string;
  run_id: string;
  session_id: string;
  created_at: number;
}

export interface RunEventsTable {
  run_no: number;
  first_index: number;
  last_index: number;
  kind: string;
  data: string;
}

export interface RevocationsTable {
  seq: Generated<number>;
  deployment: string;
  kind: "jti" | "sid" | "subject" | "key";
  issuer: string;
  value: string;
  issued_before: number | null;
  /** When every credential that it is about has expired. */
  until: number;
  created_at: Generated<number>;
  /** Subject of who revoked it; null where nobody is named. */
  created_by: string | null;
}

/** How many requests came with which key. */
export interface KeyCountsTable {
  deployment: string;
  /** Whole spans of ten minutes since the epoch. */
  slot: number;
  /** Thumbprint, or the label of a secret. */
  key: string;
  count: number;
}

export interface MemoriesTable extends OwnerColumns {
  memory_no: Generated<number>;
  deployment: string;
  memory_id: string;
  memory: string;
  /** A list. */
  topics_json: string;
  agent_id: string | null;
  team_id: string | null;
  created_at: number;
  /** With a fraction: which of two is newer. */
  updated_at: number;
}

export interface DenialsTable {
  denial_no: Generated<number>;
  deployment: string;
  denial_id: string;
  /** Whether the caller was known. */
  is_known_caller: number;
  /** Who pays for it, of those who share a quota. */
  source: string;
  code: string;
  route: string;
  client: string | null;
  subject: string | null;
  issuer: string | null;
  /** Of the verified owner; all three are null for nobody. */
  owner_issuer: string | null;
  owner_kind: string | null;
  owner_id: string | null;
  count: number;
  last_at: number;
  /** Whole hours since the epoch, of `last_at`. */
  last_hour: number;
  /** The whole record. */
  record_json: string;
}

export interface DecisionCountsTable {
  deployment: string;
  /** Whole hours since the epoch. */
  hour: number;
  owner_issuer: string;
  owner_kind: string;
  owner_id: string;
  /** `METHOD /template`. */
  route: string;
  /** What the route names, as `agents:a1`; empty where it names nothing. */
  resource: string;
  /** `allowed`, or the code of the refusal. */
  outcome: string;
  count: number;
}

/** Every table, by its name. */
export interface Tables {
  agentos_nodes: NodesTable;
  agentos_sessions: SessionsTable;
  agentos_usage: UsageTable;
  agentos_runs: RunsTable;
  agentos_run_events: RunEventsTable;
  agentos_run_keys: RunKeysTable;
  agentos_revocations: RevocationsTable;
  agentos_memories: MemoriesTable;
  agentos_denials: DenialsTable;
  agentos_decision_counts: DecisionCountsTable;
  agentos_key_counts: KeyCountsTable;
}
