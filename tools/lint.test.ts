// Shows that the linter is really type-aware under this TypeScript, and that the pure packages are kept pure:
// a linter that silently lost its types would pass everything.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

// Each row starts the linter and the compiler behind it.
vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "agentos-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(path: string, code: string): string {
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  const compilerOptions = { strict: true, target: "es2024", lib: ["es2024", "webworker"], types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), code);
  const binaries = join(root, "node_modules/.bin");
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/oxlint/bin/oxlint"), "-f", "unix", path],
    { cwd: folder, encoding: "utf8", env: { ...process.env, PATH: `${binaries}:${process.env["PATH"]}` } },
  );
  return stdout;
}

const work = "export async function work(): Promise<void> {}\n";

test.each([
  ["typescript(no-floating-promises)", `${work}export function go(): void { work(); }\n`],
  ["typescript(no-misused-promises)", `${work}[1].forEach(async () => work());\n`],
  ["typescript(await-thenable)", "export async function go(): Promise<void> { await 1; }\n"],
  ["typescript(no-explicit-any)", "export const x = (y: any): unknown => y;\n"],
  [
    "typescript(switch-exhaustiveness-check)",
    'export function go(k: "a" | "b"): void { switch (k) { case "a": break; } }\n',
  ],
])("reports %s", (rule, code) => {
  expect(lint("packages/server/src/x.ts", code)).toContain(rule);
});

test.each([
  ["Date.now", "export const x = Date.now();\n"],
  ["crypto.randomUUID", "export const x = crypto.randomUUID();\n"],
  ["Math.random", "export const x = Math.random();\n"],
  ["fetch", 'export const x = fetch("https://example.com");\n'],
])("refuses %s in auth, where it must be passed in, and allows it in server", (_name, code) => {
  expect(lint("packages/auth/src/x.ts", code)).toContain("eslint(no-restricted");
  expect(lint("packages/server/src/x.ts", code)).not.toContain("eslint(no-restricted");
});

test("has nothing against sound code", () => {
  expect(
    lint("packages/server/src/x.ts", `${work}export async function go(): Promise<void> { await work(); }\n`),
  ).toBe("");
});
