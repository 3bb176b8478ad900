import { describe, expect, it } from "vitest";
import { describeNearMiss, findNearMiss } from "./near-miss.ts";

describe("a scope that was meant to be another", () => {
  it.each([
    ["Agents:Read", "SCOPE_CASE_WRONG"],
    ["agents.read", "SCOPE_SEPARATOR_WRONG"],
    ["agents/read", "SCOPE_SEPARATOR_WRONG"],
    ["AGENTS_READ", "SCOPE_SEPARATOR_WRONG"],
    ["*", "SCOPE_WILDCARD_UNKNOWN"],
    ["agents:*", "SCOPE_WILDCARD_UNKNOWN"],
    ["agents:*:*", "SCOPE_WILDCARD_UNKNOWN"],
    ["agent:read", "SCOPE_MISSPELT"],
    ["agent.read", "SCOPE_MISSPELT"],
    ["agents:raed", "SCOPE_MISSPELT"],
    ["teams:run agents:read", "SCOPE_ENTRIES_JOINED"],
    ["teams:run,agents:read", "SCOPE_ENTRIES_JOINED"],
    ["agents:read", undefined],
    ["agents:write", undefined],
    ["teams:read", undefined],
    ["agentsread", undefined],
    ["teams:run agents:run", undefined],
    ["x".repeat(201), undefined],
  ])("%j beside agents:read: %s", (held, code) => {
    expect(findNearMiss([held], "agents:read")?.code).toBe(code);
  });

  it("is looked for among fifty, and shown with a hundred characters", () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => `other:${index}`);
    expect(findNearMiss([...others(49), "agent:read"], "agents:read")?.code).toBe("SCOPE_MISSPELT");
    expect(findNearMiss([...others(50), "agent:read"], "agents:read")).toBeUndefined();
    const long = `${"a".repeat(120)}:read`;
    expect(findNearMiss([long.toUpperCase()], long)?.facts["held_scope"]).toBe("A".repeat(100));
  });

  it("is said with why it is another one", () => {
    const told = (held: string) => {
      const miss = findNearMiss([held], "agents:read");
      return miss === undefined ? "" : describeNearMiss(miss);
    };
    expect(told("agents:*")).toBe(' instead of "agents:*" (there is no wildcard for the action)');
    expect(told("agents.read")).toBe(' instead of "agents.read" (scopes are written with colons)');
    expect(told("agents:read teams:read")).toContain("as an entry of its own");
  });
});
