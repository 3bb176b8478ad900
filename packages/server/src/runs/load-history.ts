/** The earlier runs of a session, as far as they reach the model. */
import type { Logger } from "@agentos/guard";
import { countFittingRuns, DEFAULT_HISTORY_POLICY } from "./history-limits.ts";
import { MAX_UNSUMMARIZED_RUNS } from "./run-limits.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import { readSummary } from "./session-summary.ts";
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
  const isSummarized = policy.overflow === "summarize";
  const stored = await source.listRuns(maxRuns + (isSummarized ? MAX_UNSUMMARIZED_RUNS : 0));
  const runs = stored.map(({ output }) => ({ runId: output.run_id, messages: output.messages }));
  const fitting = countFittingRuns(
    runs.map(({ messages }) => messages),
    { ...policy, maxRuns },
  );
  const [older, newest] = [runs.slice(0, runs.length - fitting), runs.slice(runs.length - fitting)];
  const history = newest.map(({ messages }) => messages);
  if (!isSummarized) {
    reportLeftOut(source, { leftOut: older.length, given: fitting });
    return { history };
  }
  const summary = readSummary(source.summary);
  const newestCovered = runs.findLastIndex(({ runId }) => runId === summary?.last_run_id);
  return {
    history,
    past: {
      summary,
      historyRunIds: newest.map(({ runId }) => runId),
      unsummarizedRuns: older.slice(newestCovered + 1),
    },
  };
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
