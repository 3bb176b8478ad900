/** Fills a catalogue entry into a cause. Values come from the diagnosis, never from a remote server's own words. */
import { ERRORS, type ErrorCode, type Facts, renderText } from "@agentos/contract";
import type { Cause, Certainty, Evidence } from "./diagnosis.ts";

export interface CauseParts {
  readonly code: ErrorCode;
  readonly certainty: Certainty;
  readonly facts?: Facts | undefined;
  readonly evidence?: readonly Evidence[] | undefined;
}

/** Makes a cause of a code; `cli` is the command that its fix names. */
export function makeCause({ code, certainty, facts = {}, evidence = [] }: CauseParts, cli: string): Cause {
  const entry = ERRORS[code];
  if (entry === undefined) throw new TypeError(`no such code: ${code}`);
  const values = { ...facts, cli };
  return {
    code,
    sentence: renderText(entry.title, values),
    certainty,
    evidence,
    fix: renderText(entry.fix, values),
    anchor: `#${code}`,
  };
}
