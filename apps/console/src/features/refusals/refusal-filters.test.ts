import { expect, test } from "vitest";
import { isFiltered, readRefusalFilters, toDenialQuery } from "./refusal-filters.ts";

test("reads what is a filter from the address, and leaves the rest out", () => {
  const search = {
    code: "SCOPE_MISSING",
    subject: 12,
    route: "",
    client: ["a"],
    span: "day",
    page: "3",
    x: "y",
  };
  expect(readRefusalFilters(search)).toEqual({ code: "SCOPE_MISSING", subject: "12", span: "day", page: 3 });
  expect(readRefusalFilters({ code: "x".repeat(301), span: "year", page: -1 })).toEqual({});
});

test("asks the instance from when on", () => {
  expect(toDenialQuery({ span: "hour", code: "A", open: "d" }, 10_000.5)).toEqual({
    code: "A",
    since: 6_400,
  });
});

test("what is open and which page it is filters nothing", () => {
  expect(isFiltered({ open: "d", page: 2 })).toBe(false);
  expect(isFiltered({ client: "::1" })).toBe(true);
});
