/**
 * Readers of a file, with room for everybody else between them. Its driver answers at once, and whoever awaits it goes on
 * before a socket or a timer does: many readers at one time would have the process to themselves until the last of them
 * is done, and other processes would take it for dead.
 */

/** So long readers follow one another in a turn of the event loop, with what they do with what they have read. */
const TURN_MS = 4;

/** Gives what runs a reader when it is its turn: at once where there is room, and else in the order of their asking. */
export function createReadTurns(): <Result>(read: () => Promise<Result>) => Promise<Result> {
  /** Undefined until somebody reads in this turn. */
  let endsAt: number | undefined;
  let reading = 0;
  const waiting = new Set<() => void>();

  const hasTime = () => performance.now() < (endsAt ??= beginTurn());

  function beginTurn(): number {
    setImmediate(() => {
      endsAt = undefined;
      // Whoever reads may wait for a change, or for another reader: nobody waits for its end alone.
      letNextRead();
    });
    return performance.now() + TURN_MS;
  }

  function letNextRead(): void {
    const [next] = waiting;
    if (next === undefined || !hasTime()) return;
    waiting.delete(next);
    next();
  }

  return async (read) => {
    if (!hasTime() || reading > 0 || waiting.size > 0)
      await new Promise<void>((resolve) => void waiting.add(resolve));
    reading += 1;
    try {
      return await read();
    } finally {
      reading -= 1;
      letNextRead();
    }
  };
}
