/** Token counts and times of a run (contract 4.3): zeros are left out, times are seconds. */
import type { Metrics } from "@agentos/contract";
import type { ModelIdentity } from "./runnable.ts";
import type { TokenUsage } from "./steps.ts";

export interface RunTimes {
  readonly timeToFirstTokenSeconds: number | undefined;
  readonly durationSeconds: number;
}

/** In the order of the contract. */
const COUNTS = [
  ["input_tokens", "inputTokens"],
  ["output_tokens", "outputTokens"],
  ["total_tokens", "totalTokens"],
  ["cache_read_tokens", "cacheReadTokens"],
  ["cache_write_tokens", "cacheWriteTokens"],
  ["reasoning_tokens", "reasoningTokens"],
] as const satisfies readonly (readonly [keyof Metrics, keyof TokenUsage])[];

export function buildMetrics(usages: readonly TokenUsage[], model: ModelIdentity, times: RunTimes): Metrics {
  const counts: Partial<Record<(typeof COUNTS)[number][0], number>> = {};
  for (const [name, counted] of COUNTS) {
    const sum = sumOf(usages, counted);
    if (sum !== 0) counts[name] = sum;
  }
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

export function sumOf(usages: readonly TokenUsage[], counted: keyof TokenUsage): number {
  let sum = 0;
  for (const usage of usages) sum += usage[counted];
  return sum;
}
