/**
 * Ends of runs that a database did not take: whoever followed has been told already, and the row still says `RUNNING`.
 * They are tried again until they are kept, so that a database that was away for a while leaves no run that never ends.
 */
import { type RunEnd, type RunLease, RunLeaseLost } from "./store.ts";

export interface UnstoredEnds {
  add(lease: RunLease, end: RunEnd): void;
  /**
   * Tries all of them, up to the first that fails, which is the last one of the next time: what a database takes from
   * nobody is in nobody's way. Rejects with its cause. Whoever asks while it tries waits for the same.
   */
  retry(): Promise<void>;
  /** Whether the end of this run is among them. */
  has(runId: string): boolean;
  size(): number;
}

/** What is more than this is forgotten: its run ends as one that was interrupted. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createUnstoredEnds(finish: (lease: RunLease, end: RunEnd) => Promise<void>): UnstoredEnds {
  const ends: { readonly lease: RunLease; readonly end: RunEnd; readonly bytes: number }[] = [];
  let held = 0;
  let running: Promise<void> | undefined;

  async function tryAll(): Promise<void> {
    for (let first = ends[0]; first !== undefined; first = ends[0]) {
      try {
        await finish(first.lease, first.end);
      } catch (cause) {
        // Otherwise somebody else has ended it, or it is gone with its session.
        if (!(cause instanceof RunLeaseLost)) {
          ends.push(...ends.splice(0, 1));
          throw cause;
        }
      }
      ends.shift();
      held -= first.bytes;
    }
  }

  return {
    add(lease, end) {
      const bytes = 2 * (end.outputJson.length + end.eventsJson.length);
      if (held + bytes > MAX_BYTES) return;
      held += bytes;
      ends.push({ lease, end, bytes });
    },
    retry() {
      running ??= tryAll().finally(() => {
        running = undefined;
      });
      return running;
    },
    has: (runId) => ends.some(({ lease }) => lease.runId === runId),
    size: () => ends.length,
  };
}
