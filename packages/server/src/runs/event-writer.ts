/**
 * Writes the events of all runs of a process, several in one commit: what came since the last one goes with the next. Of
 * a run only one append is under way at a time; its log keeps what comes meanwhile.
 */

import { type RowBatch, type RunEventLog } from "./event-log.ts";
import { toRows } from "./event-rows.ts";
import { pauseByTimer } from "./finish-with-hold.ts";
import { isContentDelta, type RunLogEntry } from "./log-entry.ts";
import { type RunLease, RunLeaseLost } from "./store.ts";

export interface EventWriterOptions {
  readonly log: RunEventLog;
  /** Servers that write to the same log: all of them together do not commit too often. Default: this one. */
  readonly countNodes?: (() => number) | undefined;
  /** Which faults of the log pass by themselves: the events wait some seconds for that. Default: none. */
  readonly isPassing?: ((cause: unknown) => boolean) | undefined;
  /** Resolves after so long, or when the signal aborts. Default: by a timer. */
  readonly pause?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Milliseconds that only go forward. Default: those of the process. */
  readonly now?: (() => number) | undefined;
}

export interface EventWriter {
  /**
   * Resolves when the events are kept: from then on they may be shown. Rejects with {@link RunLeaseLost} when the run is
   * lost, at once where that is known already, and with the cause when they could not be kept; the run is to end then.
   */
  append(lease: RunLease, firstIndex: number, entries: readonly RunLogEntry[]): Promise<void>;
  /** Writes what waits; resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** From one commit to the next, at least. */
const INTERVAL_MS = 25;
/** Commits of all servers together. */
const MAX_COMMITS_PER_SECOND = 3_000;
/** Before each try but the first. */
const RETRY_PAUSES_MS = [100, 250, 500, 1_000, 2_000] as const;

interface Waiting {
  readonly batch: RowBatch;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

export function createEventWriter({
  log,
  countNodes = () => 1,
  isPassing = () => false,
  pause = pauseByTimer,
  now = () => performance.now(),
}: EventWriterOptions): EventWriter {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** What comes in the same turn goes along. */
  let soon: NodeJS.Immediate | undefined;
  let flushing: Promise<void> | undefined;
  let isUrgent = false;
  let startedAt = Number.NEGATIVE_INFINITY;
  let tookMs = 0;
  const closing = new AbortController();
  /** Leases that are lost, and those of which content was written. */
  const lost = new WeakSet<RunLease>();
  const hasContent = new WeakSet<RunLease>();

  function schedule(): void {
    if (flushing !== undefined || soon !== undefined || waiting.length === 0) return;
    const everyMs = Math.max(INTERVAL_MS, tookMs, (countNodes() * 1_000) / MAX_COMMITS_PER_SECOND);
    const waitMs = isUrgent || closing.signal.aborted ? 0 : startedAt + everyMs - now();
    if (waitMs > 0) {
      timer ??= setTimeout(begin, waitMs);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    soon = setImmediate(begin);
  }

  function begin(): void {
    timer = undefined;
    soon = undefined;
    flushing = flush().finally(() => {
      flushing = undefined;
      schedule();
    });
  }

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    isUrgent = false;
    startedAt = now();
    try {
      const gone = await appendWithHold(group.map(({ batch }) => batch));
      tookMs = now() - startedAt;
      for (const { batch, resolve, reject } of group)
        if (gone.has(batch.lease.runNo)) {
          lost.add(batch.lease);
          reject(createLoss());
        } else resolve();
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  }

  async function appendWithHold(batches: readonly RowBatch[]): Promise<ReadonlySet<number>> {
    for (const milliseconds of RETRY_PAUSES_MS) {
      try {
        return await log.append(batches);
      } catch (cause) {
        if (closing.signal.aborted || !isPassing(cause)) throw cause;
      }
      await pause(milliseconds, closing.signal);
    }
    return log.append(batches);
  }

  return {
    append(lease, firstIndex, entries) {
      if (lost.has(lease)) return Promise.reject(createLoss());
      if (!hasContent.has(lease) && entries.some(isContentDelta)) {
        hasContent.add(lease);
        // Whoever waits for an answer sees that it begins.
        isUrgent = true;
      }
      return new Promise((resolve, reject) => {
        waiting.push({ batch: { lease, rows: toRows(firstIndex, entries) }, resolve, reject });
        schedule();
      });
    },
    async close() {
      closing.abort();
      for (;;) {
        schedule();
        if (flushing !== undefined) await flushing;
        else if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
        else return;
      }
    },
  };
}

function createLoss(): RunLeaseLost {
  return new RunLeaseLost("the run has ended, is gone, or is another attempt's");
}
