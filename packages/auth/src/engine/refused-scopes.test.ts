/** What a caller is told whose own scopes are nearly right, or stand where they are not read. */
import { REFUSALS, renderFix, renderText } from "@agentos/contract";
import { signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { codeOf, setUpVerifier, TEST_TOKENS } from "../token/verifier.fixture.ts";
import { compile, engineWith, LIST } from "./engine.fixture.ts";

interface Options {
  readonly scopes?: readonly string[];
  readonly userId?: string;
  readonly allowedScopes?: readonly string[];
}

async function authorize(claims: object, options: Options = {}) {
  const { scopes, userId, allowedScopes } = options;
  const claimNames = { ...(scopes && { scopes }), ...(userId && { userId }) };
  const { good, verifier } = await setUpVerifier({ claimNames });
  const token = await signToken(withClaims(good, { scopes: undefined, ...claims }));
  const verified = await verifier.verify(token);
  if (!verified.ok) throw new Error(verified.fault.code);
  const engine = engineWith({
    isolatesUsers: true,
    tokens: [{ ...TEST_TOKENS, allowedScopes }],
    claimNames: {
      scopes,
      userId: userId ?? "sub",
      sessionId: "",
      audience: "aud",
      dependencies: [],
      sessionState: [],
    },
  });
  return (route = LIST) => engine.authorize(verified.value, route, { agent_id: "a1" });
}

async function refusalOf(...given: Parameters<typeof authorize>) {
  const result = (await authorize(...given))();
  if (result.ok) throw new Error("it passed");
  const { code, facts } = result.fault;
  return {
    code,
    facts,
    fix: renderText(REFUSALS[code].fix, facts),
    record: renderFix(REFUSALS[code].fix, facts),
  };
}

describe("a scope that is nearly right", () => {
  it.each([
    ["agent:read", 'instead of "agent:read" (which is no scope here)'],
    ["Agents:Read", 'instead of "Agents:Read" (scopes are compared to the letter)'],
    ["agents.read", 'instead of "agents.read" (scopes are written with colons)'],
    ["agents:*", 'instead of "agents:*" (there is no wildcard for the action)'],
    ["agents:raed", 'instead of "agents:raed" (which is no scope here)'],
  ])("%s is named beside the one that is needed", async (held, words) => {
    const { code, fix } = await refusalOf({ scopes: [held] });
    expect(code).toBe("SCOPE_MISSING");
    expect(fix).toBe(`give the caller the scope "agents:read" ${words}, then get a new token`);
    expect(codeOf((await authorize({ scopes: ["agents:read"] }))())).toBe("passed");
  });

  it("is named where it stands in one entry with others", async () => {
    const { fix } = await refusalOf({ scopes: ["agents:read agents:run"] });
    expect(fix).toContain('the scope "agents:read" as an entry of its own');
  });

  it("is not made of another permission, or of a text that is too long to compare", async () => {
    for (const held of ["teams:read", "agents:run", "x".repeat(200), `agents:read${"x".repeat(300)}`]) {
      const { fix } = await refusalOf({ scopes: [held] });
      expect(fix).toBe('give the caller the scope "agents:read", then get a new token');
    }
  });
});

describe("scopes under a claim that is not read", () => {
  it.each([
    [{ scope: "openid", realm_access: { roles: ["agents:read"] } }, undefined, "realm_access.roles", "scope"],
    [{ roles: ["agents:read"] }, undefined, "roles", "scopes"],
    [{ scopes: [], scope: "agents:read" }, undefined, "scope", "scopes"],
    [{ "https://example.com/roles": "agents:read" }, undefined, "https://example.com/roles", "scopes"],
    [
      { resource_access: { "my.os": { roles: ["agents:read"] } } },
      undefined,
      "resource_access.my.os.roles",
      "scopes",
    ],
    [{ scopes: ["agents:read"], roles: [] }, ["roles"], "scopes", "roles"],
    [{ groups: ["agent_os:admin"] }, undefined, "groups", "scopes"],
  ])(
    "%j: are found, named for both, and read by the option that is named",
    async (claims, read, other, home) => {
      const refused = await refusalOf(claims, read && { scopes: read });
      expect(refused.facts["other_claim"]).toBe(other);
      expect(refused.fix).toContain(
        `its scopes under the claim "${home}" (the token has them under "${other}"`,
      );
      const list = /set "scopesClaim" to (\[.*?\]) on the server/.exec(refused.record)?.[1];
      const scopes: unknown = JSON.parse(list ?? "");
      if (!Array.isArray(scopes)) throw new Error("no list");
      expect(codeOf((await authorize(claims, { scopes: scopes.map(String) }))())).toBe("passed");
    },
  );

  it.each([
    { user_metadata: { scopes: ["agent_os:admin"] } },
    { profile: { roles: ["agent_os:admin"] } },
    { note: "agents:read" },
    { roles: ["viewer"] },
    { a: { b: { c: { d: { scopes: ["agents:read"] } } } } },
    { roles: [["agents:read"]] },
  ])("%j: are none that users write, that have other names or stand too deep", async (claims) => {
    const refused = await refusalOf(claims);
    expect(refused.facts["other_claim"]).toBeUndefined();
    expect(refused.record).toBe(refused.fix);
  });

  it("are none that the issuer may not grant: reading them there would not help", async () => {
    const claims = { roles: ["agents:read"] };
    expect((await refusalOf(claims, { allowedScopes: ["teams:read"] })).facts["other_claim"]).toBeUndefined();
    expect((await refusalOf(claims, { allowedScopes: ["agents:read"] })).facts["other_claim"]).toBe("roles");
  });

  it("are in the record with the claims that were read", async () => {
    expect((await refusalOf({ scope: "a:b" })).facts).toMatchObject({
      held_scopes: ["a:b"],
      scopes_claim: ["scope"],
    });
    expect((await refusalOf({}, { scopes: ["x", "y.z"] })).facts).toMatchObject({
      scopes_claim: ["x", "y.z"],
    });
  });
});

describe("a user id under a claim that is not read", () => {
  const owned = compile({ method: "GET", path: "/mine", access: "authenticated", isOwned: true });

  it.each([
    [{ sub: undefined, uid: "u-1" }, "uid"],
    [{ sub: "", email: "a@b.test", oid: "o-1" }, "oid"],
    [{ sub: undefined, email: "a@b.test" }, "email"],
  ])("of %j is named, and read by the option that is named", async (claims, other) => {
    const result = (await authorize(claims))(owned);
    if (result.ok) throw new Error("it passed");
    const { code, facts } = result.fault;
    expect([code, facts["other_claim"]]).toEqual(["AUTH_USER_REQUIRED", other]);
    expect(renderText(REFUSALS[code].fix, facts)).toBe(
      `issue the token with the claim "sub" (the token has it under "${other}", which this AgentOS does not read)`,
    );
    expect(renderFix(REFUSALS[code].fix, facts)).toContain(`set "userIdClaim" to "${other}"`);
    expect(codeOf((await authorize(claims, { userId: other }))(owned))).toBe("passed");
  });

  it("is not named where there is none", async () => {
    const result = (await authorize({ sub: undefined, uid: 7, oid: " " }))(owned);
    expect(!result.ok && result.fault.facts).toEqual({ user_id_claim: "sub", user_elsewhere: "" });
  });
});
