/** Findings of a diagnosis: texts of our catalogue, and evidence that names where it was seen. */
import { type Cause, type Certainty, makeCause } from "@agentos/auth";
import type { CauseCode, Facts } from "@agentos/contract";
import type { Finding } from "./refused-request.ts";

export interface FindingParts {
  readonly code: CauseCode;
  readonly certainty: Certainty;
  readonly facts?: Facts | undefined;
  readonly evidence: Finding["evidence"];
  readonly choices?: Finding["choices"] | undefined;
}

/** Fills the texts of its code. */
export function makeFinding({ choices = [], evidence, ...parts }: FindingParts, cli: string): Finding {
  return { ...fromCause(makeCause(parts, cli)), evidence, choices };
}

/** A cause that the engine has named. */
export function fromCause({ code, certainty, sentence, evidence, fix, command }: Cause): Finding {
  return {
    code,
    certainty,
    title: sentence,
    evidence: evidence.map(({ fact, source }) => ({ fact, source: SOURCES[source] ?? source })),
    fix,
    command: command ?? null,
    choices: [],
  };
}

/** The engine speaks to whoever runs a command on their own machine. */
const SOURCES: Readonly<Record<string, string>> = {
  "the command line": "the request",
  "this machine's clock": "the clock of the control plane",
};

export const atMostLikely = (finding: Finding): Finding =>
  finding.certainty === "certain" ? { ...finding, certainty: "likely" } : finding;
