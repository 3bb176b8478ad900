/**
 * Renews the summary of a session when runs no longer reach the model. It is done after the answer, by the agent's own
 * model, once and within a time: what goes wrong is logged, and the next run tries again with the same runs.
 */
import { redactTokens } from "@agentos/guard";
import { cutToBytes } from "../runs/cut-to-bytes.ts";
import { countFittingRuns, type HistoryLimits, type HistoryMessage } from "../runs/history-limits.ts";
import { MAX_SUMMARY_BYTES } from "../runs/run-limits.ts";
import type { RunContext, RunInput } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { MAX_SUMMARY_TIME } from "./agent-limits.ts";
import { askForText } from "./ask-for-text.ts";
import type { AgentLoop } from "./run-agent.ts";
import { type RunToSummarize, writeSummaryPrompt } from "./summary-prompt.ts";

export interface SummaryOptions {
  readonly loop: AgentLoop;
  readonly limits: HistoryLimits;
  readonly input: RunInput;
  /** Milliseconds that it may take. Default: {@link MAX_SUMMARY_TIME}. */
  readonly maxTime?: number;
}

type SummaryCompleted = Extract<RunStep, { type: "session-summary-completed" }>;

/** The steps of a run, and after them those of the summary, where one is needed. */
export async function* summarizeAfter(
  steps: AsyncIterable<RunStep>,
  options: SummaryOptions,
  context: RunContext,
): AsyncGenerator<RunStep> {
  const { limits, input } = options;
  const messages: HistoryMessage[] = [
    ...(context.resumed?.messages ?? [{ role: "user" as const, content: input.message }]),
  ];
  for await (const step of steps) {
    yield step;
    if (step.type === "paused") return;
    if (step.type === "message") messages.push(step.message);
  }
  const leaving = findLeavingRuns(messages, limits, context);
  if (leaving.length === 0) return;
  yield { type: "answer-completed" };
  yield { type: "session-summary-started" };
  yield await summarize(leaving, options, context);
}

/** Those that no summary has and that the next run will not be given, now that this one is the newest. */
function findLeavingRuns(
  messages: readonly HistoryMessage[],
  limits: HistoryLimits,
  { past, history, runId }: RunContext,
): readonly RunToSummarize[] {
  // In their order: a summary that has a run has all before it.
  if (past?.hasMoreUnsummarized === true) return past.unsummarizedRuns;
  const ids = past?.historyRunIds ?? [];
  const shown = history.map((ofRun, index) => ({ runId: ids[index] ?? "", messages: ofRun }));
  const runs = [...shown, { runId, messages }];
  const fitting = countFittingRuns(
    runs.map((run) => run.messages),
    limits,
  );
  return [...(past?.unsummarizedRuns ?? []), ...runs.slice(0, runs.length - fitting)];
}

async function summarize(
  runs: readonly RunToSummarize[],
  { loop, limits, maxTime = MAX_SUMMARY_TIME }: SummaryOptions,
  context: RunContext,
): Promise<SummaryCompleted> {
  const { clock, logger, past, runId } = context;
  const type = "session-summary-completed";
  const { prompt, lastRunId } = writeSummaryPrompt(past?.summary?.summary, runs, limits);
  const { model, providerOptions } = loop;
  // The caller waits for the end of the run: one try, and the next run has another.
  const request = { model, prompt, tools: [], providerOptions, retry: { ...loop.retry, maxRetries: 0 } };
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(maxTime)]);
  try {
    const { text, usage } = await askForText(request, { ...context, signal }, MAX_SUMMARY_BYTES);
    const summary = cutToBytes(redactTokens(text.trim()), MAX_SUMMARY_BYTES);
    if (summary === "") throw new Error("the model said nothing");
    const updatedAt = new Date(clock.now() * 1_000).toISOString();
    return { type, summary: { summary, updated_at: updatedAt, last_run_id: lastRunId }, usage };
  } catch (cause) {
    context.signal.throwIfAborted();
    logger.warn({ run_id: runId, cause }, "a session was not summarised; it keeps the summary that it has");
    return { type };
  }
}
