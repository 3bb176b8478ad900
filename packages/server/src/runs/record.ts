/** Collects the steps of a run into its output. */
import type {
  Media,
  Message,
  PrefixedKind,
  Requirement,
  RunOutput,
  RunStatus,
  ToolExecution,
} from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { EventText } from "./log-entry.ts";
import { buildMetrics, sumOf, type UsagesByRole } from "./metrics.ts";
import { pauseText } from "./pause-text.ts";
import { type PausedRecord, type RecordedBefore, readBefore } from "./recorded-before.ts";
import { MAX_CONTENT_LENGTH, MAX_STORED_EVENTS } from "./run-limits.ts";
import {
  type MediaKind,
  type RunContext,
  RunFailure,
  type RunFork,
  type RunInput,
  type RunMedia,
  type Runnable,
} from "./runnable.ts";
import { boundSummary, replaceSummary, type SessionSummary } from "./session-summary.ts";
import type { RunStep, TokenUsage } from "./steps.ts";
import type { StoredOutput, SummaryChange, TokenSums } from "./store.ts";

export interface RunRecorder {
  /** Throws {@link RunFailure} when the answer outgrows its limit. */
  addStep(step: RunStep): void;
  /** To be told of each event that is stored; kept for the stored run, up to a limit. */
  addEvent(event: EventText): void;
  /** Answer text so far. */
  content(): string;
  /** What its model requests used so far; before a pause they are counted already. */
  tokens(): TokenSums;
  /** What becomes of the session's summary; undefined where the run made none. */
  changeSummary(): SummaryChange | undefined;
  /** The run as it stands. `content` stands for the answer: an error's text. Tools may have left tokens in it. */
  build(status: RunStatus, content?: string): StoredOutput;
  /** JSON text of the list of events to keep, `last` at its end. */
  listEvents(last: EventText): string;
}

export function createRunRecorder(
  runnable: Runnable<PrefixedKind>,
  input: RunInput,
  context: RunContext,
  paused?: PausedRecord,
): RunRecorder {
  const start = context.clock.now();
  const { resumed } = context;
  const before = paused && readBefore(paused, resumed?.calls ?? []);
  const events: string[] = [...(before?.eventTexts ?? [])];
  const messages: Message[] = resumed === undefined ? [userMessage(input, context)] : [...resumed.messages];
  const tools: ToolExecution[] = [...(before?.tools ?? [])];
  const waiting = new Map(before?.waiting);
  const usages: TokenUsage[] = [];
  const summaryUsages: TokenUsage[] = [];
  const memoryUsages: TokenUsage[] = [];
  let summary: SessionSummary | undefined;
  let requirements: readonly Requirement[] = [];
  let content = before?.content ?? "";
  let reasoning = before?.reasoning ?? "";
  let firstTokenAt: number | undefined;

  /** One that waited has its place already. */
  function complete(tool: ToolExecution): void {
    const id = tool.tool_call_id ?? "";
    const place = waiting.get(id);
    waiting.delete(id);
    if (place === undefined) tools.push(tool);
    else tools[place] = tool;
  }

  return {
    content() {
      return redactTokens(content);
    },
    tokens: () => ({
      inputTokens: sumOf([...usages, ...memoryUsages, ...summaryUsages], "inputTokens"),
      outputTokens: sumOf([...usages, ...memoryUsages, ...summaryUsages], "outputTokens"),
      totalTokens: sumOf([...usages, ...memoryUsages, ...summaryUsages], "totalTokens"),
    }),
    changeSummary: () => summary && replaceSummary(context.past?.summary, summary),
    addEvent(event) {
      if (events.length < MAX_STORED_EVENTS) events.push(event.json);
    },
    addStep(step) {
      switch (step.type) {
        case "content": {
          const { text, reasoning: thought = "" } = step;
          firstTokenAt ??= context.clock.now();
          // A piece that does not fit is not kept: it may be of any size.
          if (content.length + reasoning.length + text.length + thought.length > MAX_CONTENT_LENGTH)
            throw new RunFailure("The answer is too long", { errorType: "content_limit" });
          content += text;
          reasoning += thought;
          break;
        }
        case "model-request-completed":
          usages.push(step.usage);
          break;
        case "tool-completed":
          complete(step.tool);
          break;
        case "paused":
          tools.push(...step.tools);
          requirements = step.tools.map((tool) => toRequirement(tool, context));
          break;
        case "message":
          messages.push(step.message);
          break;
        case "memory-update-completed":
          if (step.usage !== undefined) memoryUsages.push(step.usage);
          break;
        case "session-summary-completed":
          summary = step.summary && boundSummary(step.summary);
          if (step.usage !== undefined) summaryUsages.push(step.usage);
          break;
        case "model-request-started":
        case "tool-started":
        case "answer-completed":
        case "memory-update-started":
        case "session-summary-started":
          break;
      }
    },
    listEvents: (last) => `[${[...events, last.json].join(",")}]`,
    build(status, replacement) {
      const end = context.clock.now();
      const answer = status === "PAUSED" ? pauseText(runnable.kind, requirements) : redactTokens(content);
      const isMissingAnswer = content !== "" && !messages.some((message) => message.role === "assistant");
      const output: SharedOutput = {
        session_id: context.sessionId,
        ...(context.userId === undefined ? {} : { user_id: context.userId }),
        input: { input_content: input.message, ...describeMedia(input.media) },
        content: replacement ?? answer,
        content_type: "str",
        ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
        model: runnable.model.id,
        model_provider: runnable.model.provider,
        messages: isMissingAnswer ? [...messages, assistantMessage(content, context)] : messages,
        metrics: buildMetrics(
          withBefore(before, {
            model: usages,
            memory_model: memoryUsages,
            session_summary_model: summaryUsages,
          }),
          runnable.model,
          {
            timeToFirstTokenSeconds:
              before?.timeToFirstTokenSeconds ??
              (firstTokenAt === undefined ? undefined : Math.max(0, firstTokenAt - start)),
            // While it waited nobody worked on it.
            durationSeconds: (before?.durationSeconds ?? 0) + Math.max(0, end - start),
          },
        ),
        ...(tools.length === 0 ? {} : { tools }),
        ...(Object.keys(context.metadata).length === 0 ? {} : { metadata: { ...context.metadata } }),
        created_at: before?.createdAt ?? Math.floor(start),
        status,
        ...(requirements.length === 0 ? {} : { requirements: [...requirements] }),
        ...(resumed?.fork === undefined ? {} : describeFork(resumed.fork)),
      };
      return NAME_OUTPUT[runnable.kind](output, context.runId, runnable);
    },
  };
}

function withBefore(before: RecordedBefore | undefined, now: UsagesByRole): UsagesByRole {
  if (before === undefined) return now;
  const sum = (role: keyof UsagesByRole) => [...(before.usages[role] ?? []), ...now[role]];
  return {
    model: sum("model"),
    memory_model: sum("memory_model"),
    session_summary_model: sum("session_summary_model"),
  };
}

function describeFork({ runId, messageIndex, isRegenerated }: RunFork) {
  return {
    forked_from_run_id: runId,
    forked_from_message_index: messageIndex,
    ...(isRegenerated ? { regenerated_from: runId } : {}),
  };
}

/** What an output of every kind has; a kind adds its names, and what is its own. */
type SharedOutput = Omit<RunOutput, "run_id" | "agent_id" | "agent_name" | "events" | "session_state">;
type NameOutput = (output: SharedOutput, runId: string, named: Pick<Runnable, "id" | "name">) => StoredOutput;

const NAME_OUTPUT: Readonly<Record<PrefixedKind, NameOutput>> = {
  agent: (output, runId, { id, name }) => ({ run_id: runId, agent_id: id, agent_name: name, ...output }),
  team: (output, runId, { id, name }) => ({
    run_id: runId,
    team_id: id,
    team_name: name,
    ...output,
    member_responses: [],
  }),
};

function userMessage(input: RunInput, context: RunContext): Message {
  const { images, videos, audios, files } = describeMedia(input.media);
  return {
    ...emptyMessage("user", input.message, context),
    ...(images === undefined ? {} : { images }),
    ...(audios === undefined ? {} : { audio: audios }),
    ...(videos === undefined ? {} : { videos }),
    ...(files === undefined ? {} : { files }),
  };
}

function assistantMessage(content: string, context: RunContext): Message {
  return emptyMessage("assistant", content, context);
}

function emptyMessage(role: Message["role"], content: string, context: RunContext): Message {
  const createdAt = Math.floor(context.clock.now());
  return {
    id: context.generateId(),
    content,
    from_history: false,
    stop_after_tool_call: false,
    role,
    created_at: createdAt,
  };
}

function toRequirement(tool: ToolExecution, context: RunContext): Requirement {
  const createdAt = new Date(context.clock.now() * 1_000).toISOString().replace("Z", "+00:00");
  return { id: context.generateId(), created_at: createdAt, tool_execution: tool };
}

const MEDIA_KEYS = {
  image: "images",
  video: "videos",
  audio: "audios",
  file: "files",
} as const satisfies Record<MediaKind, string>;

/** Media by name and size: the bytes are neither stored nor sent back. */
function describeMedia(media: readonly RunMedia[]): Partial<Record<(typeof MEDIA_KEYS)[MediaKind], Media[]>> {
  const described: Partial<Record<(typeof MEDIA_KEYS)[MediaKind], Media[]>> = {};
  for (const item of media) {
    const { source } = item;
    const list = (described[MEDIA_KEYS[item.kind]] ??= []);
    list.push({
      id: item.id,
      ...(source.type === "url" ? { url: source.url } : {}),
      mime_type: item.mimeType,
      ...(item.filename === undefined ? {} : { filename: item.filename }),
      ...(source.type === "bytes" ? { size: source.bytes.byteLength } : {}),
    });
  }
  return described;
}
