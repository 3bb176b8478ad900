/**
 * Says every two seconds that this server lives, while it has something to live for: an idle server writes nothing. One
 * that could not say it for too long gives up what it runs before others take it.
 */

import { LONG_AGO, type ReadClocks, readClocks, secondsBetween, type TwoClocks } from "@agentos/guard/app";

export interface PulseOptions {
  readonly beat: () => Promise<void>;
  /** Asked before each beat; after a no there is none until the next start. */
  readonly isNeeded: () => boolean;
  /** Told of the first beat that failed since one that did not; the next one is tried all the same. */
  readonly onFailed: (cause: unknown) => void;
  /** Default {@link BEAT_MS}. */
  readonly everyMs?: number | undefined;
  /**
   * No beat has come through for {@link SILENT_MS}: others may count this server as gone. Told again and again until one
   * does. Default: nobody is told.
   */
  readonly onSilent?: (() => void) | undefined;
  /** Default {@link SILENT_MS}. */
  readonly silentMs?: number | undefined;
  /** When the last one that came through began, where something else says it too. Default: one of its own, or the start. */
  readonly lastBeat?: (() => TwoClocks) | undefined;
  /** Default: those of this machine. */
  readonly readClocks?: ReadClocks | undefined;
}

export interface Pulse {
  /** Beats from now on, and watches the silence; nothing where it does already. Something was just written. */
  start(): void;
  /** Beats in this moment, where it is needed: something was told. */
  beatNow(): void;
  /** Beats no more, whatever is needed. */
  close(): void;
}

/** A server that has been silent for four of them counts as gone. */
const BEAT_MS = 2_000;
/** Well before that. */
const SILENT_MS = 6_000;
/** Looks at the silence in each of these. */
const LOOKS_PER_SILENCE = 6;
/** What a beat gets to come through that is begun because the wall clock alone tells of a silence. */
const LOOKS_TO_ASK = 2;

export function createPulse({
  beat,
  isNeeded: isAsked,
  onFailed,
  everyMs = BEAT_MS,
  onSilent,
  silentMs = SILENT_MS,
  readClocks: read = readClocks,
  lastBeat: findLastBeat,
}: PulseOptions): Pulse {
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let isBeating = false;
  let hasFailed = false;
  let isClosed = false;
  let beatenAt = LONG_AGO;
  const lastBeat = findLastBeat ?? (() => beatenAt);
  const isNeeded = () => !isClosed && isAsked();

  async function run(): Promise<void> {
    const startedAt = read();
    isBeating = true;
    try {
      if (isNeeded()) await beat();
      beatenAt = startedAt;
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed && !isClosed) onFailed(cause);
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

  function schedule(waitMs = everyMs): void {
    timer ??= setTimeout(begin, waitMs).unref();
  }

  /** By a timer of its own: a beat may hang. */
  function watchSilence(): void {
    if (onSilent === undefined || watch !== undefined) return;
    let suspicions = 0;
    watch = setInterval(() => {
      const now = read();
      const last = lastBeat();
      const isSilent = isNeeded() && secondsBetween(last, now) * 1_000 >= silentMs;
      const isCertain = (now.monotonic - last.monotonic) * 1_000 >= silentMs;
      if (isSilent && (isCertain || suspicions >= LOOKS_TO_ASK)) onSilent();
      // The machine has slept, or its time was set, which must end nothing: the store is asked which of them.
      else if (isSilent) begin();
      suspicions = isSilent ? suspicions + 1 : 0;
    }, silentMs / LOOKS_PER_SILENCE).unref();
  }

  function stopWatching(): void {
    clearInterval(watch);
    watch = undefined;
  }

  return {
    start() {
      if (isClosed) return;
      // Idle until now: what was written to begin something has said it.
      if (watch === undefined) beatenAt = read();
      // INVARIANT: whatever beats already, from here on the silence is watched.
      watchSilence();
      if (!isBeating) schedule(Math.max(0, everyMs - secondsBetween(lastBeat(), read()) * 1_000));
    },
    beatNow() {
      if (isNeeded()) begin();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      stopWatching();
    },
  };
}
