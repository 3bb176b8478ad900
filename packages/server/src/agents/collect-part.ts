/**
 * The parts of a stream that make no step: where blocks begin and end, what the provider's own tools did, files. What the
 * contract has no place for is named in the log at debug level, so that it is not lost in silence.
 */
import { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";
import type { StreamPart } from "./provider/call-model.ts";
import type { FilePart, ToolResultPart } from "./provider/prompt.ts";
import { type TurnCollector, withOptions } from "./turn.ts";

type PartOf<Type extends StreamPart["type"]> = Extract<StreamPart, { readonly type: Type }>;

export function collectPart(
  part: Exclude<StreamPart, PartOf<"text-delta" | "reasoning-delta" | "tool-call" | "finish" | "error">>,
  turn: TurnCollector,
  { logger, runId }: Pick<RunContext, "logger" | "runId">,
): void {
  switch (part.type) {
    case "text-start":
    case "text-end":
      return turn.addToBlock("text", part.id, "", part.providerMetadata);
    case "reasoning-start":
    case "reasoning-end":
      return turn.addToBlock("reasoning", part.id, "", part.providerMetadata);
    case "tool-result":
      // A preliminary result is replaced by the one that follows.
      if (!("preliminary" in part && part.preliminary)) turn.addPart(toProviderResult(part));
      return;
    case "file":
      return turn.addPart(toFile(part));
    case "custom":
      return turn.addPart({ type: "custom", kind: part.kind, ...withOptions(part.providerMetadata) });
    case "reasoning-file":
      return turn.addPart({
        type: "reasoning-file",
        mediaType: part.mediaType,
        data: part.data,
        ...withOptions(part.providerMetadata),
      });
    case "stream-start":
      if (part.warnings.length > 0)
        logger.debug?.({ run_id: runId, warnings: part.warnings }, "the model's provider warns");
      return;
    case "source":
      logger.debug?.({ run_id: runId, source: part.id }, "a source of the model is not kept");
      return;
    case "tool-approval-request":
      logger.warn(
        { run_id: runId, call: part.toolCallId },
        "the provider asks to approve a tool of its own; nobody can",
      );
      return;
    default:
      // Input of a call as it comes (the call follows whole), ids of the response, pings, raw chunks.
      return;
  }
}

/** V2 and V3 hold the data of a file plainly. */
function toFile(part: PartOf<"file">): FilePart {
  const { mediaType, data } = part;
  const metadata = "providerMetadata" in part ? part.providerMetadata : undefined;
  const isPlain = typeof data === "string" || data instanceof Uint8Array;
  return { type: "file", mediaType, data: isPlain ? { type: "data", data } : data, ...withOptions(metadata) };
}

function toProviderResult(part: PartOf<"tool-result">): ToolResultPart {
  // V2 says nothing about its type.
  const value = z.json().catch(null).parse(part.result);
  return {
    type: "tool-result",
    toolCallId: part.toolCallId,
    toolName: part.toolName,
    output: { type: part.isError === true ? "error-json" : "json", value },
    ...withOptions(part.providerMetadata),
  };
}
