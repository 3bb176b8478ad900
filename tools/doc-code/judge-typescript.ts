// TypeScript blocks: one run of the compiler for all of them, with the strict settings of the workspace.
//
// Each block becomes a module; "```ts continues" belongs to the module of the block before it. Lines and columns are
// those of the page, because everything between the blocks becomes empty lines.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Block, Fault } from "./read-page.ts";

interface Sample {
  readonly path: string;
  text: string;
}

const CONTINUES = "continues";

/** Type-checks the blocks; packages are those that the repository at `root` has installed. */
export function judgeTypeScript(blocks: readonly Block[], root: string): readonly Fault[] {
  const { samples, faults } = toSamples(blocks);
  if (samples.length === 0) return faults;
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  // Inside node_modules, where git and every other check look past it, and our packages are found by name.
  const folder = mkdtempSync(join(cache, "doc-code-"));
  try {
    return [...faults, ...compile(samples, folder, root)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toSamples(blocks: readonly Block[]): { samples: readonly Sample[]; faults: readonly Fault[] } {
  const samples: Sample[] = [];
  const faults: Fault[] = [];
  for (const { path, line, text, words } of blocks) {
    const before = samples.at(-1);
    if (!words.includes(CONTINUES)) samples.push({ path, text: `${"\n".repeat(line - 1)}${text}` });
    else if (before?.path === path)
      before.text += `${"\n".repeat(line - before.text.split("\n").length)}${text}`;
    else faults.push({ path, line, problem: "the page has no TypeScript block before it that it continues" });
  }
  return { samples, faults };
}

function compile(samples: readonly Sample[], folder: string, root: string): readonly Fault[] {
  const files = samples.map((_, index) => `${index}.mts`);
  for (const [index, { text }] of samples.entries()) writeFileSync(join(folder, `${index}.mts`), text);
  const settings = { extends: join(root, "tsconfig.base.json"), compilerOptions: { types: ["node"] }, files };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], {
    cwd: root,
    encoding: "utf8",
  });
  const shown = relative(root, folder).split(sep).join("/");
  const lines = stdout.split("\n").filter((entry) => entry.trim() !== "");
  const faults = lines.flatMap((entry): readonly Fault[] => {
    const [, file = "", line = "", column = "", message = ""] =
      /^(.+?)\((\d+),(\d+)\): error (.+)$/.exec(entry) ?? [];
    const sample = file.startsWith(`${shown}/`)
      ? samples[Number.parseInt(file.slice(shown.length + 1), 10)]
      : undefined;
    return sample === undefined
      ? []
      : [{ path: sample.path, line: Number(line), problem: `column ${column}: ${message}` }];
  });
  // Faults of the packages themselves are those of the type check; a compiler that did not run is one of ours.
  const hasRun = status === 0 || lines.some((entry) => /\(\d+,\d+\): error /.test(entry));
  if (!hasRun) throw new Error(`the compiler did not run: ${stdout}${stderr}`);
  return faults;
}
