/** The event log in memory. The rows of a run are with the run: they go when it goes, and count for what it costs. */
import type { LogCursor, LoggedRow, LogPiece, RowBatch, RunEventLog } from "../runs/event-log.ts";
import { RunLeaseLost } from "../runs/store.ts";
import { ENTRY_BYTES, sizeOfText } from "./accounts.ts";
import type { MemorySessions, RunEntry } from "./memory-sessions.ts";
import { DEFAULT_EVENTS_SECONDS } from "./store-limits.ts";

export interface MemoryEventLog {
  readonly port: RunEventLog;
  /** From now on a run that keeps its events has them here. */
  add(run: RunEntry): void;
  /** The last rows of a run that ends, or is paused. Throws {@link RunLeaseLost} where they do not follow the others. */
  finish(run: RunEntry, rows: readonly LoggedRow[]): void;
  /** It is kept no more. */
  forget(run: RunEntry): void;
}

export interface MemoryEventLogOptions {
  readonly sessions: Pick<MemorySessions, "find" | "used">;
  /** Seconds that only go forward. Default: those of the process. */
  readonly now?: (() => number) | undefined;
}

export function createMemoryEventLog({
  sessions,
  now = () => performance.now() / 1_000,
}: MemoryEventLogOptions): MemoryEventLog {
  const runs = new Map<number, RunEntry>();
  /** When each run ended whose events are here, the oldest first. */
  const endedAt = new Map<RunEntry, number>();

  /** The run that a lease may write. */
  function findHeld({ lease }: RowBatch): RunEntry | undefined {
    const run = runs.get(lease.runNo);
    const isHeld = run?.status === "RUNNING" && run.lease.attempt === lease.attempt;
    return isHeld ? run : undefined;
  }

  /** Those whose time is over, whenever a run ends. */
  function expire(): void {
    for (const [run, at] of endedAt) {
      if (now() - at < DEFAULT_EVENTS_SECONDS) return;
      endedAt.delete(run);
      const bytes = sizeOfRows(run.rows);
      run.rows = [];
      runs.delete(run.lease.runNo);
      const session = sessions.find(run.lease.key);
      if (session === undefined) continue;
      run.bytes -= bytes;
      sessions.used(session, -bytes);
    }
  }

  return {
    add(run) {
      // One that goes on was over for a while.
      endedAt.delete(run);
      if (run.keepsEvents) runs.set(run.lease.runNo, run);
    },

    finish(run, rows) {
      if (!addRows(run, rows)) throw new RunLeaseLost("the run has gone on, or ended, elsewhere");
      endedAt.delete(run);
      endedAt.set(run, now());
      expire();
    },

    forget(run) {
      runs.delete(run.lease.runNo);
      endedAt.delete(run);
    },

    port: {
      async append(batches) {
        const lost = new Set<number>();
        for (const batch of batches) {
          const run = findHeld(batch);
          if (run === undefined || !addRows(run, batch.rows)) lost.add(batch.lease.runNo);
          // It goes on after a pause: its time begins anew when it ends.
          else endedAt.delete(run);
        }
        return lost;
      },

      async read(cursors, maxBytes) {
        let left = maxBytes;
        return cursors.map((cursor) => {
          const piece = readPiece(runs.get(cursor.runNo), cursor, left);
          left -= sizeOfRows(piece.rows);
          return piece;
        });
      },
    },
  };
}

/** What a run's rows cost. */
export function sizeOfRows(rows: readonly LoggedRow[]): number {
  return rows.reduce((sum, { data }) => sum + ROW_BYTES + sizeOfText(data), 0);
}

/** What a row costs besides its text. */
const ROW_BYTES = ENTRY_BYTES / 8;

/** False, and nothing is kept, where they do not follow those that are there. */
function addRows(run: RunEntry, rows: readonly LoggedRow[]): boolean {
  const known = run.rows;
  let next = (known.at(-1)?.lastIndex ?? rows[0]?.firstIndex ?? 0) + (known.length === 0 ? 0 : 1);
  const added: LoggedRow[] = [];
  for (const row of rows) {
    if (row.firstIndex === next) {
      added.push(row);
      next = row.lastIndex + 1;
    } else if (!known.some(({ firstIndex, data }) => firstIndex === row.firstIndex && data === row.data))
      // Those that are there already were sent again.
      return false;
  }
  known.push(...added);
  return true;
}

const LIVE: ReadonlySet<string> = new Set(["PENDING", "RUNNING"]);

function readPiece(run: RunEntry | undefined, { after }: LogCursor, maxBytes: number): LogPiece {
  if (run === undefined) return { rows: [], isLast: true, isOver: true };
  const found = run.rows.slice(run.rows.findLastIndex(({ lastIndex }) => lastIndex <= after) + 1);
  const rows: LoggedRow[] = [];
  let bytes = 0;
  for (const row of found) {
    bytes += sizeOfText(row.data);
    if (rows.length > 0 && bytes > maxBytes) break;
    rows.push(row);
  }
  return { rows, isLast: rows.length === found.length, isOver: !LIVE.has(run.status) };
}
