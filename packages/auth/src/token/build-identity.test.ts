import { signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { setUpVerifier } from "./verifier.fixture.ts";

describe("the identity", () => {
  it("is frozen, deeply", async () => {
    const { good, verify } = await setUpVerifier({ claimNames: { dependencies: ["tenant"] } });
    const result = await verify(await signToken(withClaims(good, { tenant: { id: "t1", tags: ["a"] } })));
    if (!result.ok) throw new Error(result.fault.code);
    const { value } = result;
    for (const part of [
      value,
      value.claims,
      value.scopes,
      value.dependencies,
      value.claims["tenant"],
      value.grants,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(value.dependencies).toEqual({ tenant: { id: "t1", tags: ["a"] } });
    expect(value.sessionState).toBeUndefined();
  });

  it.each([
    [{ scopes: ["a:b", "c:d"] }, ["a:b", "c:d"]],
    [{ scopes: undefined, scope: "a:b c:d" }, ["a:b", "c:d"]],
    [{ scopes: undefined, scp: " a:b  c:d " }, ["a:b", "c:d"]],
    [{ scopes: undefined, permissions: ["a:b"] }, ["a:b"]],
    [{ scopes: "a:b c:d" }, ["a:b", "c:d"]],
    [{ scopes: ["a:b", 7, null, { a: 1 }, ""] }, ["a:b"]],
    [{ scopes: 7 }, []],
    [{ scopes: [], scope: "a:b" }, []],
    [{ scopes: undefined }, []],
  ])("reads the scopes of %j", async (claims, scopes) => {
    const { good, verify } = await setUpVerifier();
    expect(await verify(await signToken(withClaims(good, claims)))).toMatchObject({ value: { scopes } });
  });

  it("names the scopes that its issuer may not grant, which count for nothing; otherwise it has no such list", async () => {
    const { good, verify } = await setUpVerifier({ policy: { allowedScopes: ["a:b"] } });
    const limited = await verify(
      await signToken(withClaims(good, { scopes: ["a:b", "c:d", "agent_os:admin"] })),
    );
    if (!limited.ok) throw new Error(limited.fault.code);
    expect(limited.value).toMatchObject({ scopes: ["a:b"], withheldScopes: ["c:d", "agent_os:admin"] });
    expect(limited.value.grants.adminScope).toBeUndefined();
    expect([limited.value.scopes, limited.value.withheldScopes].map(Object.isFrozen)).toEqual([true, true]);
    const whole = await verify(await signToken(withClaims(good, { scopes: ["a:b"] })));
    expect(whole.ok && Object.hasOwn(whole.value, "withheldScopes")).toBe(false);
  });

  it("reads custom claim names, and those alone", async () => {
    const claimNames = {
      scopes: ["roles"],
      userId: "uid",
      sessionId: "sid",
      audience: "for",
      sessionState: ["plan"],
    };
    const { good, verify, codeOf } = await setUpVerifier({ claimNames });
    const custom = { uid: "bob", sid: "s-1", for: "agent-os", roles: ["a:b"], plan: "pro", aud: undefined };
    expect(await verify(await signToken(withClaims(good, custom)))).toMatchObject({
      value: { userId: "bob", sessionId: "s-1", scopes: ["a:b"], sessionState: { plan: "pro" } },
    });
    expect(
      await codeOf(await signToken(withClaims(good, { ...custom, for: undefined, aud: "agent-os" }))),
    ).toBe("AUTH_AUDIENCE_MISSING");
    expect(await codeOf(await signToken(withClaims(good, { ...custom, uid: ["bob"] })))).toBe(
      "AUTH_SUBJECT_INVALID",
    );
  });

  it("hands runs the named claims that are there, and nothing for those that are not", async () => {
    const { good, verify } = await setUpVerifier({ claimNames: { dependencies: ["tenant", "toString"] } });
    const dependenciesOf = async (claims: object) => {
      const result = await verify(await signToken(withClaims(good, { ...claims })));
      return result.ok ? result.value.dependencies : result.fault.code;
    };
    const some = await dependenciesOf({ tenant: "t1" });
    expect(some).toStrictEqual({ tenant: "t1" });
    expect(await dependenciesOf({ other: "x" })).toBeUndefined();
  });

  it("reads nested claims by their path, for every meaning", async () => {
    const claimNames = {
      scopes: ["scope", "realm_access.roles"],
      userId: "user.id",
      sessionId: "session.id",
      audience: "meant.for",
      dependencies: ["org.plan", "org.none"],
      sessionState: ["https://example.com/state"],
    };
    const { good, verify, codeOf } = await setUpVerifier({ claimNames });
    const nested = {
      aud: undefined,
      scopes: undefined,
      sub: "somebody else",
      user: { id: "bob" },
      session: { id: "s-1" },
      meant: { for: "agent-os" },
      scope: "a:b",
      realm_access: { roles: ["c:d", "a:b"] },
      org: { plan: "pro" },
      "https://example.com/state": 7,
    };
    expect(await verify(await signToken(withClaims(good, nested)))).toMatchObject({
      value: {
        userId: "bob",
        sessionId: "s-1",
        scopes: ["a:b", "c:d"],
        dependencies: { "org.plan": "pro" },
        sessionState: { "https://example.com/state": 7 },
      },
    });
    const elsewhere = { ...nested, meant: { for: "x" }, aud: "agent-os" };
    expect(await codeOf(await signToken(withClaims(good, elsewhere)))).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(await codeOf(await signToken(withClaims(good, { ...nested, user: { id: 7 } })))).toBe(
      "AUTH_SUBJECT_INVALID",
    );
  });

  it.each([{ sub: undefined }, { sub: "" }, { sub: "  " }])("has no user id for %j", async (claims) => {
    const { good, verify } = await setUpVerifier();
    const result = await verify(await signToken(withClaims(good, claims)));
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.userId).toBeUndefined();
  });

  it("refuses a user id that has no bytes of its own (a lone surrogate)", async () => {
    const { good, codeOf } = await setUpVerifier();
    expect(await codeOf(await signToken(withClaims(good, { sub: "a\ud800" })))).toBe("AUTH_SUBJECT_INVALID");
    expect(await codeOf(await signToken(withClaims(good, { sub: "a\u{1f600}" })))).toBe("passed");
  });

  it.each([7, "", "x".repeat(257), "a\u0000b", "a\ud800"])("has no session id for %j", async (session_id) => {
    const { good, verify } = await setUpVerifier();
    const result = await verify(await signToken(withClaims(good, { session_id })));
    expect(result.ok && result.value.sessionId).toBeUndefined();
    expect(result.ok).toBe(true);
  });
});
