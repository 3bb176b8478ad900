/** For tests: a V4 model that says the given parts, one list per request, and keeps its prompts. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";

export const FINISH: LanguageModelV4StreamPart = {
  type: "finish",
  finishReason: { unified: "stop", raw: undefined },
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, text: 1, reasoning: undefined },
  },
};

export const say = (text: string): LanguageModelV4StreamPart[] => [
  { type: "text-start", id: "t" },
  { type: "text-delta", id: "t", delta: text },
  { type: "text-end", id: "t" },
];

export function createPartsModel(answers: readonly (readonly LanguageModelV4StreamPart[])[]): {
  readonly calls: LanguageModelV4CallOptions[];
  readonly model: LanguageModelV4;
} {
  const calls: LanguageModelV4CallOptions[] = [];
  const model: LanguageModelV4 = {
    specificationVersion: "v4",
    provider: "parts.chat",
    modelId: "m",
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error("not used")),
    async doStream(call) {
      const parts = answers[calls.length] ?? [];
      calls.push(call);
      return { stream: ReadableStream.from(parts) };
    },
  };
  return { calls, model };
}
