import { expect, test } from "vitest";
import { parseLinkFragment } from "./one-time-link.ts";

test("reads the secret of a one-time link", () => {
  expect(parseLinkFragment("#link=abc_-9")).toBe("abc_-9");
});

test.each(["", "#", "#link=", "#link=a&b=c", "#other=abc", `#link=${"a".repeat(201)}`])(
  "reads none from %j",
  (hash) => {
    expect(parseLinkFragment(hash)).toBeUndefined();
  },
);
