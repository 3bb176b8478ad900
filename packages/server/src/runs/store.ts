/**
 * Where runs and sessions are kept. The owner is part of a session's key, so the same session id used by two owners is
 * two sessions, and whoever asks says whose data may be reached. A run is created before its first event, grows by
 * appended events, and is finished once; a driver refuses whatever is out of that order.
 */
import { type DataScope, isSameOwner, type Owner } from "@agentos/auth";
import type { AnyRunEvent, AnyRunOutput, RunnableKind, RunStatus } from "@agentos/contract";
import type { RunLogEntry } from "./log-entry.ts";

export interface Component {
  readonly kind: RunnableKind;
  /** Unique among its kind: a team may have the id of an agent. */
  readonly id: string;
}

export interface SessionKey {
  readonly owner: Owner;
  /** A session is reached only through the component that it belongs to (contract 2.7). */
  readonly component: Component;
  readonly sessionId: string;
}

export type SessionState = Readonly<Record<string, unknown>>;

export interface StoredSession {
  readonly key: SessionKey;
  /** Given by its owner; until then the wire shows the first message instead (contract 4.5). */
  readonly name: string | undefined;
  readonly state: SessionState;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** When its last run began, or it was renamed. */
  readonly updatedAt: number;
}

/** A run as it is kept, without the session's state, which is kept once, with the session. */
export type StoredOutput = DistributiveOmit<AnyRunOutput, "session_state" | "events">;
/** An event as it is kept: only the last one has the state on the wire. */
export type StoredEvent = DistributiveOmit<AnyRunEvent, "session_state">;
type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

export interface StoredRun {
  readonly key: SessionKey;
  /** A paused run's calls are in `requirements`: what runs on is taken from here. */
  readonly output: StoredOutput;
  /** Without the deltas of the content, which the output has whole (contract 4.5). */
  readonly events: readonly StoredEvent[];
}

/** From the JSON text of a session's state to the next; pure, and called in the step that keeps the result. */
export type StateChange = (stateJson: string) => string;

/** A run that begins. What is kept of it is JSON text already: a driver need not know what is in it. */
export interface NewRun {
  readonly key: SessionKey;
  readonly runId: string;
  /** Seconds since the epoch, whole. */
  readonly createdAt: number;
  /** A {@link StoredOutput} with the status `RUNNING`. */
  readonly outputJson: string;
  /** Applied to the state that the session has then. */
  readonly changeState: StateChange;
}

/** The right to write one attempt of a run; whoever holds an older one is told so. */
export interface RunLease {
  readonly key: SessionKey;
  readonly runId: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/** How a run ends. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, "PENDING" | "RUNNING">;
  /** A {@link StoredOutput} of that status. */
  readonly outputJson: string;
  /** A list of {@link StoredEvent}, those to keep from now on, instead of what was appended; the last one is the terminal event. */
  readonly eventsJson: string;
  /** Index of the terminal event: the number of events before it. */
  readonly terminalIndex: number;
  /** Applied to the state that the session has then: another run of it may have ended meanwhile. */
  readonly changeState: StateChange;
}

export interface RunQuery {
  readonly component: Component;
  readonly sessionId: string;
  /** Only this owner's; left out, every owner that the scope covers. */
  readonly owner?: Owner;
  readonly status?: RunStatus;
  /** Only the newest so many, still oldest first. */
  readonly limit?: number;
}

export interface SessionQuery {
  readonly kind?: RunnableKind;
  readonly componentId?: string;
  /** Part of the name that its owner gave, letter for letter but for the case of A to Z; no character is a wildcard. */
  readonly name?: string;
  readonly sortBy: "createdAt" | "updatedAt";
  readonly sortOrder: "asc" | "desc";
  /** At least 1. */
  readonly limit: number;
  /** Counts from 1. */
  readonly page: number;
}

export interface SessionPage {
  readonly sessions: readonly StoredSession[];
  /** Of all pages. */
  readonly totalCount: number;
}

export interface RunStore {
  /**
   * Keeps a run that begins, and its session, in one step. Throws when the scope does not cover the owner, or the
   * session has a run of this id; then nothing has changed. Ids of every kind are compared to the last code unit.
   */
  createRun(scope: DataScope, run: NewRun): Promise<RunLease>;
  /**
   * Takes events; `firstIndex` is the number of those before, pieces of the answer counted. These need not be kept; of
   * the others {@link findRun} shows the first 1,000 while the run lives. Throws {@link RunLeaseLost}, or for a gap.
   */
  appendEvents(lease: RunLease, firstIndex: number, entries: readonly RunLogEntry[]): Promise<void>;
  /** Keeps the end of a run and its session's state in one step. Throws {@link RunLeaseLost}, or for a gap. */
  finishRun(lease: RunLease, end: RunEnd): Promise<void>;
  findRun(
    scope: DataScope,
    query: { readonly component: Component; readonly sessionId: string; readonly runId: string },
  ): Promise<StoredRun | undefined>;
  /** Oldest first; those of the same second in the order in which they were created. */
  listRuns(scope: DataScope, query: RunQuery): Promise<readonly StoredRun[]>;
  findSession(scope: DataScope, key: SessionKey): Promise<StoredSession | undefined>;
  /** Those of equal times in the order in which they were created, or in its reverse. */
  listSessions(scope: DataScope, query: SessionQuery): Promise<SessionPage>;
  /** Undefined where there is none in the scope. `at`: seconds since the epoch. */
  renameSession(
    scope: DataScope,
    key: SessionKey,
    change: { readonly name: string; readonly at: number },
  ): Promise<StoredSession | undefined>;
  /** Forgets a session with its runs; one that still runs loses its lease. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
}

/** The run has ended, is gone, or is another attempt's: nothing more of it is kept. */
export class RunLeaseLost extends Error {
  override readonly name = "RunLeaseLost";
}

/** Whether a scope covers an owner. Only `all` reaches what nobody in particular owns. */
export function coversOwner(scope: DataScope, owner: Owner): boolean {
  switch (scope.kind) {
    case "all":
      return true;
    case "user":
      return isSameOwner(scope.owner, owner);
    default:
      return false;
  }
}
