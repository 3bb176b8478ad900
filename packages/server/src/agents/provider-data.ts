/**
 * What a message keeps for its provider (`provider_data`), so that reasoning with its signature, ids of the provider's
 * items and results of the provider's own tools go back to it in later runs. Texts are not kept twice: a part says where
 * it stands in the message. It is tagged with provider and model, and goes to no other.
 */
import type { Message } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";
import { MAX_PROVIDER_DATA_AGE, MAX_PROVIDER_DATA_BYTES } from "./agent-limits.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { AssistantPart } from "./provider/prompt.ts";
import { readArguments } from "./tool-arguments.ts";
import type { ModelTurn, PlacedPart } from "./turn.ts";

const options = z.record(z.string(), z.record(z.string(), z.json())).optional();
const place = { from: z.number().int().min(0), to: z.number().int().min(0), options };
const call = { id: z.string(), options };

const storedPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), ...place }),
  z.object({ type: z.literal("reasoning"), ...place }),
  z.object({ type: z.literal("call"), ...call }),
  z.object({ type: z.literal("provider-call"), ...call, name: z.string(), input: z.json() }),
  z.object({
    type: z.literal("provider-result"),
    ...call,
    name: z.string(),
    output: z.object({ type: z.enum(["json", "error-json"]), value: z.json() }),
  }),
  z.object({ type: z.literal("custom"), kind: z.templateLiteral([z.string(), ".", z.string()]), options }),
]);

const storedTurn = z.object({
  provider: z.string(),
  model: z.string(),
  /** Of the message's texts. When they were changed since, the places are no longer right. */
  text_length: z.number(),
  reasoning_length: z.number(),
  parts: z.array(storedPart),
});

type StoredPart = z.output<typeof storedPart>;

/** Undefined when there is nothing that the message does not say already, or too much. */
export function writeProviderData(
  turn: ModelTurn,
  model: ModelObject,
  { logger, runId }: Pick<RunContext, "logger" | "runId">,
): Record<string, unknown> | undefined {
  if (!turn.parts.some(({ part }) => isMoreThanText(part))) return undefined;
  const data = {
    provider: model.provider,
    model: model.modelId,
    text_length: turn.text.length,
    reasoning_length: turn.reasoning.length,
    parts: turn.parts.flatMap(toStored),
  };
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes <= MAX_PROVIDER_DATA_BYTES) return data;
  logger.debug?.({ run_id: runId, bytes }, "a message keeps no data for its provider: they are too large");
  return undefined;
}

function isMoreThanText(part: AssistantPart): boolean {
  if (part.providerOptions !== undefined) return true;
  return part.type !== "text" && (part.type !== "tool-call" || part.providerExecuted === true);
}

/** Files are not kept: bytes of a run are stored nowhere. */
function toStored({ part, from }: PlacedPart): readonly unknown[] {
  const kept = part.providerOptions === undefined ? {} : { options: part.providerOptions };
  switch (part.type) {
    case "text":
    case "reasoning":
      return [{ type: part.type, from, to: from + part.text.length, ...kept }];
    case "tool-call": {
      const { toolCallId: id, toolName: name, input } = part;
      return part.providerExecuted === true
        ? [{ type: "provider-call", id, name, input, ...kept }]
        : [{ type: "call", id, ...kept }];
    }
    case "tool-result":
      return [
        { type: "provider-result", id: part.toolCallId, name: part.toolName, output: part.output, ...kept },
      ];
    case "custom":
      return [{ type: "custom", kind: part.kind, ...kept }];
    default:
      return [];
  }
}

/**
 * The parts of a stored message for the same model; undefined when there are none, when they no longer fit the message, or
 * when they are too old. `now` in seconds.
 */
export function readProviderData(
  message: Message,
  model: ModelObject,
  now: number,
): AssistantPart[] | undefined {
  if (now - message.created_at > MAX_PROVIDER_DATA_AGE) return undefined;
  const stored = storedTurn.safeParse(message.provider_data);
  if (!stored.success) return undefined;
  const data = stored.data;
  if (data.provider !== model.provider || data.model !== model.modelId) return undefined;
  const text = typeof message.content === "string" ? message.content : "";
  const reasoning = message.reasoning_content ?? "";
  if (text.length !== data.text_length || reasoning.length !== data.reasoning_length) return undefined;
  if (redactTokens(text) !== text || redactTokens(reasoning) !== reasoning) return undefined;
  const calls = new Map((message.tool_calls ?? []).map(({ id, function: target }) => [id, target]));
  const isWhole =
    data.parts.filter((part) => part.type === "call" && calls.has(part.id)).length === calls.size;
  return isWhole ? data.parts.map((part) => toPart(part, { text, reasoning, calls })) : undefined;
}

function toPart(
  part: StoredPart,
  message: {
    readonly text: string;
    readonly reasoning: string;
    readonly calls: ReadonlyMap<string, { readonly name: string; readonly arguments: string }>;
  },
): AssistantPart {
  const kept = part.options === undefined ? {} : { providerOptions: part.options };
  switch (part.type) {
    case "text":
    case "reasoning":
      return { type: part.type, text: message[part.type].slice(part.from, part.to), ...kept };
    case "call": {
      const target = message.calls.get(part.id);
      const input = readArguments(target?.arguments ?? "") ?? {};
      return { type: "tool-call", toolCallId: part.id, toolName: target?.name ?? "", input, ...kept };
    }
    case "provider-call":
      return {
        type: "tool-call",
        toolCallId: part.id,
        toolName: part.name,
        input: part.input,
        providerExecuted: true,
        ...kept,
      };
    case "provider-result":
      return { type: "tool-result", toolCallId: part.id, toolName: part.name, output: part.output, ...kept };
    default:
      return { type: "custom", kind: part.kind, ...kept };
  }
}
