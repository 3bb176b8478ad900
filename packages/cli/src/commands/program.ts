/** The tree of commands. Each command is one file beside this one. */
import { SERVER_VERSION } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { GuardedCommand } from "../program/guarded-command.ts";
import { addControlPlane } from "./control-plane.ts";
import { addChat, addRun } from "./conversation.ts";
import { addData } from "./data.ts";
import { addDb } from "./db.ts";
import { addDenials } from "./denials.ts";
import { addDev } from "./dev.ts";
import { addDoctor } from "./doctor.ts";
import { addErrors } from "./errors.ts";
import { addKeysEnv } from "./keys-env.ts";
import { addKeysGenerate } from "./keys-generate.ts";
import { addKeysShow } from "./keys-show.ts";
import { addScopesExplain } from "./scopes-explain.ts";
import { addScopesList } from "./scopes-list.ts";
import { addServe } from "./serve.ts";
import { addSessions } from "./sessions.ts";
import { addTokenExplain } from "./token-explain.ts";
import { addTokenInspect } from "./token-inspect.ts";
import { addTokenMint } from "./token-mint.ts";

const createFooter = (cli: string) => `
Start here:
  ${cli} dev                           a protected AgentOS and its control plane on localhost, with tokens to try
  ${cli} run echo "hello"              say something to an agent of it, in another terminal
  ${cli} doctor URL --token env:TOKEN  why requests to a running AgentOS are refused, and the fix
  ${cli} errors CODE                   what an error code means
  ${cli} scopes explain GET /agents    which scope a route needs
  ${cli} token inspect TOKEN           what a token says, and what a server would object to

Keys, secrets and tokens may be given as "-" (standard input), env:NAME or file:PATH; they are never printed.
Exit status: 0 ok, 1 failed, 2 denied, 3 invalid configuration, 4 cannot tell.
`;

const HELP = "print help for a command";

export function createProgram(context: Context): Command {
  const { terminal } = context;
  const program = new GuardedCommand("agentos")
    .description("A protected agent server whose every 401 and 403 states its cause and its fix.")
    .version(SERVER_VERSION, "-v, --version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    // Works through npx too, which takes "--help" for itself.
    .helpCommand("help [command]", HELP)
    .showHelpAfterError(`(\`${context.cli} help COMMAND\` shows the options)`)
    .addHelpText("after", createFooter(context.cli))
    .configureOutput({
      writeOut: (text) => terminal.print(text.replace(/\n$/, "")),
      writeErr: (text) => terminal.note(text.replace(/\n$/, "")),
    })
    .exitOverride();

  addDev(program, context);
  addServe(program, context);
  addControlPlane(program, context, HELP);
  addRun(program, context);
  addChat(program, context);
  addSessions(program, context, HELP);
  addDoctor(program, context);
  addErrors(program, context);
  addDenials(program, context, HELP);
  addDb(program, context, HELP);
  addData(program, context, HELP);

  const keys = program
    .command("keys")
    .description("make, check and prepare keys")
    .helpCommand("help [command]", HELP);
  addKeysGenerate(keys, context);
  addKeysShow(keys, context);
  addKeysEnv(keys, context);

  const token = program
    .command("token")
    .description("sign tokens and look into them")
    .helpCommand("help [command]", HELP);
  addTokenMint(token, context);
  addTokenInspect(token, context);
  addTokenExplain(token, context);

  const scopes = program
    .command("scopes")
    .description("what exists, and what a route needs")
    .helpCommand("help [command]", HELP);
  addScopesList(scopes, context);
  addScopesExplain(scopes, context);
  return program;
}

/** Groups that do something by their name alone. */
const SERVED_ALONE: ReadonlySet<string> = new Set(["control-plane"]);

/**
 * Asking for nothing is asking for help: bare `agentos` and bare `agentos keys` print it, as does
 * `agentos help keys show`, where the parser's own help command knows one word only.
 */
export function withHelpAsked(program: Command, argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  const isGroup = program.commands.some((command) => command.commands.length > 0 && command.name() === first);
  if (first === undefined || (rest.length === 0 && isGroup && !SERVED_ALONE.has(first)))
    return [...argv, "--help"];
  return first === "help" && rest.length > 1 ? [...rest, "--help"] : argv;
}
