/**
 * The provider side of the offline models: a plan of parts and waits becomes a V4 model. No key, no network, no state.
 * The plan is a plain generator that is asked for one part at a time, so a long answer is never held whole.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";

export type OfflineCall = Pick<LanguageModelV4CallOptions, "prompt" | "abortSignal">;
type PromptMessage = LanguageModelV4CallOptions["prompt"][number];
type GenerateResult = Awaited<ReturnType<LanguageModelV4["doGenerate"]>>;

/** Milliseconds in which the model says nothing. */
export interface Wait {
  readonly type: "wait";
  readonly ms: number;
}

export type Plan = Generator<LanguageModelV4StreamPart | Wait, void>;

/** Waits, and rejects when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** Makes a model of the provider `offline`. */
export function createOfflineModel(
  modelId: string,
  makePlan: (call: OfflineCall) => Plan,
  sleep: Sleep,
): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "offline",
    modelId,
    supportedUrls: {},
    async doStream(call) {
      const plan = makePlan(call);
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>(
          {
            pull: (controller) => pullPart(controller),
            cancel: () => void plan.return(),
          },
          { highWaterMark: 0 },
        ),
      };

      function pullPart(controller: ReadableStreamDefaultController): void | Promise<void> {
        call.abortSignal?.throwIfAborted();
        const { value, done } = plan.next();
        if (done === true) return controller.close();
        if (value.type !== "wait") return controller.enqueue(value);
        return sleep(value.ms, call.abortSignal).then(() => pullPart(controller));
      }
    },
    async doGenerate(call) {
      let text = "";
      const content: GenerateResult["content"] = [];
      for (const part of makePlan(call)) {
        call.abortSignal?.throwIfAborted();
        if (part.type === "wait") await sleep(part.ms, call.abortSignal);
        if (part.type === "text-delta") text += part.delta;
        if (part.type === "tool-call") content.push(part);
        if (part.type === "error") throw part.error;
        if (part.type === "finish") {
          if (text !== "") content.unshift({ type: "text", text });
          return { content, finishReason: part.finishReason, usage: part.usage, warnings: [] };
        }
      }
      throw new Error("INVARIANT: an offline model ends with a finish part");
    },
  };
}

/** The text as deltas, a word and the spaces after it at a time; one pass, whatever the length. */
export function* splitIntoDeltas(text: string): Generator<string, void> {
  const next = /\S+\s*|\s+/y;
  for (let match = next.exec(text); match !== null; match = next.exec(text)) yield match[0];
}

/** The last part of an answer. Tokens are words: deterministic, and near enough to show. */
export function finishPart(
  call: OfflineCall,
  output: { readonly text: string; readonly hasToolCalls: boolean },
): LanguageModelV4StreamPart {
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
export function textOf(message: PromptMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function countWords(text: string): number {
  const word = /\S+/g;
  let count = 0;
  while (word.test(text)) count += 1;
  return count;
}
