/** Tool calls and figures as an instance tells them, in its events and in what it has stored. Pure. */
import { clip } from "../../lib/words.ts";
import { isObject, nameOf, TURN_LIMITS, textOf, writeArguments } from "./read-values.ts";
import type { ToolState, ToolView, TurnMetrics } from "./turn.ts";

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
