/** `agentos dev`: a demo AgentOS with authorization on. The server is loaded only when this command runs. */
import { DEFAULT_PORT } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";

interface Options {
  readonly port: string;
  readonly host: string;
  readonly quiet?: true;
}

export function addDev(parent: Command, context: Context): void {
  parent
    .command("dev")
    .description("start a protected demo AgentOS; prints tokens and requests to try")
    .option("-p, --port <number>", "port; 0 takes a free one", String(DEFAULT_PORT))
    .option("--host <name>", "address to listen on", "localhost")
    .option("--quiet", "do not report refused requests")
    .addHelpText(
      "after",
      "\nKeys are made once under .agentos/ in this folder, which only you can read and git ignores; conversations are kept there.\n",
    )
    .action(async (options: Options) => {
      const { runDev } = await import("../dev/run-dev.ts");
      await runDev({ host: options.host, port: options.port }, { isQuiet: options.quiet === true }, context);
      context.finish(ExitCode.ok);
    });
}
