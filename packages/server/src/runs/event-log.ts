/**
 * The events of runs that go on without their client, kept as they happen: who comes back reads what it missed, on any
 * server. Truth is in the log; what a process holds in memory beside it only saves reading.
 */
import type { RunLease } from "./store.ts";

/**
 * Events of one run that follow each other, in one row. `delta`: pieces of the answer; `event`: other events; `end`: the
 * last event of the run, alone in its row.
 */
export type LoggedKind = "delta" | "event" | "end";

export interface LoggedRow {
  /** Counts from 0; the rows of a run have no gap. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly kind: LoggedKind;
  /** JSON text that `event-rows.ts` writes and reads: each event of the row can be asked for by its index. */
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

export interface RunEventLog {
  /**
   * Keeps rows of several runs in one commit. Gives the numbers of the runs that are lost: another server has written at
   * an index of theirs, or they are gone; of those nothing is kept. Rejects when nothing is kept.
   */
  append(batches: readonly RowBatch[]): Promise<ReadonlySet<number>>;
  /**
   * The rows that have events after each cursor, by run, oldest first; a run without any is left out. About `maxBytes` of
   * data for all runs together, and one row at least where there is one.
   */
  read(cursors: readonly LogCursor[], maxBytes: number): Promise<ReadonlyMap<number, readonly LoggedRow[]>>;
}
