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
  let startedAt = Number.NEGATIVE_INFINITY;
  let isTurnOpen = false;
  let waiting = 0;

  /** Comes first in its turn: it is asked for before anybody waits. */
  function open(): void {
    isTurnOpen = true;
    startedAt = now();
    nextTurn(() => {
      isTurnOpen = false;
      if (waiting > 0) open();
    });
  }

  /** Goes on in a turn that has time left, those who asked first before the others. */
  function wait(goOn: () => void): void {
    nextTurn(() => {
      if (now() - startedAt < TURN_MS) {
        waiting -= 1;
        goOn();
      } else wait(goOn);
    });
  }

  return {
    pause() {
      if (!isTurnOpen) open();
      if (now() - startedAt < TURN_MS) return undefined;
      waiting += 1;
      return new Promise<void>(wait);
    },
  };
}
