import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allowed } from "./allowed.ts";
import { applyMutation, listMutations } from "./mutations.ts";
import { findTests } from "./run-tests.ts";

/** Every text that a source can become by one mutation. */
const mutantsOf = (text: string) =>
  listMutations("sample.ts", text).map((mutation) => applyMutation(text, mutation));

describe("what is mutated", () => {
  test.each([
    ["a condition, to always and never", "if (ok) f();", ["if (true) f();", "if (false) f();", "if (ok) ;"]],
    ["a comparison, negated and moved by one", "x = a < b;", ["x = a <= b;", "x = a >= b;", ";"]],
    ["an equality", "x = a === b;", ["x = a !== b;", ";"]],
    ["a conjunction", "x = a && b;", ["x = a;", "x = b;", "x = ((a) || (b));", ";"]],
    ["a fallback", "x = a ?? b;", ["x = a;", "x = b;", ";"]],
    ["a negation", "x = !a;", ["x = a;", ";"]],
    ["a limit", "const limit = 256;", ["const limit = 257;", "const limit = 255;"]],
    ["a list", "const list = [a, b];", ["const list = [b];", "const list = [a];"]],
    [
      "a list in one text",
      'const list = "a b".split(" ");',
      ['const list = "b".split(" ");', 'const list = "a".split(" ");'],
    ],
    ["a pattern", "const p = /^a$/i;", ["const p = /a$/i;", "const p = /^a/i;", "const p = /^a$/;"]],
    ["a quantifier", "const q = l.some(f);", ["const q = l.every(f);"]],
    ["a bound", "const q = l.slice(0, n);", ["const q = l;", "const q = l.slice(1, n);"]],
    [
      "a loop of checks",
      "for (const c of checks) f(c);",
      ["for (const c of []) f(c);", "for (const c of checks) ;"],
    ],
    ["a frozen value", "const v = Object.freeze(x);", ["const v = (x);"]],
  ])("%s", (_, text, expected) => {
    expect(mutantsOf(text).toSorted()).toEqual(expected.toSorted());
  });

  test("no type, no import, no name", () => {
    const text = 'import { a } from "b";\ntype T = [1, 2];\ninterface I { readonly n: 1 }\nconst c = a as T;';
    expect(mutantsOf(text)).toEqual([]);
  });

  test("a mutation knows its line", () => {
    expect(listMutations("sample.ts", "f;\n  if (ok) g;\n")).toContainEqual(
      expect.objectContaining({ line: 2, code: "if (ok) g;", from: "ok", to: "false" }),
    );
  });
});

test("the tests of a file are those that import it, its own first", () => {
  const path = "packages/auth/src/token/a.ts";
  const module = (name: string, target?: string) => ({
    path: `packages/auth/src/${name}`,
    unit: "auth",
    isTest: name.includes("test"),
    imports: target === undefined ? [] : [{ specifier: "", line: 1, target: `packages/auth/src/${target}` }],
  });
  const modules = [
    module("engine.test.ts", "b.ts"),
    module("token/x.random.test.ts", "token/a.ts"),
    module("token/other.test.ts", "token/other.ts"),
    module("token/z.test.ts", "token/a.ts"),
    module("token/a.test.ts", "token/a.ts"),
    module("b.ts", "token/a.ts"),
    module("token/a.ts"),
  ];
  expect(findTests(path, modules).map((found) => found.replace("packages/auth/src/", ""))).toEqual([
    "token/a.test.ts",
    "token/z.test.ts",
    "engine.test.ts",
    "token/x.random.test.ts",
  ]);
});

test.each(allowed.map((entry) => [entry.file, entry] as const))(
  "the explained survivor in %s is still a mutation of the code",
  (_, { file, code, from, to, reason }) => {
    const text = readFileSync(join(import.meta.dirname, "../../packages/auth/src", file), "utf8");
    expect(listMutations(file, text)).toContainEqual(expect.objectContaining({ code, from, to }));
    expect(reason.length).toBeGreaterThan(20);
  },
);
