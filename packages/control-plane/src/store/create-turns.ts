/**
 * So many of one kind of work at a time, a short queue behind them, and no more. For work that strangers can ask for and
 * that occupies what everybody needs: without a bound the last of a thousand waits for all of them, and so does whoever
 * came for something else.
 */
import type { Rejected } from "./rejected.ts";

export interface TurnsOptions {
  readonly running: number;
  readonly waiting: number;
  /** For who comes when the queue is full. */
  readonly refuse: () => Rejected;
}

/** Does the work when its turn comes; rejects at once where no turn is to be had. */
export type TakeTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Creates it. */
export function createTurns({ running, waiting, refuse }: TurnsOptions): TakeTurn {
  const queue: (() => void)[] = [];
  let free = running;
  return async (work) => {
    if (free > 0) free -= 1;
    else {
      if (queue.length >= waiting) throw refuse();
      // Whoever ends hands the turn over.
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
