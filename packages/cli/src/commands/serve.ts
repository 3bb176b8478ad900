/** `agentos serve`: an AgentOS from a configuration file. The server is loaded only when this command runs. */
import { DEFAULT_PORT } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";

interface Options {
  readonly config: string;
  readonly port?: string;
  readonly host?: string;
  readonly database?: string;
}

export function addServe(parent: Command, context: Context): void {
  parent
    .command("serve")
    .description("serve the AgentOS of a configuration file")
    .requiredOption("-c, --config <file>", ".json, or .ts, .js, .mjs that exports an AgentOS")
    .option("-p, --port <number>", `port; 0 takes a free one (default: AGENT_OS_PORT, else ${DEFAULT_PORT})`)
    .option("--host <name>", "address to listen on (default: AGENT_OS_HOST, else localhost)")
    .option(
      "--database <url>",
      "postgres://…, sqlite:PATH, or env:NAME or file:PATH that has it (default: as the configuration says)",
    )
    .addHelpText("after", HELP)
    .action(async (options: Options) => {
      const { runServe } = await import("../serve/run-serve.ts");
      await runServe(options, context);
      context.finish(ExitCode.ok);
    });
}

const HELP = `
A small agentos.json:
  {
    "id": "my-os",
    "agents": [{ "id": "echo", "model": "offline:echo", "instructions": "Repeat the user's words." }],
    "authorization": { "verificationKeys": ["file:agentos-public.pem"] }
  }
Any secret or key may be env:NAME or file:PATH. Every fault is listed at once.
`;
