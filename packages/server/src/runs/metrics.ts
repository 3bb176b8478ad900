/** Token counts and times of a run (contract 4.3): zeros are left out, times are seconds. */
import type { Metrics } from "@agentos/contract";
import type { ModelIdentity } from "./runnable.ts";
import type { TokenUsage } from "./steps.ts";

export interface RunTimes {
  readonly timeToFirstTokenSeconds: number | undefined;
  readonly durationSeconds: number;
}

export function buildMetrics(usages: readonly TokenUsage[], model: ModelIdentity, times: RunTimes): Metrics {
  const sum = (pick: (usage: TokenUsage) => number) =>
    usages.reduce((total, usage) => total + pick(usage), 0);
  const counts = withoutZeros({
    input_tokens: sum((usage) => usage.inputTokens),
    output_tokens: sum((usage) => usage.outputTokens),
    total_tokens: sum((usage) => usage.totalTokens),
    cache_read_tokens: sum((usage) => usage.cacheReadTokens),
    cache_write_tokens: sum((usage) => usage.cacheWriteTokens),
    reasoning_tokens: sum((usage) => usage.reasoningTokens),
  });
  return {
    ...counts,
    ...(times.timeToFirstTokenSeconds === undefined
      ? {}
      : { time_to_first_token: times.timeToFirstTokenSeconds }),
    duration: times.durationSeconds,
    ...(usages.length === 0
      ? {}
      : { details: { model: [{ id: model.id, provider: model.provider, ...counts }] } }),
  };
}

function withoutZeros<Counts extends Record<string, number>>(counts: Counts): Partial<Counts> {
  const kept: Partial<Counts> = {};
  for (const name in counts) if (counts[name] !== 0) kept[name] = counts[name];
  return kept;
}
