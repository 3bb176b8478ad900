/**
 * Where runs and sessions are kept. The owner is part of a session's key, so the same session id used by two owners is
 * two sessions, and whoever asks says whose data may be reached. A run is created before its first event and finished
 * once; what happens in between lives with whoever runs it.
 */
import { type DataScope, isSameOwner, type Owner } from "@agentos/auth";
import type { RunnableKind, RunStatus } from "@agentos/contract";
import type { TwoClocks } from "@agentos/guard/app";
import type { LoggedRow, RunEventLog } from "./event-log.ts";
import type { EventText } from "./log-entry.ts";
import type { RunLease, SessionKey, StoredEvent, StoredOutput } from "./run-lease.ts";
import type { QueueLimits, RunName, RunQueue } from "./run-queue.ts";

export type { Component, RunLease, SessionKey, StoredEvent, StoredOutput } from "./run-lease.ts";

export type SessionState = Readonly<Record<string, unknown>>;

/** What the runs of a session used of the model, added up. */
export interface TokenSums {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export interface StoredSession {
  /** Its component has no id where it was created without one, until its first run. */
  readonly key: SessionKey;
  /** Given by its owner; until then the wire shows the first input instead (contract 4.5). */
  readonly name: string | undefined;
  /** What its first run was asked, cut to {@link MAX_FIRST_INPUT_LENGTH}. */
  readonly firstInput: string | undefined;
  readonly state: SessionState;
  /** Of its owner or an application; a run changes nothing of it. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Of what was said, in the words of a model or of its owner. */
  readonly summary: Readonly<Record<string, unknown>> | undefined;
  readonly tokens: TokenSums;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** When its last run began, or it was changed by hand. */
  readonly updatedAt: number;
}

/** A session that is made without a run. */
export interface NewSession extends Pick<StoredSession, "key" | "name" | "state" | "metadata"> {
  readonly createdAt: number;
}

/** What is left out stays; what is given replaces what was there. */
export interface SessionChange {
  readonly name?: string | undefined;
  readonly state?: SessionState | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly summary?: Readonly<Record<string, unknown>> | undefined;
  /** Seconds since the epoch. */
  readonly at: number;
}

export interface StoredRun {
  readonly key: SessionKey;
  /** A paused run's calls are in `requirements`: what runs on is taken from here. */
  readonly output: StoredOutput;
  /** Without the deltas of the content, which the output has whole (contract 4.5). */
  readonly events: readonly StoredEvent[];
}

/** From the JSON text of a session's state to the next; pure, and called in the step that keeps the result. */
export type StateChange = (stateJson: string) => string;

/** The same for a session's summary, which there need not be. */
export type SummaryChange = (summaryJson: string | undefined) => string | undefined;

/** A run that begins. What is kept of it is JSON text already: a driver need not know what is in it. */
export interface NewRun {
  readonly key: SessionKey;
  readonly runId: string;
  /** Seconds since the epoch, whole. */
  readonly createdAt: number;
  /** A {@link StoredOutput} with the status `RUNNING`. */
  readonly outputJson: string;
  /** Kept with the session where it is its first run, cut. */
  readonly input: string;
  /** Applied to the state that the session has then; undefined for no change. */
  readonly changeState: StateChange | undefined;
  /** The session has no component yet: it becomes this run's. Default false. */
  readonly bindsSession?: boolean | undefined;
  /** `PENDING`: any server may take it (`claimRuns`); it has to have a checkpoint then. Default `RUNNING`, by this server. */
  readonly status?: "RUNNING" | "PENDING" | undefined;
  /** What is needed to begin it, or to go on with it, on any server; kept until it has ended. Default nothing. */
  readonly checkpointJson?: string | undefined;
  /** Its events are kept as they happen (see `event-log.ts`). Default false. */
  readonly keepsEvents?: boolean | undefined;
  /** How often it may be begun in all, where its server dies. Default 1: what it did once it does not do again. */
  readonly maxAttempts?: number | undefined;
  /** Names this request among those of its owner. Default: it has no name. */
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined;
  /** Of a pending run: what may wait. Default: anything. */
  readonly queueLimits?: QueueLimits | undefined;
}

/** How a run ends. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, "PENDING" | "RUNNING">;
  /** A {@link StoredOutput} of that status. */
  readonly outputJson: string;
  /** A list of {@link StoredEvent}; the last one is the terminal event. */
  readonly eventsJson: string;
  /** Index of the terminal event: the number of events before it. */
  readonly terminalIndex: number;
  /**
   * Its last event as a row of the event log, kept in the same step; where its index is taken the run is lost. Only of a
   * run that keeps its events.
   */
  readonly lastRow?: LoggedRow | undefined;
  /** Of a paused run: what is needed to go on with it. Default nothing; an earlier one is forgotten. */
  readonly checkpointJson?: string | undefined;
  /** A completed run of the same session whose place this one takes; it becomes `REGENERATED`, with this output. */
  readonly replaces?: { readonly runId: string; readonly outputJson: string } | undefined;
  /** Added to those of the session. */
  readonly tokens: TokenSums;
  /** Applied to the state that the session has then: another run of it may have ended meanwhile. Undefined for no change. */
  readonly changeState: StateChange | undefined;
  /** Applied to the summary that the session has then. Undefined for no change. */
  readonly changeSummary?: SummaryChange | undefined;
}

export interface RunQuery {
  readonly status?: RunStatus | undefined;
  /** Created at or after, seconds since the epoch. */
  readonly createdAfter?: number | undefined;
  /** Created at or before. */
  readonly createdBefore?: number | undefined;
  /** Only the newest so many, still oldest first. Default: all. */
  readonly limit?: number | undefined;
}

/** The runs that follow one: with it a long session is read piece by piece. */
export interface RunPieceQuery extends Omit<RunQuery, "limit"> {
  /** Undefined: from the first run on. None follow a run that is gone. */
  readonly afterRunId: string | undefined;
  /** At most. */
  readonly count: number;
  /** Of the JSON texts of all of them; one run is given however long it is. */
  readonly maxBytes: number;
}

/** Oldest first. */
export interface RunPiece {
  readonly runs: readonly StoredRun[];
  /** None follow. Where it is false some may. */
  readonly isLast: boolean;
}

/** Which sessions an id may mean: two owners, or two components, may use one id. */
export interface SessionFilter {
  readonly sessionId: string;
  readonly kind?: RunnableKind | undefined;
  readonly componentId?: string | undefined;
  /** Of the owner, of whatever issuer and kind. */
  readonly userId?: string | undefined;
}

export interface SessionQuery {
  readonly kind?: RunnableKind | undefined;
  readonly componentId?: string | undefined;
  /** Of the owner, of whatever issuer and kind. */
  readonly userId?: string | undefined;
  /** Part of the name that its owner gave, letter for letter but for the case of A to Z; no character is a wildcard. */
  readonly name?: string | undefined;
  readonly sortBy: "createdAt" | "updatedAt";
  readonly sortOrder: "asc" | "desc";
  /** At least 1. */
  readonly limit: number;
  /** Counts from 1. */
  readonly page: number;
}

/** A session in a list: of its values those that have more than {@link MAX_LISTED_BYTES} are left out. */
export interface ListedSession extends Omit<StoredSession, "state"> {
  readonly state: SessionState | undefined;
}

export interface SessionPage {
  readonly sessions: readonly ListedSession[];
  /** Of all pages. */
  readonly totalCount: number;
}

/** What a server learns when it says that it lives. */
export interface Beat {
  /** Runs of this server that are to stop. */
  readonly cancelled: readonly string[];
  /** All runs that this server holds, with their attempts. Undefined where no other could take one. */
  readonly held: ReadonlyMap<string, number> | undefined;
}

/** A run that is added as it ended. */
export interface EndedRun extends Pick<NewRun, "runId" | "createdAt" | "input"> {
  readonly status: RunStatus;
  /** A {@link StoredOutput} of that status. */
  readonly outputJson: string;
  /** A list of {@link StoredEvent}. */
  readonly eventsJson: string;
  readonly nextIndex: number;
}

/** A run with what its pause left. */
export interface PausedRun extends StoredRun {
  readonly attempt: number;
  /** Index of its next event. */
  readonly nextIndex: number;
  readonly keepsEvents: boolean;
  /** Undefined where its end left nothing. */
  readonly checkpointJson: string | undefined;
}

/** A paused run that goes on. */
export interface RunContinuation {
  /** Of the pause that was decided on: a run that has gone on since is not touched. */
  readonly attempt: number;
  readonly status: "RUNNING";
  /** Its session is used again, seconds since the epoch. */
  readonly at: number;
  /** The output with the decisions. */
  readonly outputJson: string;
  /** From here on. */
  readonly keepsEvents: boolean;
}

/** How a run ends whose server is gone. Pure. */
export type DescribeAbandoned = (output: StoredOutput) => Pick<RunEnd, "outputJson"> & {
  /** Its last event. */
  readonly last: EventText;
};

/**
 * A driver whose database cannot answer throws what names that; nothing has changed then, or, where a commit was under way,
 * all of it has.
 */
export interface RunStore extends RunQueue {
  /** Of the runs that keep their events. */
  readonly events: RunEventLog;
  /**
   * Keeps a run that begins, and its session, in one step. Throws when the scope does not cover the owner, or the
   * run id is known; then nothing has changed. Throws {@link SessionsFull} in a store that forgets nothing by itself, and
   * `QueueFull` and `RequestKnown` of `run-queue.ts`. Ids of every kind are compared to the last code unit.
   */
  createRun(scope: DataScope, run: NewRun): Promise<RunLease>;
  /** Keeps the end of a run and its session's state in one step. Throws {@link RunLeaseLost}. */
  finishRun(lease: RunLease, end: RunEnd): Promise<void>;
  findRun(scope: DataScope, key: SessionKey, runId: string): Promise<StoredRun | undefined>;
  /** The same with what whoever goes on with it needs. */
  findPausedRun(scope: DataScope, key: SessionKey, runId: string): Promise<PausedRun | undefined>;
  /**
   * Goes on with a paused run, as a new attempt, in one step: of two who try one gets undefined. Throws
   * {@link SessionsFull}, and then it is paused still.
   */
  continueRun(
    scope: DataScope,
    run: Pick<RunLease, "key" | "runId">,
    continuation: RunContinuation,
  ): Promise<RunLease | undefined>;
  /** Adds runs that have ended to a session, in their order, in one step. Throws {@link SessionsFull}. */
  addEndedRuns(scope: DataScope, key: SessionKey, runs: readonly EndedRun[]): Promise<void>;
  /** Oldest first, in the order in which they were created. */
  listRuns(scope: DataScope, key: SessionKey, query: RunQuery): Promise<readonly StoredRun[]>;
  listRunPiece(scope: DataScope, key: SessionKey, query: RunPieceQuery): Promise<RunPiece>;
  /** Whether a run goes on that is to stop; where another server runs it, that one learns of it by its next beat. */
  requestCancel(scope: DataScope, request: RunName): Promise<boolean>;
  /** The session of the key, or the one of its owner and id that has no component yet. */
  findSession(scope: DataScope, key: SessionKey): Promise<StoredSession | undefined>;
  /** Those that fit, at most `limit`. */
  findSessions(scope: DataScope, filter: SessionFilter, limit: number): Promise<readonly StoredSession[]>;
  /** Of the same sessions their keys alone: a session may be large. */
  findSessionKeys(scope: DataScope, filter: SessionFilter, limit: number): Promise<readonly SessionKey[]>;
  /** Those of equal times in the order in which they were created, or in its reverse. */
  listSessions(scope: DataScope, query: SessionQuery): Promise<SessionPage>;
  /**
   * A text that is another one once anything kept has changed: a list that was read after it holds as long as it is the
   * same. Undefined, or no method, where that cannot be told without reading.
   */
  changeStamp?(): string | undefined;
  /** Undefined where its owner has a session of this id already, of whatever component. Throws {@link SessionsFull}. */
  createSession(scope: DataScope, session: NewSession): Promise<StoredSession | undefined>;
  /** Undefined where there is none in the scope. Throws {@link SessionsFull} where it would grow. */
  changeSession(scope: DataScope, key: SessionKey, change: SessionChange): Promise<StoredSession | undefined>;
  /** Forgets a session with its runs; one that still runs loses its lease. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
  /** Says that this server lives; to be called every few seconds while it runs something. */
  beat(): Promise<Beat>;
  /** When the last beat began that was kept: what begins a run says it too. Undefined where no other could take a run. */
  readonly lastBeat?: (() => TwoClocks) | undefined;
  /** Ends the runs whose server is gone, or lets others begin them again where they may; gives how many have ended. */
  endAbandoned(describe: DescribeAbandoned): Promise<number>;
  /**
   * Ends attempts of runs, by id, that this server holds and does not run, in the same way; gives how many. Those of
   * `untouched` were taken and never begun here: they wait on, and that attempt does not count.
   */
  endOrphans(
    describe: DescribeAbandoned,
    attempts: ReadonlyMap<string, number>,
    untouched?: ReadonlySet<string>,
  ): Promise<number>;
}

/** Longest first input that is kept for the list of sessions. */
export const MAX_FIRST_INPUT_LENGTH = 1_000;
/** JSON text of one value of a session in a list, bytes: a page of many large ones would keep everybody waiting. */
export const MAX_LISTED_BYTES = 8 * 1024;

/** The run has ended, is gone, or is another attempt's: nothing more of it is kept. */
export class RunLeaseLost extends Error {
  override readonly name = "RunLeaseLost";
}

/** The owner has as much as one user may have: nothing more of it is kept. */
export class SessionsFull extends Error {
  override readonly name = "SessionsFull";
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super("the sessions of this user are full");
    this.maxBytes = maxBytes;
  }
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
