/**
 * One run from its row in the store to its end. It goes on whether somebody looks or not; who started it follows, and
 * may stop it.
 */
import type { DataScope } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import { describeLimit, type LimitFault } from "@agentos/guard/app";
import { driveRun, type FinishedRun } from "./drive-run.ts";
import { createRunEvents, type RunEvents } from "./events.ts";
import type { EndHold } from "./finish-with-hold.ts";
import { isContentDelta } from "./log-entry.ts";
import { createReaders, type Readers, type UnreadWatch } from "./readers.ts";
import { createRunRecorder } from "./record.ts";
import type { RunTicket } from "./run-ledger.ts";
import { createRunLog, type RunWatcher } from "./run-log.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import { type StartingState, withoutTokens } from "./session-state.ts";
import type { RunStore, SessionKey } from "./store.ts";
import type { Turns } from "./turns.ts";
import type { UnstoredEnds } from "./unstored-ends.ts";

export interface LiveRun extends Pick<RunEvents, "toJson"> {
  readonly runId: string;
  readonly sessionId: string;
  readonly key: SessionKey;
  /** The run, once it is stored. Never rejects. */
  readonly finished: Promise<FinishedRun>;
  /**
   * Follows from the first event on; whoever follows has to close. `onCut` is told when the stream is taken away: nobody
   * read it, or memory was short.
   */
  watch(onCut: (cause: Error) => void): RunWatcher;
  /** For an answer of another make: who reads it, and what it holds. */
  readonly openReader: Readers["open"];
  hold(bytes: number): void;
  /** Lets go of the events that nobody is to follow any more. */
  dropEvents(): void;
  /** Stops the run; it is stored as cancelled. */
  abort(reason: unknown): void;
}

export interface LiveRunParts {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  readonly key: SessionKey;
  readonly scope: DataScope;
  readonly starting: Pick<StartingState, "json" | "change">;
  /** The session has no component yet. */
  readonly bindsSession: boolean;
  readonly store: RunStore;
  readonly turns: Turns;
  readonly ticket: RunTicket;
  readonly unreadWatch: UnreadWatch;
  readonly unstored: UnstoredEnds;
  readonly hold: EndHold;
  /** Its signal is the context's. */
  readonly controller: AbortController;
}

/** Stores the run, then starts it. Rejects when it cannot be stored; then nothing has begun. */
export async function beginRun(parts: LiveRunParts): Promise<LiveRun> {
  const { runnable, context, key, starting, store, ticket, controller } = parts;
  const { runId, sessionId } = context;
  const events = createRunEvents({ runnable, runId, sessionId, clock: context.clock });
  const recorder = createRunRecorder(runnable, parts.input, context);
  const row = recorder.build("RUNNING");
  const lease = await store.createRun(parts.scope, {
    key,
    runId,
    createdAt: row.created_at,
    outputJson: withoutTokens(row).json,
    input: parts.input.message,
    changeState: starting.change,
    bindsSession: parts.bindsSession,
  });
  const log = createRunLog({
    // Nothing of a run that only its own client follows is kept before its end.
    commit(_, entries) {
      for (const entry of entries) if (!isContentDelta(entry)) recorder.addEvent(entry);
      return undefined;
    },
    onHeld: ticket.grow,
    onCommitFailed: (cause) => controller.abort(cause),
  });
  const readers = createReaders(ticket, parts.unreadWatch);
  let hasEnded = false;
  ticket.onEvicted((fault) => {
    const cause = memoryFailure(fault);
    if (hasEnded) {
      readers.cutAll(cause);
      return;
    }
    // The end is told all the same: what is given up is what nobody has read.
    controller.abort(cause);
    log.drop();
  });
  const finished = driveRun({
    ...parts,
    startingStateJson: starting.json,
    events,
    recorder,
    log,
    grow: ticket.grow,
    caller: ticket.caller,
    finish: (end) => store.finishRun(lease, end),
    onUnstored: (end) => parts.unstored.add(lease, end),
    onLost: readers.cutAll,
  }).finally(() => {
    hasEnded = true;
  });

  function watch(onCut: (cause: Error) => void): RunWatcher {
    const watcher = log.watch();
    const closeReader = readers.open({ taken: watcher.taken, isBehind: watcher.isBehind, onCut });
    return {
      ...watcher,
      close() {
        watcher.close();
        closeReader();
      },
    };
  }

  return {
    runId,
    sessionId,
    key,
    finished,
    watch,
    openReader: readers.open,
    hold: ticket.grow,
    dropEvents: log.drop,
    toJson: events.toJson,
    abort: (reason) => controller.abort(reason),
  };
}

/** What the caller reads of a run that had to give up what it held. */
export function memoryFailure(fault: LimitFault): RunFailure {
  return new RunFailure(`This run was ended: ${describeLimit(fault).title}`, { errorType: "memory_limit" });
}
