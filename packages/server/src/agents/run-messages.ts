/** The messages that a run of an agent leaves: what the model said, and what came of its calls. */
import type { Message, ToolExecution } from "@agentos/contract";
import type { RunContext } from "../runs/runnable.ts";
import type { ModelObject } from "./provider/model-object.ts";
import { writeProviderData } from "./provider-data.ts";
import type { ModelTurn } from "./turn.ts";

export function toAssistantMessage(turn: ModelTurn, model: ModelObject, context: RunContext): Message {
  const providerData = writeProviderData(turn, model, context);
  return {
    id: context.generateId(),
    ...(turn.text === "" ? {} : { content: turn.text }),
    ...(turn.reasoning === "" ? {} : { reasoning_content: turn.reasoning }),
    from_history: false,
    stop_after_tool_call: false,
    role: "assistant",
    ...(turn.calls.length === 0
      ? {}
      : {
          tool_calls: turn.calls.map((call) => ({
            id: call.id,
            type: "function" as const,
            function: { name: call.name, arguments: JSON.stringify(call.args) },
          })),
        }),
    ...(providerData === undefined ? {} : { provider_data: providerData }),
    created_at: Math.floor(context.clock.now()),
  };
}

export function toToolResultMessage(execution: ToolExecution, context: RunContext): Message {
  return {
    id: context.generateId(),
    content: execution.result ?? "",
    from_history: false,
    stop_after_tool_call: false,
    role: "tool",
    tool_call_id: execution.tool_call_id ?? "",
    tool_name: execution.tool_name ?? "",
    tool_args: execution.tool_args ?? {},
    tool_call_error: execution.tool_call_error === true,
    created_at: Math.floor(context.clock.now()),
  };
}
