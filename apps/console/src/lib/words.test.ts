import { expect, test } from "vitest";
import { asSentence, clip, countOf, initialsOf, joinWords } from "./words.ts";

test("cuts a text that is too long, and no other", () => {
  expect(clip("abcdef", 6)).toBe("abcdef");
  expect(clip("abcdefg", 6)).toBe("abcde…");
});

test("makes a sentence of a text of the catalogue", () => {
  expect(asSentence("sign in again")).toBe("Sign in again.");
  expect(asSentence("What now?")).toBe("What now?");
  expect(asSentence("")).toBe("");
});

test("joins words as one says them", () => {
  expect(joinWords([], "or")).toBe("");
  expect(joinWords(["a"], "or")).toBe("a");
  expect(joinWords(["a", "b", "c"], "and")).toBe("a, b and c");
});

test("takes the first letters of the first and the last name", () => {
  expect(initialsOf("Ada King Lovelace")).toBe("AL");
  expect(initialsOf("émile")).toBe("É");
  expect(initialsOf(" ")).toBe("?");
  expect(initialsOf("🦊 Fox")).toBe("🦊F");
});

test("counts in words", () => {
  expect(countOf(1, "member")).toBe("1 member");
  expect(countOf(1200, "entry", "entries")).toBe("1,200 entries");
});
