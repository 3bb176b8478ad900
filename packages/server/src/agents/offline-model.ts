/** The AI SDK side of the offline models: a generator of stream parts becomes a model. No key, no network, no state. */
import type { LanguageModel } from "ai";

/** A model as providers of the AI SDK make it. */
export type LanguageModelV4 = Extract<LanguageModel, { readonly specificationVersion: "v4" }>;
export type ModelCall = Parameters<LanguageModelV4["doStream"]>[0];
export type ModelPrompt = ModelCall["prompt"];
type GenerateResult = Awaited<ReturnType<LanguageModelV4["doGenerate"]>>;
type StreamResult = Awaited<ReturnType<LanguageModelV4["doStream"]>>;
export type StreamPart = StreamResult["stream"] extends ReadableStream<infer Part> ? Part : never;

export type Respond = (call: ModelCall) => AsyncGenerator<StreamPart>;

/** Makes a model of the provider `offline`. */
export function createOfflineModel(modelId: string, respond: Respond): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "offline",
    modelId,
    supportedUrls: {},
    async doStream(call) {
      const parts = respond(call);
      return {
        stream: new ReadableStream<StreamPart>(
          {
            async pull(controller) {
              const next = await parts.next();
              if (next.done === true) controller.close();
              else controller.enqueue(next.value);
            },
            async cancel() {
              await parts.return(undefined);
            },
          },
          { highWaterMark: 0 },
        ),
      };
    },
    async doGenerate(call) {
      let text = "";
      const content: GenerateResult["content"] = [];
      for await (const part of respond(call)) {
        if (part.type === "text-delta") text += part.delta;
        if (part.type === "tool-call") content.push(part);
        if (part.type === "finish") {
          if (text !== "") content.unshift({ type: "text", text });
          return { content, finishReason: part.finishReason, usage: part.usage, warnings: [] };
        }
      }
      throw new Error("INVARIANT: an offline model ends with a finish part");
    },
  };
}

/** The text as deltas, a word and the spaces after it at a time. */
export function splitIntoDeltas(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

/** The last part of an answer. Tokens are words: deterministic, and near enough to show. */
export function finishPart(
  call: ModelCall,
  output: { readonly text: string; readonly hasToolCalls: boolean },
): StreamPart {
  const input = call.prompt.reduce((sum, message) => sum + countWords(textOf(message)), 0);
  const words = countWords(output.text);
  return {
    type: "finish",
    finishReason: { unified: output.hasToolCalls ? "tool-calls" : "stop", raw: undefined },
    usage: {
      inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: words, text: words, reasoning: undefined },
    },
  };
}

/** Text of a prompt message; tool calls and files have none. */
export function textOf(message: ModelPrompt[number]): string {
  if (typeof message.content === "string") return message.content;
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function countWords(text: string): number {
  return splitIntoDeltas(text.trim()).length;
}
