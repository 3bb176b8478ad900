/** What happened in a run, as its runnable tells it: no ids, no names of events, no end. */
import type { MemoryObject, Message, ToolExecution } from "@agentos/contract";
import type { SessionSummary } from "./session-summary.ts";

/** Tokens of one model request; 0 for what the provider does not tell. */
export interface TokenUsage {
  /** Everything sent, cached input included. */
  readonly inputTokens: number;
  /** Everything received, reasoning included. */
  readonly outputTokens: number;
  /** As the provider counts it. */
  readonly totalTokens: number;
  /** Part of the output that is not shown. */
  readonly reasoningTokens: number;
  /** Part of the input that came from the provider's cache. */
  readonly cacheReadTokens: number;
  /** Part of the input that the provider put into its cache. */
  readonly cacheWriteTokens: number;
}

/** One thing that happened; the server makes the events of contract 5.3 of it. */
export type RunStep =
  | { readonly type: "model-request-started" }
  | { readonly type: "content"; readonly text: string; readonly reasoning?: string }
  | {
      readonly type: "model-request-completed";
      readonly usage: TokenUsage;
      readonly timeToFirstTokenSeconds?: number | undefined;
    }
  | { readonly type: "tool-started"; readonly tool: ToolExecution }
  /** With `tool_call_error` true for a call that failed. */
  | { readonly type: "tool-completed"; readonly tool: ToolExecution }
  /** Nothing may follow: the run waits for a person. */
  | { readonly type: "paused"; readonly tools: readonly ToolExecution[] }
  /**
   * Nothing that follows belongs to the answer. From here on a failure goes to the log, and whoever stops the run stops
   * only what follows: it has completed. May be left out, and said again.
   */
  | { readonly type: "answer-completed" }
  /** What the user said is looked through for what to remember. */
  | { readonly type: "memory-update-started" }
  /** Those that were added or changed. */
  | {
      readonly type: "memory-update-completed";
      readonly memories: readonly MemoryObject[];
      readonly usage?: TokenUsage | undefined;
    }
  /** The session's summary is being renewed. */
  | { readonly type: "session-summary-started" }
  /** Without a summary it could not be, and the session keeps the one that it has. Kept when the run has completed. */
  | {
      readonly type: "session-summary-completed";
      readonly summary?: SessionSummary | undefined;
      readonly usage?: TokenUsage | undefined;
    }
  /** Kept with the run, not streamed. The user's message is recorded by the server. */
  | { readonly type: "message"; readonly message: Message };
