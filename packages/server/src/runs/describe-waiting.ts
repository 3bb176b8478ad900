/** How a run ends that nobody runs, since somebody stopped it, or it cannot begin. */
import type { Runtime } from "@agentos/guard/app";
import { createEventsOf } from "./abandoned.ts";
import { toLastRow, toRows } from "./event-rows.ts";
import type { DescribeWaiting } from "./run-queue.ts";

/** Cancelled as one is that runs: its last two events are those of contract 5.3. `reason`, where it says more, is its answer. */
export function createDescribeCancelled({ clock }: Pick<Runtime, "clock">, reason?: string): DescribeWaiting {
  return (output, nextIndex) => {
    const events = createEventsOf(output, clock);
    const ended = {
      ...output,
      status: "CANCELLED" as const,
      ...(reason === undefined ? {} : { content: reason }),
    };
    const cancelled = events.cancelled(reason ?? "");
    const completed = events.completed(ended);
    return {
      status: "CANCELLED",
      outputJson: JSON.stringify(ended),
      events: [cancelled.json, completed.json],
      rows: [...toRows(nextIndex, [cancelled]), toLastRow(nextIndex + 1, completed, "end")],
    };
  };
}

/** For people; programs read `error_type`. */
export const UNREADABLE = {
  content: "The run could not begin: what it was asked cannot be read any more",
  errorType: "checkpoint_damaged",
} as const;

/** Of a run that can never begin. */
export function createDescribeFailed(
  { clock, generateId, logger }: Pick<Runtime, "clock" | "generateId" | "logger">,
  { content, errorType }: { readonly content: string; readonly errorType: string },
): DescribeWaiting {
  return (output, nextIndex) => {
    const errorId = generateId();
    const facts = { error_id: errorId, error_type: errorType, run_id: output.run_id };
    logger.error(facts, "run failed: it waited, and cannot begin");
    const last = createEventsOf(output, clock).failed({ content, errorType, errorId });
    return {
      status: "ERROR",
      outputJson: JSON.stringify({ ...output, content, status: "ERROR" }),
      events: [last.json],
      rows: [toLastRow(nextIndex, last, "end")],
    };
  };
}
