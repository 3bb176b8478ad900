/**
 * Writes in the background what a request must not wait for: a while after something was noted, one write at a time. What
 * cannot be written stays with whoever noted it, is tried again, and is told once for each outage.
 */
import type { Logger } from "@agentos/guard";

/** What every driver that writes in the background is told. */
export interface BackgroundRowsOptions {
  /** Whose rows these are. */
  readonly deployment: string;
  /** Told when the database cannot be written, and when it can again. */
  readonly logger: Pick<Logger, "warn" | "info">;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** What is older is shown to nobody; the sweep of old rows deletes it. Default: never. */
  readonly retentionSeconds?: number | undefined;
}

export interface WriteBehindOptions {
  /** Writes all that waits, and keeps it where that fails. */
  readonly write: () => Promise<void>;
  /** From the first note to the write, in milliseconds. */
  readonly delayMs: number;
  /** What is written, as "recorded refusals". */
  readonly what: string;
  readonly logger: Pick<Logger, "warn" | "info">;
}

export interface WriteBehind {
  /** Something waits to be written. Never throws. */
  note(): void;
  /** Writes all that was noted before; rejects where it cannot. */
  flush(): Promise<void>;
  /** Writes what is left. What cannot be written then is lost, and told. */
  close(): Promise<void>;
}

/** A database that is down is not asked more often. */
const RETRY_MS = 5_000;

/** Creates it; nothing runs before the first note. */
export function createWriteBehind({ write, delayMs, what, logger }: WriteBehindOptions): WriteBehind {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isFailing = false;
  let running: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;

  function arm(afterMs: number): void {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(() => {
      timer = undefined;
      flush().catch(() => arm(RETRY_MS));
    }, afterMs);
    // What waits is written when the server is closed; nothing else keeps a process alive for it.
    timer.unref();
  }

  async function writeAndTell(): Promise<void> {
    try {
      await write();
    } catch (cause) {
      if (!isFailing)
        logger.warn({ error: cause }, `${what} cannot be written to the database: they wait in memory`);
      isFailing = true;
      throw cause;
    }
    if (isFailing) logger.info({}, `${what} are written to the database again`);
    isFailing = false;
  }

  /** Whoever comes while a write runs shares the next one: the running one may have begun before their note. */
  function flush(): Promise<void> {
    if (queued !== undefined) return queued;
    const next = running.then(() => {
      queued = undefined;
      return writeAndTell();
    });
    queued = next;
    running = next.catch(() => undefined);
    return next;
  }

  return {
    note: () => arm(isFailing ? RETRY_MS : delayMs),
    flush,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await flush().catch((error: unknown) =>
        logger.warn(
          { error },
          `${what} that waited in memory are lost: the server closes, and the database cannot be written`,
        ),
      );
    },
  };
}
