import { expect, test } from "vitest";
import { isTooMuchMarkdown, isTooMuchWork } from "./markdown-limits.ts";

const grid = (columns: number, rows: number) =>
  `|${"a|".repeat(columns)}\n|${"-|".repeat(columns)}\n${"|x\n".repeat(rows)}`;

test.each([
  ["quotes in quotes", `${">".repeat(10_000)} x`],
  ["lists in lists", `${"- ".repeat(15_000)}x`],
  ["numbered lists in lists", `${"1. ".repeat(60)}x`],
  ["both, with spaces", `${"> 1) ".repeat(30)}x`],
  ["lists by their place", Array.from({ length: 270 }, (_, at) => `${" ".repeat(at)}- x`).join("\n")],
  ["a table that is wide", grid(2_000, 10_000)],
  ["a table of wide rows", grid(400, 1_000)],
  ["a table of many rows", grid(2, 30_000)],
  ["a table in a quote", grid(49, 200).replaceAll(/^/gm, "> ")],
  ["a table in a list", `- ${grid(49, 200).replaceAll("\n", "\n  ")}`],
  ["many tables", `${grid(40, 20)}\n`.repeat(10)],
])("%s are too much", (_, text) => {
  expect(isTooMuchMarkdown(text)).toBe(true);
});

test.each([
  ["a report", "# A\n\n> said\n\n1. one\n   - two\n     - three\n\n|a|b|\n|-|:-:|\n|1|2|\n"],
  ["lines", `${"- ".repeat(100)}\n\n${"*".repeat(300)}\n\n${"_ ".repeat(100)}`],
  ["a large table", grid(10, 400)],
  ["many words", "word - [a](b) ".repeat(10_000)],
  ["code that is far to the right", `${" ".repeat(200)}return x;`],
])("%s is not", (_, text) => {
  expect(isTooMuchMarkdown(text)).toBe(false);
});

test.each([
  ["lines that go on in a quote", `> ${"a\n".repeat(600)}`],
  ["lines that go on in a list", `- a\n${"        - b\n".repeat(600)}`],
])("%s are too much", (_, text) => {
  expect(isTooMuchMarkdown(text)).toBe(true);
});

test.each([
  ["a list of 500 links", "- **[a](https://example.com/a_b)**: `code`\n".repeat(500), false],
  ["a list of 2,000 words", "- word\n".repeat(2_000), true],
  ["a long paragraph", "word ".repeat(20_000), false],
  ["code", `\`\`\`json\n${"[[1], [2], [3]],\n".repeat(4_000)}\`\`\`\n`, false],
  ["code that grows", `~~~~\n${"[[1], [2], [3]],\n".repeat(4_000)}`, false],
  ["what only looks like code", `\`\`\` \`\n${"a\n".repeat(2_000)}`, true],
  ["lines after code", `\`\`\`\nx\n\`\`\`\n${"a\n".repeat(2_000)}`, true],
])("%s: %#", (_, block, isTooMuch) => {
  expect(isTooMuchWork(block)).toBe(isTooMuch);
});
