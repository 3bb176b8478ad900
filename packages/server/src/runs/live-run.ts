/**
 * One run whose row is in the store, to its end. It goes on whether somebody looks or not; who started it follows, and
 * may stop it.
 */
import type { PrefixedKind } from "@agentos/contract";
import { describeLimit, type LimitFault } from "@agentos/guard/app";
import { driveRun, type FinishedRun } from "./drive-run.ts";
import type { EventWriter } from "./event-writer.ts";
import { createRunEvents, type RunEvents } from "./events.ts";
import type { EndHold } from "./finish-with-hold.ts";
import { isContentDelta, type RunLogEntry } from "./log-entry.ts";
import type { PauseCheckpoint } from "./pause-checkpoint.ts";
import { createReaders, type Readers, type UnreadWatch } from "./readers.ts";
import { createRunRecorder, type RunRecorder } from "./record.ts";
import type { PausedRecord } from "./recorded-before.ts";
import type { RunTicket } from "./run-ledger.ts";
import { createRunLog, type LogTail, type RunWatcher, TAIL_BYTES } from "./run-log.ts";
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
  readonly runNo: number;
  readonly attempt: number;
  /** It is begun once more, anywhere, where this server gives it up. */
  readonly mayBeginAgain: boolean;
  /** Index of its first event here; more than 0 where it goes on. */
  readonly firstIndex: number;
  /** Whose credential it was started with. */
  readonly caller: RunContext["caller"];
  /** What is held of its events, for those who follow by index. Undefined: they are not kept. */
  readonly tail: LogTail | undefined;
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
  /** Index of its first event here; more than 0 where it goes on. Default 0. */
  readonly firstIndex?: number | undefined;
  readonly ticket: RunTicket;
  /** Its signal is the context's. */
  readonly controller: AbortController;
  /** Default false. */
  readonly mayBeginAgain?: boolean | undefined;
  /** Its events are kept as they happen, from this index on. Undefined: only its own client follows. */
  readonly keptFrom?: number | undefined;
}

/** What the runs of a server share. */
export interface RunServices {
  readonly store: RunStore;
  readonly turns: Turns;
  readonly unreadWatch: UnreadWatch;
  readonly unstored: UnstoredEnds;
  readonly hold: EndHold;
  /** Of the runs whose events are kept. */
  readonly writer: Pick<EventWriter, "append">;
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
  const { store, unstored, writer } = services;
  const { runId, key } = lease;
  const isKept = parts.keptFrom !== undefined;
  const record = (entries: readonly RunLogEntry[]) => {
    for (const entry of entries) if (!isContentDelta(entry)) recorder.addEvent(entry);
  };
  const log = createRunLog({
    commit(firstIndex, entries) {
      record(entries);
      // Nothing of a run that only its own client follows is kept before its end.
      return isKept ? writer.append(lease, firstIndex, entries) : undefined;
    },
    firstIndex: parts.keptFrom ?? parts.firstIndex,
    tailBytes: isKept ? TAIL_BYTES : undefined,
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
    keepsEvents: isKept,
    onLost(cause) {
      readers.cutAll(cause);
      if (isKept) log.abandon();
    },
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
    runNo: lease.runNo,
    attempt: lease.attempt,
    mayBeginAgain: parts.mayBeginAgain ?? false,
    firstIndex: parts.keptFrom ?? parts.firstIndex ?? 0,
    caller: parts.context.caller,
    sessionId: key.sessionId,
    key,
    tail: isKept ? log : undefined,
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
