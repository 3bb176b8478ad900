// Shell text as its simple commands: what stands between newlines, ";", "|", "&&", and inside "$(…)". Enough of a
// shell for documentation; what it cannot read is a fault, never skipped.

export interface ShellCommand {
  readonly words: readonly string[];
  /** Line of its first word, from 1. */
  readonly line: number;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  readonly faults: readonly { readonly line: number; readonly problem: string }[];
}

/** Words that begin or join commands and are none themselves. */
const KEYWORDS = new Set(["{", "}", "!", "if", "then", "else", "fi", "for", "do", "done", "while", "time"]);
/** Commands that run the command behind them. */
const PREFIXES = new Set(["sudo", "env", "export", "exec", "eval"]);
const ASSIGNMENT = /^\w+=/;

/** Splits a script; variables stay as they are written. */
export function readShell(text: string): ShellScript {
  const commands: ShellCommand[] = [];
  const faults: ShellScript["faults"][number][] = [];
  readPart(text, 1);
  return { commands: commands.toSorted((a, b) => a.line - b.line), faults };

  function readPart(part: string, firstLine: number): void {
    let words: string[] = [];
    let word: string | undefined;
    let start = firstLine;
    let isTarget = false;
    let at = 0;
    const lineAt = (offset: number) => firstLine + part.slice(0, offset).split("\n").length - 1;
    const append = (more: string): void => {
      if (word === undefined && words.length === 0) start = lineAt(at);
      word = (word ?? "") + more;
    };
    const endWord = (): void => {
      if (word !== undefined && !isTarget) words.push(word);
      if (word !== undefined) isTarget = false;
      word = undefined;
    };
    const endCommand = (): void => {
      endWord();
      const own = withoutPrefixes(words);
      if (own.length > 0) commands.push({ words: own, line: start });
      words = [];
      isTarget = false;
    };

    /** Reads `$(…)`, `${…}` or `$` at `at` and returns what stands for it in the word. */
    const readDollar = (): string => {
      const next = part[at + 1];
      if (next !== "(" && next !== "{") return "$";
      const end = findEnd(part, at + 1, next === "(" ? ")" : "}");
      if (next === "(") readPart(part.slice(at + 2, end), lineAt(at));
      const shown = next === "(" ? "$(…)" : part.slice(at, end + 1);
      at = end;
      return shown;
    };

    for (; at < part.length; at++) {
      const character = part[at] ?? "";
      if (character === "\\") {
        at += 1;
        if (part[at] !== "\n") append(part[at] ?? "");
      } else if (character === "'") {
        const end = part.indexOf("'", at + 1);
        if (end === -1) return void faults.push({ line: lineAt(at), problem: "a quote ' has no end" });
        append(part.slice(at + 1, end));
        at = end;
      } else if (character === '"') {
        const opened = at;
        append("");
        for (at += 1; at < part.length && part[at] !== '"'; at++) {
          if (part[at] === "\\") at += 1;
          append(part[at] === "$" ? readDollar() : (part[at] ?? ""));
        }
        if (at >= part.length)
          return void faults.push({ line: lineAt(opened), problem: 'a quote " has no end' });
      } else if (character === "$") append(readDollar());
      else if (character === "#" && word === undefined) {
        const end = part.indexOf("\n", at);
        at = (end === -1 ? part.length : end) - 1;
      } else if (character === "`") {
        faults.push({ line: lineAt(at), problem: "a command in backticks: write $(…)" });
      } else if (character === "<" || character === ">") {
        const placeholder = /^<[\w ]+>/.exec(part.slice(at))?.[0];
        if (placeholder !== undefined) {
          const problem = `a shell reads "${placeholder}" as files to read and write: write a name in capitals`;
          faults.push({ line: lineAt(at), problem });
          append(placeholder);
          at += placeholder.length - 1;
          continue;
        }
        if (part.startsWith("<<", at))
          faults.push({ line: lineAt(at), problem: "a here-document, which this check cannot read" });
        if (word !== undefined && /^\d$/.test(word)) word = undefined;
        endWord();
        while (/[<>&]/.test(part[at + 1] ?? "")) at += 1;
        isTarget = true;
      } else if (/[\n;|&()]/.test(character)) endCommand();
      else if (/\s/.test(character)) endWord();
      else append(character);
    }
    endCommand();
  }
}

/** Where the bracket at `open` ends; the end of the text when it does not. */
function findEnd(text: string, open: number, closing: string): number {
  const opening = text[open];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === opening) depth += 1;
    if (text[at] === closing) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function withoutPrefixes(words: readonly string[]): readonly string[] {
  const [first] = words;
  if (first === undefined) return [];
  return KEYWORDS.has(first) || PREFIXES.has(first) || ASSIGNMENT.test(first)
    ? withoutPrefixes(words.slice(1))
    : words;
}
