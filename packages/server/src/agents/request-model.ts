/**
 * One request to a model, read from its provider's stream with one reader. No tool runs here: the loop around it is ours
 * (run-agent.ts), so that order of events, confirmation, limits and redaction depend on nobody else.
 */
import { setImmediate } from "node:timers/promises";
import { APICallError, type LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { MAX_CONTENT_LENGTH } from "../runs/run-limits.ts";
import { type RunContext, RunFailure } from "../runs/runnable.ts";
import type { RunStep, TokenUsage } from "../runs/steps.ts";
import { MAX_SILENT_PARTS, SILENT_PARTS_PER_TURN } from "./agent-limits.ts";
import { collectPart } from "./collect-part.ts";
import { refuseForeignUrls } from "./provider/check-urls.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { PromptMessage, ProviderOptions } from "./provider/prompt.ts";
import { findBrokenFinish, readUsage } from "./provider/read-finish.ts";
import type { RetryPolicy } from "./provider/retry.ts";
import { startStream } from "./provider/start-stream.ts";
import { createTurnCollector, type ModelTurn } from "./turn.ts";

export interface ModelRequest {
  readonly model: ModelObject;
  readonly prompt: readonly PromptMessage[];
  /** Names, descriptions and schemas; the model calls them, and we run them. */
  readonly tools: readonly LanguageModelV4FunctionTool[];
  readonly providerOptions: ProviderOptions | undefined;
  readonly retry: RetryPolicy;
}

/** What a request needs of its run. */
export type ModelContext = Pick<RunContext, "runId" | "clock" | "logger" | "signal">;

/** Yields the steps of the request, returns what the model said. Throws {@link RunFailure} when it fails. */
export async function* requestModel(
  request: ModelRequest,
  context: ModelContext,
): AsyncGenerator<RunStep, ModelTurn> {
  const { clock, signal } = context;
  const start = clock.now();
  const turn = createTurnCollector();
  let usage: TokenUsage | undefined;
  let firstAt: number | undefined;
  let silentParts = 0;
  let argumentsLength = 0;
  let attempts = 0;
  let notRetried = "no request was made";

  yield { type: "model-request-started" };
  let release = () => {};
  try {
    const started = await openStream(request, context);
    attempts = started.attempts;
    if (!started.ok) {
      notRetried = started.notRetried;
      throw started.cause;
    }
    notRetried = "its stream had begun, and what it said has been read";
    const reader = started.stream.getReader();
    const onAbort = () => void reader.cancel(signal.reason).catch(() => {});
    signal.addEventListener("abort", onAbort, { once: true });
    release = () => {
      signal.removeEventListener("abort", onAbort);
      // Of a stream that ended this does nothing; any other is closed at its provider.
      onAbort();
    };
    for (;;) {
      const { value: part, done } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      // A part that makes no step gives nobody a turn: the run asks only after steps.
      silentParts += 1;
      if (silentParts % SILENT_PARTS_PER_TURN === 0) await setImmediate();
      if (silentParts > MAX_SILENT_PARTS) throw new Error("the model sent too many parts that say nothing");
      switch (part.type) {
        case "text-delta":
          turn.addToBlock("text", part.id, part.delta, part.providerMetadata);
          if (part.delta === "") break;
          silentParts = 0;
          firstAt ??= clock.now();
          yield { type: "content", text: part.delta };
          break;
        case "reasoning-delta":
          turn.addToBlock("reasoning", part.id, part.delta, part.providerMetadata);
          if (part.delta === "") break;
          silentParts = 0;
          firstAt ??= clock.now();
          yield { type: "content", text: "", reasoning: part.delta };
          break;
        case "tool-call":
          firstAt ??= clock.now();
          argumentsLength += part.input.length;
          if (argumentsLength > MAX_CONTENT_LENGTH)
            throw new Error("the model sent arguments of tools that are too long");
          turn.addCall(part);
          break;
        case "finish": {
          const broken = findBrokenFinish(part);
          if (broken !== undefined) throw new Error(`the model stopped: ${broken}`);
          usage = readUsage(part);
          break;
        }
        case "error":
          throw part.error;
        default:
          collectPart(part, turn, context);
      }
    }
    if (usage === undefined) throw new Error("the model's stream ended early");
  } catch (cause) {
    signal.throwIfAborted();
    const facts = {
      provider: request.model.provider,
      model: request.model.modelId,
      attempts,
      not_retried: notRetried,
      ...suggestFix(cause, request.model.provider),
    };
    throw new RunFailure("Model request failed", { errorType: "model_error", cause, facts });
  } finally {
    release();
  }
  yield {
    type: "model-request-completed",
    usage,
    timeToFirstTokenSeconds: firstAt === undefined ? undefined : Math.max(0, firstAt - start),
  };
  return turn.finish();
}

/** A wrong key is the usual mistake of a first start, and no provider can say where this server has its key from. */
function suggestFix(cause: unknown, provider: string): { readonly fix?: string } {
  if (!APICallError.isInstance(cause) || (cause.statusCode !== 401 && cause.statusCode !== 403)) return {};
  return {
    fix: `give the server a key that ${provider} accepts for this model, such as in its environment; then start it again`,
  };
}

async function openStream(request: ModelRequest, context: ModelContext) {
  const { model, prompt, tools, providerOptions, retry } = request;
  await refuseForeignUrls(model, prompt);
  const call = {
    prompt: [...prompt],
    abortSignal: context.signal,
    ...(tools.length === 0 ? {} : { tools: [...tools], toolChoice: { type: "auto" } as const }),
    ...(providerOptions === undefined ? {} : { providerOptions }),
  };
  return startStream(model, call, { retry, clock: context.clock, logger: context.logger });
}
