/** `agentos run`: one message to an agent, and its answer as it comes. */
import type { AgentOSClient, RunStream } from "@agentos/client";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";
import { explainError } from "./explain-error.ts";
import { openAgentOS, type ServerOptions } from "./open-agentos.ts";
import { createJsonPrinter, createTextPrinter } from "./run-printer.ts";
import {
  answerAll,
  continueRun,
  findWaiting,
  type Turn,
  type TurnResult,
  takeTurn,
  toQuestion,
} from "./take-turn.ts";
import { tellOutcome, tellPause } from "./tell-outcome.ts";

export interface RunOptions extends ServerOptions {
  readonly session?: string;
  readonly continue?: string;
  readonly approve?: true;
  readonly reject?: true;
  readonly json?: true;
}

export async function runAgent(
  agentId: string,
  message: string | undefined,
  options: RunOptions,
  context: Context,
): Promise<ExitCode> {
  assertOptions(message, options);
  const client = await openAgentOS(options, context);
  const { terminal } = context;
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  const isJson = options.json === true;
  const turn: Turn = {
    client,
    agentId,
    printer: isJson ? createJsonPrinter(terminal) : createTextPrinter(terminal),
    decide: chooseDecide(options, context),
    signal: stop.signal,
  };
  try {
    const stream = await begin(turn, message, options);
    const result = await takeTurn(turn, stream);
    return report(result, { agentId, client, isJson }, context);
  } catch (error) {
    if (stop.signal.aborted) {
      terminal.note("cancelled");
      return ExitCode.failed;
    }
    return explainError(error, { baseUrl: client.baseUrl, token: options.token, isJson }, context);
  } finally {
    process.off("SIGINT", onSignal);
  }
}

function assertOptions(message: string | undefined, options: RunOptions): void {
  if (options.approve === true && options.reject === true)
    throw new CliFailure('both "--approve" and "--reject" were given', { fix: "give one of them" });
  if (options.continue === undefined) {
    if (message === undefined)
      throw new CliFailure("there is no message for the agent", {
        fix: 'write it behind the agent\'s id, such as: run echo "hello"',
      });
    return;
  }
  if (message !== undefined)
    throw new CliFailure('a run that is continued with "--continue" takes no message', {
      fix: "leave the message out, or begin another run of the same session with --session",
    });
  if (options.session === undefined)
    throw new CliFailure('"--continue" needs the session of the run', {
      fix: "give it with --session; the command that was printed when the run paused has both",
    });
}

/** What was said on the command line counts for every call; else a person is asked, where there is one. */
function chooseDecide(options: RunOptions, context: Context): Turn["decide"] {
  if (options.approve === true) return () => Promise.resolve(true);
  if (options.reject === true) return () => Promise.resolve(false);
  return options.json === true ? () => Promise.resolve(undefined) : context.confirm;
}

async function begin(turn: Turn, message: string | undefined, options: RunOptions): Promise<RunStream> {
  const { client, agentId, signal, decide } = turn;
  if (options.continue === undefined)
    return client.agents.stream(
      agentId,
      { message: message ?? "", session_id: options.session },
      { signal, cancelsWhenLeft: true },
    );
  const run = { runId: options.continue, sessionId: options.session };
  const { status, tools } = await client.agents.readRun(
    {
      parameters: { agent_id: agentId, run_id: run.runId },
      query: { session_id: options.session ?? "" },
    },
    { signal },
  );
  const waiting = findWaiting(tools);
  if (status !== "PAUSED" || waiting.length === 0)
    throw new CliFailure("the run waits for nothing", {
      fix: `begin another run of the same session with --session and a message`,
    });
  const decided = await answerAll(waiting, decide);
  if (decided === undefined)
    throw new CliFailure(
      `the run waits for an answer: ${waiting.map((tool) => toQuestion(tool).call).join("; ")}`,
      {
        fix: waiting.some((tool) => toQuestion(tool).asks === "other")
          ? "it asks for more than a yes or no, which this command cannot give: use the HTTP API, or the console"
          : "add --approve or --reject",
        exitCode: ExitCode.cannotTell,
      },
    );
  return continueRun(turn, run, decided);
}

interface Reported {
  readonly agentId: string;
  readonly client: AgentOSClient;
  readonly isJson: boolean;
}

function report(
  { outcome, runId, sessionId }: TurnResult,
  { agentId, client, isJson }: Reported,
  context: Context,
): ExitCode {
  const { note, paintNote, print } = context.terminal;
  if (outcome.kind !== "paused") {
    if (outcome.kind === "completed" && !isJson && sessionId !== undefined)
      note(paintNote("dim", `session ${showUntrusted(sessionId)}: --session goes on with it`));
    return tellOutcome(outcome, context);
  }
  const { questions } = outcome;
  if (!isJson) return tellPause({ questions, runId, sessionId, agentId, baseUrl: client.baseUrl }, context);
  print(formatJson({ paused: { run_id: runId, session_id: sessionId, questions } }, { isOneLine: true }));
  return ExitCode.cannotTell;
}
