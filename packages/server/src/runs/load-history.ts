/** The earlier runs of a session, as far as they reach the model. */
import type { Logger } from "@agentos/guard";
import { countFittingRuns, DEFAULT_HISTORY_POLICY, type HistoryPolicy } from "./history-limits.ts";
import { MAX_UNSUMMARIZED_RUNS } from "./run-limits.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import { type PastRun, readSummary, type SessionPast } from "./session-summary.ts";
import type { StoredRun } from "./store.ts";

export interface HistorySource {
  readonly runnable: Pick<Runnable, "historyRuns" | "historyPolicy">;
  /** Of the session, as it is stored. */
  readonly summary: unknown;
  /** The newest completed runs, oldest first. */
  readonly listRuns: (limit: number) => Promise<readonly StoredRun[]>;
  readonly logger: Logger;
  readonly sessionId: string;
}

/** Bytes are judged here, after reading: how many runs are read at all is limited by their number. */
export async function loadHistory(source: HistorySource): Promise<Pick<RunContext, "history" | "past">> {
  const { historyRuns: maxRuns, historyPolicy: policy = DEFAULT_HISTORY_POLICY } = source.runnable;
  if (maxRuns === 0) return { history: [] };
  const summary = policy.overflow === "summarize" ? readSummary(source.summary) : undefined;
  const runs = await readRuns(source, { maxRuns, policy, summary });
  const fitting = countFittingRuns(
    runs.map(({ messages }) => messages),
    { ...policy, maxRuns },
  );
  const [older, newest] = [runs.slice(0, runs.length - fitting), runs.slice(runs.length - fitting)];
  const history = newest.map(({ messages }) => messages);
  if (policy.overflow === "drop") {
    reportLeftOut(source, { leftOut: older.length, given: fitting });
    return { history };
  }
  const newestCovered = runs.findLastIndex(({ runId }) => runId === summary?.last_run_id);
  const unsummarized = isOfOwner(summary) ? [] : older.slice(newestCovered + 1);
  const next = takeOldest(unsummarized, policy);
  return {
    history,
    past: {
      summary,
      historyRunIds: newest.map(({ runId }) => runId),
      unsummarizedRuns: next,
      hasMoreUnsummarized: next.length < unsummarized.length,
    },
  };
}

interface Wanted {
  readonly maxRuns: number;
  readonly policy: HistoryPolicy;
  readonly summary: SessionPast["summary"];
}

/** One run more than the history may have shows whether the summary reaches up to it; mostly it does. */
async function readRuns(
  { listRuns }: HistorySource,
  { maxRuns, policy, summary }: Wanted,
): Promise<readonly PastRun[]> {
  const read = async (limit: number) =>
    (await listRuns(limit)).map(({ output }) => ({
      runId: output.run_id,
      // What a run had of another one is there already.
      messages: output.messages.filter((message) => !message.from_history),
    }));
  if (policy.overflow === "drop") return read(maxRuns);
  const runs = await read(maxRuns + 1);
  const isCovered = isOfOwner(summary) || runs.some(({ runId }) => runId === summary?.last_run_id);
  return isCovered || runs.length <= maxRuns ? runs : read(maxRuns + MAX_UNSUMMARIZED_RUNS);
}

/** It stands for all that no longer fits: what an owner took out is not to come back from the runs. */
function isOfOwner(summary: SessionPast["summary"]): boolean {
  return summary !== undefined && summary.last_run_id === undefined;
}

/** As many as a model may be shown at a time, and at least one: what a run holds is not to grow with what is left over. */
function takeOldest(runs: readonly PastRun[], policy: HistoryPolicy): readonly PastRun[] {
  const newestFirst = runs.map(({ messages }) => messages).toReversed();
  return runs.slice(0, Math.max(1, countFittingRuns(newestFirst, { ...policy, maxRuns: runs.length })));
}

/** A model that knows nothing of what was just said is worth a warning; fewer runs than asked for are not. */
function reportLeftOut(
  { logger, sessionId }: HistorySource,
  { leftOut, given }: { readonly leftOut: number; readonly given: number },
): void {
  if (leftOut === 0) return;
  const facts = { session_id: sessionId, left_out: leftOut, given };
  const text = "earlier runs are left out of the history: they are larger than its limits";
  if (given === 0) logger.warn(facts, text);
  else logger.debug?.(facts, text);
}
