/** What was recorded of a run before it paused: the record goes on from there. */
import type { Message, Metrics, Requirement, ToolExecution } from "@agentos/contract";
import type { DecidedCall } from "./runnable.ts";
import type { TokenUsage } from "./steps.ts";
import type { StoredEvent, StoredOutput } from "./store.ts";

/** A run as it was paused. */
export interface PausedRecord {
  readonly output: StoredOutput;
  readonly events: readonly StoredEvent[];
}

export interface RecordedBefore {
  readonly content: string;
  readonly reasoning: string;
  readonly tools: readonly ToolExecution[];
  /** Where the calls stand that waited, by their ids. */
  readonly waiting: ReadonlyMap<string, number>;
  /** By the roles of `buildMetrics`. */
  readonly usages: Readonly<Record<string, readonly TokenUsage[]>>;
  readonly durationSeconds: number;
  readonly timeToFirstTokenSeconds: number | undefined;
  readonly createdAt: number;
  readonly eventTexts: readonly string[];
}

export function readBefore({ output, events }: PausedRecord, calls: readonly DecidedCall[]): RecordedBefore {
  const { messages, metrics, requirements = [] } = output;
  const said = messages
    .slice(output.forked_from_message_index ?? 0)
    .filter(({ role }) => role === "assistant");
  const { tools, waiting } = putDecided(output.tools ?? [], requirements, calls);
  return {
    content: said.map(readContent).join(""),
    reasoning: said.map((message) => message.reasoning_content ?? "").join(""),
    tools,
    waiting,
    usages: readUsages(metrics),
    durationSeconds: metrics.duration ?? 0,
    timeToFirstTokenSeconds: metrics.time_to_first_token,
    createdAt: output.created_at,
    eventTexts: events.map((event) => JSON.stringify(event)),
  };
}

/** Earlier turns may have had calls of the same ids: those that waited are the newest. */
function putDecided(
  before: readonly ToolExecution[],
  requirements: readonly Requirement[],
  calls: readonly DecidedCall[],
) {
  const tools = [...before];
  const waiting = new Map<string, number>();
  for (const { tool_execution: asked } of requirements) {
    const id = asked.tool_call_id ?? "";
    const place = tools.findLastIndex(({ tool_call_id }) => tool_call_id === id);
    const decided = calls.find(({ tool }) => tool.tool_call_id === id);
    if (place === -1 || decided === undefined) continue;
    tools[place] = decided.tool;
    waiting.set(id, place);
  }
  return { tools, waiting };
}

function readContent({ content }: Message): string {
  return typeof content === "string" ? content : "";
}

/** The sums of each role, as one request. */
function readUsages({ details = {} }: Metrics): Record<string, readonly TokenUsage[]> {
  return Object.fromEntries(
    Object.entries(details).map(([role, ofRole]) => [
      role,
      ofRole.map((used) => ({
        inputTokens: used.input_tokens ?? 0,
        outputTokens: used.output_tokens ?? 0,
        totalTokens: used.total_tokens ?? 0,
        reasoningTokens: used.reasoning_tokens ?? 0,
        cacheReadTokens: used.cache_read_tokens ?? 0,
        cacheWriteTokens: used.cache_write_tokens ?? 0,
      })),
    ]),
  );
}
