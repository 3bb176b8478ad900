// Reads the repository into plain data: which file imports what, and where each import leads.
// Knows syntax and folders only; what is allowed stands in rules.ts and check.ts.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "oxc-parser";

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Repository-relative file that the import leads to, when it is one of ours. */
  readonly target: string | undefined;
}

export interface Module {
  /** Repository-relative path with forward slashes. */
  readonly path: string;
  /** `packages/auth/src/x.ts` belongs to `auth`, `bench/src/x.ts` to `bench`. */
  readonly unit: string;
  readonly isTest: boolean;
  readonly imports: readonly Import[];
}

const patterns = ["packages/*/src/**/*.ts", "apps/*/src/**/*.{ts,tsx}", "{tools,examples,bench,e2e}/**/*.ts"];
const skipped = /(^|\/)(node_modules|dist)\//;
const testFile = /\.(test|test-d|suite|fixture|cases|e2e)\.tsx?$/;

/** Reads every module below `root`, test files included. */
export function readModules(root: string): Module[] {
  const entries = readEntries(root);
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !skipped.test(path))
    .sort()
    .map((path) => ({
      path,
      unit: unitOf(path),
      isTest: testFile.test(path),
      imports: readImports(root, path, entries),
    }));
}

/** The unit that a repository-relative path belongs to. */
export function unitOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "packages" || first === "apps" ? second : first;
}

/** Source files that something outside of their package starts from: its published entries, and `main.ts` of a command. */
export function readEntryFiles(root: string): readonly string[] {
  return [...readEntries(root).values(), ...globSync("packages/*/src/main.ts", { cwd: root })].map((path) =>
    path.split(sep).join("/"),
  );
}

/** Published entry (`@agentos/auth/mint`) -> its source file, from each package's own `exports`. */
function readEntries(root: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const file of globSync("packages/*/package.json", { cwd: root })) {
    const manifest: unknown = JSON.parse(readFileSync(join(root, file), "utf8"));
    if (!isRecord(manifest) || typeof manifest["name"] !== "string" || !isRecord(manifest["exports"]))
      continue;
    for (const [name, target] of Object.entries(manifest["exports"])) {
      if (!isRecord(target) || typeof target["@agentos/source"] !== "string") continue;
      const source = join(dirname(file), target["@agentos/source"]).split(sep).join("/");
      entries.set(join(manifest["name"], name), source);
    }
  }
  return entries;
}

function readImports(root: string, path: string, entries: ReadonlyMap<string, string>): Import[] {
  const text = readFileSync(join(root, path), "utf8");
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;

  const found: { specifier: string; start: number }[] = [];
  for (const statement of staticImports) {
    found.push({ specifier: statement.moduleRequest.value, start: statement.start });
  }
  for (const statement of staticExports) {
    const request = statement.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (request) found.push({ specifier: request.value, start: statement.start });
  }
  for (const statement of dynamicImports) {
    const written = text.slice(statement.moduleRequest.start, statement.moduleRequest.end);
    const literal = /^(["'`])([^"'`$]*)\1$/.exec(written)?.[2];
    // A computed specifier leads to a file of the user (a config), never to a package of ours.
    if (literal !== undefined) found.push({ specifier: literal, start: statement.start });
  }
  return found.map(({ specifier, start }) => ({
    specifier,
    line: text.slice(0, start).split("\n").length,
    target: resolveOurs(root, path, specifier, entries),
  }));
}

function resolveOurs(
  root: string,
  path: string,
  specifier: string,
  entries: ReadonlyMap<string, string>,
): string | undefined {
  if (!specifier.startsWith(".")) return entries.get(specifier);
  const file = resolve(root, dirname(path), specifier);
  if (!existsSync(file) || !statSync(file).isFile()) return undefined;
  return relative(root, file).split(sep).join("/");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
