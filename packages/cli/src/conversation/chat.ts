/** `agentos chat`: a session in the terminal. Ctrl-C stops a run and not the program, and what was said is remembered. */
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import type { LinePrompt } from "../program/line-prompt.ts";
import { showUntrusted } from "../program/terminal.ts";
import { explainError } from "./explain-error.ts";
import { openAgentOS, type ServerOptions } from "./open-agentos.ts";
import { createTextPrinter } from "./run-printer.ts";
import { type TurnOutcome, takeTurn } from "./take-turn.ts";
import { tellOutcome } from "./tell-outcome.ts";

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
          decide: (question: string) => askYesOrNo(prompt, question),
          signal: stop.signal,
        };
        const stream = client.agents.stream(
          agentId,
          { message: line, session_id: sessionId },
          { signal: stop.signal, cancelsWhenLeft: true },
        );
        try {
          const { outcome } = await takeTurn(turn, stream);
          exitCode = tell(outcome, context);
        } finally {
          // A run that failed or was stopped is part of the session, too.
          sessionId ??= stream.sessionId;
        }
      } catch (error) {
        if (stop.signal.aborted) note("stopped");
        else exitCode = explainError(error, { baseUrl: client.baseUrl, isJson: false }, context);
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

async function askYesOrNo(prompt: LinePrompt, question: string): Promise<boolean | undefined> {
  const answer = await prompt.ask(question);
  return answer === undefined ? undefined : /^y(?:es)?$/i.test(answer.trim());
}

function tell(outcome: TurnOutcome, context: Context): ExitCode {
  if (outcome.kind !== "paused") return tellOutcome(outcome, context);
  const { note, paintNote } = context.terminal;
  for (const { call } of outcome.questions)
    note(`${paintNote("yellow", "paused:")} the run waits for more than a yes or no before it calls ${call}`);
  return ExitCode.cannotTell;
}
