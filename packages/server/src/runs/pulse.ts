/**
 * Says every two seconds that this server lives, while it has something to live for: an idle server writes nothing. One
 * that could not say it for too long gives up what it runs before others take it.
 */

export interface PulseOptions {
  readonly beat: () => Promise<void>;
  /** Asked before each beat; after a no there is none until the next start. */
  readonly isNeeded: () => boolean;
  /** Told of the first beat that failed since one that did not; the next one is tried all the same. */
  readonly onFailed: (cause: unknown) => void;
  /** Default {@link BEAT_MS}. */
  readonly everyMs?: number | undefined;
  /**
   * No beat has come through for {@link SILENT_MS}, by a clock that a change of the time does not move: others may count
   * this server as gone. Told again and again until one does. Default: nobody is told.
   */
  readonly onSilent?: (() => void) | undefined;
  /** Default {@link SILENT_MS}. */
  readonly silentMs?: number | undefined;
  /** Milliseconds that only go forward. Default: those of the process. */
  readonly now?: (() => number) | undefined;
}

export interface Pulse {
  /** Beats from now on; nothing where it does already. Something was just written: it counts as a beat where none came before. */
  start(): void;
  /** Beats in this moment, where it is needed: something was told. */
  beatNow(): void;
}

/** A server that has been silent for four of them counts as gone. */
const BEAT_MS = 2_000;
/** Well before that. */
const SILENT_MS = 6_000;
/** Looks at the silence in each of these. */
const LOOKS_PER_SILENCE = 6;

export function createPulse({
  beat,
  isNeeded,
  onFailed,
  everyMs = BEAT_MS,
  onSilent,
  silentMs = SILENT_MS,
  now = () => performance.now(),
}: PulseOptions): Pulse {
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let isBeating = false;
  let hasFailed = false;
  /** When the last beat began that came through. */
  let beatenAt = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    const startedAt = now();
    isBeating = true;
    try {
      if (isNeeded()) await beat();
      beatenAt = startedAt;
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed) onFailed(cause);
      hasFailed = true;
    }
    isBeating = false;
    if (isNeeded()) schedule();
    else stopWatching();
  }

  function begin(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!isBeating) void run();
  }

  function schedule(): void {
    timer ??= setTimeout(begin, everyMs).unref();
  }

  /** By a timer of its own: a beat may hang. */
  function watchSilence(): void {
    if (onSilent === undefined) return;
    watch ??= setInterval(() => {
      if (isNeeded() && now() - beatenAt >= silentMs) onSilent();
    }, silentMs / LOOKS_PER_SILENCE).unref();
  }

  function stopWatching(): void {
    clearInterval(watch);
    watch = undefined;
  }

  return {
    start() {
      if (timer !== undefined || isBeating) return;
      // Idle until now: what was written to begin something has said it.
      beatenAt = now();
      watchSilence();
      schedule();
    },
    beatNow() {
      if (isNeeded()) begin();
    },
  };
}
