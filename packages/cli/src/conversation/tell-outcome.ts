/** How a run ended, for people and as an exit status, and how one that waits is gone on with. */
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { showUntrusted } from "../program/terminal.ts";
import type { Question, TurnOutcome } from "./take-turn.ts";

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

/** A run that waits, and nobody has answered. */
export interface Pause {
  readonly questions: readonly Question[];
  readonly agentId: string;
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  /** Address of the server. */
  readonly baseUrl: string;
}

export function tellPause(pause: Pause, { terminal: { note, paintNote }, cli }: Context): ExitCode {
  note(`${paintNote("yellow", "paused:")} the run waits for an answer, and nobody here has given one`);
  for (const { call } of pause.questions) note(`  it asks before it calls ${call}`);
  note(`  ${describeHowToGoOn(pause, cli)}`);
  return ExitCode.cannotTell;
}

function describeHowToGoOn({ questions, agentId, runId, sessionId, baseUrl }: Pause, cli: string): string {
  if (questions.some(({ asks }) => asks === "other"))
    return "it asks for more than a yes or no, which this command cannot give: use the HTTP API, or the console";
  // A line to be pasted holds nothing of a server that a shell would read.
  if (![agentId, runId, sessionId].every((id) => id !== undefined && isPlainId(id)))
    return "to go on, run the same command with --continue, --session and --approve or --reject; the ids are in --json";
  return `to go on: ${cli} run ${agentId} --continue ${runId} --session ${sessionId} --url ${showUntrusted(baseUrl)} --approve   (or --reject)`;
}

function isPlainId(id: string): boolean {
  return /^\w[\w.:-]{0,127}$/.test(id);
}
