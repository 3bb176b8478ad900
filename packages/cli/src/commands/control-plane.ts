/** `agentos control-plane`: the backend of the console alone, and the ways in for who keeps its machine. */
import type { Command } from "commander";
import type { MachineCommandOptions } from "../control-plane/machine-options.ts";
import type { ServeControlPlaneOptions } from "../control-plane/serve-control-plane.ts";
import { collect } from "../input/collect.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";

export function addControlPlane(parent: Command, context: Context, help: string): void {
  const group = parent
    .command("control-plane")
    .description("people, instances, keys and tokens: the backend of the console")
    .helpCommand("help [command]", help)
    .addHelpText("after", describeVariables(context.cli));
  addMachineOptions(
    group
      .command("serve", { isDefault: true })
      .description("serve it; what `control-plane` without another word does"),
  )
    .option("-p, --port <number>", "port; 0 takes a free one (default: that of the URL, else 7778)")
    .option("--host <name>", "address to listen on (default: this machine alone)")
    .option(
      "--allow-private-endpoint <host>",
      "let it call instances at this host although its address is private; may be repeated",
      collect,
    )
    .option(
      "--trusted-proxy <address>",
      "address or range of a proxy in front, which says who the client is: behind https there is one; may be repeated",
      collect,
    )
    .option("--audit-days <number>", "days for which entries of the audit log are kept (default: 400)")
    .action(async (options: ServeControlPlaneOptions) => {
      const { serveControlPlane } = await import("../control-plane/serve-control-plane.ts");
      await serveControlPlane(options, context);
      context.finish(ExitCode.ok);
    });
  addMachineOptions(
    group
      .command("owner-link")
      .description("print a one-time link: for the first Owner, or one that signs the Owner in"),
  )
    .option("--json", "print JSON")
    .action(async (options: MachineCommandOptions) => {
      const { printOwner } = await import("../control-plane/machine-links.ts");
      await printOwner(options, context);
      context.finish(ExitCode.ok);
    });
  addMachineOptions(
    group
      .command("reset-password")
      .description("print a one-time link with which somebody sets a new password")
      .argument("<email>", "the address that they sign in with"),
  )
    .option("--json", "print JSON")
    .action(async (email: string, options: MachineCommandOptions) => {
      const { printReset } = await import("../control-plane/machine-links.ts");
      await printReset(email, options, context);
      context.finish(ExitCode.ok);
    });
  addMachineOptions(
    group
      .command("reseal")
      .description("after a new secret in AGENTOS_CONTROL_PLANE_KEY: seal every private key with it"),
  ).action(async (options: MachineCommandOptions) => {
    const { reseal } = await import("../control-plane/reseal.ts");
    context.finish(await reseal(options, context));
  });
}

function addMachineOptions(command: Command): Command {
  return command
    .option(
      "--url <url>",
      "public address: scheme, host and port (default: AGENTOS_CONTROL_PLANE_URL, else http://127.0.0.1:7778)",
    )
    .option(
      "--database <url>",
      "postgres://…, sqlite:PATH, or env:NAME or file:PATH that has it (default: AGENTOS_CONTROL_PLANE_DATABASE, else .agentos/control-plane.db)",
    );
}

const describeVariables = (cli: string) => `
Variables that it reads:
  AGENTOS_CONTROL_PLANE_URL       public address, as people and instances reach it
  AGENTOS_CONTROL_PLANE_DATABASE  where it keeps what it knows
  AGENTOS_CONTROL_PLANE_KEY       secret that seals private keys: 32 random bytes; several, the current one first,
                                  with commas between them (default: made once in .agentos/control-plane.key)
The first Owner comes in by \`${cli} control-plane owner-link\`.
`;
