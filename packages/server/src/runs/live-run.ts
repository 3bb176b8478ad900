/**
 * One run from its row in the store to its end. It goes on whether somebody looks or not; who started it follows, and
 * may stop it.
 */
import type { DataScope } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import { driveRun, type FinishedRun } from "./drive-run.ts";
import { createRunEvents, type RunEvents } from "./events.ts";
import { sizeOfEntry } from "./log-entry.ts";
import { createRunRecorder } from "./record.ts";
import type { RunTicket } from "./run-ledger.ts";
import { MAX_UNREAD_SECONDS } from "./run-limits.ts";
import { createRunLog, type RunWatcher } from "./run-log.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import { withoutTokens } from "./session-state.ts";
import type { RunStore, SessionKey } from "./store.ts";
import type { Turns } from "./turns.ts";

export interface LiveRun extends Pick<RunEvents, "toJson"> {
  readonly runId: string;
  readonly sessionId: string;
  /** The run, once it is stored. Never rejects. */
  readonly finished: Promise<FinishedRun>;
  /**
   * Follows from the first event on; whoever follows has to close. `onCut` is told when the stream is taken away: nobody
   * read it, or memory was short.
   */
  watch(onCut: (cause: Error) => void): RunWatcher;
  /** Stops the run; it is stored as cancelled. */
  abort(reason: unknown): void;
}

export interface LiveRunParts {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  readonly key: SessionKey;
  readonly scope: DataScope;
  readonly startingStateJson: string;
  readonly store: RunStore;
  readonly turns: Turns;
  readonly ticket: RunTicket;
  /** Its signal is the context's. */
  readonly controller: AbortController;
}

/** Stores the run, then lets it go. Rejects when it cannot be stored; then nothing has begun. */
export async function beginRun(parts: LiveRunParts): Promise<LiveRun> {
  const { runnable, context, key, startingStateJson, store, ticket, controller } = parts;
  const { runId, sessionId } = context;
  const events = createRunEvents({ runnable, runId, sessionId, clock: context.clock });
  const recorder = createRunRecorder(runnable, parts.input, context);
  const row = recorder.build("RUNNING");
  const lease = await store.createRun(parts.scope, {
    key,
    runId,
    createdAt: row.created_at,
    outputJson: withoutTokens(row),
    stateJson: startingStateJson,
  });
  const onCut = new Set<(cause: Error) => void>();
  const log = createRunLog({
    commit(firstIndex, entries) {
      ticket.grow(entries.reduce((sum, entry) => sum + sizeOfEntry(entry), 0));
      return store.appendEvents(lease, firstIndex, entries);
    },
    onCommitFailed: (cause) => controller.abort(cause),
    onClosed: (left) => {
      if (left === 0) ticket.closeStream();
    },
  });
  const cutStreams = (cause: Error) => {
    log.cut(cause);
    for (const tell of onCut) tell(cause);
  };
  ticket.payBy(() => {
    const cause = new RunFailure("The run holds more memory than there is", { errorType: "memory_limit" });
    controller.abort(cause);
    cutStreams(cause);
  });
  const finished = driveRun({
    ...parts,
    events,
    recorder,
    log,
    finish: (end) => store.finishRun(lease, end),
  });

  function watch(tellCut: (cause: Error) => void): RunWatcher {
    const watcher = log.watch();
    onCut.add(tellCut);
    ticket.watch();
    let takenBefore = -1;
    const timer = setInterval(() => {
      if (watcher.isBehind && watcher.taken === takenBefore) cutStreams(new Error("the stream was not read"));
      takenBefore = watcher.taken;
    }, MAX_UNREAD_SECONDS * 1_000);
    timer.unref();
    return Object.freeze({
      ready: watcher.ready,
      take: watcher.take,
      get taken() {
        return watcher.taken;
      },
      get isBehind() {
        return watcher.isBehind;
      },
      get isDone() {
        return watcher.isDone;
      },
      close() {
        clearInterval(timer);
        onCut.delete(tellCut);
        watcher.close();
      },
    });
  }

  return {
    runId,
    sessionId,
    finished,
    watch,
    toJson: events.toJson,
    abort: (reason) => controller.abort(reason),
  };
}
