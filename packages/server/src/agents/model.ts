/** Which model an agent talks to: an AI SDK model object, or one of the offline ones by name. */
import type { LanguageModel } from "ai";
import type { ModelIdentity } from "../runs/runnable.ts";
import { offlineEcho } from "./offline-echo.ts";
import { type OfflineScript, offlineScript } from "./offline-script.ts";

/** A model object of the AI SDK. Strings would reach a gateway by default, so they are not part of it. */
export type ModelObject = Exclude<LanguageModel, string>;

/** Models that need no provider and no network: one repeats what was said, one follows a script. */
export const OFFLINE_MODELS = ["offline:echo", "offline:script"] as const;

/** Name of an offline model, for options that are written as JSON. */
export type OfflineModelName = (typeof OFFLINE_MODELS)[number];

export function isModelObject(value: unknown): value is ModelObject {
  return (
    typeof value === "object" &&
    value !== null &&
    "specificationVersion" in value &&
    "modelId" in value &&
    typeof value.modelId === "string" &&
    "provider" in value &&
    typeof value.provider === "string" &&
    "doStream" in value &&
    typeof value.doStream === "function"
  );
}

/** The model for a checked option. */
export function resolveModel(
  model: ModelObject | OfflineModelName,
  script: OfflineScript | undefined,
): ModelObject {
  if (typeof model !== "string") return model;
  return model === "offline:echo" ? offlineEcho() : offlineScript(script ?? { steps: [] });
}

/** `openai.responses` is the SDK's way to name an interface of a provider; the contract wants the provider. */
export function summarizeModel(model: ModelObject): ModelIdentity {
  return { id: model.modelId, provider: model.provider.split(".")[0] ?? model.provider };
}
