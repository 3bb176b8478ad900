/**
 * One request to a model. The AI SDK makes exactly one step and runs no tool: the loop around it is ours (run-agent.ts),
 * so that order of events, confirmation, limits and redaction do not depend on the SDK's own.
 */
import { isRecord } from "@agentos/contract";
import { isStepCount, jsonSchema, type ModelMessage, streamText, type ToolSet } from "ai";
import { type RunContext, RunFailure } from "../runs/runnable.ts";
import type { RunStep, TokenUsage } from "../runs/steps.ts";
import type { Tool } from "./define-tool.ts";
import type { RequestedCall } from "./execute-tool.ts";
import type { ModelObject } from "./model.ts";

export interface ModelTurn {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly RequestedCall[];
  /** The model's own messages, with what its provider wants to see again. */
  readonly messages: readonly ModelMessage[];
  readonly usage: TokenUsage;
}

export interface ModelRequest {
  readonly model: ModelObject;
  readonly instructions: string | undefined;
  readonly messages: readonly ModelMessage[];
  readonly tools: ReadonlyMap<string, Tool>;
  readonly maxRetries: number;
}

/** Yields the steps of the request, returns what the model said. Throws {@link RunFailure} when it fails. */
export async function* requestModel(
  request: ModelRequest,
  context: RunContext,
): AsyncGenerator<RunStep, ModelTurn> {
  const { clock, signal } = context;
  const start = clock.now();
  const calls: RequestedCall[] = [];
  let text = "";
  let reasoning = "";
  let usage: TokenUsage | undefined;
  let firstAt: number | undefined;
  let messages: readonly ModelMessage[] = [];

  yield { type: "model-request-started" };
  try {
    const result = streamText({
      model: request.model,
      messages: [...request.messages],
      ...(request.instructions === undefined ? {} : { instructions: request.instructions }),
      tools: toToolSet(request.tools),
      stopWhen: isStepCount(1),
      maxRetries: request.maxRetries,
      abortSignal: signal,
      experimental_download: refuseDownloads,
      // Errors arrive in the stream too; the default handler would print them.
      onError: () => {},
      onEnd: (event) => {
        messages = event.responseMessages.filter((message) => message.role === "assistant");
      },
    });
    for await (const part of result.stream) {
      signal.throwIfAborted();
      switch (part.type) {
        case "text-delta":
          if (part.text === "") break;
          firstAt ??= clock.now();
          text += part.text;
          yield { type: "content", text: part.text };
          break;
        case "reasoning-delta":
          if (part.text === "") break;
          firstAt ??= clock.now();
          reasoning += part.text;
          yield { type: "content", text: "", reasoning: part.text };
          break;
        case "tool-call":
          firstAt ??= clock.now();
          if (part.providerExecuted !== true) calls.push(toCall(part));
          break;
        case "finish-step":
          if (part.finishReason === "error" || part.finishReason === "interrupted") {
            throw new Error(`the model stopped: ${part.finishReason}`);
          }
          usage = toUsage(part.usage);
          break;
        case "error":
          throw part.error;
        default:
          break;
      }
    }
    if (usage === undefined) throw new Error("the model's stream ended early");
  } catch (cause) {
    signal.throwIfAborted();
    throw new RunFailure("Model request failed", { errorType: "model_error", cause });
  }
  yield {
    type: "model-request-completed",
    usage,
    timeToFirstTokenSeconds: firstAt === undefined ? undefined : Math.max(0, firstAt - start),
  };
  return { text, reasoning, calls, messages, usage };
}

/** Names, descriptions and schemas only: without `execute` the SDK hands the calls to us. */
function toToolSet(tools: ReadonlyMap<string, Tool>): ToolSet {
  return Object.fromEntries(
    [...tools.values()].map((tool) => [
      tool.name,
      { description: tool.description, inputSchema: jsonSchema({ ...tool.parameters }) },
    ]),
  );
}

interface CallPart {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly invalid?: boolean | undefined;
}

function toCall(part: CallPart): RequestedCall {
  const { toolCallId: id, toolName: name, input } = part;
  if (isRecord(input)) return { id, name, args: { ...input } };
  return { id, name, args: {}, refusal: "Invalid arguments: they are not a JSON object" };
}

// INVARIANT: the server never opens a URL for a run. The provider gets it, or the run fails.
async function refuseDownloads(
  wanted: readonly { readonly isUrlSupportedByModel: boolean }[],
): Promise<null[]> {
  if (wanted.some((file) => !file.isUrlSupportedByModel))
    throw new Error("the model does not open URLs of this kind itself");
  return wanted.map(() => null);
}

interface SdkUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly inputTokenDetails: {
    readonly cacheReadTokens: number | undefined;
    readonly cacheWriteTokens: number | undefined;
  };
  readonly outputTokenDetails: { readonly reasoningTokens: number | undefined };
}

function toUsage(usage: SdkUsage): TokenUsage {
  const inputTokens = usage.inputTokens ?? 0;
  const outputTokens = usage.outputTokens ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: usage.totalTokens ?? inputTokens + outputTokens,
    reasoningTokens: usage.outputTokenDetails.reasoningTokens ?? 0,
    cacheReadTokens: usage.inputTokenDetails.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.inputTokenDetails.cacheWriteTokens ?? 0,
  };
}
