/** Starts runs, gives each its place, and knows what is running here, what waits, and who follows. */
import { type DataScope, isSameOwner, ok, type Result } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { createDescribeAbandoned, createInterruption } from "./abandoned.ts";
import { createAcceptor, type RunRequest } from "./accept-run.ts";
import { type ActiveRun, createActiveRuns } from "./active-runs.ts";
import { checkRuns } from "./check-runs.ts";
import { createClaimLoop } from "./claim-loop.ts";
import { createClaimRound } from "./claim-round.ts";
import { createContinuer } from "./continue-run.ts";
import { createDescribeCancelled } from "./describe-waiting.ts";
import { createEndRevoked } from "./end-revoked.ts";
import { createEventWriter } from "./event-writer.ts";
import { type EndHold, pauseByTimer } from "./finish-with-hold.ts";
import { createFollowRegistry } from "./follow-runs.ts";
import { createRunFollowers } from "./followers.ts";
import { type LiveRun, memoryFailure } from "./live-run.ts";
import type { ClaimOwnedKeys } from "./owner.ts";
import { createPulse } from "./pulse.ts";
import { createReaders, createUnreadWatch } from "./readers.ts";
import { createLocalHints } from "./run-hints.ts";
import { createRunLedger } from "./run-ledger.ts";
import { DEFAULT_QUEUE_LIMITS, DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import type { RunService, RunServiceOptions } from "./run-service.ts";
import { createStarter, type Place } from "./start-run.ts";
import { type Component, RunLeaseLost, type SessionKey } from "./store.ts";
import { createTurns } from "./turns.ts";
import { createUnstoredEnds } from "./unstored-ends.ts";

export type { RunService, RunServiceOptions } from "./run-service.ts";

const NO_CLAIMS: ClaimOwnedKeys = { dependencies: [], sessionState: [] };
/** What a store gets to take the ends of runs that are ended because the server stops. */
const LAST_WORDS_MS = 1_000;
/** Runs of a session that is deleted of which other servers are told. */
const MAX_TOLD = 100;

export function createRunService(options: RunServiceOptions): RunService {
  const { store, runtime, isPassing = () => false, pause = pauseByTimer } = options;
  const { runnables = [], hints = createLocalHints(), countNodes } = options;
  const { isKnownAsRevoked = () => false } = options;
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
  /** Other servers can take runs of this store. */
  const isOfMany = store.lastBeat !== undefined;
  let areLastWordsOver = false;
  /** Others may take what runs here; undefined before the first beat. */
  let isShared: boolean | undefined;
  const pulse = createPulse({
    everyMs: options.beatMs,
    silentMs: options.silentMs,
    lastBeat: store.lastBeat,
    async beat() {
      const wasUnsure = isUnsure;
      isUnsure = false;
      try {
        const checked = await checkRuns({ store, active, unstored, runtime, isTaking: () => isTaking });
        ({ isShared } = checked);
        if (wasUnsure && !checked.isWhole) isUnsure = true;
        await unstored.retry();
      } catch (cause) {
        isUnsure = true;
        throw cause;
      }
    },
    isNeeded: () => ledger.activeRuns > 0 || unstored.size() > 0 || isUnsure,
    onFailed: (cause) => logger.warn({ cause }, "the store of runs does not answer"),
    onSilent() {
      if (isShared ?? isUnsure)
        active.stop(() => true, new RunLeaseLost("this server could not say that it lives"));
    },
  });

  function becomeUnsure(): void {
    isUnsure = true;
    pulse.start();
  }

  /** Until the next beat has asked whether the store holds it still. */
  function markAsLeft(runId: string): void {
    active.left.add(runId);
    becomeUnsure();
  }

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
        const run = started.value;
        active.begin(entry, run);
        // INVARIANT: known first, then judged, so that whoever is revoked meanwhile finds it here, or is found.
        if (isKnownAsRevoked(run.caller)) run.abort(new Error("the credential of the run was revoked"));
        pulse.start();
        const marked = run.finished.then(({ isKept }) => (isKept ? undefined : markAsLeft(run.runId)));
        void marked.finally(() => {
          release();
          claims?.wake();
        });
      } else release();
      return started;
    } catch (cause) {
      release();
      if (entry.runId !== undefined) markAsLeft(entry.runId);
      throw cause;
    }
  }

  const adminScope = options.adminScope ?? (() => ADMIN_SCOPE);
  const closing = new AbortController();
  const endRevoked = createEndRevoked({
    store,
    runtime,
    adminScope,
    isRevoked: isKnownAsRevoked,
    pause,
    signal: closing.signal,
  });

  const acceptRun = createAcceptor({
    store,
    runtime,
    starter,
    claimOwned: options.claimOwned ?? (() => NO_CLAIMS),
    queueLimits: { ...DEFAULT_QUEUE_LIMITS, ...options.queueLimits },
    hold: holdPlace,
    onWaiting(caller) {
      hints.tellPending();
      // Kept first, then judged: of what is revoked meanwhile one look or the other finds it.
      if (isKnownAsRevoked(caller)) void endRevoked();
    },
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
    adminScope,
    isRevoked: options.isRevoked ?? (() => false),
    hold: holdPlace,
    onLeft(runId) {
      // It has not begun: whoever finds it gives it back.
      active.left.delete(runId);
      becomeUnsure();
    },
  });
  const claims =
    runnables.length === 0
      ? undefined
      : createClaimLoop({
          async claim() {
            isTaking = true;
            try {
              return await claimRound();
            } catch (cause) {
              // Some may have been taken all the same.
              becomeUnsure();
              throw cause;
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
      const readers = createReaders(ticket, services);
      ticket.onEvicted((fault) => readers.cutAll(memoryFailure(fault)));
      return ok(readers);
    },

    findKept,
    follow: (runNo, after) => followers.follow(runNo, after),

    async cancelRun(scope, run) {
      const describe = createDescribeCancelled(runtime);
      if (await store.endWaiting(scope, run, describe)) return true;
      // It may have been given back between the two.
      if (!(await store.requestCancel(scope, run))) return store.endWaiting(scope, run, describe);
      active.stop(({ runId }) => runId === run.runId, new Error("the run was cancelled"));
      hints.tellCancel(run.runId);
      return true;
    },

    stopRunsOf: (isMeant, reason) => active.stop(({ caller }) => isMeant(caller), reason),

    endRevoked,

    async deleteSession(scope, key) {
      const elsewhere = await listElsewhere(scope, key);
      if (!(await store.deleteSession(scope, key))) return false;
      active.stop((run) => isSameSession(run.key, key), new Error("the session was deleted"));
      for (const runId of elsewhere) hints.tellCancel(runId);
      return true;
    },

    async drain(signal) {
      for (const stop of stopListening) stop();
      closing.abort();
      const ending = endAll(signal).catch((cause: unknown) =>
        logger.warn({ cause }, "runs that were left could not be ended"),
      );
      await untilLastWords(ending, signal);
      pulse.close();
      followers.closeIdle();
      if (signal.aborted) followers.close();
    },
  };

  /** Runs of a session that other servers run, as far as hints of them are worth it. */
  async function listElsewhere(scope: DataScope, key: SessionKey): Promise<readonly string[]> {
    if (!isOfMany) return [];
    const runs = await store.listRuns(scope, key, { status: "RUNNING", limit: MAX_TOLD });
    const here = new Set([...active].map(({ runId }) => runId));
    return runs.flatMap(({ output: { run_id: runId } }) => (here.has(runId) ? [] : [runId]));
  }

  async function endAll(signal: AbortSignal): Promise<void> {
    const taken = claims?.close() ?? Promise.resolve();
    // A store that does not answer keeps no run from being ended.
    await Promise.race([taken, untilAborted(signal)]);
    followers.closeIdle();
    if (ledger.activeRuns > 0) await idleOrAborted(signal);
    // From here on a store that does not answer is not waited for.
    const written = writer.close();
    const begun = new Set([...active].filter(({ run }) => run !== undefined));
    // One that was being taken has begun when the round is over: before that it is not known how it is to end.
    const endOthers = () =>
      endRuns(
        [...active].filter((entry) => !begun.has(entry)),
        signal,
      );
    await Promise.all([endRuns([...begun], signal), taken.then(endOthers)]);
    // The last chance of this process; what fails again is found by the next one.
    await unstored.retry().catch(() => undefined);
    await Promise.all([written, writer.close()]);
  }

  async function endRuns(left: readonly ActiveRun[], signal: AbortSignal): Promise<void> {
    const givenUp = new Map(
      left.flatMap(({ run }) =>
        run?.mayBeginAgain === true && isOfMany ? [[run.runId, run.attempt] as const] : [],
      ),
    );
    for (const { controller, run } of left) controller.abort(findEnd(run) ?? signal.reason);
    // Cancelled runs are stored too.
    await Promise.all(left.map(({ hasEnded }) => hasEnded));
    if (givenUp.size > 0) {
      await store.endOrphans(createDescribeAbandoned(runtime), givenUp);
      hints.tellPending();
    }
  }

  /** Of a run that has no client which goes away with the server. */
  function findEnd(run: LiveRun | undefined): Error | undefined {
    if (run?.tail === undefined) return undefined;
    return run.mayBeginAgain && isOfMany
      ? new RunLeaseLost("this server stops, and another one begins the run again")
      : createInterruption();
  }

  /** What is under way goes on by itself where there is no more time. */
  async function untilLastWords(work: Promise<void>, signal: AbortSignal): Promise<void> {
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const start = () => (timer = setTimeout(resolve, areLastWordsOver ? 0 : LAST_WORDS_MS));
    if (signal.aborted) start();
    else signal.addEventListener("abort", start, { once: true });
    void isOver.then(() => (areLastWordsOver = true));
    await Promise.race([work, isOver]);
    signal.removeEventListener("abort", start);
    clearTimeout(timer);
  }

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

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** The run stops when the client goes away. Gives the function that ends the following. */
function followSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}
