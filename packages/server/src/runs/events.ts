/** From steps to the contract's events: names, keys and their order (contract 5.2, 5.3). */
import {
  type AnyRunEvent,
  type AnyRunOutput,
  type PrefixedKind,
  type Requirement,
  RUNNABLE_KINDS,
  type RunEvent,
  type RunEventName,
  type ToolExecution,
} from "@agentos/contract";
import type { Clock } from "@agentos/guard/app";
import { type ContentDelta, isContentDelta, type RunLogEntry } from "./log-entry.ts";
import type { Runnable } from "./runnable.ts";
import type { RunStep } from "./steps.ts";

export interface RunEventSource {
  readonly runnable: Pick<Runnable<PrefixedKind>, "kind" | "id" | "name" | "model">;
  readonly runId: string;
  readonly sessionId: string;
  readonly clock: Clock;
}

export interface RunEvents {
  started(): AnyRunEvent;
  /** A piece of the answer. */
  delta(content: Pick<Extract<RunStep, { type: "content" }>, "text" | "reasoning">): ContentDelta;
  /** What any other step shows; a message shows nothing. */
  ofStep(step: RunStep): readonly AnyRunEvent[];
  contentCompleted(): AnyRunEvent;
  completed(output: AnyRunOutput): AnyRunEvent;
  paused(output: AnyRunOutput): AnyRunEvent;
  failed(failure: {
    readonly content: string;
    readonly errorType: string;
    readonly errorId: string;
  }): AnyRunEvent;
  cancelled(partialContent: string): AnyRunEvent;
  /** The JSON text of an event. */
  toJson(entry: RunLogEntry): string;
  /** An event, a delta with all its keys. */
  toEvent(entry: RunLogEntry): AnyRunEvent;
}

/** Content is written as text: see `deltaJson`. */
type EventName = Exclude<RunEventName, "CustomEvent" | "RunContent">;
type SharedKey = keyof Extract<RunEvent, { event: "RunContentCompleted" }>;

/** What an event adds to the keys that all have. */
type OwnKeys<Name extends EventName> = Omit<Extract<RunEvent, { event: Name }>, SharedKey>;

/** Only an agent's content says whether a workflow's agent speaks. */
const CONTENT_KEYS: Readonly<Record<PrefixedKind, string>> = {
  agent: '"workflow_agent":false,"content_type":"str"',
  team: '"content_type":"str"',
};

export function createRunEvents(source: RunEventSource): RunEvents {
  const { runnable, runId, sessionId, clock } = source;
  const { idKey, nameKey, eventPrefix } = RUNNABLE_KINDS[runnable.kind];
  const model = { model: runnable.model.id, model_provider: runnable.model.provider };

  function create<const Name extends EventName>(name: Name, own: OwnKeys<Name>): AnyRunEvent {
    // INVARIANT: the schemas of every kind are made of the same table, so the names fit. The compiler checks what the
    // event adds; it cannot follow keys that are looked up.
    const event: object = { ...createBase(`${eventPrefix}${name}`), ...own };
    return event as AnyRunEvent;
  }

  function createBase(event: string) {
    return {
      created_at: Math.floor(clock.now()),
      event,
      [idKey]: runnable.id,
      [nameKey]: runnable.name,
      run_id: runId,
      session_id: sessionId,
      nested_depth: 0,
    };
  }

  function ofTool(tool: ToolExecution): AnyRunEvent[] {
    const content = `${callText(tool)} completed in ${(tool.metrics?.duration ?? 0).toFixed(4)}s. `;
    const completed = create("ToolCallCompleted", { content, tool });
    if (tool.tool_call_error !== true) return [completed];
    return [completed, create("ToolCallError", { tool, error: tool.result ?? "" })];
  }

  const contentName = `${eventPrefix}RunContent`;
  // Deltas are most of what is sent, so what they share is put into text once, and only where somebody follows.
  let sharedText: string | undefined;
  function deltaJson({ createdAt, text, reasoning }: ContentDelta): string {
    sharedText ??= JSON.stringify({ ...createBase(contentName), created_at: undefined }).slice(1, -1);
    const own = `"content":${JSON.stringify(text)},${CONTENT_KEYS[runnable.kind]},"reasoning_content":${JSON.stringify(reasoning)}`;
    return `{"created_at":${createdAt},${sharedText},${own}}`;
  }

  function toEvent(entry: RunLogEntry): AnyRunEvent {
    if (!isContentDelta(entry)) return entry;
    // INVARIANT: as in `create`; the text of a delta is made of the same keys, in the same order.
    return JSON.parse(deltaJson(entry)) as AnyRunEvent;
  }

  return {
    toEvent,
    toJson: (entry) => (isContentDelta(entry) ? deltaJson(entry) : JSON.stringify(entry)),
    delta: ({ text, reasoning = "" }) => ({
      event: contentName,
      createdAt: Math.floor(clock.now()),
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
        default:
          return [];
      }
    },
    contentCompleted: () => create("RunContentCompleted", {}),
    completed: (output) =>
      create("RunCompleted", {
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

/** What a paused run says (contract 5.3). A confirmation outweighs an external call of the same turn. */
export function pauseText(kind: PrefixedKind, requirements: readonly Requirement[]): string {
  if (kind === "team") return teamPauseText(requirements);
  const needsConfirmation = requirements.some(
    (requirement) => requirement.tool_execution.requires_confirmation === true,
  );
  if (needsConfirmation) return "I have tools to execute, but I need confirmation.";
  return "I have tools to execute, but it needs external execution.";
}

function teamPauseText(requirements: readonly Requirement[]): string {
  const lines = requirements.map(({ member_agent_name: member, tool_execution: tool }) => {
    const need = tool.requires_confirmation === true ? "confirmation" : "external execution";
    return `- ${member ?? "team"}: ${tool.tool_name} requires ${need}`;
  });
  return ["Team run paused. The following require input:", ...lines].join("\n");
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
