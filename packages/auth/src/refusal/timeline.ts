/** The checks of a request with what became of each, for the denial record. */
import { REFUSALS, type RefusalCode, STAGES, type Stage } from "@agentos/contract";

/** What became of a check. `not configured`: this server does not have it; `not reached`: an earlier one failed. */
export type StageOutcome = "passed" | "failed" | "not reached" | "not configured";

/** One check of a refused request. */
export interface TimelineStep {
  /** Which check. */
  readonly stage: Stage;
  /** What became of it. */
  readonly outcome: StageOutcome;
}

/** Checks run in a fixed order and stop at the first that fails, so the timeline follows from where it stopped. */
export function timelineOf(code: RefusalCode, notConfigured: ReadonlySet<Stage>): readonly TimelineStep[] {
  const failedAt = STAGES.indexOf(REFUSALS[code].stage);
  return STAGES.map((stage, index) => {
    if (index === failedAt) return { stage, outcome: "failed" };
    if (notConfigured.has(stage)) return { stage, outcome: "not configured" };
    return { stage, outcome: index < failedAt ? "passed" : "not reached" };
  });
}
