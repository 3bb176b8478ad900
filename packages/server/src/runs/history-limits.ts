/** Which of a session's runs reach the model: the newest, whole, within limits of runs, bytes and tokens. Pure. */
import type { Message } from "@agentos/contract";

/** How much of a session's earlier runs a runnable is given, and what becomes of the rest. */
export interface HistoryPolicy {
  /** Bytes of text, tool calls and provider's data, UTF-8. */
  readonly maxBytes: number;
  /** Tokens, estimated: nobody but the provider can count them. Default: no limit. */
  readonly maxTokens?: number | undefined;
  /** Runs that do not fit are left out, or their gist is kept in the session's summary. */
  readonly overflow: "drop" | "summarize";
}

export interface HistoryLimits extends Pick<HistoryPolicy, "maxBytes" | "maxTokens"> {
  readonly maxRuns: number;
}

/** What of a message a model may read again. */
export type HistoryMessage = Pick<
  Message,
  "role" | "content" | "reasoning_content" | "tool_calls" | "tool_name" | "provider_data"
>;

/** Of a runnable that does not say. */
export const DEFAULT_HISTORY_POLICY: HistoryPolicy = Object.freeze({
  maxBytes: 256 * 1024,
  overflow: "drop",
});

/** Near enough for English; other languages have fewer characters to a token. */
export const CHARACTERS_PER_TOKEN = 4;

/**
 * How many of the newest runs fit, `runs` being oldest first. A run is given whole or not at all: a tool call without
 * its result is refused by providers. So a newest run that is too large by itself leaves nothing.
 */
export function countFittingRuns(
  runs: readonly (readonly HistoryMessage[])[],
  { maxRuns, maxBytes, maxTokens = Number.POSITIVE_INFINITY }: HistoryLimits,
): number {
  let bytes = 0;
  let characters = 0;
  let count = 0;
  for (const messages of runs.toReversed()) {
    if (count === maxRuns) break;
    for (const text of messages.flatMap(readTexts)) {
      bytes += Buffer.byteLength(text);
      characters += text.length;
    }
    if (bytes > maxBytes || estimateTokens(characters) > maxTokens) break;
    count += 1;
  }
  return count;
}

function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** System messages are not repeated, and reasoning goes back only as its provider's data. */
function readTexts(message: HistoryMessage): readonly string[] {
  if (message.role === "system") return [];
  const texts = (message.tool_calls ?? []).flatMap((call) => [call.function.name, call.function.arguments]);
  if (typeof message.content === "string") texts.push(message.content);
  if (message.tool_name !== undefined) texts.push(message.tool_name);
  if (message.provider_data !== undefined)
    texts.push(message.reasoning_content ?? "", JSON.stringify(message.provider_data));
  return texts;
}
