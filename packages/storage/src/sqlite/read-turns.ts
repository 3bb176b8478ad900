/**
 * Readers of a file, with room for everybody else between them. Its driver answers at once, and whoever awaits it goes on
 * before a socket or a timer does: many readers at one time would have the process to themselves until the last of them
 * is done, and other processes would take it for dead.
 */

/** So long readers follow one another in a turn of the event loop. */
const TURN_MS = 4;

/** Gives what runs a reader when it is its turn: at once where there is room, and else in the order of their asking. */
export function createReadTurns(): <Result>(read: () => Promise<Result>) => Promise<Result> {
  let spentMs = 0;
  let reading = 0;
  let isTurnAsked = false;
  const waiting = new Set<() => void>();

  function askForTurn(): void {
    if (isTurnAsked) return;
    isTurnAsked = true;
    setImmediate(() => {
      isTurnAsked = false;
      spentMs = 0;
      letNextRead();
    });
  }

  function letNextRead(): void {
    const [next] = waiting;
    if (next === undefined) return;
    if (spentMs < TURN_MS) {
      waiting.delete(next);
      next();
    }
    // Whoever reads may wait for a change, or for another reader: nobody waits for its end alone.
    if (waiting.size > 0) askForTurn();
  }

  return async (read) => {
    if (reading > 0 || spentMs >= TURN_MS || waiting.size > 0)
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        askForTurn();
      });
    const start = performance.now();
    reading += 1;
    try {
      return await read();
    } finally {
      reading -= 1;
      spentMs += performance.now() - start;
      letNextRead();
    }
  };
}
