import { expect, test } from "vitest";
import { readQuickPrompts } from "./quick-prompts.ts";

const of = (prompts: unknown) => ({ chat: { quick_prompts: { a: prompts } } });

test.each([
  [of(["One", " One ", "", 3, "Two"]), ["One", "Two"]],
  [of("One"), []],
  [of(undefined), []],
  [{}, []],
  [null, []],
])("%j offers %j", (config, prompts) => expect(readQuickPrompts(config, "a")).toEqual(prompts));

test("prompts are few and short, and no key of an object's own kind is one", () => {
  const many = readQuickPrompts(of(Array.from({ length: 50 }, (_, at) => `${at} ${"x".repeat(9_999)}`)), "a");
  expect(many).toHaveLength(6);
  expect(many.every(({ length }) => length <= 300)).toBe(true);
  expect(readQuickPrompts(of([]), "constructor")).toEqual([]);
});
