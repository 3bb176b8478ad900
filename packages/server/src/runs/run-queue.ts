/**
 * Runs that wait for a server: kept as rows, taken by any server that knows their component. Part of the store of runs,
 * since the row of a run is its place in the queue.
 */
import type { DataScope, Owner } from "@agentos/auth";
import type { RunStatus } from "@agentos/contract";
import type { LoggedRow } from "./event-log.ts";
import type { Component, RunLease, SessionKey, StoredOutput } from "./run-lease.ts";

/** How much may wait, of all servers together. */
export interface QueueLimits {
  readonly pendingRuns: number;
  /** Of one owner whom a credential names. */
  readonly pendingRunsPerCaller: number;
  /** What the requests of waiting runs have, as JSON text. */
  readonly pendingBytes: number;
}

/** A request that its client may send again, as it was sent first. */
export interface KnownRequest {
  /** Of what was asked: another request with the same key is a mistake. */
  readonly requestHash: string;
  readonly runId: string;
  readonly sessionId: string;
}

/** What a server can take. */
export interface RunClaim {
  readonly components: readonly Component[];
  /** At most. */
  readonly limit: number;
  /** Owners that have all places that one may have: what they wait for is in nobody's way. */
  readonly full: readonly Owner[];
  /** How many runs more of an owner can be taken. Pure. */
  readonly placesOf: (owner: Owner) => number;
  /** Numbers of runs that this server has found to be another version's, and leaves to its servers. */
  readonly unreadable?: readonly number[];
}

/** A pending run that this server has taken. */
export interface ClaimedRun {
  readonly lease: RunLease;
  readonly output: StoredOutput;
  readonly checkpointJson: string;
  /** Index of its next event: more than 0 where it was begun before. */
  readonly nextIndex: number;
  readonly keepsEvents: boolean;
}

/** Which run; where a session is named, it has to belong to it. */
export interface RunName {
  readonly component: Component;
  readonly runId: string;
  readonly sessionId?: string | undefined;
}

/** A run as whoever follows it, or goes on with it, finds it. */
export interface RunPlace {
  readonly key: SessionKey;
  readonly runNo: number;
  readonly status: RunStatus;
  readonly output: StoredOutput;
  readonly keepsEvents: boolean;
  /** Its events can still be read in the log, from {@link firstIndex} on. */
  readonly hasEvents: boolean;
  /** More than 0 where it has paused for so long that what was before is forgotten. */
  readonly firstIndex: number;
  /** Index of its next event. Of a run in memory that goes on it is behind what its process holds. */
  readonly nextIndex: number;
}

/** The end of a run that nobody runs, from its output and the index of its next event. Pure. */
export type DescribeWaiting = (
  output: StoredOutput,
  nextIndex: number,
) => {
  readonly status: "CANCELLED" | "ERROR";
  readonly outputJson: string;
  /** JSON texts of its last events, which follow those that are kept. */
  readonly events: readonly string[];
  /** The same events, for the log. */
  readonly rows: readonly LoggedRow[];
};

export interface RunQueue {
  /**
   * Pending runs become this server's, oldest first; none is taken twice. One that was asked to stop is not taken. Fewer
   * than the limit are all that it can take now.
   */
  claimRuns(claim: RunClaim): Promise<readonly ClaimedRun[]>;
  /**
   * Gives back a run that was taken and has not begun; nothing where it is not this server's any more. One that was asked
   * to stop since waits no more, but ends as `describe` says.
   */
  releaseRun(lease: RunLease, describe: DescribeWaiting): Promise<void>;
  /** Ends a run that waits, for a server or for somebody's decision; false where none of this name does. */
  endWaiting(scope: DataScope, run: RunName, describe: DescribeWaiting): Promise<boolean>;
  /** Runs that wait for a server, in the order of their numbers, from the one after this number on. */
  listPending(
    afterRunNo: number,
    limit: number,
  ): Promise<readonly Pick<RunLease, "key" | "runId" | "runNo">[]>;
  findPlace(scope: DataScope, run: RunName): Promise<RunPlace | undefined>;
  /** Throws {@link QueueFull} where one more run of the owner, of so many bytes, has no room. Changes nothing. */
  requireRoomInQueue(owner: Owner, bytes: number, limits: QueueLimits): Promise<void>;
  /** Not older than {@link KEY_SECONDS}. */
  findRequest(owner: Owner, idempotencyKey: string): Promise<KnownRequest | undefined>;
}

/** So long the name of a request is known, seconds. */
export const KEY_SECONDS = 24 * 60 * 60;

/** There is no room in the queue: nothing is kept. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  readonly limit: keyof QueueLimits;
  readonly limits: QueueLimits;

  constructor(limit: keyof QueueLimits, limits: QueueLimits) {
    super("the queue of runs is full");
    this.limit = limit;
    this.limits = limits;
  }
}

/** A request of this name is known already: nothing is kept. */
export class RequestKnown extends Error {
  override readonly name = "RequestKnown";
  readonly known: KnownRequest;

  constructor(known: KnownRequest) {
    super("a request with this idempotency key is known");
    this.known = known;
  }
}

/** What waits now. */
export interface QueueDepth {
  readonly runs: number;
  readonly runsOfOwner: number;
  readonly bytes: number;
}

/** Throws {@link QueueFull}. Who shares a nameless credential is not told apart, and has only the limits of all. */
export function requireRoomIn(
  depth: QueueDepth,
  { owner, bytes, limits }: { readonly owner: Owner; readonly bytes: number; readonly limits: QueueLimits },
): void {
  const isNamed = owner.kind === "user" || owner.kind === "service_account";
  if (isNamed && depth.runsOfOwner >= limits.pendingRunsPerCaller)
    throw new QueueFull("pendingRunsPerCaller", limits);
  if (depth.runs >= limits.pendingRuns) throw new QueueFull("pendingRuns", limits);
  if (depth.bytes + bytes > limits.pendingBytes) throw new QueueFull("pendingBytes", limits);
}
