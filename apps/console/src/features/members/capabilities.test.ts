import { describe, expect, it } from "vitest";
import { listCapabilities, tellCapability } from "./capabilities.ts";

const owner = { scopes: ["org:read", "os:read", "config:read", "agents:delete", "new:thing", "os:delete"] };
const member = { scopes: ["org:read", "os:read", "config:read"] };

describe("capabilities", () => {
  it("name every scope that a role gives, also one that is new", () => {
    const listed = listCapabilities([owner, member]).flatMap(({ scopes }) => scopes);
    expect(listed.toSorted()).toEqual(owner.scopes.toSorted());
  });

  it("tell whole, part and nothing apart", () => {
    const [enter] = listCapabilities([owner, member]);
    if (enter === undefined) throw new Error("there is one");
    expect(tellCapability(enter, member)).toBe("yes");
    expect(tellCapability(enter, { scopes: ["org:read"] })).toBe("some");
    expect(tellCapability(enter, { scopes: [] })).toBe("no");
  });
});
