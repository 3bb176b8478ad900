/**
 * The events of a running run, and those who follow them. What happens in one turn of the event loop is committed
 * together, and whoever follows is told once; nobody sees an event that has not been committed. Followers read at their own pace and
 * hold nothing of their own: the log has every event until the run has ended and the last of them is gone. Who comes
 * later finds nothing here.
 */
import { type RunLogEntry, sizeOfEntry } from "./log-entry.ts";

export interface RunLog {
  /** Adds an event; it is seen once it is committed. */
  append(entry: RunLogEntry): void;
  /** Events that are committed. */
  committed(): number;
  /** Resolves when everything so far is committed. Rejects when that failed. */
  settle(): Promise<void>;
  /** Adds the last event, which the end of the run has committed already. */
  end(last: RunLogEntry): void;
  /** Follows from the first event on. */
  watch(): RunWatcher;
  /** Lets go of the events that are committed; whoever has not taken them goes on after them. */
  drop(): void;
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
}

/**
 * No accessors here, nor in anything else that each run makes: V8 gives every object literal with a `get` a shape of its
 * own in its old space, and the shape keeps all that the accessor sees until the next full collection.
 */
export function createRunLog({ commit, onHeld, onCommitFailed }: RunLogOptions): RunLog {
  /** Those from the index `dropped` on. */
  const entries: RunLogEntry[] = [];
  let dropped = 0;
  const watchers = new Set<() => void>();
  let isTelling = false;
  let committed = 0;
  let hasEnded = false;
  let failure: { readonly cause: unknown } | undefined;
  let isScheduled = false;
  let flushing: Promise<void> | undefined;

  function publish(upTo: number): void {
    committed = upTo;
    if (isTelling || watchers.size === 0) return;
    isTelling = true;
    // In the next turn: what else is committed by then is sent in the same write.
    setImmediate(() => {
      isTelling = false;
      for (const wake of watchers) wake();
    });
  }

  function drop(): void {
    const freed = entries.splice(0, committed - dropped);
    dropped = committed;
    onHeld(-freed.reduce((sum, entry) => sum + sizeOfEntry(entry), 0));
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
      if (failure !== undefined || hasEnded || committed === upTo) return;
      try {
        const kept = commit(committed, entries.slice(committed - dropped));
        if (kept !== undefined) await kept;
        publish(upTo);
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
        if (failure !== undefined || committed === dropped + entries.length) break;
      }
      if (failure !== undefined) throw new Error("events could not be stored", { cause: failure.cause });
    },
    end(last) {
      // What could not be committed was never seen, and is not seen now.
      entries.length = committed - dropped;
      entries.push(last);
      hasEnded = true;
      publish(committed + 1);
    },
    drop,
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
          return Math.max(taken, dropped) < committed;
        },
        isDone() {
          return hasEnded && Math.max(taken, dropped) === committed;
        },
        async ready() {
          for (;;) {
            if (Math.max(taken, dropped) < committed) return true;
            if (hasEnded || !watchers.has(onNews)) return false;
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
        take() {
          taken = Math.max(taken, dropped);
          if (taken === committed) return undefined;
          const entry = entries[taken - dropped];
          taken += 1;
          return entry;
        },
        close() {
          if (!watchers.delete(onNews)) return;
          wake();
          if (hasEnded && watchers.size === 0) drop();
        },
      };
    },
  };
}
