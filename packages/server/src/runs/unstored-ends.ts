/**
 * Ends of runs that a database did not take: whoever followed has been told already, and the row still says `RUNNING`.
 * They are tried again until they are kept, so that a database that was away for a while leaves no run that never ends.
 */
import { type RunEnd, type RunLease, RunLeaseLost } from "./store.ts";

export interface UnstoredEnds {
  add(lease: RunLease, end: RunEnd): void;
  /** Tries all of them, oldest first, up to the first that fails; one round at a time. Rejects with its cause. */
  retry(): Promise<void>;
  size(): number;
}

/** What is more than this stays `RUNNING` until the next start finds it. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createUnstoredEnds(finish: (lease: RunLease, end: RunEnd) => Promise<void>): UnstoredEnds {
  const ends: { readonly lease: RunLease; readonly end: RunEnd; readonly bytes: number }[] = [];
  let held = 0;
  let retrying: Promise<void> | undefined;

  async function retryAll(): Promise<void> {
    for (let first = ends[0]; first !== undefined; first = ends[0]) {
      try {
        await finish(first.lease, first.end);
      } catch (cause) {
        // Somebody else has ended it, or it is gone with its session.
        if (!(cause instanceof RunLeaseLost)) throw cause;
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
      retrying ??= retryAll().finally(() => {
        retrying = undefined;
      });
      return retrying;
    },
    size: () => ends.length,
  };
}
