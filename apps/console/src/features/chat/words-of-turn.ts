/** Facts about a turn in words. */
import type { Turn, TurnMetrics } from "./turn.ts";

/** `40 ms`, `1.4 s`, `12 s`, `2 min 5 s`. */
export function describeSeconds(seconds: number): string {
  if (seconds < 0.001) return "<1 ms";
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `34 tokens`; which of them were read and written is said by `describeTokenSplit`. */
export function describeTokens(metrics: TurnMetrics): string | undefined {
  const { totalTokens, inputTokens, outputTokens } = metrics;
  const total = totalTokens ?? (inputTokens ?? 0) + (outputTokens ?? 0);
  return total === 0 ? undefined : `${total.toLocaleString("en")} tokens`;
}

/** `20 in, 14 out`. */
export function describeTokenSplit({ inputTokens, outputTokens }: TurnMetrics): string {
  return `${(inputTokens ?? 0).toLocaleString("en")} in, ${(outputTokens ?? 0).toLocaleString("en")} out`;
}

/** What is copied as the answer: the text without what led to it. */
export function answerOf({ blocks }: Pick<Turn, "blocks">): string {
  return blocks.flatMap((block) => (block.kind === "text" ? [block.text] : [])).join("\n\n");
}

/** Whether the run may have gone on, so that it is taken up rather than asked again. */
export function canTakeUp({ state, runId }: Turn): boolean {
  return state === "lost" && runId !== undefined;
}
