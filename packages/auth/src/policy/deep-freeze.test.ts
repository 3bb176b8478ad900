import { expect, it } from "vitest";
import { deepFreeze } from "./deep-freeze.ts";

it("freezes all the way down", () => {
  const value = deepFreeze({ list: [{ inner: [null, 1, "a"] }], nothing: null });
  expect([value, value.list, value.list[0], value.list[0]?.inner].map(Object.isFrozen)).not.toContain(false);
});

it("freezes deeper than the stack: the claims of a token of 16 KB nest 6,000 levels", () => {
  let value: unknown[] = [];
  const innermost = value;
  for (let depth = 0; depth < 100_000; depth += 1) value = [value];
  expect(deepFreeze(value)).toBe(value);
  expect(Object.isFrozen(innermost)).toBe(true);
});
