/** Which model an agent talks to: a model object of a provider package, or one of the offline ones by name. */
import type { ModelIdentity } from "../runs/runnable.ts";
import { offlineEcho } from "./offline-echo.ts";
import { type OfflineScript, offlineScript } from "./offline-script.ts";
import type { ModelObject } from "./provider/model-object.ts";

/** Models that need no provider and no network: one repeats what was said, one follows a script. */
export const OFFLINE_MODELS = ["offline:echo", "offline:script"] as const;

/** Name of an offline model, for options that are written as JSON. */
export type OfflineModelName = (typeof OFFLINE_MODELS)[number];

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
