/**
 * A run whose end a database does not take for a moment waits for it: a restart of the database, or its move to another
 * server, is over in seconds, and an answer that was made is lost for want of them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunContext } from "./runnable.ts";

export interface EndHold {
  /** Whether the store may take the same end in a moment, without anybody's help. */
  readonly isPassing: (cause: unknown) => boolean;
  /** Resolves after so long, or when the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Before each try but the first. */
const PAUSES_MS = [250, 1_000, 2_000] as const;
/** A try may wait long for its own failure: after so much time none begins, seconds. */
const MAX_HOLD_SECONDS = 10;

/**
 * Rejects with the cause of the last try. A signal that aborts while it waits leaves one try; whoever is to stop by then
 * is held up no longer.
 */
export async function finishWithHold(
  finish: () => Promise<void>,
  { isPassing, pause }: EndHold,
  { clock, signal }: Pick<RunContext, "clock" | "signal">,
): Promise<void> {
  const startedAt = clock.now();
  for (const milliseconds of PAUSES_MS) {
    try {
      return await finish();
    } catch (cause) {
      const isOver = signal.aborted || clock.now() - startedAt > MAX_HOLD_SECONDS;
      if (isOver || !isPassing(cause)) throw cause;
    }
    await pause(milliseconds, signal);
  }
  return finish();
}

/** It keeps the process alive: somebody waits for the run. */
export async function pauseByTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
