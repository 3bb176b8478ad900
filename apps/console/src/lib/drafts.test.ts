import { expect, test } from "vitest";
import { createDrafts } from "./drafts.ts";

test("a draft is kept for its conversation alone, until it is empty", () => {
  const drafts = createDrafts();
  const file = new File(["x"], "x.txt");
  drafts.keep("a", { text: "Not sent", files: [] });
  drafts.keep("b", { text: "", files: [file] });
  expect([drafts.read("a")?.text, drafts.read("b")?.files, drafts.read("c")]).toEqual([
    "Not sent",
    [file],
    undefined,
  ]);
  drafts.keep("a", { text: "", files: [] });
  expect(drafts.read("a")).toBeUndefined();
});

test("only so many are kept: the one that was touched longest ago goes", () => {
  const drafts = createDrafts();
  for (let at = 0; at <= 100; at += 1) drafts.keep(`${at}`, { text: "x", files: [] });
  expect([drafts.read("0"), drafts.read("1")?.text]).toEqual([undefined, "x"]);
});
