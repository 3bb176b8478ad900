/** The summary of a session: what a model wrote of runs that no longer reach it, or what its owner put in its place. */
import { isRecord, type Message } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { cutToBytes } from "./cut-to-bytes.ts";
import { MAX_SUMMARY_BYTES } from "./run-limits.ts";
import type { SummaryChange } from "./store.ts";

/** As it is kept, and as the wire shows it (contract 4.5). */
export interface SessionSummary {
  readonly summary: string;
  /** ISO 8601, UTC. */
  readonly updated_at: string;
  /** Newest run that it covers; undefined where its owner wrote it. */
  readonly last_run_id?: string | undefined;
}

/** A run that has ended, by its id. */
export interface PastRun {
  readonly runId: string;
  readonly messages: readonly Message[];
}

/** What a runnable is told of its session when it has runs summarised. */
export interface SessionPast {
  /** Undefined where there is none yet. */
  readonly summary: Pick<SessionSummary, "summary" | "last_run_id"> | undefined;
  /** Ids of the runs in `context.history`, in its order. */
  readonly historyRunIds: readonly string[];
  /** Runs that neither the history nor the summary has, oldest first: as many as may be summarised at a time. */
  readonly unsummarizedRuns: readonly PastRun[];
  /** There are more of them between these and the history. */
  readonly hasMoreUnsummarized: boolean;
}

/** A stored summary, which may be whatever its owner put there; undefined where it says nothing. */
export function readSummary(stored: unknown): SessionPast["summary"] {
  if (!isRecord(stored)) return undefined;
  const { summary, last_run_id: runId } = stored;
  if (typeof summary !== "string" || summary === "") return undefined;
  const text = cutToBytes(summary, MAX_SUMMARY_BYTES);
  return { summary: text, ...(typeof runId === "string" ? { last_run_id: runId } : {}) };
}

/** Within its limit, and without tokens. */
export function boundSummary({ summary, updated_at, last_run_id }: SessionSummary): SessionSummary {
  return {
    summary: cutToBytes(redactTokens(summary), MAX_SUMMARY_BYTES),
    updated_at,
    ...(last_run_id === undefined ? {} : { last_run_id }),
  };
}

/**
 * Puts a summary in the place of the one that it was made from. Where there is another by now, of a run that ended first
 * or of the owner, that one stays: the runs that it does not cover are summarised by the next run.
 */
export function replaceSummary(before: SessionPast["summary"], after: SessionSummary): SummaryChange {
  return (summaryJson) => {
    const now = summaryJson === undefined ? undefined : readSummary(JSON.parse(summaryJson));
    const isSame = now?.summary === before?.summary && now?.last_run_id === before?.last_run_id;
    return isSame ? JSON.stringify(after) : summaryJson;
  };
}
