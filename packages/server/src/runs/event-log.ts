/**
 * The events of runs that go on without their client, kept as they happen: who comes back reads what it missed, on any
 * server. Truth is in the log; what a process holds in memory beside it only saves reading.
 */
import type { RunLease } from "./run-lease.ts";

/**
 * Events of one run that follow each other, in one row. `delta`: pieces of the answer; `event`: other events; alone in
 * their row are `pause`, after which the run may go on, and `end`, the last event of the run.
 */
export type LoggedKind = "delta" | "event" | "pause" | "end";

export interface LoggedRow {
  /** Counts from 0; the rows of a run have no gap. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly kind: LoggedKind;
  /** Text that `event-rows.ts` writes and reads: each event of the row can be asked for by its index. */
  readonly data: string;
}

/** Rows of one run, from its next index on. */
export interface RowBatch {
  readonly lease: RunLease;
  readonly rows: readonly LoggedRow[];
}

/** How far somebody has read a run. */
export interface LogCursor {
  /** {@link RunLease.runNo}. */
  readonly runNo: number;
  /** Index of the last event that was read; -1 for none. */
  readonly after: number;
}

/** What comes after a cursor. */
export interface LogPiece {
  /** Oldest first. The first row may begin with events that were read, and later than the next one where that has been forgotten. */
  readonly rows: readonly LoggedRow[];
  /** No more rows are there now. */
  readonly isLast: boolean;
  /** Nothing will come after what is there now: the run has ended, is paused, or is gone. */
  readonly isOver: boolean;
}

export interface RunEventLog {
  /**
   * Keeps rows of several runs in one commit; at most one batch for each run. Gives the numbers of the runs that are lost:
   * they have ended, are gone, or are another attempt's; of those nothing is kept. Rows that are kept already, by a call
   * whose answer was lost, may be sent again. Where it rejects nothing is kept, or, where a commit was under way, all.
   */
  append(batches: readonly RowBatch[]): Promise<ReadonlySet<number>>;
  /**
   * A piece for each cursor, all of them as they were at one moment. About `maxBytes` of data for all together, and one
   * row at least where there is one; those whose rows do not fit get none, and are not at their last piece.
   */
  read(cursors: readonly LogCursor[], maxBytes: number): Promise<readonly LogPiece[]>;
}
