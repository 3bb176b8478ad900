/**
 * One `doStream` of a model of any version. V3 differs from V4 in how a prompt holds a file, V2 also in how a stream ends
 * (read-finish.ts). So the request is translated and the stream is not: its parts are read as they come.
 */
import type {
  LanguageModelV2CallOptions,
  LanguageModelV2StreamPart,
  LanguageModelV3Prompt,
  LanguageModelV3StreamPart,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { ModelObject } from "./model-object.ts";
import type { AssistantPart, FilePart, ModelCall, NewPart, PromptMessage } from "./prompt.ts";

/** A part of a stream, of whichever version. */
export type StreamPart = LanguageModelV4StreamPart | LanguageModelV3StreamPart | LanguageModelV2StreamPart;

export type PartStream = ReadableStream<StreamPart>;

export async function callModel(model: ModelObject, call: ModelCall): Promise<PartStream> {
  switch (model.specificationVersion) {
    case "v4":
      return (await model.doStream(call)).stream;
    case "v3":
      return (await model.doStream({ ...call, prompt: toV3Prompt(call.prompt) })).stream;
    default:
      return (await model.doStream(toV2Call(call))).stream;
  }
}

function toV3Prompt(prompt: readonly PromptMessage[]): LanguageModelV3Prompt {
  return prompt.map((message) => {
    switch (message.role) {
      case "user":
        return {
          role: "user",
          content: message.content.map((part) => (part.type === "file" ? toOldFile(part) : part)),
        };
      case "assistant":
        return {
          role: "assistant",
          content: message.content
            .filter(isOldPart)
            .map((part) => (part.type === "file" ? toOldFile(part) : part)),
        };
      default:
        return message;
    }
  });
}

/** What we send looks the same in V2; its types only know no `undefined` in provider options, and JSON has none. */
function toV2Call(call: ModelCall): LanguageModelV2CallOptions {
  return { ...call, prompt: toV3Prompt(call.prompt) } as LanguageModelV2CallOptions;
}

function toOldFile({ data, ...rest }: FilePart) {
  return { ...rest, data: data.type === "url" ? data.url : data.data };
}

/** A V4 model made the others, and what one model made goes to no other. */
function isOldPart(part: AssistantPart): part is Exclude<AssistantPart, NewPart> {
  return part.type !== "custom" && part.type !== "reasoning-file";
}
