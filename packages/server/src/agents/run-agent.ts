/**
 * The loop of an agent: ask the model, run the tools it wants, ask again, until it answers or a call has to wait for a
 * person. Calls of one turn run one after the other, in the model's order, so that events and effects are in order.
 */
import type { ToolExecution } from "@agentos/contract";
import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { type RunContext, RunFailure, type RunInput, type RunResumption } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { MAX_MODEL_REQUESTS_PER_RUN } from "./agent-limits.ts";
import { type AgentMemory, recall } from "./agent-memory.ts";
import { answerDecided } from "./answer-decided.ts";
import type { Tool } from "./define-tool.ts";
import { describeCall, executeTool, type RequestedCall } from "./execute-tool.ts";
import { toExecutionResult, toHistory, toUserMessage } from "./model-messages.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { PromptMessage, ProviderOptions, ToolResultPart } from "./provider/prompt.ts";
import type { RetryPolicy } from "./provider/retry.ts";
import { requestModel } from "./request-model.ts";
import { toAssistantMessage, toToolResultMessage } from "./run-messages.ts";
import { toSystemText } from "./summary-prompt.ts";
import { hideUserInput } from "./user-input.ts";

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
  const prompt = [
    ...toHistory(context.history, loop.model, context.clock.now()),
    ...toOwnPart(loop, input, context),
  ];
  const recalled = loop.memory === undefined ? undefined : await recall(loop.memory, context);
  const { tools } = recalled ?? loop;
  const told = joinTexts(loop.instructions, recalled?.text);
  const system = toSystemText(told, context.past?.summary?.summary);
  if (system !== undefined) prompt.unshift({ role: "system", content: system });
  const request = { ...loop, prompt, tools: toFunctionTools(tools) };
  const before = countBefore(context.resumed);
  let callsMade = before.calls;

  if (context.resumed !== undefined)
    addResults(prompt, yield* answerDecided(context.resumed.calls, tools, context));
  for (let made = before.requests; made < MAX_MODEL_REQUESTS_PER_RUN; made++) {
    const turn = yield* requestModel(request, context);
    yield { type: "message", message: toAssistantMessage(turn, loop.model, context) };
    if (turn.calls.length === 0) return;

    prompt.push({ role: "assistant", content: turn.parts.map(({ part }) => part) });
    const results: ToolResultPart[] = [];
    const waiting: ToolExecution[] = [];
    const ids = new Set<string>();
    for (const asked of turn.calls) {
      callsMade += 1;
      const isOverLimit = loop.toolCallLimit !== undefined && callsMade > loop.toolCallLimit;
      const call = isOverLimit ? markOverLimit(asked) : ids.has(asked.id) ? markRepeated(asked) : asked;
      ids.add(asked.id);
      const tool = call.refusal === undefined ? tools.get(call.name) : undefined;
      const described = describeCall(call, tool, Math.floor(context.clock.now()));
      if (tool !== undefined && isWaiting(tool)) {
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
    addResults(prompt, results);
  }
  throw new RunFailure("The run made too many model requests", { errorType: "model_request_limit" });
}

/** What the user said, and in a run that goes on what it has behind it. */
function toOwnPart({ model }: AgentLoop, input: RunInput, { resumed, clock }: RunContext): PromptMessage[] {
  if (resumed === undefined) return [toUserMessage(input)];
  const { messages } = resumed;
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const [before, after] = [messages.slice(0, asked), messages.slice(asked + 1)];
  const now = clock.now();
  return [...toHistory([before], model, now), toUserMessage(input), ...toHistory([after], model, now)];
}

/** What counts against the limits of a run that was paused. */
function countBefore(resumed: RunResumption | undefined): { requests: number; calls: number } {
  const own = resumed?.messages.slice(resumed.fork?.messageIndex ?? 0) ?? [];
  const turns = own.filter(({ role }) => role === "assistant");
  return {
    requests: turns.length,
    calls: turns.reduce((sum, turn) => sum + (turn.tool_calls?.length ?? 0), 0),
  };
}

/** Results of one turn are one message: some may have come before the run paused. */
function addResults(prompt: PromptMessage[], results: readonly ToolResultPart[]): void {
  if (results.length === 0) return;
  const last = prompt.at(-1);
  if (last?.role === "tool") last.content.push(...results);
  else prompt.push({ role: "tool", content: [...results] });
}

function isWaiting({ requiresConfirmation, externalExecution, requiresUserInput }: Tool): boolean {
  return requiresConfirmation || externalExecution || requiresUserInput.length > 0;
}

/** The model calls, we run: a provider gets no more than what a tool is called, does and takes. */
export function toFunctionTools(tools: ReadonlyMap<string, Tool>): LanguageModelV4FunctionTool[] {
  return [...tools.values()].map((tool) => ({
    type: "function",
    name: tool.name,
    description: tool.description,
    inputSchema: { ...hideUserInput(tool) },
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

/** A decision is about an id: with two calls of one id, who decides on the one would decide on the other. */
function markRepeated(call: RequestedCall): RequestedCall {
  return { ...call, refusal: `Another call of this turn has the same id; the tool ${call.name} was not run` };
}
