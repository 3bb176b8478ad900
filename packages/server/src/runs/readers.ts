/**
 * Those who read what a run gives. While somebody reads, the run keeps its place after its end. Who takes nothing for a
 * minute counts as gone, and when memory is short everybody is cut.
 */
import type { RunTicket } from "./run-ledger.ts";
import { MAX_UNREAD_SECONDS } from "./run-limits.ts";

export interface Reader {
  /** How much it has taken so far, in any unit. */
  readonly taken: () => number;
  /** Something waits to be taken. */
  readonly isBehind: () => boolean;
  /** Told once when it is cut; it has to close then, too. */
  readonly onCut: (cause: Error) => void;
}

export interface Readers {
  /** Gives the function by which the reader says that it reads no more. */
  open(reader: Reader): () => void;
  cutAll(cause: Error): void;
}

/** How often a reader is looked at before it is cut. */
const LOOKS = 4;

export function createReaders(ticket: Pick<RunTicket, "openStream" | "closeStream">): Readers {
  const open = new Set<Reader>();
  return {
    open(reader) {
      open.add(reader);
      ticket.openStream();
      let takenBefore = 0;
      let looksInVain = 0;
      const timer = setInterval(
        () => {
          const taken = reader.taken();
          looksInVain = reader.isBehind() && taken === takenBefore ? looksInVain + 1 : 0;
          takenBefore = taken;
          if (looksInVain >= LOOKS) reader.onCut(new Error("the answer was not read"));
        },
        (MAX_UNREAD_SECONDS * 1_000) / LOOKS,
      );
      timer.unref();
      return () => {
        clearInterval(timer);
        if (open.delete(reader) && open.size === 0) ticket.closeStream();
      };
    },
    cutAll(cause) {
      for (const { onCut } of open) onCut(cause);
    },
  };
}
