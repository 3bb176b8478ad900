import { expect, test } from "vitest";
import { checkCitations, checkText, maximumLines, maximumTestLines } from "./house-rules.ts";

test("refuses a suppressed finding without a reason, and takes one with", () => {
  const bare = "// oxlint-disable-next-line no-console\n";
  expect(checkText("a.ts", bare)).toHaveLength(1);
  expect(checkText("a.ts", bare.replace("\n", " -- the command line prints here\n"))).toEqual([]);
});

test("refuses a bare expected type error, and takes one with its reason", () => {
  expect(checkText("a.ts", "// @ts-expect-error\n")).toHaveLength(1);
  expect(checkText("a.ts", "// @ts-expect-error a misspelt scope must not compile\n")).toEqual([]);
});

test("refuses a source file that is too long, and takes one that says why", () => {
  const long = "export {};\n".repeat(maximumLines + 1);
  expect(checkText("a.ts", long)).toHaveLength(1);
  expect(checkText("a.ts", `// LENGTH: one table, easier to read whole\n${long}`)).toEqual([]);
  expect(checkText("a.md", long)).toEqual([]);
  expect(checkText("a.test.ts", long)).toEqual([]);
  expect(checkText("a.test.ts", "export {};\n".repeat(maximumTestLines + 1))).toHaveLength(1);
});

test("refuses a package-registry host in any file", () => {
  expect(checkText("a.json", `"https://${["registry", "npmjs", "org"].join(".")}/x"`)).toHaveLength(1);
  expect(checkText("a.json", '"https://example.com/x"')).toEqual([]);
});

test("refuses a clock in the pure packages, and leaves their tests and other packages alone", () => {
  const code = "export const now = new Date();\n";
  expect(checkText("packages/auth/src/x.ts", code)).toHaveLength(1);
  expect(checkText("packages/auth/src/x.test.ts", code)).toEqual([]);
  expect(checkText("packages/server/src/x.ts", code)).toEqual([]);
});

test("refuses a decision that is cited by its number or is not there, and a link that leads nowhere", () => {
  const exists = (path: string) => ["docs/decisions/0018-rsa.md", "docs/guide.md"].includes(path);
  const check = (path: string, text: string) => checkCitations(path, text, exists);
  expect(check("a.ts", "// as decision 0018 says")).toHaveLength(1);
  expect(check("a.ts", "// (docs/decisions/0018): why")).toHaveLength(1);
  expect(check("a.ts", "// docs/decisions/0019-other.md: why")).toHaveLength(1);
  expect(check("a.ts", "// docs/decisions/0018-rsa.md: why")).toEqual([]);
  expect(check("docs/x.md", "see [decision 0018](decisions/0018-rsa.md)")).toEqual([]);
  expect(check("docs/x.md", "see [the guide](guide.md#start)")).toEqual([]);
  expect(check("docs/x.md", "see [the guide](guides.md)")).toHaveLength(1);
  expect(check("docs/x.md", "see [elsewhere](https://example.com/x.md)")).toEqual([]);
});
