import { GLOBAL_SCOPES } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { findCapabilities, listCapabilities, tellCapability } from "./capabilities.ts";

const owner = { scopes: ["org:read", "os:read", "config:read", "agents:delete", "new:thing", "os:delete"] };
const member = { scopes: ["org:read", "os:read", "config:read"] };

describe("capabilities", () => {
  it("name every scope that a role gives, also one that is new", () => {
    const listed = listCapabilities([owner, member]).flatMap(({ scopes }) => scopes);
    expect(listed.toSorted()).toEqual(owner.scopes.toSorted());
  });

  it("have words of their own for everything that can be deleted", () => {
    const scopes = GLOBAL_SCOPES.filter((scope) => scope.endsWith(":delete"));
    expect(listCapabilities([{ scopes }]).map(({ title }) => title)).not.toContain("Anything else");
  });

  it("are found by their words, and by their scopes, of which the others are left out", () => {
    const all = listCapabilities([owner]);
    expect(findCapabilities(all, "see inst")[0]?.scopes).toEqual(["org:read", "os:read"]);
    expect(findCapabilities(all, "agents:del")[0]?.scopes).toEqual(["agents:delete"]);
    expect(findCapabilities(all, "nothing such")).toEqual([]);
  });

  it("tell whole, part and nothing apart", () => {
    const [enter] = listCapabilities([owner, member]);
    if (enter === undefined) throw new Error("there is one");
    expect(tellCapability(enter, member)).toBe("yes");
    expect(tellCapability(enter, { scopes: ["org:read"] })).toBe("some");
    expect(tellCapability(enter, { scopes: [] })).toBe("no");
  });
});
