import { describe, expect, it } from "vitest";
import { parsePathPattern, parseScopeRule } from "../scope/rules.ts";
import { describePathFault, describeRuleFault, describeScopeFault } from "./describe-rule-fault.ts";

/** What the suggestion says to write, where it is one text. */
const written = (suggestion: string) => /^write "([^"]+)"$/.exec(suggestion)?.[1];

describe("a rule that is none", () => {
  it.each([
    ["", "is empty", undefined],
    ["/reports", "has no method in front of its path", "GET /reports"],
    ["get /reports", "is not written as a method in capital letters, one space, and a path", "GET /reports"],
    ["GET  /reports", "is not written as a method in capital letters, one space, and a path", "GET /reports"],
    ["GET reports", "has no path that begins with a slash behind its method", "GET /reports"],
    ["OPTIONS /reports", "has a method that is none of GET, POST, PUT, PATCH, DELETE", undefined],
    ["GET /reports?x=1", "has a query or fragment, which is no part of a path", "GET /reports"],
    ["GET /reports/:id", "has a parameter that is not written in braces", "GET /reports/{id}"],
    ["GET /reports/<int:id>", "has a parameter that is not written in braces", "GET /reports/{id}"],
    ["GET /reports/%2a", 'has "*" or a brace as a percent code, which means nothing in a rule', undefined],
    ["GET /reports/%zz", "has a percent code that is none", undefined],
    ["GET /reports/{a b}", "is not written as a method in capital letters, one space, and a path", undefined],
    ["GET /reports/{id", "has braces around something that is no name", undefined],
  ])("%j says what was found in it, and what is suggested is one", (text, problem, rule) => {
    expect(parseScopeRule(text, [])).toBeUndefined();
    const found = describeRuleFault(text);
    expect(found.problem).toBe(problem);
    if (rule === undefined) return;
    expect(written(found.suggestion)).toBe(rule);
    expect(parseScopeRule(rule, [])).toBeDefined();
  });
});

it.each([
  ["reports", "begins with no slash", "/reports"],
  ["/reports/:id", "has a parameter that is not written in braces", "/reports/{id}"],
  ["/reports#top", "has a query or fragment, which is no part of a path", "/reports"],
])("the path %j says what was found in it, and what is suggested is one", (text, problem, path) => {
  const found = describePathFault(text);
  expect([parsePathPattern(text), found.problem, written(found.suggestion)]).toEqual([
    undefined,
    problem,
    path,
  ]);
  expect(parsePathPattern(path)).toBeDefined();
});

it.each([
  ["", "is empty", 'write "resource:action", or "resource:ID:action" for one item'],
  ["agents.read", 'has no ":" between its parts', 'write "agents:read"'],
  ["agents/shop/run", 'has no ":" between its parts', 'write "agents:shop:run"'],
  ["agents", "has no action", 'add one behind a colon, such as "agents:read"'],
  ["agents:", "has an empty action", 'write "resource:action", or "resource:ID:action" for one item'],
  [
    "a:b:c:d",
    "has 4 parts, and a scope has two or three",
    'write "resource:action", or "resource:ID:action" for one item',
  ],
  ["a:b c:d", "is several in one text", 'write each by itself: ["a:b", "c:d"]'],
])("the scope %j says what was found in it", (text, problem, suggestion) => {
  expect(describeScopeFault(text)).toEqual({ problem, suggestion });
});
