/** Starts runs: decides owner, session and values, gives the run its place and its context, and knows what is running. */
import { type Access, type DataScope, fail, isSameOwner, ok, type Result } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import { inputFault, type LimitFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import { type ActiveRun, createActiveRuns } from "./active-runs.ts";
import { beginRun } from "./begin-run.ts";
import { checkRuns } from "./check-runs.ts";
import { type ContinueRequest, continueRun, NO_RUN, notPaused } from "./continue-run.ts";
import { type EndHold, pauseByTimer } from "./finish-with-hold.ts";
import { forkRun } from "./fork-run.ts";
import { sizeOfForm, sizeOfJson } from "./form-size.ts";
import { type LiveRun, memoryFailure } from "./live-run.ts";
import type { ClaimOwnedKeys } from "./owner.ts";
import { createPulse } from "./pulse.ts";
import { createUnreadWatch } from "./readers.ts";
import { refuseFull } from "./refuse-full.ts";
import { createContext, loadStart, planRun } from "./resolve-run.ts";
import type { RunForm } from "./run-form.ts";
import { createRunLedger, type RunLimits, type RunTicket } from "./run-ledger.ts";
import { DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import type { RunMemories } from "./run-memories.ts";
import type { RunName } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import type { RunStore, SessionKey } from "./store.ts";
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
  /** Which faults of the store pass by themselves: the end of a run waits some seconds for that. Default: none. */
  readonly isPassing?: EndHold["isPassing"];
  /** Default: by a timer. */
  readonly pause?: EndHold["pause"];
  /** Default: {@link DEFAULT_RUN_LIMITS}. */
  readonly limits?: Partial<RunLimits>;
}

export interface RunRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly form: RunForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
  /** Aborts when the client goes away. */
  readonly signal?: AbortSignal;
  /** From {@link RunService.admit}; default: taken here. Ends with the run, or with the fault that is given. */
  readonly ticket?: RunTicket;
}

/** Why a run does not start. */
export type StartFault = RequestFault;

export interface RunService {
  /**
   * Takes a place before the body of a request is read, of so many bytes; undefined where it does not say. It has to be
   * ended.
   */
  admit(access: Pick<Access, "identity">, bytes: number | undefined): Result<RunTicket, LimitFault>;
  startRun(request: RunRequest): Promise<Result<LiveRun, StartFault>>;
  /** Goes on with a paused run, or begins another one with a completed one's messages. Nothing has run where it gives a fault: 404, 409, or 400 with what is undecided. */
  continueRun(
    request: ContinueRequest & Pick<RunRequest, "signal" | "ticket">,
  ): Promise<Result<LiveRun, StartFault>>;
  /** Stops a run of the scope, here or on another server; false where none of this name lives. */
  cancelRun(scope: DataScope, request: RunName): Promise<boolean>;
  /** Forgets a session; what still runs in it is stopped. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /** Resolves when no run is active. When the signal aborts first, the rest are cancelled and it resolves. */
  drain(signal: AbortSignal): Promise<void>;
}

interface Place {
  readonly ticket: RunTicket;
  readonly entry: ActiveRun;
}

const NO_CLAIMS: ClaimOwnedKeys = { dependencies: [], sessionState: [] };

/** The contract's text asks for a database, which is there: nobody is to look for what would not help. */
const NO_BACKGROUND =
  'Background execution is not supported by this version: send the run without "background"';

export function createRunService(options: RunServiceOptions): RunService {
  const {
    store,
    runtime,
    claimOwned = () => NO_CLAIMS,
    isPassing = () => false,
    pause = pauseByTimer,
  } = options;
  const hold: EndHold = { isPassing, pause };
  const ledger = createRunLedger({ ...DEFAULT_RUN_LIMITS, ...options.limits });
  const turns = createTurns({ now: () => performance.now(), nextTurn: setImmediate });
  const unreadWatch = createUnreadWatch();
  const active = createActiveRuns();
  const unstored = createUnstoredEnds((lease, end) => store.finishRun(lease, end));
  const services = { store, turns, unreadWatch, unstored, hold };
  /** A row may say of a run that it runs here, and it does not: a start, or an end, of which the store did not say what became. */
  let isUnsure = false;
  const pulse = createPulse({
    everyMs: options.beatMs,
    async beat() {
      isUnsure = false;
      try {
        await checkRuns({ store, active, unstored, runtime });
        await unstored.retry();
      } catch (cause) {
        isUnsure = true;
        throw cause;
      }
    },
    isNeeded: () => ledger.activeRuns > 0 || unstored.size() > 0 || isUnsure,
    onFailed: (cause) => runtime.logger.warn({ cause }, "the store of runs does not answer"),
  });

  /** A run with its place: where it cannot begin, the place is free again. */
  async function start(request: RunRequest, { ticket, entry }: Place): Promise<Result<LiveRun, StartFault>> {
    const { runnable, form } = request;
    if (form.background) return fail(inputFault(400, NO_BACKGROUND));
    const planned = planRun(request, { claimOwned: claimOwned(), generateId: runtime.generateId });
    if (!planned.ok) return planned;
    const plan = planned.value;
    const { key, scope, input, checkpoint } = plan;
    const loaded = await loadStart(plan, { runnable, store, runtime });
    if (!loaded.ok) return loaded;
    const { starting, bindsSession } = loaded.value;
    const fault = ticket.reserve(loaded.value.bytes);
    if (fault !== undefined) return fail(fault);
    const { controller } = entry;
    // Before its row: nobody takes it for one that nobody runs.
    entry.runId = plan.runId;
    const memories = options.memoriesOf?.(key);
    const { signal } = controller;
    const context = createContext(plan, { runtime, memories, start: loaded.value, signal });
    return refuseFull(
      beginRun(
        { ticket, controller, runnable, input, context, checkpoint, key, scope, starting, bindsSession },
        services,
      ),
    );
  }

  async function goOn(request: ContinueRequest, place: Place): Promise<Result<LiveRun, StartFault>> {
    const { key, runId, access } = request;
    const paused = await store.findPausedRun(access.dataScope, key, runId);
    if (paused === undefined) return fail(NO_RUN);
    const { status } = paused.output;
    const parts = {
      services,
      runtime,
      claimOwned: claimOwned(),
      memories: options.memoriesOf?.(key),
      ...place,
    };
    if (status === "PAUSED") return continueRun(request, paused, parts);
    // Decisions are on a pause that is over: nothing is to be asked anew because of them.
    const isForked = status === "COMPLETED" && request.form.decisions.length === 0;
    return isForked ? forkRun(request, paused, parts) : fail(notPaused(status));
  }

  /** Gives a run its place for as long as it lives. */
  async function launch(
    request: Pick<RunRequest, "access" | "signal" | "ticket">,
    bytes: number,
    begin: (place: Place) => Promise<Result<LiveRun, StartFault>>,
  ): Promise<Result<LiveRun, StartFault>> {
    const admitted =
      request.ticket === undefined ? ledger.admit(request.access.identity.owner, 0) : ok(request.ticket);
    if (!admitted.ok) return admitted;
    const ticket = admitted.value;
    const { entry, release: leave } = active.open();
    const { controller } = entry;
    ticket.onEvicted((fault) => controller.abort(memoryFailure(fault)));
    const stopFollowing = followSignal(request.signal, controller);
    const release = () => {
      stopFollowing();
      ticket.endRun();
      leave();
    };
    try {
      const fault = ticket.reserve(bytes - ticket.bytes());
      const started = fault === undefined ? await begin({ ticket, entry }) : fail(fault);
      if (started.ok) {
        entry.run = started.value;
        pulse.start();
        void started.value.finished.then(release);
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

  return {
    get activeRuns() {
      return ledger.activeRuns;
    },

    admit: ({ identity }, bytes) => ledger.admit(identity.owner, bytes),

    startRun: (request) => launch(request, sizeOfForm(request.form), (place) => start(request, place)),

    continueRun: (request) =>
      launch(request, sizeOfJson(request.form.decisions), (place) => goOn(request, place)),

    async cancelRun(scope, cancel) {
      if (!(await store.requestCancel(scope, cancel))) return false;
      active.stop(({ runId }) => runId === cancel.runId, new Error("the run was cancelled"));
      return true;
    },

    async deleteSession(scope, key) {
      if (!(await store.deleteSession(scope, key))) return false;
      active.stop((run) => isSameSession(run.key, key), new Error("the session was deleted"));
      return true;
    },

    async drain(signal) {
      if (ledger.activeRuns > 0) await idleOrAborted(signal);
      const left = [...active];
      for (const { controller } of left) controller.abort(signal.reason);
      // Cancelled runs are stored too.
      await Promise.all(left.map(({ hasEnded }) => hasEnded));
      // The last chance of this process; what fails again is found by the next one.
      await unstored.retry().catch(() => undefined);
    },
  };

  function idleOrAborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        stopListening();
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const stopListening = ledger.onIdle(finish);
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
