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

/** Who used the tokens, by the contract's names: the one that answers first. */
export interface UsagesByRole {
  readonly model: readonly TokenUsage[];
  readonly memory_model: readonly TokenUsage[];
  readonly session_summary_model: readonly TokenUsage[];
}

export function buildMetrics(usages: UsagesByRole, model: ModelIdentity, times: RunTimes): Metrics {
  const details: NonNullable<Metrics["details"]> = {};
  for (const [role, ofRole] of Object.entries(usages) as [string, readonly TokenUsage[]][])
    if (ofRole.length > 0) details[role] = [{ id: model.id, provider: model.provider, ...count(ofRole) }];
  return {
    ...count(Object.values(usages).flat()),
    ...(times.timeToFirstTokenSeconds === undefined
      ? {}
      : { time_to_first_token: times.timeToFirstTokenSeconds }),
    duration: times.durationSeconds,
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

function count(usages: readonly TokenUsage[]): Partial<Record<(typeof COUNTS)[number][0], number>> {
  const counts: Partial<Record<(typeof COUNTS)[number][0], number>> = {};
  for (const [name, counted] of COUNTS) {
    const sum = sumOf(usages, counted);
    if (sum !== 0) counts[name] = sum;
  }
  return counts;
}

export function sumOf(usages: readonly TokenUsage[], counted: keyof TokenUsage): number {
  let sum = 0;
  for (const usage of usages) sum += usage[counted];
  return sum;
}
