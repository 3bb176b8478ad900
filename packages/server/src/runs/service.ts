/** Starts runs: decides owner, session and values, gives the run its place and its context, and knows what is running. */
import { type Access, type DataScope, fail, isSameOwner, ok, type Result } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import { inputFault, type LimitFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import { createDescribeAbandoned } from "./abandoned.ts";
import { type BagItem, createBag } from "./bag.ts";
import { type EndHold, pauseByTimer } from "./finish-with-hold.ts";
import { beginRun, type LiveRun, memoryFailure } from "./live-run.ts";
import { loadHistory } from "./load-history.ts";
import { type ClaimOwnedKeys, resolveRunOwner, userIdOf } from "./owner.ts";
import { createPulse } from "./pulse.ts";
import { createUnreadWatch } from "./readers.ts";
import { refuseFull } from "./refuse-full.ts";
import type { RunForm } from "./run-form.ts";
import { createRunLedger, type RunLimits, type RunTicket } from "./run-ledger.ts";
import { DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import type { RunMemories } from "./run-memories.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import { mergeState } from "./session-state.ts";
import { type CancelRequest, RunLeaseLost, type RunStore, type SessionKey } from "./store.ts";
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
  /** Stops a run of the scope, here or on another server; false where none of this name lives. */
  cancelRun(scope: DataScope, request: CancelRequest): Promise<boolean>;
  /** Forgets a session; what still runs in it is stopped. False where there is none in the scope. */
  deleteSession(scope: DataScope, key: SessionKey): Promise<boolean>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /** Resolves when no run is active. When the signal aborts first, the rest are cancelled and it resolves. */
  drain(signal: AbortSignal): Promise<void>;
}

interface ActiveRun extends BagItem {
  readonly controller: AbortController;
  /** Undefined until it is given. */
  runId: string | undefined;
  /** Undefined until it has begun. */
  run: LiveRun | undefined;
  /** Resolves when it has been stored and its place is free. */
  hasEnded: Promise<void>;
}

/** What a value costs besides its text, measured with lists of empty objects. */
const VALUE_BYTES = 64;

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
  const active = createBag<ActiveRun>();
  const unstored = createUnstoredEnds((lease, end) => store.finishRun(lease, end));
  /** A row may say of a run that it runs here, and it does not: a start, or an end, of which the store did not say what became. */
  let isUnsure = false;
  const pulse = createPulse({
    everyMs: options.beatMs,
    async beat() {
      isUnsure = false;
      try {
        await checkRuns();
        await unstored.retry();
      } catch (cause) {
        isUnsure = true;
        throw cause;
      }
    },
    isNeeded: () => ledger.activeRuns > 0 || unstored.size() > 0 || isUnsure,
    onFailed: (cause) => runtime.logger.warn({ cause }, "the store of runs does not answer"),
  });

  /** What the store holds for this server against what runs here: neither may have a run that the other does not. */
  async function checkRuns(): Promise<void> {
    const begun = [...active].flatMap(({ run }) => run ?? []);
    const { cancelled, held } = await store.beat();
    if (cancelled.length > 0)
      stopRuns(({ runId }) => cancelled.includes(runId), new Error("the run was cancelled"));
    if (held === undefined) return;
    // One that has ended meanwhile is not stopped by it.
    for (const { runId, abort } of begun)
      if (!held.has(runId)) abort(new RunLeaseLost("another server has ended the run"));
    const known = new Set([...active].map(({ runId }) => runId));
    const orphans = [...held].filter((runId) => !known.has(runId) && !unstored.has(runId));
    if (orphans.length > 0) await store.endOrphans(createDescribeAbandoned(runtime), orphans);
  }

  function stopRuns(isMeant: (run: LiveRun) => boolean, reason: Error): void {
    for (const { run, controller } of active) if (run !== undefined && isMeant(run)) controller.abort(reason);
  }

  /** A run with its place: where it cannot begin, the place is free again. */
  async function start(
    request: RunRequest,
    { ticket, entry }: { readonly ticket: RunTicket; readonly entry: ActiveRun },
  ): Promise<Result<LiveRun, StartFault>> {
    const { runnable, form, access } = request;
    if (form.background) return fail(inputFault(400, NO_BACKGROUND));
    const resolved = resolveRunOwner({ form, ...access, claimOwned: claimOwned() });
    if (!resolved.ok) return resolved;
    const { owner, sessionId: chosenId, dependencies, sessionState: brought } = resolved.value;
    const component = { kind: runnable.kind, id: runnable.id };
    const key = { owner, component, sessionId: chosenId ?? runtime.generateId() };
    // An id that was made up this moment names nothing yet.
    const session = chosenId === undefined ? undefined : await store.findSession(access.dataScope, key);
    const merged = mergeState(session?.state ?? {}, brought);
    if (!merged.ok) return merged;
    const { state: sessionState, bytes, ...starting } = merged.value;
    const history =
      session === undefined
        ? { history: [] }
        : await loadHistory({
            runnable,
            summary: session.summary,
            listRuns: (limit) => store.listRuns(access.dataScope, key, { status: "COMPLETED", limit }),
            logger: runtime.logger,
            sessionId: key.sessionId,
          });
    // History is held twice: as it is, and as the request that the model's provider is sent.
    const fault = ticket.reserve(bytes + 2 * sizeOfJson(history));
    if (fault !== undefined) return fail(fault);
    const { controller } = entry;
    const runId = runtime.generateId();
    // Before its row: nobody takes it for one that nobody runs.
    entry.runId = runId;
    const context: RunContext = {
      ...runtime,
      runId,
      sessionId: key.sessionId,
      owner: key.owner,
      userId: userIdOf(key.owner),
      memories: options.memoriesOf?.(key),
      caller: access.identity,
      signal: controller.signal,
      sessionState,
      dependencies,
      metadata: redactTokensDeep(form.metadata ?? {}),
      ...history,
    };
    const input = { message: redactTokens(form.message), media: form.media };
    const scope = access.dataScope;
    return refuseFull(
      beginRun({
        ticket,
        controller,
        runnable,
        input,
        context,
        key,
        scope,
        starting,
        bindsSession: session?.key.component.id === "",
        store,
        turns,
        unreadWatch,
        unstored,
        hold,
      }),
    );
  }

  return {
    get activeRuns() {
      return ledger.activeRuns;
    },

    admit: ({ identity }, bytes) => ledger.admit(identity.owner, bytes),

    async startRun(request) {
      const { form, access } = request;
      const admitted =
        request.ticket === undefined ? ledger.admit(access.identity.owner, 0) : ok(request.ticket);
      if (!admitted.ok) return admitted;
      const ticket = admitted.value;
      const controller = new AbortController();
      ticket.onEvicted((fault) => controller.abort(memoryFailure(fault)));
      const { promise: hasEnded, resolve } = Promise.withResolvers<void>();
      const entry: ActiveRun = { controller, runId: undefined, run: undefined, hasEnded, position: -1 };
      const stopFollowing = followSignal(request.signal, controller);
      const release = () => {
        stopFollowing();
        active.remove(entry);
        ticket.endRun();
        resolve();
      };
      active.add(entry);
      try {
        const fault = ticket.reserve(sizeOfForm(form) - ticket.bytes());
        const started = fault === undefined ? await start(request, { ticket, entry }) : fail(fault);
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
    },

    async cancelRun(scope, cancel) {
      if (!(await store.requestCancel(scope, cancel))) return false;
      stopRuns(({ runId }) => runId === cancel.runId, new Error("the run was cancelled"));
      return true;
    },

    async deleteSession(scope, key) {
      if (!(await store.deleteSession(scope, key))) return false;
      stopRuns((run) => isSameSession(run.key, key), new Error("the session was deleted"));
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

/** Bytes that a form holds while its run lives, near enough. */
function sizeOfForm({ message, media, dependencies, metadata, sessionState }: RunForm): number {
  const ofMedia = media.reduce(
    (sum, { source }) => sum + (source.type === "bytes" ? source.bytes.byteLength : source.url.length * 2),
    0,
  );
  return (
    message.length * 2 +
    ofMedia +
    [dependencies, metadata, sessionState].reduce((sum, value) => sum + sizeOfJson(value), 0)
  );
}

/** A value of JSON costs more than its text: each object, list and entry has a place of its own. */
function sizeOfJson(value: object | undefined): number {
  if (value === undefined) return 0;
  const json = JSON.stringify(value);
  let values = 0;
  for (const mark of "{[,") values += json.split(mark).length - 1;
  return json.length * 2 + values * VALUE_BYTES;
}
