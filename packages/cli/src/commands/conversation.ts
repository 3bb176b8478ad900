/** `agentos run` and `agentos chat`: talk to an agent. What they need is loaded only when one of them runs. */
import { DEFAULT_PORT } from "@agentos/contract";
import type { Command } from "commander";
import type { ChatOptions } from "../conversation/chat.ts";
import type { RunOptions } from "../conversation/run-agent.ts";
import type { Context } from "../program/context.ts";

export function addRun(parent: Command, context: Context): void {
  addServerOptions(
    parent
      .command("run")
      .description("send a message to an agent, and print its answer as it comes")
      .argument("<agent>", "id of the agent")
      .argument("[message]", "what to say"),
  )
    .option("--session <id>", "session to go on with (default: a new one)")
    .option("--continue <run>", "answer a run that waits; with --session, and --approve or --reject")
    .option("--approve", "say yes to every tool that asks")
    .option("--reject", "say no to every tool that asks")
    .option("--json", "print each event as one line of JSON")
    .addHelpText("after", HELP)
    .action(async (agent: string, message: string | undefined, options: RunOptions) => {
      const { runAgent } = await import("../conversation/run-agent.ts");
      context.finish(await runAgent(agent, message, options, context));
    });
}

export function addChat(parent: Command, context: Context): void {
  addServerOptions(
    parent
      .command("chat")
      .description("talk with an agent; /exit leaves, Ctrl-C stops an answer")
      .argument("<agent>", "id of the agent"),
  )
    .option("--session <id>", "session to go on with (default: a new one)")
    .action(async (agent: string, options: ChatOptions) => {
      const { chat } = await import("../conversation/chat.ts");
      context.finish(await chat(agent, options, context));
    });
}

/** Which server, and as whom. */
export function addServerOptions(command: Command): Command {
  return command
    .option(
      "--url <url>",
      `the AgentOS (default: the \`agentos dev\` of this folder, else http://localhost:${DEFAULT_PORT})`,
    )
    .option(
      "--token <token>",
      "a credential that it accepts: the value, -, env:NAME or file:PATH (default: AGENTOS_TOKEN; for the `agentos dev` of this folder one of its own)",
    )
    .option(
      "--insecure-http",
      "send the token over http to another machine too; everybody on the way can read it",
    );
}

const HELP = `
The answer goes to standard output, and everything about it to standard error. On a terminal a tool that asks is
answered with y or n; elsewhere the run stays paused, and the command that continues it is printed.
Exit status: 0 answered, 1 failed, 2 refused (with cause, fix and denial id), 4 paused, or lost on the way.
`;
