/** Stored runs of a session as turns. What is not as it should be shows nothing; it fails nothing. */
import { lookUp } from "../../lib/strangers-names.ts";
import { clip } from "../../lib/words.ts";
import { readPause } from "./read-pause.ts";
import { readMetrics, readTool } from "./read-tool.ts";
import { idOf, isObject, listOf, TURN_LIMITS, textOf } from "./read-values.ts";
import { readWaiting } from "./read-waiting.ts";
import { type Block, createTurn, type Turn, type TurnState } from "./turn.ts";

/** Older ones are not shown: they would be more than anybody reads. */
export const MAX_TURNS = 2_000;

const STATES: Readonly<Record<string, TurnState>> = {
  PENDING: "running",
  RUNNING: "running",
  COMPLETED: "completed",
  PAUSED: "paused",
  CANCELLED: "cancelled",
  ERROR: "failed",
};

/** The runs oldest first, as `/sessions/{id}/runs` has them. */
export function readHistory(runs: unknown, sessionId: string): readonly Turn[] {
  return listOf(runs)
    .filter((run) => run["status"] !== "REGENERATED" && !hasParent(run))
    .slice(-MAX_TURNS)
    .map((run, at) => readRun(run, { sessionId, at }));
}

function hasParent({ parent_run_id: parent }: Readonly<Record<string, unknown>>): boolean {
  return typeof parent === "string" && parent !== "";
}

function readRun(
  run: Readonly<Record<string, unknown>>,
  { sessionId, at }: { readonly sessionId: string; readonly at: number },
): Turn {
  const runId = idOf(run["run_id"]);
  // A Python AgentOS leaves it out of runs that ended well.
  const state = lookUp(STATES, textOf(run["status"])) ?? "completed";
  const turn = createTurn({
    key: runId ?? `run ${at}`,
    asked: readQuestion(run),
    attachments: readMedia(run["input_media"]),
    runId,
    sessionId,
    state,
  });
  // Its events are followed from the first one on.
  if (state === "running") return turn;
  const blocks = readBlocks(run);
  return {
    ...turn,
    blocks,
    length: blocks.reduce((sum, block) => sum + (block.kind === "tool" ? 0 : block.text.length), 0),
    pause: state === "paused" ? readPause(run) : undefined,
    metrics: readMetrics(run["metrics"]),
    model: typeof run["model"] === "string" ? clip(run["model"], TURN_LIMITS.maxName) : undefined,
    failure: state === "failed" ? clip(textOf(run["content"]), 2_000) : undefined,
  };
}

function readQuestion(run: Readonly<Record<string, unknown>>): string {
  const input = run["run_input"];
  const text = isObject(input) ? textOf(input["input_content"]) : textOf(input);
  return clip(text, TURN_LIMITS.maxText);
}

function readMedia(value: unknown): Turn["attachments"] {
  if (!isObject(value)) return [];
  return ["images", "videos", "audios", "files"]
    .flatMap((kind) => listOf(value[kind]).map((media) => ({ kind, media })))
    .slice(0, 50)
    .map(({ kind, media }) => ({
      name: clip(textOf(media["filename"]) || kind.slice(0, -1), TURN_LIMITS.maxName),
      size: typeof media["size"] === "number" ? media["size"] : undefined,
    }));
}

/** In the order of its messages, with the results of its tools where they were asked for. */
function readBlocks(run: Readonly<Record<string, unknown>>): readonly Block[] {
  const tools = new Map(listOf(run["tools"]).map((tool) => [textOf(tool["tool_call_id"]), tool]));
  const shown = new Set<string>();
  const blocks: Block[] = [];
  let room = TURN_LIMITS.maxText;
  const say = (kind: "text" | "reasoning", value: unknown) => {
    const text = textOf(value).slice(0, room);
    room -= text.length;
    if (text !== "") blocks.push({ kind, author: undefined, text });
  };
  const show = (id: string) => {
    const held = tools.get(id);
    const isWaiting = held !== undefined && readWaiting({ tools: [held], requirements: [] }).length > 0;
    const tool = readTool(held, isWaiting ? "waiting" : "completed");
    if (tool === undefined || shown.has(id)) return;
    shown.add(id);
    blocks.push({ kind: "tool", author: undefined, tool });
  };
  for (const message of listOf(run["messages"])) {
    if (message["role"] !== "assistant" || message["from_history"] === true) continue;
    say("reasoning", message["reasoning_content"]);
    say("text", message["content"]);
    for (const call of listOf(message["tool_calls"])) show(textOf(call["id"]));
  }
  for (const id of tools.keys()) show(id);
  const hasText = blocks.some(({ kind }) => kind === "text");
  // After a failure and a pause the content is a word about it, not an answer.
  if (!hasText && run["status"] !== "ERROR" && run["status"] !== "PAUSED") {
    say("reasoning", run["reasoning_content"]);
    say("text", run["content"]);
  }
  return blocks.slice(0, TURN_LIMITS.maxBlocks);
}
