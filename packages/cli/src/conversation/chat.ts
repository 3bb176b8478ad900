/** `agentos chat`: a session in the terminal. Ctrl-C stops a run and not the program, and what was said is remembered. */
import { isClientError } from "@agentos/client";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { showUntrusted } from "../program/terminal.ts";
import { explainError } from "./explain-error.ts";
import { openAgentOS, type ServerOptions } from "./open-agentos.ts";
import { createTextPrinter } from "./run-printer.ts";
import { type Turn, type TurnResult, takeTurn } from "./take-turn.ts";
import { tellOutcome, tellPause } from "./tell-outcome.ts";

export interface ChatOptions extends ServerOptions {
  readonly session?: string;
}

const HELP = "/exit leaves, Ctrl-C stops an answer";

/** The exit status is that of the last turn, so that a script can tell. */
export async function chat(agentId: string, options: ChatOptions, context: Context): Promise<ExitCode> {
  const client = await openAgentOS(options, context);
  const { terminal } = context;
  const { note, paintNote } = terminal;
  const prompt = context.openPrompt();
  let running: AbortController | undefined;
  prompt.onInterrupt(() => {
    if (running === undefined) note(HELP);
    else running.abort();
  });
  let sessionId = options.session;
  let exitCode: ExitCode = ExitCode.ok;
  note(paintNote("dim", `talking to ${showUntrusted(agentId)} at ${showUntrusted(client.baseUrl)}; ${HELP}`));
  try {
    for (;;) {
      const line = await prompt.ask(`${paintNote("bold", "you")} > `);
      if (line === undefined || line.trim() === "/exit") break;
      if (line.trim() === "") continue;
      const stop = new AbortController();
      running = stop;
      try {
        const turn = {
          client,
          agentId,
          printer: createTextPrinter(terminal),
          decide: (question: string) => prompt.confirm(question, stop.signal),
          signal: stop.signal,
        };
        const stream = client.agents.stream(
          agentId,
          { message: line, session_id: sessionId },
          { signal: stop.signal, cancelsWhenLeft: true },
        );
        try {
          exitCode = await tell(await takeTurn(turn, stream), turn, context);
        } finally {
          // A run that failed or was stopped is part of the session, too.
          sessionId ??= stream.sessionId;
        }
      } catch (error) {
        if (isClientError(error) && error.kind === "connection" && error.reason === "aborted")
          note("stopped");
        else
          exitCode = explainError(
            error,
            { baseUrl: client.baseUrl, token: options.token, isJson: false },
            context,
          );
      } finally {
        running = undefined;
      }
    }
  } finally {
    prompt.close();
  }
  if (sessionId !== undefined)
    note(paintNote("dim", `session ${showUntrusted(sessionId)}: --session takes it up again`));
  return exitCode;
}

/** A question that was left by Ctrl-C is answered: its run is stopped, as an answer would be. */
async function tell(
  { outcome, runId, sessionId }: TurnResult,
  { client, agentId, signal }: Turn,
  context: Context,
): Promise<ExitCode> {
  if (outcome.kind !== "paused") return tellOutcome(outcome, context);
  if (!signal.aborted || runId === undefined)
    return tellPause(
      { questions: outcome.questions, agentId, runId, sessionId, baseUrl: client.baseUrl },
      context,
    );
  await client.agents.cancelRun(agentId, { run_id: runId, session_id: sessionId });
  context.terminal.note("stopped");
  return ExitCode.ok;
}
