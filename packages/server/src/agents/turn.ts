/**
 * Collects what a model says in one request: the text for the reader, the calls for us, and the parts that go back to
 * the model, each with what its provider wants to see again (signatures, ids of its items).
 */
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import type { RequestedCall } from "./execute-tool.ts";
import type { StreamPart } from "./provider/call-model.ts";
import type { AssistantPart, ProviderOptions, ReasoningPart, TextPart } from "./provider/prompt.ts";
import { readArguments } from "./tool-arguments.ts";

/** A part that may go back to the model, and where its text begins in the text or the reasoning of the turn. */
export interface PlacedPart {
  readonly part: AssistantPart;
  readonly from: number;
}

export interface ModelTurn {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly RequestedCall[];
  readonly parts: readonly PlacedPart[];
}

type BlockType = "text" | "reasoning";
type PartOf<Type extends StreamPart["type"]> = Extract<StreamPart, { readonly type: Type }>;

export interface TurnCollector {
  /** Opens the block, adds text to it, or closes it; metadata that come later replace earlier ones. */
  addToBlock(type: BlockType, id: string, delta: string, metadata: ProviderOptions | undefined): void;
  addCall(part: PartOf<"tool-call">): void;
  /** Of the model, not of ours: results of the provider's own tools, files. */
  addPart(part: AssistantPart): void;
  finish(): ModelTurn;
}

export function createTurnCollector(): TurnCollector {
  const parts: AssistantPart[] = [];
  const calls: RequestedCall[] = [];
  const blocks = new Map<string, TextPart | ReasoningPart>();
  let current: TextPart | ReasoningPart | undefined;
  let currentId = "";

  function findBlock(type: BlockType, id: string): TextPart | ReasoningPart {
    // Nearly always the block of the delta before: no look-up, no key.
    if (current !== undefined && currentId === id && current.type === type) return current;
    const key = `${type} ${id}`;
    const known = blocks.get(key);
    const block: TextPart | ReasoningPart = known ?? { type, text: "" };
    if (known === undefined) {
      blocks.set(key, block);
      parts.push(block);
    }
    current = block;
    currentId = id;
    return block;
  }

  return {
    addToBlock(type, id, delta, metadata) {
      const block = findBlock(type, id);
      block.text += delta;
      if (metadata !== undefined) block.providerOptions = metadata;
    },
    addCall(part) {
      const args = readArguments(part.input);
      const isOurs = part.providerExecuted !== true;
      if (isOurs) calls.push(toRequestedCall(part, args));
      parts.push({
        type: "tool-call",
        toolCallId: part.toolCallId,
        toolName: part.toolName,
        input: args ?? {},
        ...(isOurs ? {} : { providerExecuted: true }),
        ...withOptions(part.providerMetadata),
      });
    },
    addPart: (part) => void parts.push(part),
    finish: () => ({ calls, ...placeParts(parts) }),
  };
}

function toRequestedCall(
  part: PartOf<"tool-call">,
  args: Readonly<Record<string, unknown>> | undefined,
): RequestedCall {
  const { toolCallId: id, toolName: name } = part;
  if (args !== undefined) return { id, name, args };
  return { id, name, args: {}, refusal: "Invalid arguments: they are not a JSON object" };
}

/**
 * Redacts, since a model reads the parts again. A provider checks its signature against the reasoning that it signed, and
 * what it encrypted cannot be read when it was changed: such a part does not go back at all.
 */
function placeParts(said: readonly AssistantPart[]): Omit<ModelTurn, "calls"> {
  const parts: PlacedPart[] = [];
  const changed = findChangedResults(said);
  let text = "";
  let reasoning = "";
  for (const part of said) {
    switch (part.type) {
      case "text": {
        const redacted = redactTokens(part.text);
        if (redacted !== "" || part.providerOptions !== undefined)
          parts.push({ part: withCleanOptions({ ...part, text: redacted }), from: text.length });
        text += redacted;
        break;
      }
      case "reasoning": {
        const redacted = redactTokens(part.text);
        const isSendable = redacted === part.text && survivesRedaction(part.providerOptions);
        if (isSendable && (redacted !== "" || part.providerOptions !== undefined))
          parts.push({ part, from: reasoning.length });
        reasoning += redacted;
        break;
      }
      case "tool-call":
        if (!changed.has(part.toolCallId))
          parts.push({ part: withCleanOptions({ ...part, input: redactTokensDeep(part.input) }), from: 0 });
        break;
      case "tool-result":
        if (!changed.has(part.toolCallId)) parts.push({ part, from: 0 });
        break;
      case "file":
        parts.push({ part: withCleanOptions(part), from: 0 });
        break;
      default:
        if (survivesRedaction(part.providerOptions)) parts.push({ part, from: 0 });
    }
  }
  return { text, reasoning, parts };
}

/** Calls of the provider's own tools whose results would not go back as they came: left out with their results. */
function findChangedResults(parts: readonly AssistantPart[]): ReadonlySet<string> {
  const results = parts.filter((part) => part.type === "tool-result");
  return new Set(results.filter((part) => !survivesRedaction(part)).map((part) => part.toolCallId));
}

function withCleanOptions<Part extends AssistantPart>(part: Part): Part {
  if (survivesRedaction(part.providerOptions)) return part;
  const { providerOptions: _, ...rest } = part;
  return rest as Part;
}

/** Whether the value is the same after redaction, as the store will do it. */
function survivesRedaction(value: unknown): boolean {
  if (value === undefined) return true;
  try {
    return JSON.stringify(redactTokensDeep(value)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

export function withOptions(metadata: ProviderOptions | undefined): { providerOptions?: ProviderOptions } {
  return metadata === undefined ? {} : { providerOptions: metadata };
}
