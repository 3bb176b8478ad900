/** JSON as text: what it may cost is counted before anything is built from it. */

/** In the text that `JSON.stringify` writes: pairs stand there as they are, and only half of one is escaped. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Undefined for text that is not JSON. The caller has asked {@link findExcess} before. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Half a surrogate pair in a text that `JSON.stringify` wrote: no UTF-8 can hold it, and some databases refuse it. */
export function hasLoneSurrogate(json: string): boolean {
  return LONE_SURROGATE.test(json);
}

/**
 * Finds more than `maxMarks` structural characters outside strings, or nesting deeper than anything honest: what makes
 * JSON costly is the number of its values, not its length. One pass that builds nothing and stops at the limit. Text that
 * is not JSON may have either or none; whatever part of it a parser takes has then been counted.
 */
export function findExcess(text: string, maxMarks: number, maxDepth: number): "marks" | "depth" | undefined {
  let marks = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        continue;
      case "[":
      case "{":
        depth += 1;
        break;
      case "]":
      case "}":
        depth -= 1;
        break;
      case ",":
      case ":":
        break;
      default:
        continue;
    }
    marks += 1;
    if (depth > maxDepth) return "depth";
    if (marks > maxMarks) return "marks";
  }
  return undefined;
}

/**
 * Where the string that starts at `start` has its closing quote; the end of the text when it has none. A quote is
 * closing unless an odd run of backslashes stands before it; runs do not overlap, so each character is seen twice at most.
 */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (before > start + 1 && text[before - 1] === "\\") before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
}
