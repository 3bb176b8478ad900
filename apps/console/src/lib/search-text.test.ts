import { expect, it } from "vitest";
import { readSearchText, readSearchWord } from "./search-text.ts";

it.each([
  ["Ada", "Ada"],
  [42, "42"],
  ["", undefined],
  ["x".repeat(201), undefined],
  [{ a: 1 }, undefined],
  [null, undefined],
])("reads %j of an address as %j", (value, text) => {
  expect(readSearchText(value)).toBe(text);
});

it("takes one of the words, and no other", () => {
  expect(readSearchWord("roles", ["roles"])).toBe("roles");
  expect(readSearchWord(["roles"], ["roles"])).toBeUndefined();
  expect(readSearchWord("constructor", ["roles"])).toBeUndefined();
});
