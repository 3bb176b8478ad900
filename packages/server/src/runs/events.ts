/** From steps to the contract's events: names, keys and their order (contract 5.2, 5.3). */
import {
  type PrefixedKind,
  RUNNABLE_KINDS,
  type RunEvent,
  type RunEventName,
  type ToolExecution,
} from "@agentos/contract";
import type { Clock } from "@agentos/guard/app";
import { type ContentDelta, type EventText, isContentDelta, type RunLogEntry } from "./log-entry.ts";
import type { Runnable } from "./runnable.ts";
import { withoutTokens } from "./session-state.ts";
import type { RunStep } from "./steps.ts";
import type { StoredOutput } from "./store.ts";

export interface RunEventSource {
  readonly runnable: Pick<Runnable<PrefixedKind>, "kind" | "id" | "name" | "model">;
  readonly runId: string;
  readonly sessionId: string;
  readonly clock: Clock;
}

export interface RunEvents {
  started(): EventText;
  /** In its place where a run goes on. */
  continued(): EventText;
  /** A piece of the answer. */
  delta(content: Pick<Extract<RunStep, { type: "content" }>, "text" | "reasoning">): ContentDelta;
  /** What any other step shows; a message shows nothing. */
  ofStep(step: RunStep): readonly EventText[];
  contentCompleted(): EventText;
  /** Without the session's state: see {@link withState}. */
  completed(output: StoredOutput): EventText;
  paused(output: StoredOutput): EventText;
  failed(failure: {
    readonly content: string;
    readonly errorType: string;
    readonly errorId: string;
  }): EventText;
  cancelled(partialContent: string): EventText;
  /** The JSON text of an event. */
  toJson(entry: RunLogEntry): string;
}

/** Content is written as text: see `deltaJson`. */
type EventName = Exclude<RunEventName, "CustomEvent" | "RunContent">;
type SharedKey = keyof Extract<RunEvent, { event: "RunContentCompleted" }>;

/** What an event adds to the keys that all have; the session's state stands at its end. */
type OwnKeys<Name extends EventName> = Omit<Extract<RunEvent, { event: Name }>, SharedKey | "session_state">;

/** Only an agent's content says whether a workflow's agent speaks. */
const CONTENT_KEYS: Readonly<Record<PrefixedKind, string>> = {
  agent: '"workflow_agent":false,"content_type":"str"',
  team: '"content_type":"str"',
};

export function createRunEvents(source: RunEventSource): RunEvents {
  const { runnable, runId, sessionId, clock } = source;
  const { idKey, nameKey, eventPrefix } = RUNNABLE_KINDS[runnable.kind];
  const model = { model: runnable.model.id, model_provider: runnable.model.provider };

  const second = () => Math.floor(clock.now());
  /** What all events share, between their name and what each adds: put into text once. */
  const shared = JSON.stringify({
    [idKey]: runnable.id,
    [nameKey]: runnable.name,
    run_id: runId,
    session_id: sessionId,
    nested_depth: 0,
  }).slice(1, -1);

  /** An event of a name that needs no escapes, with the JSON text of its own keys. */
  function toText(event: string, createdAt: number, own: string): string {
    return `{"created_at":${createdAt},"event":"${event}",${shared}${own === "" ? "" : ","}${own}}`;
  }

  /** The compiler checks what an event adds; the keys that all have are those of the table of kinds. */
  function create<const Name extends EventName>(name: Name, own: OwnKeys<Name>): EventText {
    const event = `${eventPrefix}${name}`;
    return { event, json: toText(event, second(), withoutTokens(own).json.slice(1, -1)) };
  }

  function ofTool(tool: ToolExecution): EventText[] {
    const content = `${callText(tool)} completed in ${(tool.metrics?.duration ?? 0).toFixed(4)}s. `;
    const completed = create("ToolCallCompleted", { content, tool });
    if (tool.tool_call_error !== true) return [completed];
    return [completed, create("ToolCallError", { tool, error: tool.result ?? "" })];
  }

  const contentName = `${eventPrefix}RunContent`;
  function deltaJson({ createdAt, text, reasoning }: ContentDelta): string {
    const own = `"content":${JSON.stringify(text)},${CONTENT_KEYS[runnable.kind]},"reasoning_content":${JSON.stringify(reasoning)}`;
    return toText(contentName, createdAt, own);
  }

  return {
    toJson: (entry) => (isContentDelta(entry) ? deltaJson(entry) : entry.json),
    delta: ({ text, reasoning = "" }) => ({
      event: contentName,
      createdAt: second(),
      text,
      reasoning,
    }),
    started: () => create("RunStarted", model),
    ofStep(step) {
      switch (step.type) {
        case "model-request-started":
          return [create("ModelRequestStarted", model)];
        case "model-request-completed":
          return [
            create("ModelRequestCompleted", {
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
            }),
          ];
        case "tool-started":
          return [create("ToolCallStarted", { tool: step.tool })];
        case "tool-completed":
          return ofTool(step.tool);
        case "memory-update-started":
          return [create("MemoryUpdateStarted", {})];
        case "memory-update-completed":
          return [
            create(
              "MemoryUpdateCompleted",
              step.memories.length === 0 ? {} : { memories: [...step.memories] },
            ),
          ];
        case "session-summary-started":
          return [create("SessionSummaryStarted", {})];
        case "session-summary-completed": {
          const { summary } = step;
          return [
            create(
              "SessionSummaryCompleted",
              summary === undefined ? {} : { session_summary: { ...summary } },
            ),
          ];
        }
        default:
          return [];
      }
    },
    continued: () => create("RunContinued", {}),
    contentCompleted: () => create("RunContentCompleted", {}),
    completed: (output) =>
      create("RunCompleted", {
        content: output.content,
        content_type: output.content_type,
        ...(output.reasoning_content === undefined ? {} : { reasoning_content: output.reasoning_content }),
        ...(output.metadata === undefined ? {} : { metadata: output.metadata }),
        metrics: output.metrics,
      }),
    paused(output) {
      const requirements = output.requirements ?? [];
      const tools = requirements.map((requirement) => requirement.tool_execution);
      return create("RunPaused", { tools, content: output.content, requirements });
    },
    failed: ({ content, errorType, errorId }) =>
      create("RunError", { content, error_type: errorType, error_id: errorId }),
    cancelled: (partialContent) =>
      create("RunCancelled", {
        ...(partialContent === "" ? {} : { content: partialContent }),
        reason: `Run ${runId} was cancelled`,
      }),
  };
}

/** JSON text of an object, with the session's state as its last key. */
export function withState(json: string, stateJson: string): string {
  return `${json.slice(0, -1)},"session_state":${stateJson}}`;
}

const LONGEST_ARGUMENT = 100;

function callText(tool: ToolExecution): string {
  const args = Object.entries(tool.tool_args ?? {}).map(([name, value]) => `${name}=${shorten(value)}`);
  return `${tool.tool_name}(${args.join(", ")})`;
}

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : withoutTokens([value]).json.slice(1, -1);
  return text.length > LONGEST_ARGUMENT ? `${text.slice(0, LONGEST_ARGUMENT)}...` : text;
}
