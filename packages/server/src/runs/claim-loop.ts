/**
 * Takes pending runs for this server, one round at a time: when one was told of, when a run has ended and left its place,
 * and every few seconds in any case.
 */
export interface ClaimLoopOptions {
  /** Takes what there are places for. Gives whether more may wait. */
  readonly claim: () => Promise<boolean>;
  /** Told of the first round that failed since one that did not. */
  readonly onFailed: (cause: unknown) => void;
  /** Default {@link EVERY_MS}. */
  readonly everyMs?: number | undefined;
}

export interface ClaimLoop {
  /** Looks soon; where a round is under way, once more after it. */
  wake(): void;
  /** Resolves when no round is under way, and none begins any more. */
  close(): Promise<void>;
}

const EVERY_MS = 5_000;
/** Servers that hear the same hint do not look at the same moment. */
const JITTER_MS = 5;

export function createClaimLoop({ claim, onFailed, everyMs = EVERY_MS }: ClaimLoopOptions): ClaimLoop {
  let isClosed = false;
  let hasFailed = false;
  let isWanted = false;
  let round: Promise<void> | undefined;
  let soon: NodeJS.Timeout | undefined;
  const interval = setInterval(wake, everyMs).unref();

  async function look(): Promise<void> {
    try {
      if (await claim()) isWanted = true;
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed) onFailed(cause);
      hasFailed = true;
    }
  }

  function wake(): void {
    if (isClosed) return;
    if (round !== undefined) {
      isWanted = true;
      return;
    }
    soon ??= setTimeout(() => {
      soon = undefined;
      if (isClosed) return;
      isWanted = false;
      round = look().finally(() => {
        round = undefined;
        if (isWanted) wake();
      });
    }, Math.random() * JITTER_MS).unref();
  }

  return {
    wake,
    async close() {
      isClosed = true;
      clearInterval(interval);
      clearTimeout(soon);
      await round;
    },
  };
}
