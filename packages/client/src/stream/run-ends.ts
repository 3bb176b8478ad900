/** Which events end a run. A stream that stops before one of them was cut. */
import type { Frame } from "./read-frames.ts";

/** Nothing follows. */
const LAST = /^(?:Team)?Run(?:Completed|Error)$|^Workflow(?:Completed|Error)$/;
/** Nothing may follow: a paused run may have gone on since, and a cancelled one may say once more that it is over. */
const MAYBE_LAST = /^(?:Team)?Run(?:Paused|Cancelled)$|^Workflow(?:Paused|Cancelled)$/;

export type RunEnd = "last" | "maybe-last" | undefined;

/** A member of a team, and a step of a workflow, end within the run: only an end of the run itself counts. */
export function findEnd({ event, run_id: runId }: Frame, ownRunId: string | undefined): RunEnd {
  if (typeof runId === "string" && ownRunId !== undefined && runId !== ownRunId) return undefined;
  if (LAST.test(event)) return "last";
  return MAYBE_LAST.test(event) ? "maybe-last" : undefined;
}
