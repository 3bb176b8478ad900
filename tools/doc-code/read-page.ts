// A Markdown page as its code: fenced blocks, and the short pieces in backticks between them.

export interface Code {
  /** Repository-relative, with forward slashes. */
  readonly path: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  readonly text: string;
}

export interface Block extends Code {
  /** First word behind the fence, under its one name; "" where there is none. */
  readonly language: string;
  /** The other words behind the fence. */
  readonly words: readonly string[];
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly spans: readonly Code[];
  readonly faults: readonly Fault[];
}

/** What is wrong, and where. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

const ALIASES: Readonly<Record<string, string>> = { typescript: "ts", bash: "sh", shell: "sh" };

/** Reads a page. Text inside a block keeps its indentation, so that columns are those of the page. */
export function readPage(path: string, markdown: string): Page {
  const blocks: Block[] = [];
  const spans: Code[] = [];
  let open:
    | { readonly fence: string; readonly info: string; readonly line: number; text: string }
    | undefined;
  for (const [index, written] of markdown.split("\n").entries()) {
    const line = index + 1;
    // Of a quoted block the marks become spaces.
    const content = written.replace(/^[ >]*>/, (marks) => " ".repeat(marks.length));
    const [, fence = "", info = ""] = /^\s*(`{3,}|~{3,})\s*([^`]*)$/.exec(content) ?? [];
    if (open !== undefined) {
      const isClosed = fence.startsWith(open.fence) && info.trim() === "";
      if (!isClosed) open.text += `${content}\n`;
      else {
        blocks.push(toBlock(path, open));
        open = undefined;
      }
    } else if (fence !== "") open = { fence, info, line, text: "" };
    else spans.push(...readSpans(path, line, content));
  }
  const faults = open === undefined ? [] : [{ path, line: open.line, problem: "the block has no end" }];
  return { path, blocks, spans, faults };
}

function toBlock(path: string, { info, line, text }: { info: string; line: number; text: string }): Block {
  const [name = "", ...words] = info.trim().split(/\s+/);
  return { path, line: line + 1, text, language: ALIASES[name] ?? name, words };
}

function readSpans(path: string, line: number, content: string): readonly Code[] {
  const found = content.matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g);
  return [...found].map(([, , text = ""]) => ({ path, line, text: text.replaceAll("\\|", "|").trim() }));
}
