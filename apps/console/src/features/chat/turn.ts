/**
 * One question and its answer, as blocks that a page shows, made of the events of a run. Pure. Everything in it is the
 * instance's word: text, and bounded, so that no stream can fill the memory of the tab.
 */
import { clip } from "../../lib/words.ts";
import { idOf, isObject, nameOf, TURN_LIMITS, textOf, writeArguments } from "./read-values.ts";
import { readWaiting, type WaitingTool } from "./read-waiting.ts";

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
  readonly waiting: readonly WaitingTool[];
  readonly metrics: TurnMetrics | undefined;
  readonly model: string | undefined;
  /** What a client threw. */
  readonly error: unknown;
  /** What the instance says about a run that failed or was stopped. */
  readonly failure: string | undefined;
  /** Characters so far. */
  readonly length: number;
  /** Something was left out, for it was too much. */
  readonly isCut: boolean;
  /** By a click in this tab. */
  readonly isStoppedHere?: boolean;
  /** It may have been taken, and the instance could not tell if it came again. */
  readonly isInDoubt?: boolean;
  /** Decisions were sent, so the run was continued. */
  readonly hasContinued: boolean;
}

/** An event as it comes: nothing in it is sure but that it is an object with a name. */
export type TurnEvent = Readonly<Record<string, unknown>> & { readonly event: string };

export function createTurn(
  start: Pick<Turn, "key" | "asked"> & Partial<Pick<Turn, "attachments" | "sessionId" | "runId" | "state">>,
): Turn {
  return {
    attachments: [],
    runId: undefined,
    sessionId: undefined,
    state: "sending",
    blocks: [],
    waiting: [],
    metrics: undefined,
    model: undefined,
    error: undefined,
    failure: undefined,
    length: 0,
    isCut: false,
    hasContinued: false,
    ...start,
  };
}

/** Whether something is still to come of it. */
export function isActive({ state }: Turn): boolean {
  return state === "sending" || state === "running" || state === "stopping";
}

/** Takes the events of one moment together: pieces of one text that follow each other are added once. */
export function reduceEvents(turn: Turn, events: readonly TurnEvent[]): Turn {
  let next = turn;
  let pending: { kind: "text" | "reasoning"; author: string | undefined; pieces: string[] } | undefined;
  const settle = () => {
    if (pending !== undefined) next = appendText(next, { ...pending, text: pending.pieces.join("") });
    pending = undefined;
  };
  const add = (kind: "text" | "reasoning", author: string | undefined, text: string) => {
    if (text === "") return;
    if (pending?.kind !== kind || pending.author !== author) {
      settle();
      pending = { kind, author, pieces: [] };
    }
    pending?.pieces.push(text);
  };
  for (const event of events) {
    const name = nameOfEvent(event.event);
    if (name === "RunContent" || name === "ReasoningContentDelta") {
      const author = authorOf(next, event);
      add("reasoning", author, textOf(event["reasoning_content"]));
      if (name === "RunContent") add("text", author, textOf(event["content"]));
      if (next.state === "sending") next = { ...next, state: "running" };
    } else {
      settle();
      next = reduceEvent(next, name, event);
    }
  }
  settle();
  return next;
}

/** A team's events are those of an agent; a workflow's run begins, ends and waits as theirs do. */
function nameOfEvent(event: string): string {
  return event.replace(/^Team/, "").replace(/^Workflow(?=Started|Completed|Paused|Cancelled|Error)/, "Run");
}

function reduceEvent(turn: Turn, name: string, event: TurnEvent): Turn {
  const isNested = authorOf(turn, event) !== undefined;
  switch (name) {
    case "RunStarted":
      if (isNested) return turn;
      return {
        ...turn,
        state: turn.state === "sending" || turn.state === "lost" ? "running" : turn.state,
        runId: turn.runId ?? idOf(event["run_id"]),
        sessionId: idOf(event["session_id"]) ?? turn.sessionId,
        model: nameOf(event["model"]) ?? turn.model,
      };
    case "RunContinued":
      return isNested
        ? turn
        : { ...turn, state: "running", waiting: [], hasContinued: true, error: undefined };
    case "ToolCallStarted":
      return putTool(turn, event, readTool(event["tool"], "running"));
    case "ToolCallCompleted":
      return putTool(turn, event, readTool(event["tool"], "completed"));
    case "ToolCallError":
      return putTool(turn, event, readTool(event["tool"], "failed"), textOf(event["error"]));
    case "RunPaused":
      return isNested ? turn : pause(turn, event);
    case "RunCompleted":
      return isNested ? turn : complete(turn, event);
    case "RunCancelled":
      if (isNested) return turn;
      return {
        ...turn,
        state: "cancelled",
        waiting: [],
        failure: clip(textOf(event["reason"]), 500) || undefined,
      };
    case "RunError":
      if (isNested) return turn;
      return {
        ...turn,
        state: "failed",
        waiting: [],
        failure: clip(textOf(event["content"]) || textOf(event["error"]), 2_000) || "The run has failed.",
      };
    case "StepCompleted":
      return completeStep(turn, event);
    case "StepError":
      return appendText(turn, {
        kind: "text",
        author: nameOf(event["step_name"]) ?? "a step",
        text: `This step has failed: ${clip(textOf(event["error"]), 2_000)}`,
      });
    default:
      // A name that is not known here, or one that shows nothing.
      return turn;
  }
}

/** A step that is a function has said nothing before: what came of it is its answer. */
function completeStep(turn: Turn, event: TurnEvent): Turn {
  const text = textOf(event["content"]);
  if (hasSaid(turn, text)) return turn;
  return appendText(turn, { kind: "text", author: nameOf(event["step_name"]) ?? "a step", text });
}

function hasSaid({ blocks }: Turn, text: string): boolean {
  const wanted = text.trim();
  return blocks.some((block) => block.kind === "text" && block.text.trim() === wanted);
}

function complete(turn: Turn, event: TurnEvent): Turn {
  const content = textOf(event["content"]);
  const hasText =
    turn.blocks.some(({ kind, author }) => kind === "text" && author === undefined) ||
    // The end of a workflow says once more what its last step has said.
    (event.event === "WorkflowCompleted" && hasSaid(turn, content));
  const filled = hasText ? turn : appendText(turn, { kind: "text", author: undefined, text: content });
  return {
    ...filled,
    // One that was cancelled says so first, and ends with this.
    state: turn.state === "cancelled" ? "cancelled" : "completed",
    waiting: [],
    metrics: readMetrics(event["metrics"]) ?? turn.metrics,
    error: undefined,
  };
}

function pause(turn: Turn, event: TurnEvent): Turn {
  const waiting = readWaiting({ tools: event["tools"], requirements: event["requirements"] });
  const next = waiting.reduce(
    (before, { id, name, argumentsText }) =>
      putTool(before, event, {
        id,
        name,
        argumentsText,
        state: "waiting",
        result: undefined,
        seconds: undefined,
      }),
    turn,
  );
  return { ...next, state: "paused", waiting, metrics: readMetrics(event["metrics"]) ?? turn.metrics };
}

/** A tool call of an event or of a stored run; undefined for what is none. */
export function readTool(value: unknown, state: ToolState): ToolView | undefined {
  if (!isObject(value)) return undefined;
  const { tool_call_id: id, tool_call_error: isError, confirmed, metrics, result } = value;
  const note = clip(textOf(value["confirmation_note"]), 2_000);
  const seconds = isObject(metrics) ? metrics["duration"] : undefined;
  const name = nameOf(value["tool_name"]) ?? "unnamed tool";
  const isOver = state === "completed";
  return {
    id: typeof id === "string" && id !== "" ? clip(id, TURN_LIMITS.maxName) : `name ${name}`,
    name,
    argumentsText: writeArguments(value["tool_args"]),
    state:
      confirmed === false && state !== "waiting" ? "declined" : isOver && isError === true ? "failed" : state,
    result:
      result === null || result === undefined ? undefined : clip(textOf(result), TURN_LIMITS.maxToolText),
    ...(confirmed === false && note !== "" ? { note } : {}),
    seconds: typeof seconds === "number" && seconds >= 0 ? seconds : undefined,
  };
}

const RANKS: Readonly<Record<ToolState, number>> = {
  waiting: 0,
  running: 1,
  completed: 2,
  failed: 2,
  declined: 2,
};

/** A call stands once, at the place where it was first heard of; a late start does not undo its end. */
function putTool(turn: Turn, event: TurnEvent, tool: ToolView | undefined, error = ""): Turn {
  if (tool === undefined) return turn;
  const told = error === "" ? tool : { ...tool, result: clip(error, TURN_LIMITS.maxToolText) };
  const at = turn.blocks.findLastIndex((block) => block.kind === "tool" && block.tool.id === told.id);
  const held = turn.blocks[at];
  if (held?.kind === "tool") {
    if (RANKS[held.tool.state] > RANKS[told.state]) return turn;
    const merged = {
      ...told,
      result: told.result ?? held.tool.result,
      seconds: told.seconds ?? held.tool.seconds,
    };
    return { ...turn, blocks: turn.blocks.with(at, { ...held, tool: merged }) };
  }
  if (turn.blocks.length >= TURN_LIMITS.maxBlocks) return { ...turn, isCut: true };
  return { ...turn, blocks: [...turn.blocks, { kind: "tool", author: authorOf(turn, event), tool: told }] };
}

function appendText(
  turn: Turn,
  { kind, author, text }: { kind: "text" | "reasoning"; author: string | undefined; text: string },
): Turn {
  const room = TURN_LIMITS.maxText - turn.length;
  const kept = text.length <= room ? text : text.slice(0, Math.max(0, room));
  const isCut = turn.isCut || kept.length < text.length;
  if (kept === "") return isCut === turn.isCut ? turn : { ...turn, isCut };
  const length = turn.length + kept.length;
  const last = turn.blocks.at(-1);
  if (last?.kind === kind && last.author === author)
    return {
      ...turn,
      length,
      isCut,
      blocks: turn.blocks.with(turn.blocks.length - 1, { kind, author, text: last.text + kept }),
    };
  if (turn.blocks.length >= TURN_LIMITS.maxBlocks) return { ...turn, isCut: true };
  return { ...turn, length, isCut, blocks: [...turn.blocks, { kind, author, text: kept }] };
}

/** Who speaks, where it is not the one that was asked: a member of a team. */
function authorOf({ runId }: Turn, event: TurnEvent): string | undefined {
  const id = event["run_id"];
  if (runId === undefined || typeof id !== "string" || id === runId) return undefined;
  return nameOf(event["agent_name"]) ?? nameOf(event["agent_id"]) ?? "a member";
}

export function readMetrics(value: unknown): TurnMetrics | undefined {
  if (!isObject(value)) return undefined;
  const count = (name: string) => {
    const number = value[name];
    return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
  };
  return {
    inputTokens: count("input_tokens"),
    outputTokens: count("output_tokens"),
    totalTokens: count("total_tokens"),
    seconds: count("duration"),
  };
}
