import type { AnthropicProvider } from "@ai-sdk/anthropic";
import type { OpenAIProvider } from "@ai-sdk/openai";
import type { OpenAIProvider as OpenAIProviderV2 } from "ai-sdk-openai-v2";
import type { OpenAIProvider as OpenAIProviderV3 } from "ai-sdk-openai-v3";
import type { ModelObject } from "./model-object.ts";

type IsAny<Value> = 0 extends 1 & Value ? true : false;
const isFalse = <Value extends false>(_: Value) => {};
const takeModel = (_: ModelObject) => {};

isFalse<IsAny<ModelObject>>(false);

// What real packages give is a model, whichever copy of the interface they were built with.
declare const anthropic: AnthropicProvider;
declare const openai: OpenAIProvider;
declare const openaiV3: OpenAIProviderV3;
declare const openaiV2: OpenAIProviderV2;
takeModel(anthropic("m"));
takeModel(openai("m"));
takeModel(openai.chat("m"));
takeModel(openaiV3("m"));
takeModel(openaiV2("m"));

// @ts-expect-error -- a text names no model: nobody here would know where to send it
takeModel("openai/m");
// @ts-expect-error -- a version that does not exist yet
takeModel({ ...openai("m"), specificationVersion: "v5" });
// @ts-expect-error -- a model of another kind
takeModel(openai.embeddingModel("m"));
