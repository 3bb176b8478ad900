/**
 * Shares the event loop among runs. A runnable whose steps arrive without waiting would otherwise keep everybody else
 * from being served: its promises resolve before the loop looks at a socket.
 */

export interface Turns {
  /**
   * Asked after each step: undefined while this turn has time left, else a promise for a turn of one's own. Callers take
   * turns, whatever the number of their runs; the runs of one caller do so among themselves.
   */
  pause(caller: object): Promise<void> | undefined;
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
  // Whoever goes on gives its caller's place to the end of the row; a caller is in it while some run of its waits.
  const waiting = new Map<object, (() => void)[]>();
  let startedAt = Number.NEGATIVE_INFINITY;
  let isTurnOpen = false;

  /** Its callback is queued before those of `tick`, so it runs first in the next turn and starts the time again. */
  function open(): void {
    isTurnOpen = true;
    startedAt = now();
    nextTurn(() => {
      isTurnOpen = false;
      if (waiting.size > 0) open();
    });
  }

  /** There is one for each who waits; it lets the first of them go on, or comes back in the next turn. */
  function tick(): void {
    if (now() - startedAt < TURN_MS) takeNext()?.();
    else nextTurn(tick);
  }

  function takeNext(): (() => void) | undefined {
    const [first] = waiting;
    if (first === undefined) return undefined;
    const [caller, runs] = first;
    const next = runs.shift();
    waiting.delete(caller);
    if (runs.length > 0) waiting.set(caller, runs);
    return next;
  }

  return {
    pause(caller) {
      if (!isTurnOpen) open();
      if (now() - startedAt < TURN_MS) return undefined;
      return new Promise<void>((resolve) => {
        const runs = waiting.get(caller);
        if (runs === undefined) waiting.set(caller, [resolve]);
        else runs.push(resolve);
        nextTurn(tick);
      });
    },
  };
}
