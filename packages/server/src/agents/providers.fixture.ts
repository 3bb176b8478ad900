/** For tests: real provider packages, of the interface versions V4, V3 and V2, each with the protocol that it speaks. */

import type { Message } from "@agentos/contract";
import { redactTokensDeep } from "@agentos/guard";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createAnthropic as createAnthropicV2 } from "ai-sdk-anthropic-v2";
import { createAnthropic as createAnthropicV3 } from "ai-sdk-anthropic-v3";
import { createOpenAI as createOpenAIV2 } from "ai-sdk-openai-v2";
import { createOpenAI as createOpenAIV3 } from "ai-sdk-openai-v3";
import type { RunContext, RunInput } from "../runs/runnable.ts";
import type { RunStep, TokenUsage } from "../runs/steps.ts";
import { createTestContext } from "../runs/test-run.fixture.ts";
import type { ModelObject } from "./provider/model-object.ts";
import {
  anthropic,
  google,
  openaiChat,
  openaiResponses,
  type Protocol,
  USAGE,
} from "./provider-protocols.fixture.ts";

export interface Provider {
  readonly name: string;
  readonly version: ModelObject["specificationVersion"];
  readonly protocol: Protocol;
  /** Where the package does not count what came from the cache as input. */
  readonly inputTokens?: number;
  /** Types are checked too: every package's model is a {@link ModelObject}. */
  readonly model: (baseURL: string) => ModelObject;
}

const apiKey = "a-key-for-tests";

export const PROVIDERS: readonly Provider[] = [
  {
    name: "openai responses",
    version: "v4",
    protocol: openaiResponses,
    model: (baseURL) => createOpenAI({ baseURL, apiKey })("m"),
  },
  {
    name: "openai chat",
    version: "v4",
    protocol: openaiChat,
    model: (baseURL) => createOpenAI({ baseURL, apiKey }).chat("m"),
  },
  {
    name: "openai-compatible",
    version: "v4",
    protocol: openaiChat,
    model: (baseURL) => createOpenAICompatible({ name: "local", baseURL, includeUsage: true })("m"),
  },
  {
    name: "anthropic",
    version: "v4",
    protocol: anthropic,
    model: (baseURL) => createAnthropic({ baseURL, apiKey })("claude-sonnet-4-5"),
  },
  {
    name: "google",
    version: "v4",
    protocol: google,
    model: (baseURL) => createGoogleGenerativeAI({ baseURL, apiKey })("gemini-2.5-pro"),
  },
  {
    name: "openai 3",
    version: "v3",
    protocol: openaiResponses,
    model: (baseURL) => createOpenAIV3({ baseURL, apiKey })("m"),
  },
  {
    name: "anthropic 3",
    version: "v3",
    protocol: anthropic,
    model: (baseURL) => createAnthropicV3({ baseURL, apiKey })("claude-sonnet-4-5"),
  },
  {
    name: "openai 2",
    version: "v2",
    protocol: openaiResponses,
    model: (baseURL) => createOpenAIV2({ baseURL, apiKey })("m"),
  },
  {
    name: "anthropic 2",
    version: "v2",
    protocol: anthropic,
    inputTokens: USAGE.input - USAGE.cacheRead,
    model: (baseURL) => createAnthropicV2({ baseURL, apiKey })("claude-sonnet-4-5"),
  },
];

export interface Ran {
  readonly steps: readonly RunStep[];
  readonly text: string;
  readonly reasoning: string;
  readonly usage: TokenUsage | undefined;
  /** As the store keeps them, the user's message first. */
  readonly messages: readonly Message[];
}

/** Runs something that yields steps, to its end. */
export async function runSteps(
  run: (input: RunInput, context: RunContext) => AsyncIterable<RunStep>,
  input: Partial<RunInput> = {},
  context: Partial<RunContext> = {},
): Promise<Ran> {
  const message = input.message ?? "hello";
  const steps: RunStep[] = [];
  for await (const step of run({ message, media: [], ...input }, createTestContext(context)))
    steps.push(step);
  const contents = steps.filter((step) => step.type === "content");
  const user: Message = {
    id: "user",
    role: "user",
    content: message,
    from_history: false,
    stop_after_tool_call: false,
    created_at: 1,
  };
  return {
    steps,
    text: contents.map((step) => step.text).join(""),
    reasoning: contents.map((step) => step.reasoning ?? "").join(""),
    usage: steps.findLast((step) => step.type === "model-request-completed")?.usage,
    messages: redactTokensDeep([
      user,
      ...steps.flatMap((step) => (step.type === "message" ? [step.message] : [])),
    ]),
  };
}
