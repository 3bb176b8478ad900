/** `agentos dev`: a demo AgentOS with authorization on. The server is loaded only when this command runs. */
import { DEFAULT_PORT } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";

interface Options {
  readonly port: string;
  readonly host: string;
  readonly controlPlanePort?: string;
  /** False for `--no-control-plane`. */
  readonly controlPlane: boolean;
  readonly quiet?: true;
}

export function addDev(parent: Command, context: Context): void {
  parent
    .command("dev")
    .description(
      "start a protected demo AgentOS and its control plane; prints a link to sign in, tokens and requests to try",
    )
    .option("-p, --port <number>", "port of the AgentOS; 0 takes a free one", String(DEFAULT_PORT))
    .option("--control-plane-port <number>", "port of the control plane (default: the next one)")
    .option("--no-control-plane", "the AgentOS alone")
    .option("--host <name>", "address on which the AgentOS listens", "localhost")
    .option("--quiet", "do not report refused requests")
    .addHelpText(
      "after",
      "\nKeys are made once under .agentos/ in this folder, which only you can read and git ignores; conversations, people\nand instances are kept there. The control plane listens on this machine alone.\n",
    )
    .action(async (options: Options) => {
      const { runDev } = await import("../dev/run-dev.ts");
      await runDev(
        { ...options, hasControlPlane: options.controlPlane, isQuiet: options.quiet === true },
        context,
      );
      context.finish(ExitCode.ok);
    });
}
