/**
 * Where a text stops being JSON, and why, in the words of Python's `json`, which existing clients show. `JSON.parse`
 * says neither reliably, and quotes the text. Runs only on text that `JSON.parse` has refused and whose depth was
 * bounded before.
 */

const SPACE = new Set([" ", "\t", "\n", "\r"]);
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SHORT_ESCAPES = new Set(['"', "\\", "/", "b", "f", "n", "r", "t"]);
const LONG_ESCAPE = /\\u[0-9a-fA-F]{4}/y;

export interface JsonFault {
  /** In UTF-16 units. */
  readonly offset: number;
  readonly error: string;
}

/** Undefined for text that is JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  let at = 0;
  const fault = (error: string, offset = at): JsonFault => ({ error, offset });
  const skipSpace = () => {
    while (SPACE.has(text[at] ?? "")) at += 1;
  };
  const takeMatch = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    at += length;
    return length > 0;
  };

  function readValue(): JsonFault | undefined {
    if (text[at] === '"') return readString();
    if (text[at] === "[") return readItems("]", readValue);
    if (text[at] === "{") return readItems("}", readMember);
    return takeMatch(LITERAL) ? undefined : fault("Expecting value");
  }

  function readItems(close: string, readItem: () => JsonFault | undefined): JsonFault | undefined {
    at += 1;
    skipSpace();
    if (text[at] !== close) {
      for (;;) {
        const found = readItem();
        if (found !== undefined) return found;
        skipSpace();
        if (text[at] === close) break;
        if (text[at] !== ",") return fault("Expecting ',' delimiter");
        at += 1;
        skipSpace();
      }
    }
    at += 1;
    return undefined;
  }

  function readMember(): JsonFault | undefined {
    if (text[at] !== '"') return fault("Expecting property name enclosed in double quotes");
    const found = readString();
    if (found !== undefined) return found;
    skipSpace();
    if (text[at] !== ":") return fault("Expecting ':' delimiter");
    at += 1;
    skipSpace();
    return readValue();
  }

  function readString(): JsonFault | undefined {
    const start = at;
    at += 1;
    while (at < text.length) {
      const character = text[at] ?? "";
      if (character === "\\") {
        if (SHORT_ESCAPES.has(text[at + 1] ?? "")) at += 2;
        else if (!takeMatch(LONG_ESCAPE)) return fault("Invalid \\escape");
        continue;
      }
      if (character < " ") return fault("Invalid control character at");
      at += 1;
      if (character === '"') return undefined;
    }
    return fault("Unterminated string starting at", start);
  }

  skipSpace();
  const found = readValue();
  if (found !== undefined) return found;
  skipSpace();
  return at < text.length ? fault("Extra data") : undefined;
}
