/**
 * The part of the provider interface that we send. It is narrower than V4's own types on purpose: whatever is in it can
 * be said to a V3 and a V2 model too, or is named here as V4's alone.
 */
import type {
  JSONValue,
  LanguageModelV4CustomPart,
  LanguageModelV4FunctionTool,
  LanguageModelV4ReasoningFilePart,
  LanguageModelV4ReasoningPart,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";

/** What only one provider understands, under its name: signatures, ids of its items, settings. */
export type ProviderOptions = SharedV4ProviderOptions;

export type TextPart = LanguageModelV4TextPart;
export type ReasoningPart = LanguageModelV4ReasoningPart;
export type ToolCallPart = LanguageModelV4ToolCallPart;
/** From a V4 model, and only back to it. */
export type NewPart = LanguageModelV4CustomPart | LanguageModelV4ReasoningFilePart;

export interface FilePart {
  readonly type: "file";
  readonly mediaType: string;
  readonly filename?: string;
  readonly data: { type: "data"; data: Uint8Array | string } | { type: "url"; url: URL };
  readonly providerOptions?: ProviderOptions;
}

export interface ToolResultPart {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: ToolResultOutput;
  readonly providerOptions?: ProviderOptions;
}

export type ToolResultOutput =
  | { type: "text" | "error-text"; value: string }
  | { type: "json" | "error-json"; value: JSONValue };

export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | ToolResultPart | FilePart | NewPart;

export type PromptMessage =
  | { role: "system"; content: string }
  | { role: "user"; content: (TextPart | FilePart)[] }
  | { role: "assistant"; content: AssistantPart[] }
  | { role: "tool"; content: ToolResultPart[] };

/** One request, in the terms of V4. */
export interface ModelCall {
  readonly prompt: PromptMessage[];
  readonly tools?: LanguageModelV4FunctionTool[];
  readonly toolChoice?: { type: "auto" };
  readonly providerOptions?: ProviderOptions;
  readonly abortSignal: AbortSignal;
}
