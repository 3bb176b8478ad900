import { SERVED_ROUTES } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRoutes } from "../decide/compile-route.ts";
import { decide } from "../decide/decide.ts";
import { compileGrants } from "./grants.ts";
import { limitScopes } from "./limit-scopes.ts";

const adminScope = "agent_os:admin";
const kept = (scopes: readonly string[], allowedScopes: readonly string[] | undefined) =>
  limitScopes(scopes, { allowedScopes, adminScope }).kept;

describe("limitScopes", () => {
  it.each([
    ["agents:run", ["agents:run"], true],
    ["agents:run", ["agents:*:run"], true],
    ["agents:*:run", ["agents:run"], true],
    ["agents:web:run", ["agents:run"], true],
    ["agents:web:run", ["agents:web:run"], true],
    ["agents:web:run", ["agents:other:run"], false],
    ["agents:run", ["agents:web:run"], false],
    ["agents:*:run", ["agents:web:run"], false],
    ["agents::run", ["agents:web:run"], false],
    ["agents:read", ["agents:run"], false],
    ["teams:run", ["agents:run"], false],
    ["agent_os:admin", ["agents:run", "config:read"], false],
    ["agent_os:admin", ["agent_os:admin"], true],
    ["agents:run", ["agent_os:admin"], true],
    ["agents:run", [], false],
    ["nonsense", ["agents:run"], false],
    ["nonsense", ["nonsense"], true],
    ["a:b:c:d", ["a:b:c"], false],
    ["AGENTS:run", ["agents:run"], false],
  ])("%s below the ceiling %j: %s", (scope, ceiling, isKept) => {
    expect(kept([scope], ceiling)).toEqual(isKept ? [scope] : []);
    expect(limitScopes([scope], { allowedScopes: ceiling, adminScope }).withheld).toEqual(
      isKept ? [] : [scope],
    );
  });

  it("keeps everything where there is no ceiling", () => {
    expect(kept(["agent_os:admin", "x"], undefined)).toEqual(["agent_os:admin", "x"]);
  });

  it("takes a custom admin scope for what it is", () => {
    const options = { allowedScopes: ["agents:run"], adminScope: "root:all" };
    expect(limitScopes(["root:all", "agent_os:admin", "agents:run"], options).kept).toEqual(["agents:run"]);
  });

  it("never lets a token do what the ceiling or the token alone could not", () => {
    const { routes } = compileRoutes(
      {
        list: SERVED_ROUTES["agents.list"],
        read: SERVED_ROUTES["agents.read"],
        run: SERVED_ROUTES["agents.run"],
        config: { method: "GET", path: "/config", access: ["config:read"] },
        admin: { method: "GET", path: "/admin", access: ["agent_os:admin"] },
        custom: { method: "GET", path: "/x/{id}", access: ["x:{id}:read", "agents:read"] },
      },
      { adminScope, scopeMappings: {}, allowUnmappedRoutes: false },
    );
    const scope = fc.oneof(
      fc.constantFrom(
        "agent_os:admin",
        "agents:read",
        "agents:*:read",
        "agents::run",
        "config:read",
        "x:1:read",
        "x:read",
      ),
      fc
        .tuple(
          fc.constantFrom("agents", "agent", "x", "config"),
          fc.constantFrom("1", "2", "*", "", "{id}"),
          fc.constantFrom("read", "run"),
        )
        .map((parts) => parts.join(":")),
      fc.string({ maxLength: 8 }),
    );
    const scopes = fc.array(scope, { maxLength: 5 });
    fc.assert(
      fc.property(scopes, scopes, fc.constantFrom("1", "2", "*", "{id}"), (token, ceiling, id) => {
        for (const route of routes) {
          const isAllowed = (held: readonly string[]) =>
            decide(compileGrants(held, adminScope), route, { agent_id: id, id }).isAllowed;
          if (!isAllowed(kept(token, ceiling))) continue;
          expect([isAllowed(ceiling), isAllowed(token)]).toEqual([true, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
