// Each action that the control plane writes has words: read from its sources, so that a new one is noticed.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeAction, describeRole, KNOWN_ACTIONS, nameActor, titleOfAction } from "./audit-words.ts";

const sources = join(import.meta.dirname, "../../../../../packages/control-plane/src");
const target = { kind: "person", id: "p1", name: "Mia" };

function findActions(): readonly string[] {
  const files = globSync("**/*.ts", { cwd: sources }).filter(
    (file) => !/\.(test|fixture|suite)\.ts$/.test(file),
  );
  const texts = files.map((file) => readFileSync(join(sources, file), "utf8"));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/action: ([^;\n]*)/g)].map(([, rest = ""]) => rest),
  );
  const names = found.flatMap((rest) =>
    [...rest.matchAll(/"([a-z]+\.[a-z-]+)"/g)].map(([, name = ""]) => name),
  );
  return [...new Set(names)];
}

describe("words of the audit log", () => {
  it("are there for each action of the control plane", () => {
    const actions = findActions();
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => !KNOWN_ACTIONS.includes(action))).toEqual([]);
  });

  it("name what it was done to, by its id where it has no name", () => {
    expect(describeAction({ action: "member.added", target })).toMatchObject({
      verb: "added",
      target: "Mia",
    });
    expect(describeAction({ action: "member.added", target: { ...target, name: null } }).target).toBe(
      "person p1",
    );
    expect(describeAction({ action: "session.begun", target }).target).toBeUndefined();
  });

  it.each([
    ["member", "as Member"],
    ["administrator", "as Administrator"],
    ["owner", "as Owner"],
  ])("say as what somebody was added: %s", (role, words) => {
    expect(describeRole({ action: "member.added", before: null, after: { role } })).toBe(words);
  });

  it("say which role became which, and none where none was changed", () => {
    const before = { role: "member" };
    const after = { role: "administrator" };
    expect(describeRole({ action: "member.role-changed", before, after })).toBe(
      "from Member to Administrator",
    );
    expect(describeRole({ action: "member.removed", before, after: null })).toBeUndefined();
    expect(titleOfAction("member.role-changed")).toBe("Member role changed");
  });

  it("show an action that is not known by its own name", () => {
    for (const action of ["thing.happened", "constructor", "__proto__"])
      expect(describeAction({ action, target })).toMatchObject({ verb: action, isUnknown: true });
  });

  it("name who did it", () => {
    expect(nameActor({ kind: "command-line", name: null })).toBe("Command line");
    expect(nameActor({ kind: "person", name: "Ada" })).toBe("Ada");
  });
});
