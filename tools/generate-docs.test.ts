import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ERRORS, GLOBAL_SCOPES, LIMITS, type LimitEntry, REFUSALS, STAGES } from "@agentos/contract";
import { limitsSchema } from "@agentos/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findStale, pages, writePages } from "./docs/pages.ts";
import { readMembers } from "./docs/read-tsdoc.ts";

const folder = mkdtempSync(join(tmpdir(), "agentos-docs-"));
beforeAll(() => writePages(folder, Object.keys(pages)));
afterAll(() => rmSync(folder, { recursive: true }));

const page = (name: string) => readFileSync(join(folder, name), "utf8");

/** Changes a page, runs the test, and puts the page back. */
function whileChanged<T>(name: string, text: string | undefined, run: () => T): T {
  const good = page(name);
  if (text === undefined) rmSync(join(folder, name));
  else writeFileSync(join(folder, name), text);
  try {
    return run();
  } finally {
    writeFileSync(join(folder, name), good);
  }
}

test("fresh pages have not drifted", () => {
  expect(findStale(folder)).toEqual([]);
});

test.each(Object.keys(pages))(
  "one changed word in %s, or none at all, is drift, and nothing else is",
  (name) => {
    const changed = page(name).replace("code", "cod");
    expect(whileChanged(name, changed, () => findStale(folder))).toEqual([name]);
    expect(whileChanged(name, undefined, () => findStale(folder))).toEqual([name]);
  },
);

test("the command fails on drift, names the page, and leaves it as it is", () => {
  const drifted = `${page("reference/scopes.md")}x`;
  const { outcome, left } = whileChanged("reference/scopes.md", drifted, () => {
    const args = [
      "--conditions=@agentos/source",
      join(import.meta.dirname, "generate-docs.ts"),
      "--check",
      "--out",
      folder,
    ];
    return {
      outcome: spawnSync(process.execPath, args, { encoding: "utf8" }),
      left: page("reference/scopes.md"),
    };
  });
  expect(outcome.status).toBe(1);
  expect(outcome.stderr).toMatch(/^docs\/reference\/scopes\.md .+\n$/);
  expect(left).toBe(drifted);
});

test("every code has a stable anchor, and every scope its row", () => {
  for (const code of Object.keys(ERRORS))
    expect(page("reference/errors.md")).toContain(`<a id="${code}"></a>\n### ${code}\n`);
  for (const scope of GLOBAL_SCOPES) expect(page("reference/scopes.md")).toContain(`\`${scope}\``);
});

test("troubleshooting has a section for every code, reachable as #CODE and as GitHub writes it", () => {
  const text = page("troubleshooting.md");
  for (const code of Object.keys(ERRORS)) expect(text).toContain(`<a id="${code}"></a>\n### ${code}\n`);
  for (const [, target] of text.matchAll(/\]\(#([A-Z_0-9]+)\)/g)) expect(ERRORS).toHaveProperty(target ?? "");
});

test("the situations of the page that this product is named after come first, each with its way out", () => {
  const [start = ""] = page("troubleshooting.md").split("\n## What you see\n");
  const sections = start.split("\n## ").slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual([
    "401 Unauthorized: algorithm mismatch",
    "401 Unauthorized: PEM key mangled in an environment variable",
    "403 Forbidden: insufficient scopes",
    "Both security key and JWT authorization enabled",
  ]);
  for (const section of sections)
    for (const part of [
      "**You see**",
      "**It means**",
      "](images/console/",
      "**Solved when**",
      "**Without a browser",
    ])
      expect(section).toContain(part);
  expect(sections[3]).toMatch(/### Before 2\.3\.13\n.*### From 2\.3\.13 on\n/s);
});

test("the limits page has every option of limits, every code of a limit that a body breaks, and every error type", () => {
  const text = page("reference/limits.md");
  for (const option of Object.keys(limitsSchema.shape)) expect(text).toContain(`| \`${option}\` |`);
  for (const name of Object.keys(LIMITS).filter((code) => code.startsWith("INPUT_")))
    expect(text).toContain(`errors.md#${name}`);
  const fixed = ["20 MiB", "200,000 characters", "256 KiB", "2,000,000 characters", "60 seconds", "| 50 |"];
  for (const number of fixed) expect(text).toContain(number);
  expect(text).toContain(
    "of users and keys 1,000 more, for callers of whom fewer than 10 are kept 100 beyond that",
  );
  const types = [...text.matchAll(/^\| `(\w+_(?:limit|error))` \|/gm)].map(([, name]) => name);
  expect(types).toHaveLength(7);
});

test("each limit is found by its status, by its sentence and at a glance", () => {
  const [errors, troubleshooting] = [page("reference/errors.md"), page("troubleshooting.md")];
  const glance = errors.slice(
    errors.indexOf("## Limits at a glance"),
    errors.indexOf("## Faults at a glance"),
  );
  const sentences = troubleshooting.slice(troubleshooting.indexOf("## By the sentence"));
  for (const [name, { status, seenAs }] of Object.entries<LimitEntry>(LIMITS)) {
    expect(glance).toContain(`| ${seenAs === undefined ? status : "frame"} | [${name}](#${name}) |`);
    expect(sentences).toMatch(new RegExp(`^\\| \`.+\\[${name}\\]`, "m"));
  }
  for (const status of ["413", "429", "503"])
    expect(troubleshooting).toMatch(new RegExp(`^\\| ${status}`, "m"));
});

test("what comes over an open connection, or after the start, is said to be met there", () => {
  const [errors, troubleshooting] = [page("reference/errors.md"), page("troubleshooting.md")];
  const section = (text: string, name: string) => text.split(`### ${name}\n`)[1]?.split(/\n##+ /)[0] ?? "";
  for (const [name, words] of [
    ["AUTH_SOCKET_OTHER_CALLER", "frame `auth_error` on the WebSocket"],
    ["RUN_CALLER_SOCKETS", "closed with 1008"],
    ["CONFIG_ID_FIXED", "error of `replacePolicy()`"],
  ] as const)
    for (const text of [errors, troubleshooting]) {
      expect(section(text, name)).toContain(words);
      expect(section(text, name)).not.toMatch(/HTTP \d|Stops the start|at the start|Retry-After/);
    }
  expect(page("reference/limits.md")).toMatch(/closed with 1008 \[RUN_CALLER_SOCKETS\]/);
  for (const name of ["AUTH_SOCKET_OTHER_CALLER", "AUTH_SOCKET_SCOPES_WIDER"])
    expect(page("lifecycle.md")).toMatch(new RegExp(`\\bframe (\\[[^;|]+, )?\\[${name}\\]`));
});

test("the life of a request names every check in its order, and every refusal once", () => {
  const rows = page("lifecycle.md")
    .split("\n")
    .filter((line) => /^\| `[a-z-]+` \|/.test(line));
  expect(rows.map((row) => /`([a-z-]+)`/.exec(row)?.[1])).toEqual(STAGES);
  const codes = rows.flatMap((row) => [...row.matchAll(/\[(\w+)\]/g)].map(([, name]) => name));
  expect(new Set(codes)).toEqual(new Set(Object.keys(REFUSALS)));
  expect(codes).toHaveLength(Object.keys(REFUSALS).length);
  expect(page("lifecycle.md")).not.toMatch(/\{\w+\}/);
});

test("reads TSDoc of interfaces and of object literals, and only what is attached", () => {
  const file = join(folder, "sample.ts");
  writeFileSync(
    file,
    `interface Sample {\n  /** One\n   * line. */\n  readonly a: string;\n\n  readonly b?: number;\n}\nconst sample = z.object({\n  /** Two. */\n  c: text.optional(),\n});\n`,
  );
  expect(readMembers(file, "Sample")).toEqual([
    { name: "a", type: "string", doc: "One line." },
    { name: "b", type: "number", doc: undefined },
  ]);
  expect(readMembers(file, "sample")).toEqual([{ name: "c", type: "text.optional()", doc: "Two." }]);
  expect(() => readMembers(file, "missing")).toThrow("missing");
});
