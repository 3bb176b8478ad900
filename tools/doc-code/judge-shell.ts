// Shell blocks, and commands that a sentence names: each line is judged by the program that it calls.
import { judgeAgentos } from "./judge-agentos.ts";
import { judgeCurl } from "./judge-curl.ts";
import { judgeNpm, judgeNpx } from "./judge-npm.ts";
import type { Code, Fault } from "./read-page.ts";
import { readShell, type ShellCommand } from "./read-shell.ts";
import type { OwnRoute } from "./routes.ts";

export interface ShellContext {
  readonly root: string;
  readonly ownRoutes: readonly OwnRoute[];
}

/** Faults of a block whose lines are there to be pasted. */
export function judgeShellBlock(block: Code, context: ShellContext): readonly Fault[] {
  const { commands, faults } = readShell(block.text);
  const at = (line: number, problem: string) => ({ path: block.path, line: block.line + line - 1, problem });
  return [
    ...faults.map(({ line, problem }) => at(line, problem)),
    ...commands.flatMap((command) =>
      judgeCommand(command, context, true).map((problem) => at(command.line, problem)),
    ),
  ];
}

/** Faults of a piece of code in a sentence, where it is one of the commands that we know. */
export function judgeMention(span: Code, context: ShellContext): readonly Fault[] {
  // A bare name is a name: `npm`, `agentos`. Curl is for blocks.
  if (!/^(agentos|npx|npm) \S/.test(span.text)) return [];
  const { commands } = readShell(span.text);
  const problems = commands.flatMap((command) => judgeCommand(command, context, false));
  return problems.map((problem) => ({ path: span.path, line: span.line, problem }));
}

function judgeCommand(
  { words: [program, ...rest] }: ShellCommand,
  { root, ownRoutes }: ShellContext,
  isComplete: boolean,
): readonly string[] {
  switch (program) {
    case "agentos":
      return judgeAgentos(rest, { isComplete });
    case "npx":
      return judgeNpx(rest, root, { isComplete });
    case "npm":
      return judgeNpm(rest, root);
    case "curl":
      return judgeCurl(rest, ownRoutes);
    default:
      return [];
  }
}
