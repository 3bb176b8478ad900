// Judges the code of all pages, each block by its language. Output is "```text".
import { globSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { judgeAnswer } from "./judge-answer.ts";
import { judgeJson } from "./judge-json.ts";
import { judgeMention, judgeShellBlock, type ShellContext } from "./judge-shell.ts";
import { judgeTypeScript } from "./judge-typescript.ts";
import { type Block, type Fault, type Page, readPage } from "./read-page.ts";
import { findOwnRoutes } from "./routes.ts";

const PAGES = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/**/README.md"];
/** Notes of a day, which are not rewritten: what they mention may be gone. */
const HISTORY = /^docs\/decisions\//;
const JUDGED = ["ts", "json", "sh", "http"];
/** Languages that nothing here can judge. `text` is for output. */
const SHOWN = new Set(["text", "mermaid", "yaml", "ini", "dockerfile", "diff"]);

/** Every page below `root` whose code is judged. */
export function findPages(root: string): readonly string[] {
  return PAGES.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !/(^|\/)node_modules\//.test(path))
    .toSorted();
}

/** Faults of the pages in `folder`; the packages, scripts and compiler are those of the repository at `root`. */
export function checkPages(paths: readonly string[], root: string, folder = root): readonly Fault[] {
  const pages = paths.map((path) => readPage(path, readFileSync(join(folder, path), "utf8")));
  const typescript = pages.flatMap(({ blocks }) => blocks.filter(({ language }) => language === "ts"));
  const faults = [
    ...pages.flatMap((page) => judgePage(page, { root, ownRoutes: findOwnRoutes(codeOf(page, folder)) })),
    ...judgeTypeScript(typescript, root),
  ];
  return faults.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}

function judgePage({ path, blocks, spans, faults }: Page, context: ShellContext): readonly Fault[] {
  return [
    ...faults,
    ...blocks.flatMap((block) => judgeBlock(block, context)),
    ...(HISTORY.test(path) ? [] : spans.flatMap((span) => judgeMention(span, context))),
  ];
}

function judgeBlock(block: Block, context: ShellContext): readonly Fault[] {
  switch (block.language) {
    case "sh":
      return judgeShellBlock(block, context);
    case "json":
      return judgeJson(block);
    case "http":
      return judgeAnswer(block);
    case "ts":
      return [];
    default: {
      if (SHOWN.has(block.language)) return [];
      const named =
        block.language === "" ? "a block without a language" : `"${block.language}" is not judged`;
      const problem = `${named}: write ${JUDGED.join(", ")}, or text for what is only shown`;
      return [{ path: block.path, line: block.line - 1, problem }];
    }
  }
}

/** The TypeScript of a page, and of the program beside it. */
function codeOf({ path, blocks }: Page, folder: string): string {
  const beside = path.startsWith("examples/")
    ? globSync("*.ts", { cwd: join(folder, dirname(path)) }).map((name) =>
        readFileSync(join(folder, dirname(path), name), "utf8"),
      )
    : [];
  return [...blocks.filter(({ language }) => language === "ts").map(({ text }) => text), ...beside].join(
    "\n",
  );
}
