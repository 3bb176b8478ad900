/** From steps to the contract's events: names, keys and their order (contract 5.2, 5.3). */
import type { Requirement, RunEvent, RunOutput, ToolExecution } from "@agentos/contract";
import type { Clock } from "@agentos/guard/app";
import type { Runnable } from "./runnable.ts";
import type { RunStep } from "./steps.ts";

export interface RunEventSource {
  readonly runnable: Pick<Runnable, "id" | "name" | "model">;
  readonly runId: string;
  readonly sessionId: string;
  readonly clock: Clock;
}

export interface RunEvents {
  started(): RunEvent;
  /** What a step shows; a message shows nothing. */
  ofStep(step: RunStep): readonly RunEvent[];
  contentCompleted(): RunEvent;
  completed(output: RunOutput): RunEvent;
  paused(output: RunOutput): RunEvent;
  failed(failure: {
    readonly content: string;
    readonly errorType: string;
    readonly errorId: string;
  }): RunEvent;
  cancelled(partialContent: string): RunEvent;
}

export function createRunEvents(source: RunEventSource): RunEvents {
  const { runnable, runId, sessionId, clock } = source;
  const model = { model: runnable.model.id, model_provider: runnable.model.provider };

  function base<const Name extends RunEvent["event"]>(event: Name) {
    return {
      created_at: Math.floor(clock.now()),
      event,
      agent_id: runnable.id,
      agent_name: runnable.name,
      run_id: runId,
      session_id: sessionId,
      nested_depth: 0,
    };
  }

  function ofTool(tool: ToolExecution): RunEvent[] {
    const content = `${callText(tool)} completed in ${(tool.metrics?.duration ?? 0).toFixed(4)}s. `;
    const completed: RunEvent = { ...base("ToolCallCompleted"), content, tool };
    if (tool.tool_call_error !== true) return [completed];
    return [completed, { ...base("ToolCallError"), tool, error: tool.result ?? "" }];
  }

  return {
    started: () => ({ ...base("RunStarted"), ...model }),
    ofStep(step) {
      switch (step.type) {
        case "model-request-started":
          return [{ ...base("ModelRequestStarted"), ...model }];
        case "content":
          return [
            {
              ...base("RunContent"),
              content: step.text,
              workflow_agent: false,
              content_type: "str",
              reasoning_content: step.reasoning ?? "",
            },
          ];
        case "model-request-completed":
          return [
            {
              ...base("ModelRequestCompleted"),
              ...model,
              input_tokens: step.usage.inputTokens,
              output_tokens: step.usage.outputTokens,
              total_tokens: step.usage.totalTokens,
              ...(step.timeToFirstTokenSeconds === undefined
                ? {}
                : { time_to_first_token: step.timeToFirstTokenSeconds }),
              reasoning_tokens: step.usage.reasoningTokens,
              cache_read_tokens: step.usage.cacheReadTokens,
              cache_write_tokens: step.usage.cacheWriteTokens,
            },
          ];
        case "tool-started":
          return [{ ...base("ToolCallStarted"), tool: step.tool }];
        case "tool-completed":
          return ofTool(step.tool);
        default:
          return [];
      }
    },
    contentCompleted: () => base("RunContentCompleted"),
    completed: (output) => ({
      ...base("RunCompleted"),
      content: output.content,
      content_type: output.content_type,
      ...(output.reasoning_content === undefined ? {} : { reasoning_content: output.reasoning_content }),
      ...(output.metadata === undefined ? {} : { metadata: output.metadata }),
      metrics: output.metrics,
      session_state: output.session_state,
    }),
    paused(output) {
      const requirements = output.requirements ?? [];
      const tools = requirements.map((requirement) => requirement.tool_execution);
      return { ...base("RunPaused"), tools, content: output.content, requirements };
    },
    failed: ({ content, errorType, errorId }) => ({
      ...base("RunError"),
      content,
      error_type: errorType,
      error_id: errorId,
    }),
    cancelled: (partialContent) => ({
      ...base("RunCancelled"),
      ...(partialContent === "" ? {} : { content: partialContent }),
      reason: `Run ${runId} was cancelled`,
    }),
  };
}

/** What a paused run says (contract 5.3). A confirmation outweighs an external call of the same turn. */
export function pauseText(requirements: readonly Requirement[]): string {
  const needsConfirmation = requirements.some(
    (requirement) => requirement.tool_execution.requires_confirmation === true,
  );
  if (needsConfirmation) return "I have tools to execute, but I need confirmation.";
  return "I have tools to execute, but it needs external execution.";
}

const LONGEST_ARGUMENT = 100;

function callText(tool: ToolExecution): string {
  const args = Object.entries(tool.tool_args ?? {}).map(([name, value]) => `${name}=${shorten(value)}`);
  return `${tool.tool_name}(${args.join(", ")})`;
}

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
  return text.length > LONGEST_ARGUMENT ? `${text.slice(0, LONGEST_ARGUMENT)}...` : text;
}
