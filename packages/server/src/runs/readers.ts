/**
 * Those who read what a run gives. While somebody reads, the run keeps its place after its end. Who takes nothing for a
 * minute counts as gone, and when memory is short everybody is cut.
 */
import { type BagItem, createBag } from "./bag.ts";
import type { RunTicket } from "./run-ledger.ts";
import { MAX_UNREAD_SECONDS } from "./run-limits.ts";
import type { Turns } from "./turns.ts";

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
  /** Asked before each piece, as in `turns.ts`: one row that was read may be what hundreds of them wait for. */
  pause(): Promise<void> | undefined;
  cutAll(cause: Error): void;
}

/** Looks at all readers of a server from time to time: a timer of its own for each would cost more than a short run. */
export interface UnreadWatch {
  add(watched: Watched): void;
  remove(watched: Watched): void;
}

interface Watched extends BagItem {
  readonly reader: Reader;
  takenBefore: number;
  looksInVain: number;
}

/** How often a reader is looked at before it is cut. */
const LOOKS = 4;

export function createUnreadWatch(): UnreadWatch {
  const all = createBag<Watched>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    if (all.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    for (const watched of all) {
      const { reader, takenBefore, looksInVain } = watched;
      watched.takenBefore = reader.taken();
      watched.looksInVain = reader.isBehind() && watched.takenBefore === takenBefore ? looksInVain + 1 : 0;
      if (watched.looksInVain >= LOOKS) reader.onCut(new Error("the answer was not read"));
    }
  }

  return {
    add(watched) {
      all.add(watched);
      timer ??= setInterval(look, (MAX_UNREAD_SECONDS * 1_000) / LOOKS).unref();
    },
    remove: (watched) => void all.remove(watched),
  };
}

/** The readers of one run. */
export function createReaders(
  ticket: Pick<RunTicket, "openStream" | "closeStream" | "caller">,
  { unreadWatch: watch, turns }: { readonly unreadWatch: UnreadWatch; readonly turns: Turns },
): Readers {
  const open = new Set<Reader>();
  return {
    open(reader) {
      const watched: Watched = { reader, takenBefore: 0, looksInVain: 0, position: -1 };
      open.add(reader);
      watch.add(watched);
      ticket.openStream();
      return () => {
        watch.remove(watched);
        if (open.delete(reader) && open.size === 0) ticket.closeStream();
      };
    },
    pause: () => turns.pause(ticket.caller),
    cutAll(cause) {
      for (const { onCut } of open) onCut(cause);
    },
  };
}
