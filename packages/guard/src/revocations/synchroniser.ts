/**
 * Keeps what this server knows of revocations as young as it has to be, while somebody needs it: it says that it lives,
 * then reads what is new, and knows all that was revoked before it said so. A server that nobody asks anything says and
 * reads nothing; the next request waits until it has read again.
 */
import type { Logger } from "../log/runtime.ts";
import { createFreshness } from "./freshness.ts";
import type { RevocationSpread, RevocationStore, StoredRevocation } from "./revocation-store.ts";
import type { ReadClocks, TwoClocks } from "./two-clocks.ts";

export interface SynchroniserOptions {
  readonly store: Pick<RevocationStore, "listAfter">;
  readonly spread: RevocationSpread;
  /** Takes what is new, in its order, and sometimes again; called after each reading, with nothing too. Never throws. */
  readonly onRead: (news: readonly StoredRevocation[]) => void;
  /** Something goes on for callers beside their requests, so that what is revoked has to be known. */
  readonly isInUse: () => boolean;
  readonly readClocks: ReadClocks;
  readonly logger: Pick<Logger, "warn" | "info">;
  /** How often it reads while it is needed, milliseconds. Default 1,000. */
  readonly pollMs?: number | undefined;
}

export interface Synchroniser {
  /** Somebody asks: from now on it reads by itself for a minute. True where what is known is young enough. */
  isFresh(): boolean;
  /** Resolves true when it has read all there is, and false when it could not within two seconds. Never rejects. */
  catchUp(): Promise<boolean>;
  /** Reads what there is, so that the first request need not wait for it. Rejects where it cannot. */
  preload(): Promise<void>;
  /** Reads no more. */
  close(): void;
}

const POLL_MS = 1_000;
/** How long it goes on after the last request. */
const LINGER_SECONDS = 60;
/** What a request waits at most. */
const PATIENCE_MS = 2_000;
/** After a failure requests start no reading for so long: the next one is tried by itself. */
const COOL_DOWN_SECONDS = 0.5;
/** Others wait for a server that has said within so many seconds that it lives. */
const ALIVE_SECONDS = 8;
/** Revocations of one query. */
const BATCH = 5_000;

/** Creates one that has read nothing yet. */
export function createSynchroniser(options: SynchroniserOptions): Synchroniser {
  const { store, spread, onRead, isInUse, readClocks, logger, pollMs = POLL_MS } = options;
  const freshness = createFreshness(spread.trustSeconds, readClocks);
  const monotonic = () => readClocks().monotonic;
  /** The newest that was read. Undefined: none, or all has to be read again. */
  let last: StoredRevocation | undefined;
  /** What was said of that. */
  let saidSeq = 0;
  let neededAt = Number.NEGATIVE_INFINITY;
  let saidAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let hasFailed = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let inFlight: Promise<boolean> | undefined;
  let isWanted = false;

  const seenSeq = () => last?.seq ?? 0;

  /**
   * All that is new, from the newest known one on, and that one with it: where a database was restored, or another one has
   * taken over, the same numbers may be others', and all has to be read again.
   */
  async function read(): Promise<void> {
    for (;;) {
      const rows = await store.listAfter(Math.max(0, seenSeq() - 1), BATCH);
      if (isClosed) return;
      const [first] = rows;
      if (last !== undefined && (first === undefined || isAnother(first, last))) {
        last = undefined;
        continue;
      }
      const known = seenSeq();
      onRead(rows.filter(({ seq }) => seq > known));
      last = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  }

  /** INVARIANT: whatever is kept before `before` is read after it. So who revokes then waits for this server, or it knows. */
  async function readSince(before: TwoClocks): Promise<void> {
    await read();
    freshness.mark(before);
    // Whoever revoked what is new waits for that.
    if (seenSeq() !== saidSeq) await say();
  }

  async function say(): Promise<TwoClocks | undefined> {
    const seq = seenSeq();
    const before = await spread.nodes?.beat(seq);
    saidSeq = seq;
    return before;
  }

  async function sayAlive(): Promise<TwoClocks> {
    const before = readClocks();
    saidAt = before.monotonic;
    return (await say()) ?? before;
  }

  async function attempt(said?: TwoClocks): Promise<boolean> {
    try {
      await readSince(said ?? (await sayAlive()));
      if (hasFailed) logger.info({}, "what was revoked can be read again");
      hasFailed = false;
      return true;
    } catch (error) {
      failedAt = monotonic();
      // Another database may have taken over: until it is read, this server says that it knows nothing.
      last = undefined;
      if (!hasFailed && !isClosed)
        logger.warn({ error }, "what was revoked cannot be read: no token is accepted until it can");
      hasFailed = true;
      return false;
    }
  }

  /** One at a time; what is wanted meanwhile is done after it. */
  function sync(said?: TwoClocks): Promise<boolean> {
    inFlight ??= attempt(said).finally(() => {
      inFlight = undefined;
      if (!isWanted || isClosed) return;
      isWanted = false;
      void sync();
    });
    return inFlight;
  }

  function schedule(): void {
    timer ??= setTimeout(() => void tick(), pollMs).unref();
  }

  async function tick(): Promise<void> {
    await sync();
    timer = undefined;
    if (!isClosed && isNeeded()) schedule();
  }

  const isNeeded = () => monotonic() - neededAt < LINGER_SECONDS || isInUse();
  /** A server that nobody asks, and that nobody waits for, reads nothing. */
  function wake(): void {
    const isAlive = monotonic() - saidAt < ALIVE_SECONDS;
    if (isClosed || !(isNeeded() || isAlive)) return;
    if (inFlight === undefined) void sync();
    else isWanted = true;
  }

  const stops = [
    spread.onHint(wake),
    spread.onBeat((before) => {
      saidAt = monotonic();
      if (!isClosed) void sync(before);
    }),
  ];

  return {
    isFresh() {
      if (isClosed) return false;
      const now = readClocks();
      neededAt = now.monotonic;
      if (timer === undefined) schedule();
      return freshness.isFresh(now);
    },
    async catchUp() {
      if (isClosed) return false;
      if (inFlight === undefined && monotonic() - failedAt < COOL_DOWN_SECONDS) return false;
      const { promise: patience, resolve } = Promise.withResolvers<false>();
      const limit = setTimeout(() => resolve(false), PATIENCE_MS).unref();
      // Where there was so much to read that it is old by now, the next time there is less.
      let isRead = await Promise.race([sync(), patience]);
      if (isRead && !freshness.isFresh()) isRead = await Promise.race([sync(), patience]);
      clearTimeout(limit);
      return isRead && freshness.isFresh();
    },
    preload: read,
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

/** Of the same number. */
function isAnother(one: StoredRevocation, known: StoredRevocation): boolean {
  return (
    one.seq === known.seq &&
    (one.kind !== known.kind ||
      one.issuer !== known.issuer ||
      one.value !== known.value ||
      one.until !== known.until ||
      one.createdAt !== known.createdAt)
  );
}
