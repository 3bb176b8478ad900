/** Tool calls that wait for a person: what they would do, and what is asked. The instance's words, bounded. Pure. */
import { countHidden } from "../../lib/hidden-text.ts";
import { clip } from "../../lib/words.ts";
import { isObject, listOf, nameOf, TURN_LIMITS, textOf, writeArguments } from "./read-values.ts";

export interface InputField {
  readonly name: string;
  readonly type: string;
  readonly description: string | undefined;
  readonly value: string;
  readonly isOptional: boolean;
  /** It has to be one of these; none where it may be any. */
  readonly allowed: readonly unknown[];
}

/** A tool call that a person has to decide about. */
export interface WaitingTool {
  readonly id: string;
  readonly name: string;
  /** For who looks, cut where it is long; what is decided about is `showCall`. */
  readonly argumentsText: string;
  readonly kind: "confirmation" | "input" | "external";
  readonly fields: readonly InputField[];
  /** As the instance has it: the decision goes back within it. */
  readonly source: RawTool;
  /** Where a team asks: what it asks, with the tool call in it. */
  readonly requirement: RawTool | undefined;
}

type RawTool = Readonly<Record<string, unknown>>;

/** Those of a list of tool calls that still wait, each once. */
export function readWaiting({
  tools,
  requirements,
}: {
  readonly tools: unknown;
  readonly requirements: unknown;
}): readonly WaitingTool[] {
  const seen = new Set<string>();
  const asked = listOf(requirements).map((requirement) => ({ tool: executionOf(requirement), requirement }));
  const requirementOf = (id: unknown) =>
    asked.find(({ tool }) => id !== undefined && tool["tool_call_id"] === id)?.requirement;
  const called = listOf(tools).map((tool) => ({ tool, requirement: requirementOf(tool["tool_call_id"]) }));
  return [...called, ...asked].flatMap(({ tool, requirement }): readonly WaitingTool[] => {
    const id = typeof tool["tool_call_id"] === "string" ? tool["tool_call_id"] : "";
    const kind = waitingKindOf(tool);
    if (kind === undefined || id === "" || seen.has(id) || seen.size >= TURN_LIMITS.maxWaiting) return [];
    seen.add(id);
    return [
      {
        id,
        name: nameOf(tool["tool_name"]) ?? "unnamed tool",
        argumentsText: writeArguments(tool["tool_args"]),
        kind,
        source: tool,
        requirement,
        fields: readFields(tool["user_input_schema"]),
      },
    ];
  });
}

/** What a person is to fill in. */
export function readFields(schema: unknown): readonly InputField[] {
  return listOf(schema)
    .slice(0, TURN_LIMITS.maxWaiting)
    .flatMap((field): readonly InputField[] =>
      typeof field["name"] !== "string"
        ? []
        : [
            {
              name: field["name"],
              type: nameOf(field["field_type"]) ?? "str",
              description: clip(textOf(field["description"]), 500) || undefined,
              value: readSuggestion(field["value"]),
              isOptional: field["required"] === false,
              allowed: Array.isArray(field["allowed_values"]) ? field["allowed_values"].slice(0, 200) : [],
            },
          ],
    );
}

/** One that does not fit into a line, or has something in it that is not seen, would be sent without being read. */
function readSuggestion(value: unknown): string {
  const text = textOf(value);
  return text.length > 500 || text.includes("\n") || countHidden(text) > 0 ? "" : text;
}

function waitingKindOf(tool: Readonly<Record<string, unknown>>): WaitingTool["kind"] | undefined {
  if (tool["requires_user_input"] === true && tool["answered"] !== true) return "input";
  if (tool["external_execution_required"] === true && (tool["result"] ?? null) === null) return "external";
  if (tool["requires_confirmation"] === true && (tool["confirmed"] ?? null) === null) return "confirmation";
  return undefined;
}

function executionOf(requirement: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const execution = requirement["tool_execution"];
  return isObject(execution) ? execution : {};
}
