/** Markdown of strangers that a parser, or the page, would not get through: it is shown as text. Pure, and linear. */
import { cutAtEmptyLines, limitMarks, MARKS } from "./markdown-marks.ts";

const MAX_NESTING = 16;
/** Columns before a list item: two for each level. */
const MAX_INDENT = 2 * MAX_NESTING;
const MAX_COLUMNS = 50;
/** Of all tables of a text: missing ones are filled up. */
const MAX_CELLS = 5_000;
/** Lines of which none begins anything, after one that begins a list or a quote: each is looked for in all of them. */
const MAX_LAZY_LINES = 500;

/** One look of the parser is a step: some 40 ns. A line of Markdown takes as long as so many. */
const STEPS_OF_LINE = 2_000;
const MAX_BLOCK_WORK = 2_000_000;
/** Of a whole answer: half a second, once. */
const MAX_WORK = 12_000_000;

/** Whether it cannot be cut into blocks, or is more than a page can hold. Asked of the whole text. */
export function isTooMuchMarkdown(text: string): boolean {
  let cells = 0;
  /** Of the table that the line is in. */
  let columns = 0;
  /** Since a list or a quote began; -1 outside of one. */
  let lazyLines = -1;
  for (const line of text.split("\n")) {
    if (isTooDeep(line)) return true;
    if (line.trim() === "") {
      columns = 0;
      lazyLines = -1;
    } else {
      if (/^ {0,3}(?:>|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$))/.test(line)) lazyLines = 0;
      else if (lazyLines >= 0) lazyLines += 1;
      const widest = countColumns(line);
      if (widest > 0) {
        // Its head stands before it.
        columns = Math.max(columns, widest);
        cells += widest;
      }
      cells += columns;
    }
    if (columns > MAX_COLUMNS || cells > MAX_CELLS || lazyLines > MAX_LAZY_LINES) return true;
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

/**
 * The blocks that are drawn one by one. Together they take no longer than the page can wait: where the work of an answer is
 * used up, what is left of it is one block, and is text once that is too much, too.
 */
export function cutToLimit(blocks: readonly string[]): string[] {
  let work = 0;
  for (const [at, block] of blocks.entries()) {
    work += countWork(block);
    if (work > MAX_WORK) return [...blocks.slice(0, at), blocks.slice(at).join("")];
  }
  return [...blocks];
}

/** Whether a block is more than the page can wait for while it grows. */
export function isTooMuchWork(block: string): boolean {
  return countWork(block) > MAX_BLOCK_WORK;
}

/** At most what a parser does for it: its lines, and the marks between two empty lines by those that it looks at there. */
export function countWork(block: string): number {
  const most = limitMarks(block);
  let work = 0;
  for (const stretch of cutAtEmptyLines(withoutFence(block))) {
    let marks = 0;
    let lines = 1;
    for (const letter of stretch) {
      if (letter === "\n" || letter === "\r") lines += 1;
      else if (MARKS.includes(letter)) marks += 1;
    }
    work += lines * STEPS_OF_LINE + marks * Math.min(marks, most);
  }
  return work;
}

/** Without the lines of code that it begins with: nothing is looked for in them. */
function withoutFence(block: string): string {
  const fence = /^ {0,3}(`{3,}(?=[^`\n]*\n)|~{3,}(?=[^\n]*\n))/.exec(block)?.[1];
  if (fence === undefined) return block;
  const end = new RegExp(`\\n {0,3}${fence}${fence.charAt(0)}*[ \\t]*(?:\\n|$)`).exec(block);
  return end === null ? "" : block.slice(end.index + end[0].length);
}
