/** How a run ended, for people and as an exit status. What a run waits for is told by whoever knows how to go on. */
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { showUntrusted } from "../program/terminal.ts";
import type { TurnOutcome } from "./take-turn.ts";

export function tellOutcome(
  outcome: Exclude<TurnOutcome, { readonly kind: "paused" }>,
  { terminal: { note, paintNote } }: Context,
): ExitCode {
  if (outcome.kind === "completed") return ExitCode.ok;
  note(
    outcome.kind === "cancelled"
      ? "the run was cancelled"
      : `${paintNote("red", "error:")} the run failed: ${showUntrusted(outcome.reason)} (the server's own words)`,
  );
  return ExitCode.failed;
}
