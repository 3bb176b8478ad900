// Documented `agentos` lines: parsed by the definition of the command itself, with nothing behind it.
import { createProgram, withHelpAsked } from "../../packages/cli/src/commands/program.ts";
import { isInContract } from "./routes.ts";

type Program = ReturnType<typeof createProgram>;

/** What a sentence may leave out: `agentos token explain` names a command, it does not run it. */
const INCOMPLETE = new Set([
  "commander.missingArgument",
  "commander.optionMissingArgument",
  "commander.missingMandatoryOptionValue",
]);

/** What is wrong with the words behind `agentos`. A line to paste must be complete, a mention need not be. */
export function judgeAgentos(
  words: readonly string[],
  { isComplete }: { isComplete: boolean },
): readonly string[] {
  const program = createProgram({
    env: {},
    workingDirectory: "/",
    terminal: {
      print: () => undefined,
      printPart: () => undefined,
      note: () => undefined,
      paint: keep,
      paintNote: keep,
    },
    readStandardInput: () => Promise.resolve(""),
    confirm: () => Promise.resolve(undefined),
    openPrompt: () => ({
      ask: () => Promise.resolve(undefined),
      confirm: () => Promise.resolve(undefined),
      onInterrupt: () => undefined,
      close: () => undefined,
    }),
    now: () => 0,
    cli: "agentos",
    finish: () => undefined,
  });
  const faults: string[] = [];
  silence(program, (command) => faults.push(...judgeRoutes(command)));
  try {
    program.parse([...withHelpAsked(program, words)], { from: "user" });
  } catch (error) {
    const problem = describe(error, isComplete);
    if (problem !== undefined) faults.push(`agentos ${words.join(" ")}: ${problem}`);
  }
  return faults;
}

const keep = (_style: unknown, text: string): string => text;

/** Takes output, exit and action away from a command and from those below it. */
function silence(command: Program, onRun: (command: Program) => void): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined }).exitOverride();
  if (command.commands.length === 0) command.action(() => onRun(command));
  for (const below of command.commands) silence(below, onRun);
}

/** The text of a parser's error; undefined for help that was asked for, and for what a mention leaves out. */
function describe(error: unknown, isComplete: boolean): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("exitCode" in error)) throw error;
  if (error.exitCode === 0 || (!isComplete && INCOMPLETE.has(String(error.code)))) return undefined;
  return error.message.replace(/^error: /, "").replaceAll("\n", " ");
}

/** Routes that a command is asked about: `scopes explain METHOD PATH`, `doctor --route "METHOD PATH"`. */
function judgeRoutes(command: Program): readonly string[] {
  const asked: string[] = [];
  if (command.name() === "explain" && command.parent?.name() === "scopes") asked.push(command.args.join(" "));
  const { route } = command.opts<{ readonly route?: readonly string[] }>();
  return [...asked, ...(route ?? [])].flatMap((text) => {
    const [method = "", path = ""] = text.split(" ");
    // In capitals throughout it is a placeholder.
    return !path.startsWith("/") || isInContract(method, path) ? [] : [`the contract has no route ${text}`];
  });
}
