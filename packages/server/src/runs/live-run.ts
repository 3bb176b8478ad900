/**
 * One run whose row is in the store, to its end. It goes on whether somebody looks or not; who started it follows, and
 * may stop it.
 */
import type { PrefixedKind } from "@agentos/contract";
import { describeLimit, type LimitFault } from "@agentos/guard/app";
import { driveRun, type FinishedRun } from "./drive-run.ts";
import { createRunEvents, type RunEvents } from "./events.ts";
import type { EndHold } from "./finish-with-hold.ts";
import { isContentDelta } from "./log-entry.ts";
import type { PauseCheckpoint } from "./pause-checkpoint.ts";
import { createReaders, type Readers, type UnreadWatch } from "./readers.ts";
import { createRunRecorder, type RunRecorder } from "./record.ts";
import type { PausedRecord } from "./recorded-before.ts";
import type { RunTicket } from "./run-ledger.ts";
import { createRunLog, type RunWatcher } from "./run-log.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import type { RunEnd, RunLease, RunStore, SessionKey } from "./store.ts";
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

/** What a run works with, before and after it has a row. */
export interface RunParts {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  /** Kept where it pauses. */
  readonly checkpoint: PauseCheckpoint;
  /** As it was paused, where it goes on. */
  readonly paused?: PausedRecord | undefined;
  /** The run whose place it takes once it has completed. */
  readonly replaces?: RunEnd["replaces"];
}

/** What writes down a run: the same from its row to its end. */
export interface PreparedRun extends RunParts {
  readonly events: RunEvents;
  readonly recorder: RunRecorder;
}

export interface LiveRunParts extends PreparedRun {
  readonly lease: RunLease;
  /** State of the session when the run began, as JSON text. */
  readonly startingStateJson: string;
  /** Index of its next event; more than 0 where it goes on. Default 0. */
  readonly firstIndex?: number | undefined;
  readonly ticket: RunTicket;
  /** Its signal is the context's. */
  readonly controller: AbortController;
}

/** What the runs of a server share. */
export interface RunServices {
  readonly store: RunStore;
  readonly turns: Turns;
  readonly unreadWatch: UnreadWatch;
  readonly unstored: UnstoredEnds;
  readonly hold: EndHold;
}

export function prepareRun(parts: RunParts): PreparedRun {
  const { runnable, input, context, paused } = parts;
  const { runId, sessionId, clock } = context;
  return {
    ...parts,
    events: createRunEvents({ runnable, runId, sessionId, clock }),
    recorder: createRunRecorder(runnable, input, context, paused),
  };
}

/** Drives a run whose lease is given: one that has just begun, or goes on. */
export function driveLiveRun(parts: LiveRunParts, services: RunServices): LiveRun {
  const { events, recorder, lease, ticket, controller } = parts;
  const { store, unstored } = services;
  const { runId, key } = lease;
  const log = createRunLog({
    // Nothing of a run that only its own client follows is kept before its end.
    commit(_, entries) {
      for (const entry of entries) if (!isContentDelta(entry)) recorder.addEvent(entry);
      return undefined;
    },
    onHeld: ticket.grow,
    onCommitFailed: (cause) => controller.abort(cause),
  });
  const readers = createReaders(ticket, services.unreadWatch);
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
    turns: services.turns,
    hold: services.hold,
    log,
    grow: ticket.grow,
    caller: ticket.caller,
    finish: (end) => store.finishRun(lease, end),
    onUnstored: (end) => unstored.add(lease, end),
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
    sessionId: key.sessionId,
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
