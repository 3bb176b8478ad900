import { expect, test } from "vitest";
import { readComponents } from "./read-components.ts";
import { isUsableId, lookUp } from "./strangers-names.ts";

test.each(["constructor", "__proto__", "toString", "b"])("%s names nothing", (name) => {
  expect(lookUp({ a: 1 }, name)).toBeUndefined();
});

test("what no address can hold is no id", () => {
  expect(["a", "ä 😀", "..", "", "a\ud800", "\udc00", 7, undefined].map(isUsableId)).toEqual([
    true,
    true,
    true,
    ...Array.from({ length: 5 }, () => false),
  ]);
  expect(readComponents([{ id: "a\ud800" }, { id: "b" }])).toMatchObject([{ id: "b" }]);
});
