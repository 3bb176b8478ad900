/** Where in a run a client stands: what it has had is not given twice, whatever a server sends again. */
import type { Frame } from "./read-frames.ts";
import { findEnd } from "./run-ends.ts";

export interface EventPosition {
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  /** Of the last event that has one. */
  readonly lastEventIndex: number | undefined;
  /** Begins to read an answer. `resumed`: it may repeat what was given. */
  begin(kind: "first" | "resumed"): void;
  /** Whether the event is to be given, and whether the run ends with it. */
  take(frame: Frame): { readonly isNew: boolean; readonly isLast: boolean };
  /** The answer is over: whether the run is, and the event that ended it, where that was held back. */
  finish(): { readonly isOver: boolean; readonly heldBack: Frame | undefined };
}

export interface KnownRun {
  readonly runId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly lastEventIndex?: number | undefined;
}

export function createEventPosition(known: KnownRun): EventPosition {
  let { runId, sessionId, lastEventIndex } = known;
  let isResumed = false;
  /** Events without an index that were given, and how many of them this answer may still repeat. */
  let unnumbered = 0;
  let repeats = 0;
  /** The last event of the run itself ended it, so far as is known. */
  let isAtEnd = false;
  let heldBack: Frame | undefined;

  function isRepeated(index: number | undefined): boolean {
    if (!isResumed) return false;
    // Nothing has a number: a replay begins with what was given, in the same order.
    if (lastEventIndex === undefined) return index === undefined && repeats-- > 0;
    // Without an index nobody can tell; the end has the whole answer.
    return index === undefined || index <= lastEventIndex;
  }

  return {
    get runId() {
      return runId;
    },
    get sessionId() {
      return sessionId;
    },
    get lastEventIndex() {
      return lastEventIndex;
    },
    begin(kind) {
      isResumed = kind === "resumed";
      repeats = unnumbered;
      isAtEnd = false;
      heldBack = undefined;
    },
    take(frame) {
      const { run_id, session_id, event_index } = frame;
      if (typeof run_id === "string") runId ??= run_id;
      if (typeof session_id === "string") sessionId ??= session_id;
      const index = Number.isSafeInteger(event_index) ? Number(event_index) : undefined;
      const end = findEnd(frame, runId);
      const isOwn = typeof frame["run_id"] !== "string" || frame["run_id"] === runId;
      if (isOwn) {
        isAtEnd = end !== undefined;
        heldBack = undefined;
      }
      // The numbers of stored events are others than those of the stream: an end is never taken for one that was given.
      if (end !== "last" && isRepeated(index)) {
        if (isOwn && end !== undefined) heldBack = frame;
        return { isNew: false, isLast: false };
      }
      if (index === undefined) unnumbered += 1;
      else if (lastEventIndex === undefined || index > lastEventIndex) lastEventIndex = index;
      return { isNew: true, isLast: end === "last" };
    },
    finish: () => ({ isOver: isAtEnd, heldBack }),
  };
}
