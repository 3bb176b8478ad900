/** Events of a run as blocks of its turn. Pure. Whatever an event has in it, nothing is sure but that it is an object with a name. */
import { clip } from "../../lib/words.ts";
import { readPause } from "./read-pause.ts";
import { readMetrics, readTool } from "./read-tool.ts";
import { idOf, nameOf, TURN_LIMITS, textOf } from "./read-values.ts";
import type { ToolState, ToolView, Turn } from "./turn.ts";

/** As it comes. */
export type TurnEvent = Readonly<Record<string, unknown>> & { readonly event: string };

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

/** A team's events are those of an agent; a workflow's run begins, ends, waits and goes on as theirs do. */
function nameOfEvent(event: string): string {
  return event
    .replace(/^Team/, "")
    .replace(/^Workflow(?=Started|Completed|Paused|Cancelled|Error)/, "Run")
    .replace(/^Step(?:Executor)?Continued$/, "RunContinued");
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
        : {
            ...turn,
            state: turn.state === "stopping" ? "stopping" : "running",
            pause: undefined,
            hasContinued: true,
            error: undefined,
          };
    case "ToolCallStarted":
      return putTool(turn, event, readTool(event["tool"], "running"));
    case "ToolCallCompleted":
      return putTool(turn, event, readTool(event["tool"], "completed"));
    case "ToolCallError":
      return putTool(turn, event, readTool(event["tool"], "failed"), textOf(event["error"]));
    case "RunPaused":
      return isNested ? turn : pauseWith(turn, event);
    case "RunCompleted":
      return isNested ? turn : complete(turn, event);
    case "RunCancelled":
      if (isNested) return turn;
      return {
        ...turn,
        state: "cancelled",
        pause: undefined,
        failure: clip(textOf(event["reason"]), 500) || undefined,
      };
    case "RunError":
      if (isNested) return turn;
      return {
        ...turn,
        state: "failed",
        pause: undefined,
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
    pause: undefined,
    metrics: readMetrics(event["metrics"]) ?? turn.metrics,
    error: undefined,
  };
}

function pauseWith(turn: Turn, event: TurnEvent): Turn {
  const pause = readPause(event);
  const next = pause.waiting.reduce(
    (before, waiting) =>
      waiting.kind === "step"
        ? before
        : putTool(before, event, {
            id: waiting.id,
            name: waiting.name,
            argumentsText: waiting.argumentsText,
            state: "waiting",
            result: undefined,
            seconds: undefined,
          }),
    turn,
  );
  return { ...next, state: "paused", pause, metrics: readMetrics(event["metrics"]) ?? turn.metrics };
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
