/**
 * Shares the event loop among runs. A runnable whose steps arrive without waiting would otherwise keep everybody else
 * from being served: its promises resolve before the loop looks at a socket.
 */

export interface Turns {
  /** Asked after each step: undefined while this turn has time left, else a promise for a turn of one's own. */
  pause(): Promise<void> | undefined;
}

export interface TurnsOptions {
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** Calls back in a later turn of the event loop, after sockets have been looked at. */
  readonly nextTurn: (callback: () => void) => void;
}

/** Longest time that all runs together may take of one turn, milliseconds. */
export const TURN_MS = 4;

export function createTurns({ now, nextTurn }: TurnsOptions): Turns {
  // In the order in which they asked, so that nobody waits for ever.
  const queue: (() => void)[] = [];
  let startedAt = Number.NEGATIVE_INFINITY;
  let isTurnOpen = false;

  /** Opens a turn: whoever waits longest goes on first, and alone, until its time is up or it waits for something. */
  function open(): void {
    isTurnOpen = true;
    startedAt = now();
    nextTurn(() => {
      isTurnOpen = false;
      const next = queue.shift();
      if (next === undefined) return;
      open();
      next();
    });
  }

  return {
    pause() {
      if (!isTurnOpen) open();
      if (now() - startedAt < TURN_MS) return undefined;
      return new Promise<void>((resolve) => {
        queue.push(resolve);
      });
    },
  };
}
