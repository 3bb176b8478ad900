import { describe, expect, it } from "vitest";
import { compileGrants, visibleItems } from "./grants.ts";

const compile = (...scopes: readonly string[]) => compileGrants(scopes, "agent_os:admin");

describe("compileGrants", () => {
  it("keeps wide scopes, scopes of one item, and every text, apart", () => {
    const grants = compile("agents:read", "agents:a1:run", "agents:a2:run", "nonsense");
    expect([...grants.wide.keys()]).toEqual(["agents:read"]);
    expect([...grants.narrow.keys()]).toEqual(["agents:run"]);
    expect([...(grants.narrow.get("agents:run")?.keys() ?? [])]).toEqual(["a1", "a2"]);
    expect(grants.exact.has("nonsense")).toBe(true);
    expect(grants.exact.has("agents:run")).toBe(false);
    expect(grants.adminScope).toBeUndefined();
  });

  it("knows the admin scope as that, and as no scope of a resource", () => {
    const grants = compile("agent_os:admin");
    expect(grants.adminScope).toBe("agent_os:admin");
    expect([...grants.wide.keys(), ...grants.narrow.keys()]).toEqual([]);
  });

  it("gives what nobody can change, and no way to the tables behind it", () => {
    const { wide, narrow, exact } = compile("agents:read", "agents:a1:run");
    const parts = [wide, narrow, exact, narrow.get("agents:run"), compile().narrow];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    expect(parts.flatMap((part) => Object.keys(part ?? {}))).not.toContain("set");
  });

  it("shares no method between callers that one of them could replace for all", () => {
    const { wide, narrow, exact } = compile("agents:read", "agents:a1:run");
    for (const part of [wide, narrow, exact, narrow.get("agents:run") ?? {}]) {
      const shared = Reflect.getPrototypeOf(part);
      const places = shared === null || shared === Object.prototype ? [part] : [part, shared];
      for (const place of places)
        for (const name of ["get", "has", "keys", "values"])
          expect(Reflect.set(place, name, () => "agents:run")).toBe(false);
    }
    const other = compile();
    expect([other.wide.get("agents:run"), other.exact.has("agents:run")]).toEqual([undefined, false]);
    expect(visibleItems(other, "agents", "run")).toEqual(new Set());
  });
});

describe("visibleItems", () => {
  it("are all for whoever holds the wide or the admin scope", () => {
    expect(visibleItems(compile("agents:read", "agents:a1:read"), "agents", "read")).toBe("all");
    expect(visibleItems(compile("agent_os:admin"), "agents", "read")).toBe("all");
  });

  it("are those that scopes of one item name, for this action of this resource", () => {
    const grants = compile("agents:a1:read", "agents:a2:run", "teams:t1:read");
    expect(visibleItems(grants, "agents", "read")).toEqual(new Set(["a1"]));
    expect(visibleItems(grants, "teams", "run")).toEqual(new Set());
  });
});
