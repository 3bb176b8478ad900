/** What the service of runs does, and what it is made of. */
import type { Access, DataScope, Identity, Result } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import type { LimitFault, Runtime } from "@agentos/guard/app";
import type { AcceptedRun, RunRequest, StartFault } from "./accept-run.ts";
import type { ContinueRequest } from "./continue-run.ts";
import type { EndHold } from "./finish-with-hold.ts";
import type { FollowRegistry } from "./follow-runs.ts";
import type { LiveRun } from "./live-run.ts";
import type { ClaimOwnedKeys } from "./owner.ts";
import type { Readers } from "./readers.ts";
import type { RunHints } from "./run-hints.ts";
import type { RunLimits, RunTicket } from "./run-ledger.ts";
import type { RunMemories } from "./run-memories.ts";
import type { QueueLimits, RunName } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import type { RunStore, SessionKey } from "./store.ts";

export interface RunServiceOptions {
  readonly store: RunStore;
  readonly runtime: Runtime;
  /** Claim names configured for `dependencies` and `session_state`, by the policy in force. Default: none. */
  readonly claimOwned?: () => ClaimOwnedKeys;
  /** What a run may know of its user; undefined for a run of nobody. Default: nobody is remembered. */
  readonly memoriesOf?: (run: Pick<SessionKey, "owner" | "component">) => RunMemories | undefined;
  /** How often this server says that it lives, milliseconds. Default: two seconds. */
  readonly beatMs?: number;
  /** After so long without a beat that came through it gives up what it runs. Default: six seconds. */
  readonly silentMs?: number;
  /** Which faults of the store pass by themselves: the end of a run waits some seconds for that. Default: none. */
  readonly isPassing?: EndHold["isPassing"];
  /** Default: by a timer. */
  readonly pause?: EndHold["pause"];
  /** Default: {@link DEFAULT_RUN_LIMITS}. */
  readonly limits?: Partial<RunLimits>;
  /** Default: {@link DEFAULT_QUEUE_LIMITS}. */
  readonly queueLimits?: Partial<QueueLimits>;
  /** What this server takes from the queue. Default: nothing. */
  readonly runnables?: readonly Runnable<PrefixedKind>[];
  /** What the server tells others. Default: those of this process. */
  readonly hints?: RunHints | undefined;
  /** Servers that write to the same log. Default: this one. */
  readonly countNodes?: (() => number) | undefined;
  /** The scope of whoever may do everything. Default: that of the contract. */
  readonly adminScope?: () => string;
  /** Asked before a run that has waited begins; undefined where nobody knows now: it waits on. Default: nobody is. */
  readonly isRevoked?: (caller: Identity) => boolean | undefined | Promise<boolean | undefined>;
  /** By what is known now: asked of every run once it has begun. Default: nobody is. */
  readonly isKnownAsRevoked?: (caller: Identity) => boolean;
}

export interface RunService extends Pick<FollowRegistry, "follow"> {
  /**
   * Takes a place before the body of a request is read, of so many bytes; undefined where it does not say. It has to be
   * ended. Where the server is busy it may be one that a run can only wait with.
   */
  admit(access: Pick<Access, "identity">, bytes: number | undefined): Result<RunTicket, LimitFault>;
  /** The run begins here, or it waits; one that was asked for before is told. */
  acceptRun(request: RunRequest): Promise<Result<AcceptedRun, StartFault>>;
  /**
   * Goes on with a paused run, or begins another one with a completed one's messages. Nothing has run where it gives a
   * fault: 404, 409, or 400 with what is undecided.
   */
  continueRun(request: ContinueRequest): Promise<Result<AcceptedRun, StartFault>>;
  /** Counts somebody who reads what is not a run's own answer, until it is closed. */
  openReaders(access: Pick<Access, "identity">, bytes: number): Result<Readers, LimitFault>;
  /** The run where it goes on here and its events are kept. */
  findKept(runNo: number): LiveRun | undefined;
  /** Stops a run of the scope, here or on another server, or one that waits; false where none of this name lives. */
  cancelRun(scope: DataScope, request: RunName): Promise<boolean>;
  /** Stops what runs here of callers whom this is said of, such as those whose credential was revoked. */
  stopRunsOf(isMeant: (caller: Identity) => boolean, reason: Error): void;
  /** Ends what waits, for any server, of callers whom this server knows as revoked. Never rejects. */
  endRevoked(): Promise<void>;
  /** Forgets a session; what still runs in it is stopped. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /**
   * Resolves when no run is active. When the signal aborts first, the rest are ended: those in the background that may
   * begin again wait for another server, others there are interrupted, and those of a client are cancelled. It resolves a
   * second after that, whether a store has taken the ends or not.
   */
  drain(signal: AbortSignal): Promise<void>;
}
