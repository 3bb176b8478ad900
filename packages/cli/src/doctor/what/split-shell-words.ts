/**
 * The words of a command line as a POSIX shell would make them, without running anything: quotes, escapes, line
 * continuations. Variables are not expanded: whoever wrote the line would learn their values. Why this is no library: docs/decisions/0056-one-answer-of-the-doctor.md.
 */
export interface ShellWords {
  readonly words: readonly string[];
  /** A command in `$(…)` or backticks stands in it; it is not run. */
  readonly hasCommand: boolean;
}

/** Stands before and behind the name of a variable in a word; no argument of a command can hold it. */
export const VARIABLE_MARK = "\u0000";

/** Where a shell ends a command. */
const OPERATOR = /[|;&<>()\n]/;
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Splits the first command of a line; undefined where a quote is not closed. A variable is left as its name between two
 * {@link VARIABLE_MARK}.
 */
export function splitShellWords(given: string): ShellWords | undefined {
  const line = given.replaceAll(VARIABLE_MARK, "");
  const words: string[] = [];
  let hasCommand = false;
  let word: string | undefined;
  let at = 0;
  const add = (text: string) => {
    word = (word ?? "") + text;
  };
  /** Reads what begins with a dollar sign or a backtick, where a shell would put something in its place. */
  const expand = () => {
    VARIABLE.lastIndex = at;
    const match = VARIABLE.exec(line);
    const name = match?.[1] ?? match?.[2];
    if (match !== null && name !== undefined) {
      add(`${VARIABLE_MARK}${name}${VARIABLE_MARK}`);
      at += match[0].length;
      return;
    }
    hasCommand ||= line.charAt(at) === "`" || line.startsWith("$(", at);
    add(line.charAt(at));
    at += 1;
  };

  while (at < line.length) {
    const character = line.charAt(at);
    if (character === "'") {
      const end = line.indexOf("'", at + 1);
      if (end === -1) return undefined;
      add(line.slice(at + 1, end));
      at = end + 1;
    } else if (line.startsWith("$'", at)) {
      const quoted = readAnsiQuoted(line, at + 2);
      if (quoted === undefined) return undefined;
      add(quoted.text);
      at = quoted.end;
    } else if (character === '"') {
      add("");
      at += 1;
      while (line.charAt(at) !== '"') {
        if (at >= line.length) return undefined;
        if (line.charAt(at) === "\\" && /["\\$`\n]/.test(line.charAt(at + 1))) {
          add(line.charAt(at + 1) === "\n" ? "" : line.charAt(at + 1));
          at += 2;
        } else if (/[$`]/.test(line.charAt(at))) expand();
        else {
          add(line.charAt(at));
          at += 1;
        }
      }
      at += 1;
    } else if (/[\\^]/.test(character) && /^\r?\n/.test(line.slice(at + 1, at + 3))) {
      // A shell's line continuation, or that of a Windows command prompt.
      at += line.charAt(at + 1) === "\r" ? 3 : 2;
    } else if (character === "\\") {
      add(line.charAt(at + 1));
      at += 2;
    } else if (character === "$" || character === "`") expand();
    else if (OPERATOR.test(character)) break;
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else {
      add(character);
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, hasCommand };
}

/** `$'…'`, as browsers write a line to copy. */
function readAnsiQuoted(
  line: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  let text = "";
  for (let at = start; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "'") return { text, end: at + 1 };
    if (character !== "\\") {
      text += character;
      continue;
    }
    const code = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4}))/i.exec(line.slice(at + 1, at + 6));
    if (code === null) {
      const next = line.charAt(at + 1);
      text += ESCAPES[next] ?? next;
      at += 1;
    } else {
      // A shell ends the text there.
      text += String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? "", 16)).replace(VARIABLE_MARK, "");
      at += code[0].length;
    }
  }
  return undefined;
}
