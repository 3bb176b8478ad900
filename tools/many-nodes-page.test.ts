// docs/many-nodes.md has the words of the log: what an operator pastes into a search is found.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("its table of notices has each one, with the words that the log begins with", () => {
  const [, union = ""] =
    /type NoticeName =(.+?);/s.exec(read("packages/storage/src/faults/notices.ts")) ?? [];
  const names = [...union.matchAll(/"([a-z-]+)"/g)].map(([, name = ""]) => name);
  const source = globSync("packages/storage/src/**/*.ts", { cwd: root })
    .filter((path) => !path.endsWith(".test.ts"))
    .map(read)
    .join("\n");
  const texts = new Map(
    [...source.matchAll(/name: "([a-z-]+)",\s*text: ["`]([^"`]+)["`]/g)].map(([, name = "", text = ""]) => [
      name,
      text,
    ]),
  );
  const rows = new Map(
    [...read("docs/many-nodes.md").matchAll(/^\| `([a-z-]+)` \| (.+?) \|/gm)].map(
      ([, name = "", words = ""]) => [name, words],
    ),
  );
  expect(names.length).toBeGreaterThan(3);
  expect([...rows.keys()].toSorted()).toEqual(names.toSorted());
  for (const [name, words] of rows) expect(texts.get(name)?.slice(0, words.length), name).toBe(words);
});
