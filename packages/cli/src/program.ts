/** The tree of commands. Each command is one file under `commands/`. */
import { SERVER_VERSION } from "@agentos/contract";
import { Command } from "commander";
import { addDev } from "./commands/dev.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addKeysEnv } from "./commands/keys-env.ts";
import { addKeysGenerate } from "./commands/keys-generate.ts";
import { addKeysShow } from "./commands/keys-show.ts";
import { addScopesExplain } from "./commands/scopes-explain.ts";
import { addScopesList } from "./commands/scopes-list.ts";
import { addServe } from "./commands/serve.ts";
import { addTokenInspect } from "./commands/token-inspect.ts";
import { addTokenMint } from "./commands/token-mint.ts";
import type { Context } from "./context.ts";

const FOOTER = `
Start here:
  agentos dev                        a protected AgentOS on localhost, with tokens and curl lines to try
  agentos doctor --url URL           why requests to a running AgentOS are refused, and the fix
  agentos scopes explain GET /agents which scope a route needs
  agentos token inspect TOKEN        what a token says, and what a server would object to

Keys, secrets and tokens may be given as "-" (standard input), env:NAME or file:PATH; they are never printed.
Exit status: 0 ok, 1 failed, 2 denied, 3 invalid configuration, 4 cannot tell.
`;

export function createProgram(context: Context): Command {
  const program = new Command("agentos")
    .description("A protected agent server whose every 401 and 403 states its cause and its fix.")
    .version(SERVER_VERSION, "-v, --version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    .helpCommand(false)
    .showHelpAfterError('(add "--help" for the options)')
    .addHelpText("after", FOOTER)
    .exitOverride();

  addDev(program, context);
  addServe(program, context);
  addDoctor(program, context);

  const keys = program.command("keys").description("make, check and prepare keys").helpCommand(false);
  addKeysGenerate(keys, context);
  addKeysShow(keys, context);
  addKeysEnv(keys, context);

  const token = program.command("token").description("sign tokens and look into them").helpCommand(false);
  addTokenMint(token, context);
  addTokenInspect(token, context);

  const scopes = program
    .command("scopes")
    .description("what exists, and what a route needs")
    .helpCommand(false);
  addScopesList(scopes, context);
  addScopesExplain(scopes, context);
  return program;
}
