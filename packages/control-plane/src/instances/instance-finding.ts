/** One thing that does not fit, with the words of our catalogue. */
import type { Certainty } from "@agentos/auth";
import { CAUSES, type ErrorCode, type Facts, FIX_COMMANDS, placesOf, renderText } from "@agentos/contract";
import type { InstanceObject } from "@agentos/contract/control-plane";

export type InstanceFinding = InstanceObject["findings"][number];
export type InstanceCauseCode = Extract<keyof typeof CAUSES & ErrorCode, `INSTANCE_${string}`>;

export interface FindingParts {
  readonly code: InstanceCauseCode;
  readonly certainty: Certainty;
  /** Values for the places of the texts; none of them is in an instance's own words. */
  readonly facts?: Facts | undefined;
  readonly evidence: InstanceFinding["evidence"];
  readonly choices?: InstanceFinding["choices"] | undefined;
}

/** Fills the texts of its code. */
export function createFinding({ code, certainty, facts = {}, evidence, choices = [] }: FindingParts) {
  const { title, fix } = CAUSES[code];
  const command = FIX_COMMANDS[code];
  return {
    code,
    certainty,
    title: renderText(title, facts),
    evidence,
    fix: renderText(fix, facts),
    command: command === undefined || placesOf(command).length > 0 ? null : command,
    choices,
  } satisfies InstanceFinding;
}
