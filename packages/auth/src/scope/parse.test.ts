import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseScope } from "./parse.ts";

const ADMIN = "agent_os:admin";

/** Contract section 2.1. */
describe("parseScope", () => {
  it.each([
    ["agents:run", { resource: "agents", id: undefined, action: "run" }],
    ["agents:web-agent:run", { resource: "agents", id: "web-agent", action: "run" }],
    ["agents:*:run", { resource: "agents", id: "*", action: "run" }],
    ["agents::run", { resource: "agents", id: undefined, action: "run" }],
    ["system:read", { resource: "config", id: undefined, action: "read" }],
    ["system:x:read", { resource: "config", id: "x", action: "read" }],
    ["Agents:Run", { resource: "Agents", id: undefined, action: "Run" }],
    ["agents:a,b:run", { resource: "agents", id: "a,b", action: "run" }],
    ["agents:*", { resource: "agents", id: undefined, action: "*" }],
  ])("reads %o", (text, parts) => {
    expect(parseScope(text, ADMIN)).toEqual({ kind: "scope", text, ...parts });
  });

  it.each(["", "*", "agents", ":", ":run", "agents:", "agents:x:", ":x:run", "a:b:c:d", "agents:run:x:y:z"])(
    "knows %o as nothing",
    (text) => {
      expect(parseScope(text, ADMIN)).toEqual({ kind: "unknown", text });
    },
  );

  it.each([
    "agents:read sessions:read",
    "agents:read,sessions:read",
    "agents:read;sessions:read",
    "agents:read\tsessions:read",
    " agents:run",
    "agents:run ",
  ])("knows %o, which is no one scope, as nothing: it names no item either", (text) => {
    expect(parseScope(text, ADMIN)).toEqual({ kind: "unknown", text });
  });

  it("takes the effective admin scope for admin, and the usual one for an ordinary scope then", () => {
    expect(parseScope(ADMIN, ADMIN).kind).toBe("admin");
    expect(parseScope("root", "root").kind).toBe("admin");
    expect(parseScope(ADMIN, "root")).toMatchObject({ kind: "scope", resource: "agent_os", action: "admin" });
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
    "does not take the inherited property %o for an alias",
    (resource) => {
      expect(parseScope(`${resource}:read`, ADMIN)).toMatchObject({ resource, action: "read" });
    },
  );

  it("never throws, and keeps the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseScope(text, ADMIN).text).toBe(text);
      }),
    );
  });
});
