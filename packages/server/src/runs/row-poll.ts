/**
 * Looks at the log for all who wait for events of it: in one statement, at once for who has only come or has more to read,
 * else every tenth of a second, and not at all while nobody waits.
 */
import type { LogCursor, LoggedRow, LogPiece, RunEventLog } from "./event-log.ts";
import { readRow } from "./event-rows.ts";
import type { IndexedEntry, RunLogEntry } from "./log-entry.ts";

export interface RowPollOptions {
  readonly log: RunEventLog;
  /** Told once in each outage that the log does not answer, and of a row that is damaged. Default: nobody. */
  readonly onFailed?: ((cause: unknown) => void) | undefined;
  /** Default 100. */
  readonly pollMs?: number | undefined;
  /** Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
}

/** What was read for a cursor; shared by all who asked for it. */
export interface ReadEntries extends Pick<LogPiece, "isLast"> {
  readonly entries: readonly IndexedEntry[];
  /** Nothing comes after these. */
  readonly isOver: boolean;
  /** What comes after these is kept, and cannot be read. */
  readonly isDamaged: boolean;
}

type Tell = (read: ReadEntries | undefined) => void;

export interface RowPoll {
  /**
   * Tells once what comes after the cursor, when there is something or nothing will come; undefined where the poll is
   * closed. Gives the function that stops asking. `isUrgent`: not yet looked at, or known to have more.
   */
  ask(cursor: LogCursor, options: { readonly isUrgent: boolean }, tell: Tell): () => void;
  close(): void;
}

interface Asked {
  readonly cursor: LogCursor;
  readonly tells: Set<Tell>;
  isUrgent: boolean;
}

const POLL_MS = 100;
const MAX_BYTES = 1024 * 1024;
/** A log that does not answer is asked less often. */
const RETRY_MS = 1_000;

export function createRowPoll({
  log,
  onFailed = () => undefined,
  pollMs = POLL_MS,
  maxBytes = MAX_BYTES,
}: RowPollOptions): RowPoll {
  /** Those who were not told last time come first. */
  const asked = new Map<string, Asked>();
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let isReading = false;
  let isClosed = false;
  let hasFailed = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function schedule(): void {
    if (isReading || isClosed || soon !== undefined || asked.size === 0) return;
    if (!hasFailed && [...asked.values()].some(({ isUrgent }) => isUrgent)) {
      soon = setImmediate(() => {
        soon = undefined;
        void look([...asked.values()].filter(({ isUrgent }) => isUrgent));
      });
      return;
    }
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void look([...asked.values()]);
      },
      Math.max(0, lookedAt + (hasFailed ? RETRY_MS : pollMs) - performance.now()),
    );
  }

  async function look(some: readonly Asked[]): Promise<void> {
    if (isReading || some.length === 0) {
      schedule();
      return;
    }
    isReading = true;
    lookedAt = performance.now();
    try {
      const pieces = await log.read(
        some.map(({ cursor }) => cursor),
        maxBytes,
      );
      hasFailed = false;
      for (const [index, one] of some.entries()) deliver(one, pieces[index]);
    } catch (cause) {
      if (!hasFailed) onFailed(cause);
      hasFailed = true;
    }
    isReading = false;
    schedule();
  }

  function deliver(one: Asked, piece: LogPiece | undefined): void {
    const key = keyOf(one.cursor);
    // Whoever asked may be gone.
    if (piece === undefined || asked.get(key) !== one) return;
    const read = readPiece(piece, one.cursor.after);
    if (read.isDamaged) {
      const from = (read.entries.at(-1)?.index ?? one.cursor.after) + 1;
      onFailed(new Error(`the events of run ${one.cursor.runNo} are damaged from index ${from} on`));
    }
    if (read.entries.length === 0 && !read.isOver && !read.isDamaged) {
      one.isUrgent = !read.isLast;
      return;
    }
    asked.delete(key);
    for (const tell of one.tells) tell(read);
  }

  return {
    ask(cursor, { isUrgent }, tell) {
      if (isClosed) tell(undefined);
      const key = keyOf(cursor);
      const one = asked.get(key) ?? { cursor, tells: new Set(), isUrgent };
      one.isUrgent ||= isUrgent;
      one.tells.add(tell);
      asked.set(key, one);
      schedule();
      return () => {
        one.tells.delete(tell);
        if (one.tells.size === 0 && asked.get(key) === one) asked.delete(key);
      };
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearImmediate(soon);
      for (const { tells } of asked.values()) for (const tell of tells) tell(undefined);
      asked.clear();
    },
  };
}

function keyOf({ runNo, after }: LogCursor): string {
  return `${runNo} ${after}`;
}

function readPiece({ rows, isLast, isOver }: LogPiece, after: number): ReadEntries {
  const entries: IndexedEntry[] = [];
  for (const row of rows) {
    const found = tryReadRow(row);
    // Others wait for the same look: only who follows this run is at its end.
    if (found === undefined) return { entries, isLast: true, isOver: true, isDamaged: true };
    for (const [offset, entry] of found.entries()) {
      const index = row.firstIndex + offset;
      if (index > after) entries.push({ index, entry });
    }
  }
  return { entries, isLast, isOver: isOver && isLast, isDamaged: false };
}

/** Undefined where it does not hold what it says. */
function tryReadRow(row: LoggedRow): readonly RunLogEntry[] | undefined {
  try {
    const entries = readRow(row);
    return entries.length === row.lastIndex - row.firstIndex + 1 ? entries : undefined;
  } catch {
    return undefined;
  }
}
