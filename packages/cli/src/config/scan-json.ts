/**
 * Finds where JSON text goes wrong, and keys that are given twice. The parser's own message quotes the text around
 * the fault, which may be a secret, and it lets a second key silently replace the first.
 */

export interface JsonFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What was expected, or which key is repeated; never a value. */
  readonly problem: string;
}

const MAX_DEPTH = 64;
// oxlint-disable-next-line no-control-regex -- JSON forbids raw control characters in texts, so the pattern names them
const STRING = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;

class Unexpected extends Error {}

/** The first syntax fault, or else every repeated key; empty for good JSON. */
export function scanJson(text: string): readonly JsonFault[] {
  const repeated: JsonFault[] = [];
  let at = 0;

  const fault = (offset: number, problem: string): JsonFault => {
    const lines = text.slice(0, offset).split("\n");
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, problem };
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const expect = (pattern: RegExp, what: string): string => {
    const found = match(pattern);
    if (found === undefined || found === "") throw new Unexpected(what);
    match(SPACE);
    return found;
  };

  const readMembers = (path: string, depth: number): void => {
    const names = new Set<string>();
    if (skip("}")) return;
    do {
      const start = at;
      const name = JSON.parse(
        expect(STRING, "a key in double quotes (a comma before it may be one too many)"),
      ) as string;
      const full = path === "" ? name : `${path}.${name}`;
      if (names.has(name)) repeated.push(fault(start, `the key "${full}" is given twice`));
      names.add(name);
      expect(/:/y, 'a colon ":" behind the key');
      readValue(full, depth + 1);
    } while (skip(","));
    expect(/\}/y, 'a comma "," or a closing brace "}"');
  };
  const readItems = (path: string, depth: number): void => {
    if (skip("]")) return;
    let index = 0;
    do {
      readValue(`${path}[${index}]`, depth + 1);
      index += 1;
    } while (skip(","));
    expect(/\]/y, 'a comma "," or a closing bracket "]"');
  };
  const skip = (character: string): boolean => {
    if (text[at] !== character) return false;
    at += 1;
    match(SPACE);
    return true;
  };
  const readValue = (path: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw new Unexpected("less nesting");
    if (skip("{")) readMembers(path, depth);
    else if (skip("[")) readItems(path, depth);
    else if (text[at] === '"')
      expect(STRING, "a text that ends on its line, with its quotes and escapes in order");
    else expect(LITERAL, "a value: a text in double quotes, a number, true, false, null, { or [");
  };

  try {
    match(SPACE);
    readValue("", 0);
    if (at < text.length) throw new Unexpected("the end of the file");
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return [fault(at, `expected ${error.message}`)];
  }
  return repeated;
}
