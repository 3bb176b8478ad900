/** Runs one tool call that a model asked for, and says how it went as a ToolExecution. Never throws for a tool's fault. */
import type { ToolExecution } from "@agentos/contract";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import type { RunContext } from "../runs/runnable.ts";
import { MAX_TOOL_RESULT_LENGTH } from "./agent-limits.ts";
import { type Tool, type ToolContext, ToolError } from "./define-tool.ts";
import { dropUserInput, listUserInput } from "./user-input.ts";

export interface RequestedCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Why the call cannot be run at all, in words for the model. */
  readonly refusal?: string | undefined;
}

/** A call as it was asked for: nothing known yet but name and arguments. */
export function describeCall(call: RequestedCall, tool: Tool | undefined, createdAt: number): ToolExecution {
  const userInput = listUserInput(tool);
  return {
    tool_call_id: call.id,
    tool_name: call.name,
    tool_args: redactTokensDeep({ ...dropUserInput(call.args, tool) }),
    tool_call_error: null,
    result: null,
    metrics: null,
    child_run_id: null,
    stop_after_tool_call: false,
    created_at: createdAt,
    requires_confirmation: tool?.requiresConfirmation === true ? true : null,
    confirmed: null,
    confirmation_note: null,
    requires_user_input: userInput === undefined ? null : true,
    user_input_schema: userInput ?? null,
    user_feedback_schema: null,
    answered: null,
    external_execution_required: tool?.externalExecution === true ? true : null,
    external_execution_silent: null,
    approval_type: null,
    approval_id: null,
  };
}

/** The described call with its result. A fault that is not a {@link ToolError} is logged and shown as a generic text. */
export async function executeTool(
  described: ToolExecution,
  call: RequestedCall,
  options: { readonly tool: Tool | undefined; readonly context: RunContext },
): Promise<ToolExecution> {
  const { tool, context } = options;
  const start = context.clock.now();
  const outcome = await attempt(call, tool, context);
  const end = context.clock.now();
  return {
    ...described,
    tool_call_error: outcome.isError,
    result: limitResult(redactTokens(outcome.text)),
    metrics: { start_time: start, end_time: end, duration: Math.max(0, end - start) },
  };
}

async function attempt(
  call: RequestedCall,
  tool: Tool | undefined,
  context: RunContext,
): Promise<{ text: string; isError: boolean }> {
  if (call.refusal !== undefined) return { text: call.refusal, isError: true };
  if (tool === undefined) return { text: `There is no tool named ${call.name}`, isError: true };
  try {
    return { text: toText(await tool.call(call.args, toToolContext(context))), isError: false };
  } catch (cause) {
    // An abort is the run's end, not the tool's fault.
    context.signal.throwIfAborted();
    if (cause instanceof ToolError) return { text: cause.message, isError: true };
    const errorId = context.generateId();
    context.logger.error({ error_id: errorId, run_id: context.runId, tool: tool.name, cause }, "tool failed");
    return { text: `The tool ${tool.name} failed (error ${errorId})`, isError: true };
  }
}

function toToolContext(context: RunContext): ToolContext {
  const { runId, sessionId, userId, memories, caller, signal, sessionState, dependencies, metadata } =
    context;
  const { clock, logger } = context;
  return {
    runId,
    sessionId,
    userId,
    memories,
    caller,
    signal,
    sessionState,
    dependencies,
    metadata,
    clock,
    logger,
  };
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}

/** A text of a tool, or of whoever stands for it, as far as the model is given it. */
export function limitResult(text: string): string {
  if (text.length <= MAX_TOOL_RESULT_LENGTH) return text;
  return `${text.slice(0, MAX_TOOL_RESULT_LENGTH)}\n[cut: ${text.length - MAX_TOOL_RESULT_LENGTH} more characters]`;
}
