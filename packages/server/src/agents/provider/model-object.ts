/**
 * What counts as a model: an object of the AI SDK's provider interface, in one of the versions that we can talk to.
 * Text is not one: the SDK's core would send it to a gateway, and we name no default provider.
 */
import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from "@ai-sdk/provider";

/** A model object as a provider package or a middleware makes it: `openai("MODEL")`. */
export type ModelObject = LanguageModelV4 | LanguageModelV3 | LanguageModelV2;

const VERSIONS: readonly unknown[] = [
  "v4",
  "v3",
  "v2",
] satisfies readonly ModelObject["specificationVersion"][];

/** In words, for a fault. */
export const MODEL_VERSIONS = '"v4", "v3" or "v2"';

export function isModelObject(value: unknown): value is ModelObject {
  return isLikeModel(value) && VERSIONS.includes(value.specificationVersion);
}

interface LikeModel {
  readonly specificationVersion?: unknown;
  readonly modelId: string;
  readonly provider: string;
}

/** Everything but a version that we know: what an older or a newer provider package gives. */
function isLikeModel(value: unknown): value is LikeModel {
  return (
    typeof value === "object" &&
    value !== null &&
    "modelId" in value &&
    typeof value.modelId === "string" &&
    "provider" in value &&
    typeof value.provider === "string" &&
    "doStream" in value &&
    typeof value.doStream === "function"
  );
}

/** What was given instead of a model, for a fault. Says nothing of a value that could hold a secret. */
export function describeNoModel(value: unknown): string {
  if (typeof value === "string") return "it is a text";
  if (!isLikeModel(value)) return "it is no model object";
  const { specificationVersion: version } = value;
  if (version === undefined) return 'it is a model object without a "specificationVersion"';
  const shown =
    typeof version === "string" ? JSON.stringify(version.slice(0, 16)) : `of the type ${typeof version}`;
  return `it is a model object with the "specificationVersion" ${shown}`;
}
