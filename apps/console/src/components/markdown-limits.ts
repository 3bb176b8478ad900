/** Markdown of strangers that a parser, or the page, would not get through: it is shown as text. Pure, and linear. */

const MAX_NESTING = 50;
/** Columns before a list item: two for each level. */
const MAX_INDENT = 2 * MAX_NESTING;
const MAX_COLUMNS = 50;
/** Of all tables of a text: missing ones are filled up. */
const MAX_CELLS = 5_000;
/** In one paragraph: what a bracket may be the beginning of is looked for to its end. */
const MAX_BRACKETS = 500;

/** Whether it cannot be cut into blocks, or is more than a page can hold. Asked of the whole text. */
export function isTooMuchMarkdown(text: string): boolean {
  let cells = 0;
  /** Of the table that the line is in. */
  let columns = 0;
  for (const line of text.split("\n")) {
    if (isTooDeep(line)) return true;
    if (line.trim() === "") columns = 0;
    else {
      const widest = countColumns(line);
      if (widest > 0) {
        // Its head stands before it.
        columns = Math.max(columns, widest);
        cells += widest;
      }
      cells += columns;
    }
    if (columns > MAX_COLUMNS || cells > MAX_CELLS) return true;
  }
  return false;
}

/** How often something is opened before the first word of a line. */
function isTooDeep(line: string): boolean {
  if (/^[\s>]*([-*_])(?:[ \t]*\1)*\s*$/.test(line) && !line.includes(">")) return false;
  let depth = 0;
  let indent = 0;
  for (let at = 0; at < line.length; ) {
    const letter = line.charAt(at);
    const marker = /^(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)/.exec(line.slice(at, at + 11))?.[0];
    if (letter === " " || letter === "\t") {
      indent += letter === "\t" ? 4 : 1;
      at += 1;
    } else if (letter === ">" || marker !== undefined) {
      depth += 1;
      // A list within lists is seen by its place.
      if (depth > MAX_NESTING || (marker !== undefined && indent > MAX_INDENT)) return true;
      at += marker?.length ?? 1;
    } else break;
  }
  return false;
}

/** Of the line between the head of a table and its rows; 0 for any other. */
function countColumns(line: string): number {
  if (!/^[\s>*+\-|:\d.)]*$/.test(line) || !line.includes("-") || !/[|:]/.test(line)) return 0;
  return line.split("|").length;
}

/** Whether its links would take too long. Asked of one block. */
export function isTooManyLinks(block: string): boolean {
  let brackets = 0;
  for (const line of withoutFence(block).split("\n")) {
    // Here something else begins for sure; what only may begin here is counted on.
    if (/^[\s>]*(?:$|[-+*] +\S|#{1,6} )/.test(line)) brackets = 0;
    brackets += line.split("[").length - 1;
    if (brackets > MAX_BRACKETS) return true;
  }
  return false;
}

/** Without the lines of code that it begins with: nothing is looked for in them. */
function withoutFence(block: string): string {
  const fence = /^ {0,3}(`{3,}(?=[^`\n]*\n)|~{3,}(?=[^\n]*\n))/.exec(block)?.[1];
  if (fence === undefined) return block;
  const end = new RegExp(`\\n {0,3}${fence}${fence.charAt(0)}*[ \\t]*(?:\\n|$)`).exec(block);
  return end === null ? "" : block.slice(end.index + end[0].length);
}
