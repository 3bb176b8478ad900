import { ADMIN_SCOPE } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { ROLES } from "../people/roles/built-in-roles.ts";
import { Rejected } from "../store/rejected.ts";
import { chooseScopes, instanceScopesOf } from "./choose-scopes.ts";

const { owner, administrator, member } = ROLES;

function rejectionOf(...given: Parameters<typeof chooseScopes>): Rejected {
  try {
    chooseScopes(...given);
  } catch (cause) {
    if (cause instanceof Rejected) return cause;
    throw cause;
  }
  throw new Error("it was not rejected");
}

describe("the scopes of a token", () => {
  it("are all that the role gives on an AgentOS, and nothing of the control plane", () => {
    for (const role of [owner, administrator, member]) {
      const scopes = chooseScopes(role, undefined);
      expect(scopes).toEqual(instanceScopesOf(role));
      expect(scopes.filter((scope) => /^(os|org|billing):/.test(scope))).toEqual([]);
      expect(scopes).toContain("config:read");
    }
    expect(chooseScopes(owner, undefined)).toContain(ADMIN_SCOPE);
    for (const role of [administrator, member])
      expect(chooseScopes(role, undefined)).not.toContain(ADMIN_SCOPE);
  });

  it("are what was asked for, each once, in one spelling: what is compared is what the token says", () => {
    expect(
      chooseScopes(member, [
        "config:read",
        "agents:web:run",
        "agents:web:run",
        "system:read",
        "agents:*:read",
        "teams::run",
      ]),
    ).toEqual(["config:read", "agents:web:run", "agents:read", "teams:run"]);
  });

  it.each([
    ["the admin scope", member, ADMIN_SCOPE],
    ["the admin scope, for an Administrator", administrator, ADMIN_SCOPE],
    ["what only an Administrator has", member, "agents:delete"],
    ["one item of what only an Administrator has", member, "agents:web:delete"],
    ["every item of it", member, "agents:*:delete"],
    ["the alias of what only an Owner has", administrator, "system:write"],
    ["a privileged scope", member, "authz:read"],
    ["a scope that no role lists", administrator, "authz:write"],
    ["machine identities", administrator, "service_accounts:write"],
  ])("are never more than the role gives: %s", (_, role, scope) => {
    const { code, facts } = rejectionOf(role, ["config:read", scope]);
    expect(code).toBe("TOKEN_SCOPES_BEYOND_OWN");
    expect(facts["role"]).toBe(role.title);
  });

  it("may be anything on an AgentOS for who holds the admin scope", () => {
    expect(chooseScopes(owner, ["config:read", "authz:write"])).toEqual(["config:read", "authz:write"]);
    expect(chooseScopes(owner, [ADMIN_SCOPE])).toEqual([ADMIN_SCOPE]);
  });

  it.each([
    ["another case", "Agents:run"],
    ["the singular", "agent:run"],
    ["a wildcard for the action", "agents:*"],
    ["a wildcard for everything", "*"],
    ["a wildcard for both", "agents:*:*"],
    ["a space", " agents:run"],
    ["two in one", "agents:run teams:run"],
    ["two in one, with a comma", "agents:run,teams:run"],
    ["another admin scope", "agent_os:Admin"],
    ["an item of what has no items", "sessions:s-1:read"],
    ["a letter that looks like another", "аgents:run"],
    ["an id that is no ASCII", "agents:bü:run"],
    ["a quote", 'agents:"x":run'],
    ["a member of an object", "constructor:read"],
    ["a scope of the control plane", "os:read"],
    ["another one, of three parts", "org:members:write"],
  ])("are never guessed: %s is named, even to an Owner", (_, scope) => {
    const { code, facts } = rejectionOf(owner, ["config:read", scope]);
    expect(code).toBe("TOKEN_SCOPES_UNKNOWN");
    expect(String(facts["suggestion"]).length).toBeGreaterThan(20);
  });

  it("need what the console reads first, and say what is blocked without it", () => {
    const { code, facts } = rejectionOf(member, ["agents:run"]);
    expect(code).toBe("TOKEN_PREREQUISITE_MISSING");
    expect(facts).toMatchObject({ scope: "config:read", who_can: "an Owner, Administrator or Member" });
    expect(chooseScopes(member, ["agents:run", "system:read"])).toEqual(["agents:run", "config:read"]);
    expect(rejectionOf(member, []).code).toBe("TOKEN_PREREQUISITE_MISSING");
  });

  it.each(["org:read", "os:read", "config:read"])("are none for a role without %s", (gate) => {
    const role = { ...member, scopes: member.scopes.filter((scope) => scope !== gate) };
    const { code, facts } = rejectionOf(role, undefined);
    expect([code, facts["scope"]]).toEqual(["TOKEN_PREREQUISITE_MISSING", gate]);
  });
});
