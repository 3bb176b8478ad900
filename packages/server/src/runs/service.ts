/** Starts runs, gives each its place, and knows what is running here, what waits, and who follows. */
import { type Access, type DataScope, type Identity, isSameOwner, ok, type Result } from "@agentos/auth";
import { ADMIN_SCOPE, type PrefixedKind } from "@agentos/contract";
import type { LimitFault, Runtime } from "@agentos/guard/app";
import { type AcceptedRun, createAcceptor, type RunRequest, type StartFault } from "./accept-run.ts";
import { createActiveRuns } from "./active-runs.ts";
import { checkRuns } from "./check-runs.ts";
import { createClaimLoop } from "./claim-loop.ts";
import { createClaimRound } from "./claim-round.ts";
import { type ContinueRequest, createContinuer } from "./continue-run.ts";
import { createDescribeCancelled } from "./describe-waiting.ts";
import { createEventWriter } from "./event-writer.ts";
import { type EndHold, pauseByTimer } from "./finish-with-hold.ts";
import { createFollowRegistry, type FollowRegistry } from "./follow-runs.ts";
import { createRunFollowers } from "./followers.ts";
import { type LiveRun, memoryFailure } from "./live-run.ts";
import type { ClaimOwnedKeys } from "./owner.ts";
import { createPulse } from "./pulse.ts";
import { createReaders, createUnreadWatch, type Readers } from "./readers.ts";
import { createLocalHints, type RunHints } from "./run-hints.ts";
import { createRunLedger, type RunLimits, type RunTicket } from "./run-ledger.ts";
import { DEFAULT_QUEUE_LIMITS, DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import type { RunMemories } from "./run-memories.ts";
import type { QueueLimits, RunName } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import { createStarter, type Place } from "./start-run.ts";
import { type Component, RunLeaseLost, type RunStore, type SessionKey } from "./store.ts";
import { createTurns } from "./turns.ts";
import { createUnstoredEnds } from "./unstored-ends.ts";

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
  /** Asked before a run that has waited begins. Default: nobody is. */
  readonly isRevoked?: (caller: Identity) => boolean | Promise<boolean>;
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
  /** Forgets a session; what still runs in it is stopped. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /** Resolves when no run is active. When the signal aborts first, the rest are cancelled and it resolves. */
  drain(signal: AbortSignal): Promise<void>;
}

const NO_CLAIMS: ClaimOwnedKeys = { dependencies: [], sessionState: [] };

export function createRunService(options: RunServiceOptions): RunService {
  const { store, runtime, isPassing = () => false, pause = pauseByTimer } = options;
  const { runnables = [], hints = createLocalHints(), countNodes } = options;
  const { logger } = runtime;
  const hold: EndHold = { isPassing, pause };
  const ledger = createRunLedger({ ...DEFAULT_RUN_LIMITS, ...options.limits });
  const unreadWatch = createUnreadWatch();
  const active = createActiveRuns();
  const unstored = createUnstoredEnds((lease, end) => store.finishRun(lease, end));
  const writer = createEventWriter({ log: store.events, countNodes, isPassing, pause });
  const findKept = (runNo: number) => {
    const run = active.find(runNo);
    return run?.tail === undefined ? undefined : run;
  };
  const followers = createFollowRegistry(
    createRunFollowers({
      log: store.events,
      findTail: (runNo) => findKept(runNo)?.tail,
      onFailed: (cause) => logger.warn({ cause }, "the events of runs cannot be read"),
    }),
    { isActiveHere: (runNo) => active.find(runNo) !== undefined },
  );
  const turns = createTurns({ now: () => performance.now(), nextTurn: setImmediate });
  const services = { store, turns, unreadWatch, unstored, hold, writer };
  const starter = createStarter({ services, runtime, memoriesOf: options.memoriesOf });
  /** A row may say of a run that it runs here, and it does not: a start, or an end, of which the store did not say what became. */
  let isUnsure = false;
  let isTaking = false;
  /** Others may take what runs here. */
  let isShared = false;
  const pulse = createPulse({
    everyMs: options.beatMs,
    silentMs: options.silentMs,
    async beat() {
      isUnsure = false;
      try {
        isShared = await checkRuns({ store, active, unstored, runtime, isTaking: () => isTaking });
        await unstored.retry();
      } catch (cause) {
        isUnsure = true;
        throw cause;
      }
    },
    isNeeded: () => ledger.activeRuns > 0 || unstored.size() > 0 || isUnsure,
    onFailed: (cause) => logger.warn({ cause }, "the store of runs does not answer"),
    onSilent() {
      if (isShared) active.stop(() => true, new RunLeaseLost("this server could not say that it lives"));
    },
  });

  async function holdPlace<Fault>(
    { ticket, signal }: Pick<Place, "ticket"> & Pick<RunRequest, "signal">,
    begin: (place: Place) => Promise<Result<LiveRun, Fault>>,
  ): Promise<Result<LiveRun, Fault>> {
    const { entry, release: leave } = active.open();
    const { controller } = entry;
    ticket.onEvicted((fault) => controller.abort(memoryFailure(fault)));
    const stopFollowing = followSignal(signal, controller);
    const release = () => {
      stopFollowing();
      ticket.endRun();
      leave();
    };
    try {
      const started = await begin({ ticket, entry });
      if (started.ok) {
        active.begin(entry, started.value);
        pulse.start();
        void started.value.finished.then(() => {
          release();
          claims?.wake();
        });
      } else release();
      return started;
    } catch (cause) {
      release();
      if (entry.runId !== undefined) {
        isUnsure = true;
        pulse.start();
      }
      throw cause;
    }
  }

  const acceptRun = createAcceptor({
    store,
    runtime,
    starter,
    claimOwned: options.claimOwned ?? (() => NO_CLAIMS),
    queueLimits: { ...DEFAULT_QUEUE_LIMITS, ...options.queueLimits },
    hold: holdPlace,
    onWaiting: hints.tellPending,
  });

  const continueRun = createContinuer({
    store,
    runtime,
    starter,
    claimOwned: options.claimOwned ?? (() => NO_CLAIMS),
    hold: holdPlace,
  });

  const findRunnable = ({ kind, id }: Component) =>
    runnables.find((runnable) => runnable.kind === kind && runnable.id === id);
  const claimRound = createClaimRound({
    store,
    ledger,
    runtime,
    starter,
    components: runnables.map(({ kind, id }) => ({ kind, id })),
    findRunnable,
    adminScope: options.adminScope ?? (() => ADMIN_SCOPE),
    isRevoked: options.isRevoked ?? (() => false),
    hold: holdPlace,
  });
  const claims =
    runnables.length === 0
      ? undefined
      : createClaimLoop({
          async claim() {
            isTaking = true;
            try {
              return await claimRound();
            } finally {
              isTaking = false;
            }
          },
          onFailed: (cause) => logger.warn({ cause }, "runs that wait cannot be taken"),
        });
  const stopListening = [
    hints.onPending(() => claims?.wake()),
    hints.onCancel((runId) => {
      // With many servers a run is another's nearly always.
      if (runId === undefined || [...active].some((entry) => entry.runId === runId)) pulse.beatNow();
    }),
  ];
  claims?.wake();

  return {
    get activeRuns() {
      return ledger.activeRuns;
    },

    admit: ({ identity }, bytes) => ledger.admit(identity.owner, bytes, { mayWait: true }),

    async acceptRun(request) {
      const { ticket: given, access } = request;
      const admitted = given === undefined ? ledger.admit(access.identity.owner, 0) : ok(given);
      return admitted.ok ? acceptRun({ ...request, ticket: admitted.value }) : admitted;
    },

    continueRun,

    openReaders({ identity }, bytes) {
      const admitted = ledger.admit(identity.owner, bytes, { isReader: true });
      if (!admitted.ok) return admitted;
      const ticket = admitted.value;
      const readers = createReaders(ticket, unreadWatch);
      ticket.onEvicted((fault) => readers.cutAll(memoryFailure(fault)));
      return ok(readers);
    },

    findKept,
    follow: (runNo, after) => followers.follow(runNo, after),

    async cancelRun(scope, run) {
      if (await store.endWaiting(scope, run, createDescribeCancelled(runtime))) return true;
      if (!(await store.requestCancel(scope, run))) return false;
      active.stop(({ runId }) => runId === run.runId, new Error("the run was cancelled"));
      hints.tellCancel(run.runId);
      return true;
    },

    stopRunsOf: (isMeant, reason) => active.stop(({ caller }) => isMeant(caller), reason),

    async deleteSession(scope, key) {
      if (!(await store.deleteSession(scope, key))) return false;
      active.stop((run) => isSameSession(run.key, key), new Error("the session was deleted"));
      hints.tellCancel();
      return true;
    },

    async drain(signal) {
      for (const stop of stopListening) stop();
      await claims?.close();
      followers.closeIdle();
      if (ledger.activeRuns > 0) await idleOrAborted(signal);
      const left = [...active];
      for (const { controller } of left) controller.abort(signal.reason);
      // Cancelled runs are stored too.
      await Promise.all(left.map(({ hasEnded }) => hasEnded));
      // The last chance of this process; what fails again is found by the next one.
      await unstored.retry().catch(() => undefined);
      await writer.close();
      followers.closeIdle();
      if (signal.aborted) followers.close();
    },
  };

  function idleOrAborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        stopIdle();
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const stopIdle = ledger.onIdle(finish);
      if (signal.aborted) finish();
      else signal.addEventListener("abort", finish, { once: true });
    });
  }
}

function isSameSession(one: SessionKey, other: SessionKey): boolean {
  return (
    one.sessionId === other.sessionId &&
    one.component.id === other.component.id &&
    one.component.kind === other.component.kind &&
    isSameOwner(one.owner, other.owner)
  );
}

/** The run stops when the client goes away. Gives the function that ends the following. */
function followSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}
