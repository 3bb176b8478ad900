/** Fills a catalogue entry into a cause. Values come from the diagnosis, never from a remote server's own words. */
import {
  ERRORS,
  type ErrorCode,
  type Facts,
  FIX_COMMANDS,
  placesOf,
  renderFix,
  renderText,
} from "@agentos/contract";
import type { Cause, Certainty, Evidence } from "./diagnosis.ts";
import { UNKNOWN_FINDINGS } from "./unknown-findings.ts";

/** A cause before the texts of its catalogue entry are filled. */
export interface CauseParts {
  /** Entry of the catalogue. */
  readonly code: ErrorCode;
  /** How sure it is. */
  readonly certainty: Certainty;
  /** Values for the places of the texts. Default none. */
  readonly facts?: Facts | undefined;
  /** What speaks for it. Default none. */
  readonly evidence?: readonly Evidence[] | undefined;
}

/** Makes a cause of a code; `cli` is the command that its fix names. */
export function makeCause({ code, certainty, facts = {}, evidence = [] }: CauseParts, cli: string): Cause {
  const entry = ERRORS[code];
  if (entry === undefined) throw new TypeError(`no such code: ${code}`);
  const values = { ...UNKNOWN_FINDINGS, ...facts, cli };
  const command = fillCommand(FIX_COMMANDS[code], values);
  return {
    code,
    sentence: renderText(entry.title, values),
    certainty,
    evidence,
    fix: renderFix(entry.fix, values),
    ...(command === undefined ? {} : { command }),
    anchor: `#${code}`,
  };
}

/** A command with a place that nobody can fill is no line to paste; neither is one with anything but plain names in it. */
function fillCommand(template: string | undefined, values: Facts): string | undefined {
  if (template === undefined) return undefined;
  const isPlain = placesOf(template).every(
    (name) => name === "cli" || /^[\w:.*-]{1,200}$/.test(String(values[name] ?? "")),
  );
  return isPlain ? renderText(template, values) : undefined;
}
