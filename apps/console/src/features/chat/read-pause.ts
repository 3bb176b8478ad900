/** What a run waits for: tool calls, or steps of a workflow. The instance's words, bounded. Pure. */
import { readSteps, type WaitingStep } from "./read-steps.ts";
import { listOf } from "./read-values.ts";
import { readWaiting, type WaitingTool } from "./read-waiting.ts";

/** What a person has to decide about. */
export type Waiting = WaitingTool | WaitingStep;

export interface Pause {
  /** Empty where something is asked that no form of this console answers. */
  readonly waiting: readonly Waiting[];
  /** As the instance has it: decisions go back within it. */
  readonly source: PauseSource;
}

/** By the names under which an agent, a team and a workflow take their decisions. */
export interface PauseSource {
  readonly tools: unknown;
  readonly requirements: unknown;
  readonly step_requirements: unknown;
}

/** Of an event, or of a stored run. */
export function readPause({
  tools,
  requirements,
  step_requirements,
}: Readonly<Record<string, unknown>>): Pause {
  const steps = listOf(step_requirements);
  return {
    waiting: steps.length === 0 ? readWaiting({ tools, requirements }) : readSteps(steps),
    source: { tools, requirements, step_requirements },
  };
}
