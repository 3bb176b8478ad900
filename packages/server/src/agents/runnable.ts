/**
 * The one interface that the server needs to run something. A runnable yields steps: what happened, without ids, names
 * of events, or an end. The server adds those (contract 5), so every kind of runnable has the same events, the same
 * answer to an error or a cancel, and cannot leak a cause.
 */
import type { AgentObject, Message, ToolExecution } from "@agentos/contract";
import type { CallerIdentity } from "../ports/caller.ts";
import type { Runtime } from "../ports/runtime.ts";

export type MediaKind = "image" | "audio" | "video" | "file";

/** Bytes that the client sent, or an https URL that only the model provider may open. */
export interface RunMedia {
  readonly kind: MediaKind;
  readonly id: string;
  readonly mimeType: string;
  readonly filename?: string | undefined;
  readonly source:
    | { readonly type: "bytes"; readonly bytes: Uint8Array }
    | { readonly type: "url"; readonly url: string };
}

export interface RunInput {
  /** What the user said, credentials already replaced. */
  readonly message: string;
  readonly media: readonly RunMedia[];
}

export interface RunContext extends Runtime {
  /** Made by the server, never by a client. */
  readonly runId: string;
  readonly sessionId: string;
  readonly userId?: string | undefined;
  /** Tools act as this caller, with its scopes and no others. */
  readonly caller: CallerIdentity;
  /** Credentials that the user's message held. Only tools that declare `readsPastedTokens` see them; nothing keeps them. */
  readonly pastedTokens?: readonly string[] | undefined;
  /** Aborts when the client goes away or the run is cancelled. */
  readonly signal: AbortSignal;
  /** This run's copy of the session's state; changes are kept when the run ends. */
  readonly sessionState: Record<string, unknown>;
  readonly dependencies: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Messages of earlier runs of this session, one list per run, oldest first. */
  readonly history: readonly (readonly Message[])[];
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly reasoningTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

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
  /** Kept with the run, not streamed. The user's message is recorded by the server. */
  | { readonly type: "message"; readonly message: Message };

export interface ModelIdentity {
  readonly id: string;
  readonly provider: string;
}

export interface Runnable {
  readonly kind: "agent";
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly model: ModelIdentity;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Earlier runs of the session that `context.history` should hold; 0 for none. */
  readonly historyRuns: number;
  /** As `GET /agents/{id}` shows it. */
  describe(): AgentObject;
  /** Throws {@link RunFailure} to say something to the caller; any other exception is shown as a generic text. */
  run(input: RunInput, context: RunContext): AsyncIterable<RunStep>;
}

/** A run that failed, with a text that is fit for the caller. The cause goes to the log only. */
export class RunFailure extends Error {
  readonly errorType: string;

  constructor(publicMessage: string, options: { readonly errorType: string; readonly cause?: unknown }) {
    super(publicMessage, { cause: options.cause });
    this.name = "RunFailure";
    this.errorType = options.errorType;
  }
}
