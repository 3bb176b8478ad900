// Each rule is shown to fire on a small made-up repository, beside a twin that differs in one import and passes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkBoundaries } from "./check.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes the files beside a standard set of packages and returns the names of the rules that fired. */
function rulesFiredBy(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), "agentos-boundaries-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ ...standardFiles(), ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkBoundaries(root).map((violation) => violation.rule);
}

function standardFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of ["contract", "auth", "guard", "server", "control-plane", "cli", "testkit"]) {
    const exports: Record<string, unknown> = { ".": { "@agentos/source": "./src/index.ts" } };
    if (name === "auth") exports["./mint"] = { "@agentos/source": "./src/mint.ts" };
    files[`packages/${name}/package.json`] = JSON.stringify({ name: `@agentos/${name}`, exports });
    files[`packages/${name}/src/index.ts`] = "export const value = 1;\n";
  }
  files["packages/auth/src/mint.ts"] = "export const mint = 1;\n";
  return files;
}

interface Row {
  readonly rule: string;
  readonly behaviour: string;
  readonly bad: Readonly<Record<string, string>>;
  readonly good: Readonly<Record<string, string>>;
}

const use = (specifier: string): string => `import * as used from "${specifier}";\nexport const x = used;\n`;
const leaf = "export const y = 1;\n";

const rows: readonly Row[] = [
  {
    rule: "package-arrow",
    behaviour: "refuses an import against the arrow",
    bad: { "packages/contract/src/wire/x.ts": use("@agentos/auth") },
    good: { "packages/auth/src/outcome/x.ts": use("@agentos/contract") },
  },
  {
    rule: "package-arrow",
    behaviour: "keeps server and control-plane apart",
    bad: { "packages/server/src/runs/x.ts": use("@agentos/control-plane") },
    good: { "packages/cli/src/dev/x.ts": use("@agentos/control-plane") },
  },
  {
    rule: "package-arrow",
    behaviour: "judges a type-only import like any other",
    bad: {
      "packages/contract/src/wire/x.ts":
        'import type { value } from "@agentos/auth";\nexport type X = typeof value;\n',
    },
    good: {
      "packages/auth/src/outcome/x.ts":
        'import type { value } from "@agentos/contract";\nexport type X = typeof value;\n',
    },
  },
  {
    rule: "package-arrow",
    behaviour: "judges re-exports",
    bad: { "packages/contract/src/wire/x.ts": 'export * from "@agentos/auth";\n' },
    good: { "packages/auth/src/outcome/x.ts": 'export * from "@agentos/contract";\n' },
  },
  {
    rule: "package-arrow",
    behaviour: "judges dynamic imports",
    bad: { "packages/contract/src/wire/x.ts": 'export const x = import("@agentos/auth");\n' },
    good: { "packages/auth/src/outcome/x.ts": 'export const x = import("@agentos/contract");\n' },
  },
  {
    rule: "known-unit",
    behaviour: "refuses imports of a package that has no row yet",
    bad: { "packages/newcomer/src/x.ts": use("@agentos/contract") },
    good: { "packages/auth/src/outcome/x.ts": use("@agentos/contract") },
  },
  {
    rule: "test-only-package",
    behaviour: "keeps test keys out of shipping code",
    bad: { "packages/auth/src/outcome/x.ts": use("@agentos/testkit") },
    good: { "packages/auth/src/outcome/x.test.ts": use("@agentos/testkit") },
  },
  {
    rule: "forbidden-entry",
    behaviour: "keeps signing code out of the server",
    bad: { "packages/server/src/runs/x.ts": use("@agentos/auth/mint") },
    good: { "packages/cli/src/dev/x.ts": use("@agentos/auth/mint") },
  },
  {
    rule: "one-file-package",
    behaviour: "keeps better-auth behind its one file, tests included",
    bad: { "packages/control-plane/src/people/x.test.ts": use("better-auth/api") },
    good: { "packages/control-plane/src/sign-in/better-auth.ts": use("better-auth/api") },
  },
  {
    rule: "deep-import",
    behaviour: "refuses a path inside another package",
    bad: { "packages/server/src/runs/x.ts": use("@agentos/auth/src/index.ts") },
    good: { "packages/server/src/runs/x.ts": use("@agentos/auth") },
  },
  {
    rule: "deep-import",
    behaviour: "refuses a relative path out of the package",
    bad: { "packages/server/src/runs/x.ts": use("../../../auth/src/index.ts") },
    good: { "packages/server/src/runs/x.ts": use("./y.ts"), "packages/server/src/runs/y.ts": leaf },
  },
  {
    rule: "unresolved",
    behaviour: "refuses a relative path that leads nowhere",
    bad: { "packages/auth/src/outcome/x.ts": use("./missing.ts") },
    good: { "packages/auth/src/outcome/x.ts": use("./y.ts"), "packages/auth/src/outcome/y.ts": leaf },
  },
  {
    rule: "no-node",
    behaviour: "keeps Node out of the pure packages",
    bad: { "packages/auth/src/outcome/x.ts": use("node:crypto") },
    good: { "packages/server/src/runs/x.ts": use("node:crypto") },
  },
  {
    rule: "no-node",
    behaviour: "knows a Node module without its prefix, and lets tests use it",
    bad: { "packages/contract/src/wire/x.ts": use("fs") },
    good: { "packages/contract/src/wire/x.test.ts": use("node:fs") },
  },
  {
    rule: "outside-package",
    behaviour: "keeps the dependencies of auth a closed list",
    bad: { "packages/auth/src/outcome/x.ts": use("hono") },
    good: { "packages/auth/src/outcome/x.ts": use("jose") },
  },
  {
    rule: "room-arrow",
    behaviour: "refuses a room that imports against its arrow",
    bad: {
      "packages/server/src/runs/x.ts": use("../routes/y.ts"),
      "packages/server/src/routes/y.ts": leaf,
    },
    good: {
      "packages/server/src/routes/x.ts": use("../runs/y.ts"),
      "packages/server/src/runs/y.ts": leaf,
    },
  },
  {
    rule: "room-arrow",
    behaviour: "refuses a route that imports a store instead of its port",
    bad: {
      "packages/server/src/routes/x.ts": use("../stores/y.ts"),
      "packages/server/src/stores/y.ts": leaf,
    },
    good: { "packages/server/src/routes/x.ts": use("../runs/y.ts"), "packages/server/src/runs/y.ts": leaf },
  },
  {
    rule: "room-arrow",
    behaviour: "holds in auth as in server: no way from keys to token",
    bad: {
      "packages/auth/src/keys/set/x.ts": use("../../token/y.ts"),
      "packages/auth/src/token/y.ts": leaf,
    },
    good: {
      "packages/auth/src/token/x.ts": use("../keys/set/y.ts"),
      "packages/auth/src/keys/set/y.ts": leaf,
    },
  },
  {
    rule: "room-arrow",
    behaviour: "tells a room inside a room from its neighbour",
    bad: {
      "packages/auth/src/keys/reader/x.ts": use("../judge/y.ts"),
      "packages/auth/src/keys/judge/y.ts": leaf,
    },
    good: {
      "packages/auth/src/keys/judge/x.ts": use("../reader/y.ts"),
      "packages/auth/src/keys/reader/y.ts": leaf,
    },
  },
  {
    rule: "room-arrow",
    behaviour: "refuses a room that imports the package's own entry",
    bad: { "packages/server/src/routes/x.ts": use("../index.ts") },
    good: { "packages/server/src/routes/x.ts": use("../runs/y.ts"), "packages/server/src/runs/y.ts": leaf },
  },
  {
    rule: "known-room",
    behaviour: "refuses a folder that has no row yet",
    bad: { "packages/server/src/helpers/x.ts": use("../runs/y.ts"), "packages/server/src/runs/y.ts": leaf },
    good: { "packages/server/src/stores/x.ts": use("../runs/y.ts"), "packages/server/src/runs/y.ts": leaf },
  },
  {
    rule: "known-room",
    behaviour: "refuses a folder without a row, although it imports nothing",
    bad: { "packages/server/src/helpers/x.ts": leaf },
    good: { "packages/server/src/stores/x.ts": leaf },
  },
  {
    rule: "known-room",
    behaviour: "refuses a package with folders that has no rows at all",
    bad: { "packages/console/src/chat/x.ts": leaf },
    good: { "packages/cli/src/dev/x.ts": leaf },
  },
  {
    rule: "loose-file",
    behaviour: "refuses a file at a package's root that is no entry",
    bad: { "packages/server/src/helper.ts": leaf },
    good: { "packages/server/src/runs/helper.ts": leaf },
  },
  {
    rule: "twin-name",
    behaviour: "refuses two files of one package with one name",
    bad: { "packages/server/src/runs/y.ts": leaf, "packages/server/src/routes/y.ts": leaf },
    good: { "packages/server/src/runs/y.ts": leaf, "packages/guard/src/log/y.ts": leaf },
  },
  {
    rule: "deep-import",
    behaviour: "opens single files to a unit, and nothing beside them",
    bad: {
      "tools/x.ts": use("../packages/cli/src/commands/run.ts"),
      "packages/cli/src/commands/run.ts": leaf,
    },
    good: {
      "tools/x.ts": use("../packages/cli/src/commands/program.ts"),
      "packages/cli/src/commands/program.ts": leaf,
    },
  },
  {
    rule: "no-cycle",
    behaviour: "finds a cycle through three files",
    bad: {
      "packages/auth/src/outcome/a.ts": use("./b.ts"),
      "packages/auth/src/outcome/b.ts": use("./c.ts"),
      "packages/auth/src/outcome/c.ts": use("./a.ts"),
    },
    good: {
      "packages/auth/src/outcome/a.ts": use("./b.ts"),
      "packages/auth/src/outcome/b.ts": use("./c.ts"),
      "packages/auth/src/outcome/c.ts": leaf,
    },
  },
];

describe.each(rows)("$rule: $behaviour", ({ rule, bad, good }) => {
  test("fires", () => {
    expect(rulesFiredBy(bad)).toContain(rule);
  });
  test("lets its twin pass", () => {
    expect(rulesFiredBy(good)).toEqual([]);
  });
});
