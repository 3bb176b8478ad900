import { parseTemplate } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, relatePattern } from "./rule-pattern.ts";

const ITEM = "/agents/{agent_id}";
const RUN = "/agents/{agent_id}/runs/{run_id}";

describe("a pattern and a path", () => {
  it.each([
    ["/agents/{id}", "/agents/a1", true],
    ["/agents/{id}", "/agents/", false],
    ["/agents/{id}", "/agents/a1/runs", false],
    ["/agents/{id}", "/agents/a1/", false],
    ["/agents/{id}", "x/agents/a1", false],
    ["/agents/*", "/agents/a1/runs/r1", true],
    ["/agents/*", "/agents/", true],
    ["/agents/*", "/agents", false],
    ["/*/runs", "/agents/a1/runs", true],
    ["/*/runs", "/agents/a1/runs/r1", false],
    ["/a.c", "/abc", false],
    ["/a.c", "/a.c", true],
    ["/{a}{b}", "/x", false],
    ["/{a}{b}", "/xy", true],
    ["/", "/", true],
    ["/", "", false],
  ])("%s matches %s: %s", (pattern, path, isMatch) => {
    expect(compilePattern(pattern)(path)).toBe(isMatch);
  });
});

describe("the work for a path that a stranger chose", () => {
  const hostile = "/*a*a*a*a*a{x}*b";

  it("grows with the pattern, not with the path: what a character does is found out once", () => {
    let steps = 0;
    const matches = compilePattern(hostile, () => (steps += 1));
    const count = (length: number) => {
      steps = 0;
      expect(matches(`/${"a".repeat(length)}`)).toBe(false);
      return steps;
    };
    expect(count(100)).toBeGreaterThan(0);
    expect(count(100_000)).toBe(0);
    expect(matches(`/${"a".repeat(100)}b`)).toBe(true);
    for (let n = 0; n < 1_000; n += 1) matches(`/${"ab/x".repeat(n % 50)}${n}`);
    expect(steps).toBeLessThan(200);
  });

  it("is the same answer as without memory, whatever the pattern and the path", () => {
    const piece = fc.constantFrom("a", "b", "/", "*", "{x}", "ab");
    const pattern = fc.array(piece, { maxLength: 8 }).map((parts) => `/${parts.join("")}`);
    const path = fc
      .array(fc.constantFrom("a", "b", "/", "c"), { maxLength: 12 })
      .map((parts) => `/${parts.join("")}`);
    fc.assert(
      fc.property(pattern, fc.array(path, { maxLength: 10 }), (text, paths) => {
        const expression = text.replaceAll("{x}", "[^/]+").replaceAll("*", "[^]*");
        const matches = compilePattern(text);
        for (const one of paths) expect(matches(one)).toBe(new RegExp(`^${expression}$`).test(one));
      }),
    );
  });
});

describe("a pattern and a route", () => {
  it.each([
    ["/agents/{id}", ITEM, "always"],
    ["/agents/*", ITEM, "always"],
    ["/agents/*", RUN, "always"],
    ["/agents/{id}/runs/{id}", RUN, "always"],
    ["/agents/vip", ITEM, "sometimes"],
    ["/agents/v*", ITEM, "sometimes"],
    ["/agents/{id}/runs/r1", RUN, "sometimes"],
    ["/*/r1", RUN, "sometimes"],
    ["/agents/*/runs/{*", RUN, "sometimes"],
    ["/agents/x{rest}", ITEM, "sometimes"],
    ["/agents", ITEM, "never"],
    ["/teams/{id}", ITEM, "never"],
    ["/teams/*", ITEM, "never"],
    ["/agents/v", "/agents", "never"],
  ])("%s meets %s %s", (pattern, template, relation) => {
    expect(relatePattern(pattern, parseTemplate(template))).toBe(relation);
  });

  it.each([
    ["/agents/{id}", "/agents/{agent_id}/runs", "/agents/*", "always"],
    ["/agents/v{rest}", "/agents/{agent_id}/runs", "/agents/v*", "sometimes"],
    ["/agents/vip/runs", ITEM, "/agents/vip", "sometimes"],
    ["/agents/x/runs/y/logs", "/agents/x/runs/{run_id}", "/agents/x/runs/y", "sometimes"],
    ["/*/a/b", ITEM, "/*/a", "sometimes"],
  ])("%s never meets %s, where a parameter would have to cross a slash, but %s does", (...row) => {
    const [pattern, template, twin, relation] = row;
    expect(relatePattern(pattern, parseTemplate(template))).toBe("never");
    expect(relatePattern(twin, parseTemplate(template))).toBe(relation);
  });

  /** INVARIANT of the module: a rule that is missed would be a restriction that silently does not hold. */
  it("are never called unrelated when a request of the route matches, nor always related when one does not", () => {
    const part = fc.constantFrom(
      "a",
      "b",
      "ab",
      "*",
      "{x}",
      "a*",
      "*b",
      "a{x}",
      "{x}b",
      "{x}{y}",
      "*a*",
      "{",
    );
    const patterns = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
    const templates = fc
      .array(fc.constantFrom("a", "b", "{p}", "{q}"), { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.join("/")}`);
    const value = fc.constantFrom("a", "b", "ab", "aa", "ba", "bb", "aab", "{", "c");
    fc.assert(
      fc.property(patterns, templates, value, value, (pattern, template, p, q) => {
        const isMatch = compilePattern(pattern)(template.replaceAll("{p}", p).replaceAll("{q}", q));
        expect(relatePattern(pattern, parseTemplate(template))).not.toBe(isMatch ? "never" : "always");
      }),
      { numRuns: 5_000 },
    );
  });
});
