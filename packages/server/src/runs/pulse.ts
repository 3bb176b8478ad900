/** Says every two seconds that this server lives, while it has something to live for: an idle server writes nothing. */

export interface PulseOptions {
  readonly beat: () => Promise<void>;
  /** Asked before each beat; after a no there is none until the next start. */
  readonly isNeeded: () => boolean;
  /** Told of the first beat that failed since one that did not; the next one is tried all the same. */
  readonly onFailed: (cause: unknown) => void;
  /** Default {@link BEAT_MS}. */
  readonly everyMs?: number | undefined;
}

export interface Pulse {
  /** Beats from now on; nothing where it does already. */
  start(): void;
}

/** A server that has been silent for four of them counts as gone. */
const BEAT_MS = 2_000;

export function createPulse({ beat, isNeeded, onFailed, everyMs = BEAT_MS }: PulseOptions): Pulse {
  let timer: NodeJS.Timeout | undefined;
  let hasFailed = false;

  async function run(): Promise<void> {
    try {
      if (isNeeded()) await beat();
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed) onFailed(cause);
      hasFailed = true;
    }
    timer = undefined;
    if (isNeeded()) start();
  }

  function start(): void {
    timer ??= setTimeout(() => void run(), everyMs).unref();
  }

  return { start };
}
