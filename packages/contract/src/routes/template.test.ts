import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareTemplates,
  fillTemplate,
  findTemplateProblem,
  matchTemplate,
  parseTemplate,
  shapeOf,
  splitParameters,
  toRouterPath,
} from "./template.ts";

const RUN = parseTemplate("/agents/{agent_id}/runs/{run_id}");

describe("parseTemplate", () => {
  it("gives segments and the names of the parameters", () => {
    expect(RUN.parameters).toEqual(["agent_id", "run_id"]);
    expect(RUN.segments).toEqual([
      { kind: "literal", text: "agents" },
      { kind: "parameter", name: "agent_id" },
      { kind: "literal", text: "runs" },
      { kind: "parameter", name: "run_id" },
    ]);
    expect(parseTemplate("/").parameters).toEqual([]);
  });

  it.each(["/a/x-{id}", "/a/{id}x", "/a/{report-id}", "/a/{}", "/a/{id", "/a/{a}{b}"])(
    "takes %s, whose segment is no whole parameter, to the letter",
    (text) => {
      expect(parseTemplate(text).parameters).toEqual([]);
      expect(findTemplateProblem(parseTemplate(text))).toContain("a segment is either");
    },
  );

  it("spells every template again", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "{id}", "{id}x", "", "*", "{", ":x")), (segments) => {
        const text = `/${segments.join("/")}`;
        expect(fillTemplate(parseTemplate(text), (name) => `{${name}}`)).toBe(text);
      }),
    );
  });
});

describe("findTemplateProblem", () => {
  it.each(["/", "/a", "/a/{id}", "/a/{id}/b/{other}"])("finds none in %s", (text) => {
    expect(findTemplateProblem(parseTemplate(text))).toBeUndefined();
  });

  it.each([
    ["/a/{id}/b/{id}", "named twice"],
    ["/a/:id", "a segment is either"],
    ["/a/*", "a segment is either"],
  ])("names that of %s", (text, problem) => {
    expect(findTemplateProblem(parseTemplate(text))).toContain(problem);
  });
});

describe("matchTemplate", () => {
  it("gives the decoded parameters", () => {
    expect(matchTemplate(RUN, "/agents/a%2F1/runs/r1")).toEqual({ agent_id: "a/1", run_id: "r1" });
    expect(matchTemplate(parseTemplate("/"), "/")).toEqual({});
    expect(matchTemplate(parseTemplate("/a/{id}"), "/a/%zz")).toEqual({ id: "%zz" });
  });

  it.each([
    "/agents/a1/runs",
    "/agents/a1/runs/r1/x",
    "/teams/a1/runs/r1",
    "/agents//runs/r1",
    "/agents/a1/runs/",
  ])("does not match %s", (path) => {
    expect(matchTemplate(RUN, path)).toBeUndefined();
  });

  it("has own parameters only, whatever they are called", () => {
    const odd = matchTemplate(parseTemplate("/{__proto__}"), "/x");
    expect(Object.hasOwn(odd ?? {}, "__proto__")).toBe(true);
  });
});

describe("spellings", () => {
  it("removes the names from the shape", () => {
    expect(shapeOf(RUN)).toBe(shapeOf(parseTemplate("/agents/{a}/runs/{b}")));
    expect(shapeOf(RUN)).not.toBe(shapeOf(parseTemplate("/teams/{a}/runs/{b}")));
  });

  it("writes parameters as the router does", () => {
    expect(toRouterPath(RUN)).toBe("/agents/:agent_id/runs/:run_id");
  });

  it("keeps the text between parameters where only pieces are asked for", () => {
    expect(splitParameters("vault:x{id}:read")).toEqual([
      { kind: "literal", text: "vault:x" },
      { kind: "parameter", name: "id" },
      { kind: "literal", text: ":read" },
    ]);
  });
});

describe("compareTemplates", () => {
  it.each([
    ["/a/b", "/a/{id}"],
    ["/a/b/{id}", "/a/{id}/c"],
    ["/a/{id}/b", "/a/{id}/{other}"],
  ])("puts %s before %s", (specific, general) => {
    const [first, second] = [parseTemplate(specific), parseTemplate(general)];
    expect(compareTemplates(first, second)).toBe(-1);
    expect(compareTemplates(second, first)).toBe(1);
  });

  it("knows no order between templates of one shape", () => {
    expect(compareTemplates(parseTemplate("/a/{b}"), parseTemplate("/a/{c}"))).toBe(0);
  });
});
