import { parseTemplate } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PathParameters } from "./requirement.ts";
import { applyRules, parsePathPattern, parseScopeRule } from "./rules.ts";

/** The scopes of the rule that holds for a request, or undefined when none applies. */
function ruleFor(rules: Readonly<Record<string, string>>, template: string, parameters: PathParameters = {}) {
  const parsed = Object.entries(rules).flatMap(([text, scope]) => parseScopeRule(text, [scope]) ?? []);
  const applied = applyRules(parsed, "GET", parseTemplate(template));
  return applied.find(({ appliesTo }) => appliesTo?.(parameters) ?? true)?.rule.scopes[0];
}

const ITEM = "/agents/{agent_id}";
const RUN = "/agents/{agent_id}/runs/{run_id}";

describe("parseScopeRule", () => {
  it.each([
    "",
    "GET",
    "/agents",
    "get /agents",
    "GET agents",
    "GET  /agents",
    "GET /agents?x=1",
    "GET /a#b",
    "TRACE /a",
    "GET /a b",
    " GET /a",
    "XGET /a",
    "POST GET /a",
    "POST /a\nGET /a",
    "GET /a\n",
    "GET /a%",
    "GET /a/%zz",
    "GET /%ff",
    "GET /reports/{report-id}",
    "GET /reports/{id",
    "GET /reports/{id:int}",
    "GET /reports/:id",
    "GET /reports/<id>",
    "GET /reports/%2A",
    "GET /reports/%2a",
    "GET /reports/%7Bx%7D",
    "GET /reports/%01",
    "GET /reports/\u0001",
  ])("does not take %o for a rule", (text) => {
    expect(parseScopeRule(text, [])).toBeUndefined();
  });

  it("takes a parameter in braces, and a colon that begins no segment", () => {
    for (const text of ["GET /reports/{id}", "GET /reports/{id}:cancel", "GET /a:b"])
      expect(parseScopeRule(text, [])).toBeDefined();
  });

  it("ignores slashes at the end, as routing does", () => {
    expect(ruleFor({ "GET /agents/": "a:b" }, "/agents")).toBe("a:b");
    expect(ruleFor({ "GET /": "a:b" }, "/")).toBe("a:b");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (path) => {
        parseScopeRule(`GET /${path}`, []);
      }),
    );
  });
});

describe("parsePathPattern", () => {
  it.each([
    "",
    "reports",
    "api/reports",
    "GET /reports",
    "https://api.example/reports",
    " /reports",
    "/reports?x=1",
    "/reports#x",
    "/a b",
    "/a\n",
    "/%zz",
    "/reports/%2A",
    "/reports/%7Bx%7D",
    "/reports/%01",
  ])("does not take %o for a path", (text) => {
    expect(parsePathPattern(text)).toBeUndefined();
  });

  it("gives a rule for every method, without scopes", () => {
    const pattern = parsePathPattern("/reports/");
    expect(pattern).toMatchObject({ text: "/reports/", path: "/reports", method: "*", scopes: [] });
    for (const method of ["GET", "DELETE"])
      expect(applyRules(pattern ? [pattern] : [], method, parseTemplate("/reports"))).toEqual([
        { rule: pattern },
      ]);
  });
});

describe("a custom rule", () => {
  it.each([
    ["the template to the letter", "GET /agents/{agent_id}", ITEM],
    ["another name for the parameter", "GET /agents/{id}", ITEM],
    ["a star in place of the parameter", "GET /agents/*", ITEM],
    ["a star that crosses slashes", "GET /agents/*", RUN],
    ["a star over everything", "GET /*", RUN],
    ["a star inside the path", "GET /agents/*/runs/*", RUN],
  ])("applies to every request by %s", (_, rule, template) => {
    expect(ruleFor({ [rule]: "a:b" }, template, { agent_id: "x", run_id: "y" })).toBe("a:b");
  });

  it.each([
    ["another method", "POST /agents/*", ITEM],
    ["a parameter that does not cross slashes", "GET /agents/{id}", RUN],
    ["a longer path", "GET /agents/{id}/runs", ITEM],
    ["another literal", "GET /teams/*", ITEM],
    ["a path that only begins alike", "GET /agent", "/agents"],
    ["a dot, which is no wildcard", "GET /agent.", "/agents"],
  ])("does not apply by %s", (_, rule, template) => {
    expect(ruleFor({ [rule]: "a:b" }, template, { agent_id: "x", run_id: "y" })).toBeUndefined();
  });

  it("for one item applies to that item alone", () => {
    const rules = { "GET /agents/vip": "a:b" };
    expect(ruleFor(rules, ITEM, { agent_id: "vip" })).toBe("a:b");
    expect(ruleFor(rules, ITEM, { agent_id: "vip2" })).toBeUndefined();
    expect(ruleFor(rules, ITEM, { agent_id: "VIP" })).toBeUndefined();
  });

  it("for names that begin alike applies to all of them", () => {
    const rules = { "GET /agents/secret*": "a:b" };
    expect(ruleFor(rules, ITEM, { agent_id: "secret-1" })).toBe("a:b");
    expect(ruleFor(rules, ITEM, { agent_id: "secret" })).toBe("a:b");
    expect(ruleFor(rules, ITEM, { agent_id: "public" })).toBeUndefined();
  });

  it("with a parameter behind a literal wants at least one character in its place", () => {
    const rules = { "GET /agents/x{rest}": "a:b" };
    expect(ruleFor(rules, ITEM, { agent_id: "x" })).toBeUndefined();
    expect(ruleFor(rules, ITEM, { agent_id: "xy" })).toBe("a:b");
    expect(ruleFor(rules, ITEM, { agent_id: "xyz" })).toBe("a:b");
  });

  it("for names that begin alike does not apply where the request has no value, and fails on none", () => {
    const rules = { "GET /agents/v*": "a:b", "GET /agents*": "wide:x" };
    expect(ruleFor(rules, ITEM, {})).toBe("wide:x");
    expect(ruleFor(rules, ITEM, { agent_id: undefined })).toBe("wide:x");
    expect(ruleFor(rules, ITEM, { agent_id: "v" })).toBe("a:b");
  });

  it("is none with a brace that names no parameter, so that nothing is restricted by half", () => {
    expect(parseScopeRule("GET /agents/*/runs/{*", ["a:b"])).toBeUndefined();
  });

  it("applies where a star stands for several segments before a literal", () => {
    expect(ruleFor({ "GET /*/checkpoints": "a:b" }, RUN, { agent_id: "x", run_id: "checkpoints" })).toBe(
      "a:b",
    );
    expect(ruleFor({ "GET /*/checkpoints": "a:b" }, RUN, { agent_id: "x", run_id: "r1" })).toBeUndefined();
  });

  it.each(["a:b", "a@b", "a b", "é", "a\nb", "\ud800", "a+b", "a&b"])(
    "applies to an id with unusual characters: %j",
    (id) => {
      expect(ruleFor({ "GET /agents/*": "a:b" }, ITEM, { agent_id: id })).toBe("a:b");
      expect(ruleFor({ "GET /agents/a*": "a:b" }, ITEM, { agent_id: `a${id}` })).toBe("a:b");
    },
  );

  it("matches an id with a colon as it is written", () => {
    expect(ruleFor({ "GET /agents/team:web": "a:b" }, ITEM, { agent_id: "team:web" })).toBe("a:b");
  });

  it("does not let an id with a slash pass for a longer path", () => {
    expect(ruleFor({ "GET /agents/x/*": "a:b" }, ITEM, { agent_id: "x/runs" })).toBeUndefined();
    expect(ruleFor({ "GET /agents/{id}": "a:b" }, ITEM, { agent_id: "x/runs" })).toBe("a:b");
  });
});

describe("among several rules the most specific wins, whatever their order (repair of A7)", () => {
  it.each([
    ["a literal over a parameter", "GET /agents/vip", "GET /agents/{id}"],
    ["a parameter over a star", "GET /agents/{id}", "GET /agents/*"],
    ["a longer path over a star", "GET /agents/*/runs/*", "GET /agents/*"],
    ["a beginning over a parameter", "GET /agents/v*", "GET /agents/{id}"],
    ["a longer beginning over a shorter one", "GET /agents/vi*", "GET /agents/v*"],
    ["anything over everything", "GET /agents/*", "GET /*"],
    ["a parameter over a star, before the same end", "GET /agents/{id}/runs/*", "GET /agents/*/runs/*"],
    ["two literals over more characters and more segments", "GET /*/runs/r", "GET /agents/{id}/*/{run}"],
    [
      "a beginning over a parameter with a long name",
      "GET /agents/{id}/runs/r*",
      "GET /agents/{id}/runs/{name}",
    ],
  ])("%s", (_, specific, general) => {
    const template = specific.includes("runs") ? RUN : ITEM;
    const parameters = { agent_id: "vip", run_id: "r" };
    expect(ruleFor({ [specific]: "narrow:x", [general]: "wide:x" }, template, parameters)).toBe("narrow:x");
    expect(ruleFor({ [general]: "wide:x", [specific]: "narrow:x" }, template, parameters)).toBe("narrow:x");
  });
});

it("a rule that a request's path matches is never missed (the compiled answer equals the pattern's)", () => {
  const segment = fc.constantFrom("agents", "vip", "v*", "*", "{id}", "runs", "x");
  const value = fc.constantFrom("vip", "v", "x", "runs", "agents", "other");
  fc.assert(
    fc.property(
      fc.array(segment, { minLength: 1, maxLength: 5 }),
      value,
      value,
      (segments, agentId, runId) => {
        const text = `GET /${segments.join("/")}`;
        const rule = parseScopeRule(text, ["a:b"]);
        const path = `/agents/${agentId}/runs/${runId}`;
        const isApplied = ruleFor({ [text]: "a:b" }, RUN, { agent_id: agentId, run_id: runId }) !== undefined;
        expect(isApplied).toBe(rule?.matches(path));
      },
    ),
    { numRuns: 5_000 },
  );
});
