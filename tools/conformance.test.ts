// Keeps docs/conformance.md true: each row names a test that exists and runs, and each test named after a published
// flaw or an RFC has its row. That those tests pass is the same run's business.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/conformance.md"), "utf8");

interface Row {
  readonly requirement: string;
  readonly file: string;
  readonly name: string;
  readonly status: string;
}

const rows = page.split("\n").flatMap((line): Row[] => {
  const [, requirement = "", , link = "", name = "", status = ""] = line
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
  const file = /\(\.\.\/(.+)\)/.exec(link)?.[1];
  return file === undefined ? [] : [{ requirement, file, name: name.replaceAll("\\|", "|"), status }];
});

/** The text of a file, with each name as a reader sees it. */
const read = (file: string) => readFileSync(join(root, file), "utf8").replaceAll('\\"', '"');

/** The names of the tests of a file that begin like a published flaw or an RFC. */
function namesIn(file: string): readonly string[] {
  const literal = /(["'`])((?:CVE-|GHSA-|haproxy |RFC \d)[^\n]*?)\1,\s/g;
  return [...read(file).matchAll(literal)].map(([, , name = ""]) => name);
}

test.each(rows.map((row) => [row.requirement, row] as const))(
  "the row %s names a test that runs",
  (_, row) => {
    expect(["met", "refused by name", "refused unread", "not built"]).toContain(row.status);
    const text = read(row.file);
    const at = text.indexOf(row.name);
    expect(at, `${row.file} has a test "${row.name}"`).toBeGreaterThan(-1);
    expect(text.slice(Math.max(0, at - 60), at)).not.toMatch(/\.(skip|todo|fails)\b/);
  },
);

test("every test that is named after a published flaw or an RFC has its row", () => {
  const files = globSync("packages/*/src/**/*.test.ts", { cwd: root });
  const named = files.flatMap((file) => namesIn(file).map((name) => `${file}: ${name}`));
  expect(named.length).toBeGreaterThan(30);
  const listed = new Set(rows.map(({ file, name }) => `${file}: ${name}`));
  expect(named.filter((entry) => !listed.has(entry))).toEqual([]);
});

test("every call of a published client that is tested has its row", () => {
  const file = "e2e/clients.e2e.ts";
  const calls = /"((?:agent-ui|AgentOSClient|agno-client|agentos-sdk|not built): [^\n]*?)",/g;
  const named = new Set([...read(file).matchAll(calls)].map(([, name = ""]) => name));
  expect(named.size).toBeGreaterThan(20);
  const listed = new Set(rows.filter((row) => row.file === file).map(({ name }) => name));
  expect([...named].filter((name) => !listed.has(name))).toEqual([]);
});

test("the page has a row for each flaw that we learned from", () => {
  const flaws =
    "CVE-2023-48223 CVE-2026-34950 CVE-2026-22817 CVE-2026-22818 CVE-2026-48523 CVE-2024-33663 CVE-2026-27962 " +
    "CVE-2026-35042 CVE-2026-32597 CVE-2025-59420 CVE-2026-29000 CVE-2026-35039 GHSA-3j8v-cgw4-2g6q CVE-2026-35041 " +
    "CVE-2025-30144 CVE-2024-53861 CVE-2026-48524 CVE-2026-48525 CVE-2024-28180 CVE-2024-28176 CVE-2024-33664 " +
    "CVE-2025-65945 CVE-2025-30204 python-jose#274 python-jose#413 648b0e7";
  const text = rows.map(({ requirement }) => requirement).join(" ");
  expect(flaws.split(" ").filter((flaw) => !text.includes(flaw))).toEqual([]);
});
