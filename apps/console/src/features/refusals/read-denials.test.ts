import { expect, test } from "vitest";
import type { Denial } from "../../lib/explain-refusal.ts";
import { isNameOfFact } from "./fact-names.ts";
import { readDenialCounts, readDenials } from "./read-denials.ts";

const meta = { page: 1, limit: 50, total_pages: 1, total_count: 1, search_time_ms: 0 };
const own: Denial = {
  view: "caller",
  denial_id: "d1",
  code: "SCOPE_MISSING",
  status: 403,
  title: "a scope is missing",
  detail: "Insufficient permissions",
  fix: "ask for it",
  type: "/errors#SCOPE_MISSING",
  route: "GET /agents",
  created_at: 1,
  last_seen_at: 2,
  count: 3,
};
const operators: Denial = {
  ...own,
  view: "operator",
  exact_code: "SCOPE_MISSING",
  stage: "scopes",
  timeline: [{ stage: "scopes", outcome: "failed" }],
  facts: { held_scopes: ["agents:read"] },
  subject: null,
  issuer: null,
  client: null,
};
/** As an instance may send it. */
const read = (rows: readonly object[], limit = 50) =>
  readDenials({ data: rows as Denial[], meta }, limit).data;

test("records as they are described are shown", () => {
  expect(read([own, operators])).toEqual([own, operators]);
});

test.each([
  ["count", null],
  ["count", "3"],
  ["route", 1],
  ["facts", null],
  ["facts", { a: { b: 1 } }],
  ["timeline", null],
  ["timeline", [null]],
  ["missing_scopes", "all"],
  ["view", "other"],
  ["denial_id", ""],
  ["subject", {}],
])("a record whose %s is %j is left out", (name, value) => {
  expect(read([{ ...operators, [name]: value }, own])).toEqual([own]);
});

test("no more is shown than was asked for", () => {
  const many = Array.from({ length: 20_000 }, (_, at) => ({ ...own, denial_id: `d${at}` }));
  expect(read(many)).toHaveLength(50);
});

test("a list without its numbers is one page", () => {
  expect(readDenials({ data: [own], meta: null as never }, 50).meta.total_pages).toBe(1);
  const counts = [{ value: "a", count: 1 }, { value: "b", count: null }, { value: 1, count: 1 }, null];
  expect(readDenialCounts({ data: counts as never, meta }, 50).data).toHaveLength(1);
});

test("a label is the name of a fact that is known", () => {
  expect(["held_scopes", "token_algorithm", "limit"].every(isNameOfFact)).toBe(true);
  expect(["Command  rm -rf /", "run_this_command", "press", ""].some(isNameOfFact)).toBe(false);
});
