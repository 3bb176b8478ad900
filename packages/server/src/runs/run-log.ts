/**
 * The events of a running run, and those who follow them. What happens in one turn of the event loop is committed
 * together, and whoever follows is told once; nobody sees an event that has not been committed. Followers read at their own pace and
 * hold nothing of their own: the log has every event until the run has ended and the last of them is gone. Who comes
 * later finds nothing here. Of a run whose events are kept elsewhere it has the last ones alone, its tail; who needs older
 * ones reads them there (`followers.ts`).
 */
import { type RunLogEntry, sizeOfEntry, sizeOfKept } from "./log-entry.ts";

export interface RunLog extends LogTail {
  /** Adds an event; it is seen once it is committed. */
  append(entry: RunLogEntry): void;
  /** Resolves when everything so far is committed. Rejects when that failed. */
  settle(): Promise<void>;
  /** Adds the last event, which the end of the run has committed already. */
  end(last: RunLogEntry): void;
  /** Ends without a last event of its own: this one is told to those who follow, and is committed nowhere. */
  endUnstored(last: RunLogEntry): void;
  /** Follows from the first event on. */
  watch(): RunWatcher;
  /** Lets go of the events that are committed; whoever has not taken them goes on after them. */
  drop(): void;
  /** The run is another's: nothing more is seen here, not even an end. */
  abandon(): void;
}

/** What is held of a run's events here, for those who have an index and not a place in line. */
export interface LogTail {
  /** Index after the last event that is committed. */
  committed(): number;
  /** Index of the first event that is held. */
  first(): number;
  /** The event of this index; undefined where it is not held, or not committed. */
  at(index: number): RunLogEntry | undefined;
  /** Nothing more is committed here: its last event is, or could not be. */
  hasEnded(): boolean;
  /**
   * How a run ends here whose end could not be committed; told after all that is. It has no index: what became of the
   * events before it may not be known, and the store may have any of them, or another end, in its place.
   */
  unstoredEnd(): RunLogEntry | undefined;
  /** The run is another's: what comes is not known here. */
  isAbandoned(): boolean;
  /** Told in the turn after something was committed, or it was abandoned. Gives the function that stops that. */
  onNews(wake: () => void): () => void;
}

export interface RunWatcher {
  /** Resolves with true when there is something to take, with false after the last event. */
  ready(): Promise<boolean>;
  /** The next event; undefined when there is none yet. */
  take(): RunLogEntry | undefined;
  /** Events taken so far. */
  taken(): number;
  /** Some event waits to be taken. */
  isBehind(): boolean;
  /** The last event has been taken. */
  isDone(): boolean;
  /** Stops following. */
  close(): void;
}

export interface RunLogOptions {
  /** Keeps events; `firstIndex` is the number of those before. Gives nothing where there is nothing to wait for. */
  readonly commit: (firstIndex: number, entries: readonly RunLogEntry[]) => Promise<void> | undefined;
  /** Told how many bytes more the log holds, or fewer. */
  readonly onHeld: (bytes: number) => void;
  /** Told once when a commit fails; nothing is committed or seen after it but the end. */
  readonly onCommitFailed: (cause: unknown) => void;
  /** Index of its first event. Default 0. */
  readonly firstIndex?: number | undefined;
  /** Committed events that are held in any case, in bytes; older ones are let go. Default: all are held. */
  readonly tailBytes?: number | undefined;
}

/** Of a run whose events are kept elsewhere. */
export const TAIL_BYTES = 64 * 1024;

/**
 * No accessors here, nor in anything else that each run makes: V8 gives every object literal with a `get` a shape of its
 * own in its old space, and the shape keeps all that the accessor sees until the next full collection.
 */
export function createRunLog({
  commit,
  onHeld,
  onCommitFailed,
  firstIndex = 0,
  tailBytes,
}: RunLogOptions): RunLog {
  /** Those from the index `dropped` on. */
  const entries: RunLogEntry[] = [];
  let dropped = firstIndex;
  /** Of the entries that are committed; counted where only a tail of them is held. */
  let tail = 0;
  /** What was let go stands in the log for so many bytes, and in the run's ledger: they bound what it may write. */
  let keptElsewhere = 0;
  const watchers = new Set<() => void>();
  let isTelling = false;
  let committed = firstIndex;
  let hasEnded = false;
  let unstoredEnd: RunLogEntry | undefined;
  let isAbandoned = false;
  let failure: { readonly cause: unknown } | undefined;
  let isScheduled = false;
  let flushing: Promise<void> | undefined;

  function publish(upTo: number): void {
    const before = committed;
    committed = upTo;
    if (tailBytes !== undefined) trim(before, tailBytes);
    tell();
  }

  function tell(): void {
    if (isTelling || watchers.size === 0) return;
    isTelling = true;
    // In the next turn: what else is committed by then is sent in the same write.
    setImmediate(() => {
      isTelling = false;
      for (const wake of watchers) wake();
    });
  }

  /** Lets go of all but the tail. */
  function trim(before: number, maxBytes: number): void {
    for (const entry of entries.slice(before - dropped, committed - dropped)) tail += sizeOfEntry(entry);
    let freed = 0;
    let count = 0;
    while (tail > maxBytes) {
      const entry = entries[count];
      // One that is longer than the tail is held until the next one comes.
      if (entry === undefined || count + 1 >= committed - dropped) break;
      const bytes = sizeOfEntry(entry);
      tail -= bytes;
      freed += bytes - sizeOfKept(entry);
      keptElsewhere += sizeOfKept(entry);
      count += 1;
    }
    if (count === 0) return;
    entries.splice(0, count);
    dropped += count;
    onHeld(-freed);
  }

  function drop(): void {
    const freed = entries.splice(0, committed - dropped);
    dropped = committed;
    onHeld(-freed.reduce((sum, entry) => sum + sizeOfEntry(entry), keptElsewhere));
    tail = 0;
    keptElsewhere = 0;
    unstoredEnd = undefined;
  }

  /** Events there are to see, from the first one on. */
  function total(): number {
    return committed + (unstoredEnd === undefined ? 0 : 1);
  }

  function close(): void {
    // What could not be committed was never seen, and is not seen now.
    entries.length = committed - dropped;
    hasEnded = true;
  }

  /** Whoever comes later reads it where it is kept. */
  function dropUnwatched(): void {
    if (tailBytes !== undefined && watchers.size === 0) drop();
  }

  /** Nobody looks any more. */
  function leave(onNews: () => void): void {
    if (watchers.delete(onNews) && hasEnded && watchers.size === 0) drop();
  }

  /** One at a time; what comes meanwhile goes with the next. */
  function flush(): Promise<void> {
    flushing ??= commitAll().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  async function commitAll(): Promise<void> {
    for (;;) {
      const upTo = dropped + entries.length;
      if (failure !== undefined || hasEnded || isAbandoned || committed === upTo) return;
      try {
        const kept = commit(committed, entries.slice(committed - dropped));
        if (kept !== undefined) await kept;
        // Where it has ended meanwhile nobody waits for these: whoever asks the store has them.
        if (!hasEnded) publish(upTo);
      } catch (cause) {
        failure = { cause };
        onCommitFailed(cause);
      }
    }
  }

  return {
    committed() {
      return committed;
    },
    append(entry) {
      entries.push(entry);
      if (!isScheduled) {
        isScheduled = true;
        setImmediate(() => {
          isScheduled = false;
          void flush();
        });
      }
      onHeld(sizeOfEntry(entry));
    },
    async settle() {
      // Again where a flush had looked before the last event came.
      for (;;) {
        await flush();
        if (failure !== undefined || isAbandoned || committed === dropped + entries.length) break;
      }
      if (failure !== undefined) throw new Error("events could not be stored", { cause: failure.cause });
    },
    end(last) {
      close();
      entries.push(last);
      publish(committed + 1);
      dropUnwatched();
    },
    endUnstored(last) {
      close();
      unstoredEnd = last;
      tell();
      dropUnwatched();
    },
    drop,
    abandon() {
      isAbandoned = true;
      const left = entries.splice(committed - dropped);
      onHeld(-left.reduce((sum, entry) => sum + sizeOfEntry(entry), 0));
      drop();
      tell();
    },
    first() {
      return dropped;
    },
    at(index) {
      return index < committed ? entries[index - dropped] : undefined;
    },
    hasEnded() {
      return hasEnded;
    },
    unstoredEnd() {
      return unstoredEnd;
    },
    isAbandoned() {
      return isAbandoned;
    },
    onNews(wake) {
      // One of its own: a function that comes twice is told twice.
      const tellIt = () => wake();
      watchers.add(tellIt);
      return () => leave(tellIt);
    },
    watch() {
      let taken = 0;
      let wake = () => {};
      const onNews = () => wake();
      watchers.add(onNews);
      return {
        taken() {
          return taken;
        },
        isBehind() {
          return Math.max(taken, dropped) < total();
        },
        isDone() {
          return hasEnded && Math.max(taken, dropped) >= total();
        },
        async ready() {
          for (;;) {
            if (Math.max(taken, dropped) < total()) return true;
            if (hasEnded || !watchers.has(onNews)) return false;
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
        take() {
          taken = Math.max(taken, dropped);
          if (taken >= total()) return undefined;
          const entry = taken < committed ? entries[taken - dropped] : unstoredEnd;
          taken += 1;
          return entry;
        },
        close() {
          leave(onNews);
          wake();
        },
      };
    },
  };
}
