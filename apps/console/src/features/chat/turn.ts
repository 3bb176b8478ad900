/**
 * One question and its answer, as blocks that a page shows. Everything in it is the instance's word: text, and bounded, so that
 * no stream can fill the memory of the tab.
 */
import type { Pause } from "./read-pause.ts";

export type TurnState =
  | "sending"
  | "running"
  | "stopping"
  | "paused"
  | "completed"
  | "cancelled"
  /** The run failed; the instance says so. */
  | "failed"
  /** The instance did not take it: nothing has run. */
  | "refused"
  /** The connection is gone, and what has become of the run is not known. */
  | "lost";

export type ToolState = "running" | "waiting" | "completed" | "failed" | "declined";

export interface ToolView {
  readonly id: string;
  readonly name: string;
  /** JSON, as people read it; cut where it is long. */
  readonly argumentsText: string;
  readonly state: ToolState;
  readonly result: string | undefined;
  /** Why a person has said no. */
  readonly note?: string;
  readonly seconds: number | undefined;
}

export type Block =
  | { readonly kind: "text" | "reasoning"; readonly author: string | undefined; readonly text: string }
  | { readonly kind: "tool"; readonly author: string | undefined; readonly tool: ToolView };

export interface TurnMetrics {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly seconds: number | undefined;
}

export interface TurnAttachment {
  readonly name: string;
  readonly size: number | undefined;
}

export interface Turn {
  readonly key: string;
  readonly asked: string;
  readonly attachments: readonly TurnAttachment[];
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  readonly state: TurnState;
  readonly blocks: readonly Block[];
  /** What it waits for, if it does. */
  readonly pause: Pause | undefined;
  readonly metrics: TurnMetrics | undefined;
  readonly model: string | undefined;
  /** What a client threw. */
  readonly error: unknown;
  /** The same, of stopping it. */
  readonly stopError: unknown;
  /** What the instance says about a run that failed or was stopped. */
  readonly failure: string | undefined;
  /** Characters so far. */
  readonly length: number;
  /** Something was left out, for it was too much. */
  readonly isCut: boolean;
  /** Its stream was lost, and is being taken up again. */
  readonly isReconnecting: boolean;
  /** By a click in this tab. */
  readonly isStoppedHere: boolean;
  /** It may have been taken, and the instance could not tell if it came again. */
  readonly isInDoubt: boolean;
  /** Decisions were sent, so the run was continued. */
  readonly hasContinued: boolean;
}

export function createTurn(
  start: Pick<Turn, "key" | "asked"> & Partial<Pick<Turn, "attachments" | "sessionId" | "runId" | "state">>,
): Turn {
  return {
    attachments: [],
    runId: undefined,
    sessionId: undefined,
    state: "sending",
    blocks: [],
    pause: undefined,
    metrics: undefined,
    model: undefined,
    error: undefined,
    stopError: undefined,
    failure: undefined,
    length: 0,
    isCut: false,
    isReconnecting: false,
    isStoppedHere: false,
    isInDoubt: false,
    hasContinued: false,
    ...start,
  };
}

/** Whether something is still to come of it. */
export function isActive({ state }: Turn): boolean {
  return state === "sending" || state === "running" || state === "stopping";
}
