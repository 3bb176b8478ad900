/**
 * The loop of an agent: ask the model, run the tools it wants, ask again, until it answers or a call has to wait for a
 * person. Calls of one turn run one after the other, in the model's order, so that events and effects are in order.
 */
import type { Message, ToolExecution } from "@agentos/contract";
import type { ModelMessage } from "ai";
import { type RunContext, RunFailure, type RunInput } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { MAX_MODEL_REQUESTS_PER_RUN } from "./agent-limits.ts";
import type { Tool } from "./define-tool.ts";
import { describeCall, executeTool, type RequestedCall } from "./execute-tool.ts";
import type { ModelObject } from "./model.ts";
import { toHistory, toToolMessage, toUserMessage } from "./model-messages.ts";
import { type ModelTurn, requestModel } from "./request-model.ts";

export interface AgentLoop {
  readonly model: ModelObject;
  readonly instructions: string | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly toolCallLimit: number | undefined;
  readonly maxRetries: number;
}

export async function* runAgent(
  loop: AgentLoop,
  input: RunInput,
  context: RunContext,
): AsyncGenerator<RunStep> {
  const messages: ModelMessage[] = [...toHistory(context.history), toUserMessage(input)];
  let callsMade = 0;

  for (let request = 1; request <= MAX_MODEL_REQUESTS_PER_RUN; request++) {
    const turn = yield* requestModel({ ...loop, messages }, context);
    messages.push(...turn.messages);
    yield { type: "message", message: toAssistantMessage(turn, context) };
    if (turn.calls.length === 0) return;

    const waiting: ToolExecution[] = [];
    for (const asked of turn.calls) {
      callsMade += 1;
      const call =
        loop.toolCallLimit !== undefined && callsMade > loop.toolCallLimit ? markOverLimit(asked) : asked;
      const tool = call.refusal === undefined ? loop.tools.get(call.name) : undefined;
      const described = describeCall(call, tool, Math.floor(context.clock.now()));
      if (tool?.requiresConfirmation === true || tool?.externalExecution === true) {
        waiting.push(described);
        continue;
      }
      yield { type: "tool-started", tool: described };
      const execution = await executeTool(described, call, { tool, context });
      yield { type: "tool-completed", tool: execution };
      messages.push(toToolMessage(execution));
      yield { type: "message", message: toToolResultMessage(execution, context) };
    }
    if (waiting.length > 0) {
      yield { type: "paused", tools: waiting };
      return;
    }
  }
  throw new RunFailure("The run made too many model requests", { errorType: "model_request_limit" });
}

function markOverLimit(call: RequestedCall): RequestedCall {
  return { ...call, refusal: `Tool call limit reached; the tool ${call.name} was not run` };
}

function toAssistantMessage(turn: ModelTurn, context: RunContext): Message {
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
    created_at: Math.floor(context.clock.now()),
  };
}

function toToolResultMessage(execution: ToolExecution, context: RunContext): Message {
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
