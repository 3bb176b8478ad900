// Shell text as its simple commands, wherever in a script they stand. What a shell cannot read, or what would pass
// unjudged, is a fault, never skipped.
import { forEachChild, parse, type SyntaxNode } from "unbash";

export interface ShellCommand {
  readonly words: readonly string[];
  /** Line of its first word, from 1. */
  readonly line: number;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly faults: readonly { readonly line: number; readonly problem: string }[];
}

/** Commands that run the command behind them. */
const PREFIXES = new Set(["sudo", "env", "export", "exec", "eval"]);
const ASSIGNMENT = /^\w+=/;
const PLACEHOLDER = /^<[\w ]+>/;
/** Faults of the parser that have a name of ours. */
const PROBLEMS: Readonly<Record<string, string>> = {
  "unterminated single quote": "a quote ' has no end",
  "unterminated double quote": 'a quote " has no end',
};

/** Splits a script; variables and what is inside `$(…)` stay in a word as they are written. */
export function readShell(text: string): ShellScript {
  const commands: ShellCommand[] = [];
  const faults: ShellScript["faults"][number][] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  const addFault = (offset: number, problem: string): void => {
    faults.push({ line: lineAt(offset), problem });
  };
  let placeholderAt: number | undefined;
  const wordRanges: { readonly pos: number; readonly end: number }[] = [];

  const visit = (node: SyntaxNode): void => {
    if (node.type === "Word") wordRanges.push(node);
    if (node.type === "Script") {
      const [error] = node.errors ?? [];
      if (error !== undefined)
        addFault(error.pos, PROBLEMS[error.message] ?? `a shell cannot read this: ${error.message}`);
    } else if (node.type === "Command") {
      const written = node.name === undefined ? [] : [node.name, ...node.args];
      const words = withoutPrefixes(written.map((word) => (word.type === "Word" ? word.value : word.text)));
      if (words.length > 0) commands.push({ words, line: lineAt(node.pos) });
    } else if (node.type === "Redirect") {
      if (PLACEHOLDER.test(text.slice(node.pos))) placeholderAt ??= node.pos;
    } else if (node.type === "HereDoc") {
      addFault(node.pos, "a here-document, which this check cannot read");
    } else if (node.type === "CommandExpansion" && node.text.startsWith("`")) {
      addFault(node.pos, "a command in backticks: write $(…)");
      return;
    }
    forEachChild(node, visit);
  };
  // Without the line break behind it, so that what is missing at the end is missing in the last line.
  visit(parse(text.trimEnd()));
  for (const { index } of text.matchAll(/(?<=^|\s)#/gm))
    if (!wordRanges.some(({ pos, end }) => pos <= index && index < end))
      addFault(
        index,
        "a comment, which zsh takes for an argument or a command when it is pasted: write it into the text",
      );

  if (placeholderAt === undefined) return { commands, faults };
  const [placeholder = ""] = PLACEHOLDER.exec(text.slice(placeholderAt)) ?? [];
  const problem = `a shell reads "${placeholder}" as files to read and write: write a name in capitals`;
  // Read once more with a word in its place, so that the line has this one fault and its own.
  const end = placeholderAt + placeholder.length;
  const rest = readShell(`${text.slice(0, placeholderAt)}"${placeholder.slice(1, -1)}"${text.slice(end)}`);
  return { commands: rest.commands, faults: [{ line: lineAt(placeholderAt), problem }, ...rest.faults] };
}

function withoutPrefixes(words: readonly string[]): readonly string[] {
  const [first] = words;
  if (first === undefined) return [];
  return PREFIXES.has(first) || ASSIGNMENT.test(first) ? withoutPrefixes(words.slice(1)) : words;
}
