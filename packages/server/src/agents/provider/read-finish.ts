/** How a stream ended and what it cost, whatever the version: V2 says both flat, V3 and V4 nested. */
import type { TokenUsage } from "../../runs/steps.ts";
import type { StreamPart } from "./call-model.ts";

export type FinishPart = Extract<StreamPart, { readonly type: "finish" }>;

/** The reason when the model did not come to an end of its own. */
export function findBrokenFinish(part: FinishPart): string | undefined {
  const reason = typeof part.finishReason === "string" ? part.finishReason : part.finishReason.unified;
  return reason === "error" || reason === "interrupted" ? reason : undefined;
}

/** 0 for what the provider does not tell. */
export function readUsage({ usage }: FinishPart): TokenUsage {
  const flat = isNested(usage)
    ? {
        input: usage.inputTokens.total,
        output: usage.outputTokens.total,
        total: undefined,
        reasoning: usage.outputTokens.reasoning,
        cacheRead: usage.inputTokens.cacheRead,
        cacheWrite: usage.inputTokens.cacheWrite,
      }
    : {
        input: usage.inputTokens,
        output: usage.outputTokens,
        total: usage.totalTokens,
        reasoning: usage.reasoningTokens,
        cacheRead: usage.cachedInputTokens,
        cacheWrite: undefined,
      };
  const inputTokens = flat.input ?? 0;
  const outputTokens = flat.output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: flat.total ?? inputTokens + outputTokens,
    reasoningTokens: flat.reasoning ?? 0,
    cacheReadTokens: flat.cacheRead ?? 0,
    cacheWriteTokens: flat.cacheWrite ?? 0,
  };
}

type Usage = FinishPart["usage"];

function isNested(usage: Usage): usage is Extract<Usage, { readonly inputTokens: object }> {
  return typeof usage.inputTokens === "object" && usage.inputTokens !== null;
}
