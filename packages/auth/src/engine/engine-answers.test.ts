/** What the engine says beside its code: facts that fill the texts, and identities that nobody can change. */
import { REFUSALS, renderText, SERVED_ROUTES } from "@agentos/contract";
import { signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { MAX_TOKEN_LIFETIME_SECONDS } from "../token/token-limits.ts";
import { codeOf, setUpVerifier } from "../token/verifier.fixture.ts";
import {
  authenticate,
  codeFor,
  compile,
  engineWith,
  LIST,
  RUN,
  SECURITY_KEY,
  token,
} from "./engine.fixture.ts";

const keyMode = { mode: "security_key", securityKey: SECURITY_KEY, verifier: undefined } as const;
const refusalOf = async (...given: Parameters<typeof authenticate>) => {
  const result = await authenticate(...given);
  return result.ok ? undefined : result.fault;
};

describe("the credential", () => {
  it("of a security key is read from Authorization, wherever tokens are configured to be", async () => {
    const options = { ...keyMode, tokenHeaderName: "X-Token" };
    expect(await codeFor({ authorization: `Bearer ${SECURITY_KEY}` }, options)).toBe("passed");
    expect(await codeFor({ "x-token": `Bearer ${SECURITY_KEY}` }, options)).toBe("AUTH_SECURITY_KEY_MISSING");
  });

  it("in a cookie is one value, whatever is in it", async () => {
    const cookie = { cookie: "access_token=a,b", host: "os.test" };
    expect(await codeFor(cookie, { tokenSource: "cookie" })).toBe("AUTH_TOKEN_MALFORMED");
  });

  it.each(["a.b.c!", "!a.b.c", "a.b.c.d", "a b.c.d"])(
    "%j is no JWT, so a wrong security key",
    async (text) => {
      expect(await codeFor({ authorization: `Bearer ${text}` }, keyMode)).toBe("AUTH_SECURITY_KEY_INVALID");
      expect(await codeFor({ authorization: "Bearer a.b.c" }, keyMode)).toBe("AUTH_TOKEN_NOT_ACCEPTED");
    },
  );

  it("is compared whole: a digest that differs in its first or last character is another one", async () => {
    for (const wrong of ["Xbcd", "abcX", "abc", "abcde"]) {
      const sha256 = (text: string) => (text === SECURITY_KEY ? "abcd" : wrong);
      expect(await codeFor({ authorization: "Bearer other" }, { ...keyMode, sha256 })).toBe(
        "AUTH_SECURITY_KEY_INVALID",
      );
    }
  });
});

describe("a refusal", () => {
  it("of a service account token names what is accepted instead", async () => {
    const headers = { authorization: "Bearer agno_pat_abc" };
    expect((await refusalOf(headers))?.facts).toEqual({ accepted_credential: "a JWT" });
    expect((await refusalOf(headers, keyMode))?.facts).toEqual({
      accepted_credential: "the security key of this AgentOS",
    });
  });

  it("of a cookie from another site offers the header, where one is read", async () => {
    const headers = { cookie: `access_token=${token}`, host: "os.test", origin: "https://evil.test" };
    const alternativeFor = async (tokenSource: "both" | "cookie") =>
      (await refusalOf(headers, { tokenSource, tokenHeaderName: "X-Token" }, "POST"))?.facts;
    expect(await alternativeFor("both")).toEqual({
      alternative: 'send the token in the header "X-Token: Bearer TOKEN", or ',
    });
    expect(await alternativeFor("cookie")).toEqual({ alternative: "" });
  });

  it("of a route without a rule names no scope, for none would help", async () => {
    const caller = await authenticate({ authorization: `Bearer ${token}` });
    if (!caller.ok) throw new Error(caller.fault.code);
    const refused = engineWith().authorize(caller.value, compile({ method: "GET", path: "/custom" }), {});
    expect(refused).toMatchObject({ fault: { code: "SCOPE_ROUTE_UNMAPPED" } });
    expect(!refused.ok && Object.keys(refused.fault.facts)).not.toContain("scope_to_add");
  });
});

describe("a token with more scopes than its issuer may grant", () => {
  const both = compile({ method: "GET", path: "/both", access: ["agents:read", "config:read"] });

  async function refuse(scopes: readonly string[], route = both, allowedScopes = ["agents:read"]) {
    const { good, verifier } = await setUpVerifier({ policy: { allowedScopes } });
    const verified = await verifier.verify(await signToken(withClaims(good, { scopes })));
    if (!verified.ok) throw new Error(verified.fault.code);
    const result = engineWith().authorize(verified.value, route, {});
    return result.ok ? undefined : result.fault;
  }

  it("is refused for the ceiling where they would do, with what was withheld", async () => {
    const facts = { held_scopes: ["agents:read"], withheld_scopes: ["config:read"] };
    expect(await refuse(["agents:read", "config:read"])).toMatchObject({
      code: "SCOPE_OVER_CEILING",
      facts,
    });
  });

  it.each([
    ["the scope itself", ["agents:read", "config:read"]],
    ["a wider one", ["agents:read", "config:*:read"]],
    ["the admin scope", ["agents:read", "agent_os:admin"]],
    ["the admin scope beside a nearer one", ["agents:read", "agent_os:admin", "config:read"]],
  ])("is let in once its issuer may grant what the fix names: %s", async (_, scopes) => {
    const refused = await refuse(scopes);
    const named = refused?.facts["scope_to_allow"];
    expect([refused?.code, named]).toEqual(["SCOPE_OVER_CEILING", scopes.at(-1)]);
    expect(renderText(REFUSALS.SCOPE_OVER_CEILING.fix, refused?.facts ?? {})).toContain(
      `add ${String(named)} to "allowedScopes"`,
    );
    expect(await refuse(scopes, both, ["agents:read", String(named)])).toBeUndefined();
  });

  it("is shown its part of a list once its issuer may grant what the fix names", async () => {
    const teams = compile(SERVED_ROUTES["teams.list"]);
    const refused = await refuse(["agents:read", "teams:a:read"], teams);
    expect(refused).toMatchObject({
      code: "SCOPE_OVER_CEILING",
      facts: { scope_to_allow: "teams:a:read", scope_to_add: "teams:read" },
    });
    expect(await refuse(["agents:read", "teams:a:read"], teams, ["teams:a:read"])).toBeUndefined();
    expect(await refuse(["agents:read", "teams:a:run"], teams)).toMatchObject({ code: "SCOPE_MISSING" });
    // Nearer than the admin scope, which is named only where no other would do.
    expect(await refuse(["agent_os:admin", "teams:a:read"], teams)).toMatchObject({
      facts: { scope_to_allow: "teams:a:read" },
    });
  });

  it("is not told to allow a scope for some items where a second scope is missing as well", async () => {
    const listed = compile({
      method: "GET",
      path: "/teams",
      access: ["teams:read", "config:read"],
      lists: "teams",
    });
    // The list is shortened only for whoever lacks nothing else: allowing it would not let them in.
    expect(await refuse(["teams:a:read"], listed)).toMatchObject({ code: "SCOPE_MISSING" });
    expect(await refuse(["teams:read"], listed)).toMatchObject({
      code: "SCOPE_OVER_CEILING",
      facts: { scope_to_allow: "teams:read" },
    });
  });

  it("is refused for what it lacks where even all of them would not do", async () => {
    expect((await refuse(["agents:read", "teams:read"]))?.facts).not.toHaveProperty("scope_to_allow");
    expect(await refuse(["agents:read", "teams:read"])).toMatchObject({
      code: "SCOPE_MISSING",
      facts: { withheld_scopes: ["teams:read"] },
    });
    expect(await refuse(["config:read"])).toMatchObject({ code: "SCOPE_MISSING" });
  });

  it("is refused for the missing rule of a route that has none, whatever is withheld", async () => {
    const unmapped = compile({ method: "GET", path: "/custom" });
    expect(await refuse(["config:read", "agent_os:admin"], unmapped)).toMatchObject({
      code: "SCOPE_ROUTE_UNMAPPED",
      facts: { withheld_scopes: ["config:read", "agent_os:admin"] },
    });
  });

  it("has nothing withheld below the ceiling, and is allowed what it holds", async () => {
    expect(Object.keys((await refuse(["agents:read"]))?.facts ?? {})).not.toContain("withheld_scopes");
    expect(await refuse(["agents:read", "config:read"], LIST)).toBeUndefined();
  });
});

describe("a scope of one item, where the request does not name the item", () => {
  // As a host compiles it that matches paths itself.
  const path = { text: "/(reports)", segments: [], parameters: ["id", "page"] };
  const both = compile({ method: "ANY", path, access: ["reports:{id}:read", "pages:{page}:read"] });

  async function refuse(
    scopes: readonly string[],
    parameters: Readonly<Record<string, string>>,
    route = both,
  ) {
    const { good, verifier } = await setUpVerifier();
    const verified = await verifier.verify(await signToken(withClaims(good, { scopes })));
    if (!verified.ok) throw new Error(verified.fault.code);
    const result = engineWith().authorize(verified.value, route, parameters);
    return result.ok ? undefined : result.fault;
  }

  it("is no matter of the caller: the parameter is named, and no scope is advised", async () => {
    const scopes = ["reports:q1:read"];
    expect(await refuse(scopes, { report: "q1", page: "7" })).toEqual({
      code: "SCOPE_PARAMETER_MISSING",
      facts: {
        parameter: "id",
        declared_scope: "reports:{id}:read",
        held_scopes: scopes,
        scopes_claim: ["scopes"],
      },
      subject: "alice",
      issuer: "default",
      owner: { issuer: "default", kind: "user", id: "alice" },
    });
    // Twin: the item is named, and what is missing is a scope.
    expect(await refuse(scopes, { id: "q1", page: "7" })).toMatchObject({
      code: "SCOPE_MISSING",
      facts: { missing_scopes: ["pages:7:read"] },
    });
  });

  it("names the parameter that is not there, not the first", async () => {
    expect(await refuse(["reports:q1:read"], { id: "q1" })).toMatchObject({
      code: "SCOPE_PARAMETER_MISSING",
      facts: { parameter: "page" },
    });
    expect(await refuse([], { id: "q1" })).toMatchObject({ facts: { parameter: "page" } });
    // Whoever may see every report lacks nothing of the item that is not named.
    expect(await refuse(["reports:read"], { page: "7" })).toMatchObject({
      code: "SCOPE_MISSING",
      facts: { missing_scopes: ["pages:7:read"] },
    });
  });

  it("passes with a scope for every item, and with the admin scope", async () => {
    expect(await refuse(["reports:read", "pages:*:read"], {})).toBeUndefined();
    expect(await refuse(["agent_os:admin"], {})).toBeUndefined();
  });

  it("does not hide that a whole resource is missing, or that no rule opens the route", async () => {
    const whole = compile({ method: "GET", path: "/reports", access: ["reports:read"] });
    expect(await refuse(["reports:q1:read"], {}, whole)).toMatchObject({ code: "SCOPE_MISSING" });
    const unmapped = compile({ method: "GET", path: "/custom" });
    expect(await refuse(["reports:q1:read"], {}, unmapped)).toMatchObject({ code: "SCOPE_ROUTE_UNMAPPED" });
  });
});

it("the identities of nobody and of the security key cannot be changed", async () => {
  const results = [
    await authenticate({ host: "localhost" }, { mode: "none" }),
    await authenticate({ authorization: SECURITY_KEY }, keyMode),
  ];
  for (const result of results) {
    if (!result.ok) throw new Error(result.fault.code);
    for (const part of [result.value, result.value.scopes, result.value.claims])
      expect(Object.isFrozen(part)).toBe(true);
    expect(codeOf(engineWith().authorize(result.value, RUN, { agent_id: "a1" }))).toBe("passed");
  }
});

it("a token lives a day at most", () => {
  expect(MAX_TOKEN_LIFETIME_SECONDS).toBe(86_400);
});
