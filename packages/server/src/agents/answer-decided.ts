/** The calls that waited, once they are decided: run, answered with what the client brought, or rejected. */
import type { ToolExecution } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { DecidedCall, RunContext } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import type { Tool } from "./define-tool.ts";
import { executeTool, limitResult } from "./execute-tool.ts";
import { toExecutionResult } from "./model-messages.ts";
import type { ToolResultPart } from "./provider/prompt.ts";
import { toToolResultMessage } from "./run-messages.ts";

/** What the model reads of a rejection without a note. */
const REJECTED = "The user rejected this tool call";

/** In the order in which they were asked for. Gives their results for the model. */
export async function* answerDecided(
  calls: readonly DecidedCall[],
  tools: ReadonlyMap<string, Tool>,
  context: RunContext,
): AsyncGenerator<RunStep, readonly ToolResultPart[]> {
  const results: ToolResultPart[] = [];
  for (const { tool: decided, args, edited } of calls) {
    const tool = tools.get(decided.tool_name ?? "");
    const execution = answerOutside(decided, tool) ?? (yield* run({ decided, args, tool }, context));
    yield { type: "tool-completed", tool: execution };
    const told = edited.length === 0 ? execution : tellEdited(execution, edited);
    results.push(toExecutionResult(told));
    yield { type: "message", message: toToolResultMessage(told, context) };
  }
  return results;
}

/** The result of a call that does not run here; undefined for one that does. */
function answerOutside(decided: ToolExecution, tool: Tool | undefined): ToolExecution | undefined {
  // The tool may have come to need it since the call was asked for.
  const needsConfirmation = decided.requires_confirmation === true || tool?.requiresConfirmation === true;
  if (decided.confirmed === false || (needsConfirmation && decided.confirmed !== true))
    return { ...decided, tool_call_error: true, result: toResult(decided.confirmation_note || REJECTED) };
  if (decided.external_execution_required === true)
    return {
      ...decided,
      tool_call_error: decided.tool_call_error === true,
      result: toResult(decided.result ?? ""),
    };
  return undefined;
}

async function* run(
  {
    decided,
    args,
    tool,
  }: {
    readonly decided: ToolExecution;
    readonly args: DecidedCall["args"];
    readonly tool: Tool | undefined;
  },
  context: RunContext,
): AsyncGenerator<RunStep, ToolExecution> {
  yield { type: "tool-started", tool: decided };
  const call = { id: decided.tool_call_id ?? "", name: decided.tool_name ?? "", args };
  return executeTool(decided, call, { tool, context });
}

/** The model has asked for something else: it is not to think that this was done. */
function tellEdited(execution: ToolExecution, edited: readonly string[]): ToolExecution {
  const { tool_args: args, result } = execution;
  const changed = Object.fromEntries(edited.map((name) => [name, args?.[name]]));
  const note = `The user changed arguments of this call before it ran: ${JSON.stringify(changed)}`;
  return { ...execution, result: limitResult(`${note}\n${result ?? ""}`) };
}

function toResult(text: string): string {
  return limitResult(redactTokens(text));
}
