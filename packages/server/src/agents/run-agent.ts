/**
 * The loop of an agent: ask the model, run the tools it wants, ask again, until it answers or a call has to wait for a
 * person. Calls of one turn run one after the other, in the model's order, so that events and effects are in order.
 */
import type { Message, ToolExecution } from "@agentos/contract";
import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { type RunContext, RunFailure, type RunInput } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { MAX_MODEL_REQUESTS_PER_RUN } from "./agent-limits.ts";
import { type AgentMemory, recall } from "./agent-memory.ts";
import type { Tool } from "./define-tool.ts";
import { describeCall, executeTool, type RequestedCall } from "./execute-tool.ts";
import { toExecutionResult, toHistory, toUserMessage } from "./model-messages.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { PromptMessage, ProviderOptions, ToolResultPart } from "./provider/prompt.ts";
import type { RetryPolicy } from "./provider/retry.ts";
import { writeProviderData } from "./provider-data.ts";
import { requestModel } from "./request-model.ts";
import { toSystemText } from "./summary-prompt.ts";
import type { ModelTurn } from "./turn.ts";

export interface AgentLoop {
  readonly model: ModelObject;
  readonly instructions: string | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Undefined: the agent remembers nobody. */
  readonly memory?: AgentMemory | undefined;
  readonly toolCallLimit: number | undefined;
  readonly providerOptions: ProviderOptions | undefined;
  readonly retry: RetryPolicy;
}

export async function* runAgent(
  loop: AgentLoop,
  input: RunInput,
  context: RunContext,
): AsyncGenerator<RunStep> {
  const history = toHistory(context.history, loop.model, context.clock.now());
  const prompt: PromptMessage[] = [...history, toUserMessage(input)];
  const recalled = loop.memory === undefined ? undefined : await recall(loop.memory, context);
  const { tools } = recalled ?? loop;
  const told = joinTexts(loop.instructions, recalled?.text);
  const system = toSystemText(told, context.past?.summary?.summary);
  if (system !== undefined) prompt.unshift({ role: "system", content: system });
  const request = { ...loop, prompt, tools: toFunctionTools(tools) };
  let callsMade = 0;

  for (let made = 1; made <= MAX_MODEL_REQUESTS_PER_RUN; made++) {
    const turn = yield* requestModel(request, context);
    yield { type: "message", message: toAssistantMessage(turn, loop.model, context) };
    if (turn.calls.length === 0) return;

    prompt.push({ role: "assistant", content: turn.parts.map(({ part }) => part) });
    const results: ToolResultPart[] = [];
    const waiting: ToolExecution[] = [];
    for (const asked of turn.calls) {
      callsMade += 1;
      const call =
        loop.toolCallLimit !== undefined && callsMade > loop.toolCallLimit ? markOverLimit(asked) : asked;
      const tool = call.refusal === undefined ? tools.get(call.name) : undefined;
      const described = describeCall(call, tool, Math.floor(context.clock.now()));
      if (tool?.requiresConfirmation === true || tool?.externalExecution === true) {
        waiting.push(described);
        continue;
      }
      yield { type: "tool-started", tool: described };
      const execution = await executeTool(described, call, { tool, context });
      yield { type: "tool-completed", tool: execution };
      results.push(toExecutionResult(execution));
      yield { type: "message", message: toToolResultMessage(execution, context) };
    }
    if (waiting.length > 0) {
      yield { type: "paused", tools: waiting };
      return;
    }
    prompt.push({ role: "tool", content: results });
  }
  throw new RunFailure("The run made too many model requests", { errorType: "model_request_limit" });
}

/** The model calls, we run: a provider gets no more than what a tool is called, does and takes. */
export function toFunctionTools(tools: ReadonlyMap<string, Tool>): LanguageModelV4FunctionTool[] {
  return [...tools.values()].map(({ name, description, parameters }) => ({
    type: "function",
    name,
    description,
    inputSchema: { ...parameters },
  }));
}

function joinTexts(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || other === "")
    return one ?? (other === "" ? undefined : other);
  return `${one}\n\n${other}`;
}

function markOverLimit(call: RequestedCall): RequestedCall {
  return { ...call, refusal: `Tool call limit reached; the tool ${call.name} was not run` };
}

function toAssistantMessage(turn: ModelTurn, model: ModelObject, context: RunContext): Message {
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
