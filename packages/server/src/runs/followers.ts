/**
 * Those who follow a run whose events are kept, from any index on and on any server. What is behind is read from the log;
 * where the run goes on here the rest comes from its memory, elsewhere from one query for all that are followed. Who reads
 * slowly holds no more than one piece, and falls back to the log.
 */
import type { RunEventLog } from "./event-log.ts";
import type { IndexedEntry, RunLogEntry } from "./log-entry.ts";
import { createRowPoll, type ReadEntries } from "./row-poll.ts";
import type { LogTail, RunWatcher } from "./run-log.ts";

export interface RunFollowersOptions {
  readonly log: RunEventLog;
  /** What is held of a run that goes on here; undefined for any other. */
  readonly findTail: (runNo: number) => LogTail | undefined;
  /** Told once in each outage that the log does not answer: those who follow wait for it. Default: nobody. */
  readonly onFailed?: ((cause: unknown) => void) | undefined;
  /** From one look at the log to the next while somebody waits for a run of another server, milliseconds. Default 100. */
  readonly pollMs?: number | undefined;
  /** What one look reads of all runs together, bytes. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
}

/** An event as whoever follows is told it. */
export interface FollowedEntry extends Omit<IndexedEntry, "index"> {
  /** Undefined of an end that the store has not taken: {@link LogTail.unstoredEnd}. */
  readonly index: number | undefined;
}

export interface RunFollower extends Omit<RunWatcher, "take"> {
  /**
   * The next event; undefined when there is none yet. Indices follow each other, but for the first where the ones before
   * it have been forgotten.
   */
  take(): FollowedEntry | undefined;
  /** It is done before the end of the run: what is kept of the next event cannot be read. */
  isDamaged(): boolean;
}

export interface RunFollowers {
  /**
   * Follows a run from the event after this index on, -1 for all; to be closed. It is done after the last event of the run,
   * and where the run pauses, is gone, or could not be stored.
   */
  follow(runNo: number, after: number): RunFollower;
  /** Nobody is told anything more. */
  close(): void;
}

export function createRunFollowers(options: RunFollowersOptions): RunFollowers {
  const { findTail } = options;
  const poll = createRowPoll(options);
  let isClosed = false;
  const open = new Set<() => void>();

  function follow(runNo: number, after: number): RunFollower {
    let next = after + 1;
    let taken = 0;
    /** What was read of the log, from the position on. */
    let piece: ReadEntries | undefined;
    let position = 0;
    /** The log may have more than what was read. */
    let mayHaveMore = true;
    /** Nothing comes after what was read. */
    let isOver = false;
    let isDamaged = false;
    let hasLeft = false;
    let hasToldEnd = false;
    let onTailNews = () => {};
    let stopReading = () => {};
    /** Held to the last event: `findTail` may not know the run any more when it has ended. */
    let tail: LogTail | undefined;
    let leaveTail = () => {};

    function currentTail(): LogTail | undefined {
      const found = findTail(runNo) ?? tail;
      const usable = found?.isAbandoned() === true ? undefined : found;
      if (usable !== tail) {
        leaveTail();
        tail = usable;
        leaveTail = usable?.onNews(() => onTailNews()) ?? (() => {});
      }
      return tail;
    }

    function peek(): FollowedEntry | undefined {
      const read = piece?.entries[position];
      if (read !== undefined) return read;
      if (isOver || hasLeft) return undefined;
      const entry = currentTail()?.at(next);
      if (entry !== undefined) return { index: next, entry };
      const end = untoldEnd();
      return end && { index: undefined, entry: end };
    }

    /** The log may have more than this server knows of: it comes after whatever was read. */
    function untoldEnd(): RunLogEntry | undefined {
      const held = currentTail();
      return hasToldEnd || !isAtEnd(held, next) ? undefined : held?.unstoredEnd();
    }

    function checkDone(): boolean {
      if (hasLeft || isClosed) return true;
      if (piece !== undefined) return false;
      return isOver || (isAtEnd(currentTail(), next) && untoldEnd() === undefined);
    }

    function waitForTail(): Promise<void> {
      return new Promise((resolve) => {
        onTailNews = resolve;
      });
    }

    async function readMore(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<ReadEntries | undefined>();
      const stop = poll.ask({ runNo, after: next - 1 }, { isUrgent: mayHaveMore }, resolve);
      stopReading = () => resolve(undefined);
      const read = await promise;
      stop();
      if (read === undefined || hasLeft) return;
      piece = read.entries.length === 0 ? undefined : read;
      position = 0;
      ({ isOver, isDamaged } = read);
      mayHaveMore = !read.isLast;
    }

    function wake(): void {
      onTailNews();
      stopReading();
    }
    open.add(wake);

    return {
      async ready() {
        for (;;) {
          if (hasLeft || isClosed) return false;
          if (peek() !== undefined) return true;
          if (checkDone()) return false;
          const held = currentTail();
          if (held === undefined) await readMore();
          else if (next >= held.first()) await waitForTail();
          else {
            // It is there, and was let go here.
            mayHaveMore = true;
            await readMore();
          }
        }
      },
      take() {
        const found = peek();
        if (found === undefined) return undefined;
        if (piece !== undefined) {
          position += 1;
          if (position === piece.entries.length) piece = undefined;
        }
        if (found.index === undefined) hasToldEnd = true;
        else next = found.index + 1;
        taken += 1;
        return found;
      },
      taken() {
        return taken;
      },
      isBehind() {
        return peek() !== undefined;
      },
      isDone() {
        return checkDone();
      },
      isDamaged: () => isDamaged && checkDone(),
      close() {
        hasLeft = true;
        piece = undefined;
        leaveTail();
        leaveTail = () => {};
        open.delete(wake);
        wake();
      },
    };
  }

  return {
    follow,
    close() {
      isClosed = true;
      poll.close();
      for (const wake of open) wake();
    },
  };
}

/** The run has ended, and all that is committed of it was taken. */
function isAtEnd(tail: LogTail | undefined, next: number): boolean {
  return tail?.hasEnded() === true && next >= tail.committed();
}
