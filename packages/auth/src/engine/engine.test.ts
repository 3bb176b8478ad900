import { SERVED_ROUTES } from "@agentos/contract";
import { badTokensFor, makeTwin, signToken, withClaims } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Identity } from "../identity/identity.ts";
import { codeOf } from "../token/verifier.fixture.ts";
import {
  authenticate,
  codeFor,
  compile,
  type EngineSetup,
  engineWith,
  LIST,
  RUN,
  SECURITY_KEY,
  setup,
  token,
} from "./engine.fixture.ts";

async function identityWith(claims: Readonly<Record<string, unknown>>): Promise<Identity> {
  const result = await authenticate({
    authorization: `Bearer ${await signToken(withClaims(setup.good, claims))}`,
  });
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}

/** Contract sections 1.5 and 1.6. */
describe("mode jwt", () => {
  it.each([
    ["header", {}, "AUTH_HEADER_MISSING"],
    ["cookie", {}, "AUTH_COOKIE_MISSING"],
    ["both", {}, "AUTH_TOKEN_MISSING"],
    ["header", { authorization: "Bearer" }, "AUTH_HEADER_EMPTY"],
    ["header", { authorization: "Bearer " }, "AUTH_HEADER_EMPTY"],
    ["both", { authorization: "Bearer " }, "AUTH_TOKEN_EMPTY"],
    ["both", { authorization: "Bearer ", cookie: `access_token=${token}` }, "passed"],
    ["header", { authorization: `Bearer ${token}` }, "passed"],
    ["header", { authorization: token }, "passed"],
    ["header", { authorization: `bEaReR  ${token} ` }, "passed"],
    ["cookie", { cookie: `access_token=${token}` }, "passed"],
    ["both", { cookie: `access_token=${token}` }, "passed"],
    ["header", { cookie: `access_token=${token}` }, "AUTH_HEADER_MISSING"],
    ["cookie", { authorization: `Bearer ${token}` }, "AUTH_COOKIE_MISSING"],
    ["both", { authorization: "Bearer x", cookie: `access_token=${token}` }, "AUTH_TOKEN_MALFORMED"],
    ["both", { cookie: `access_token=${token}; access_token=${token}` }, "AUTH_COOKIE_REPEATED"],
    ["header", { authorization: `Bearer ${token}, Bearer ${token}` }, "AUTH_CREDENTIAL_REPEATED"],
    ["header", { authorization: `Bearer ${token}, Basic eA` }, "AUTH_CREDENTIAL_REPEATED"],
    ["header", { authorization: `${token}, ${token}` }, "AUTH_CREDENTIAL_REPEATED"],
    ["header", { authorization: `Bearer "${token}"` }, "AUTH_TOKEN_QUOTED"],
    ["header", { authorization: `Bearer "${token}",` }, "AUTH_TOKEN_QUOTED"],
    ["header", { authorization: `Bearer "${token}", "${token}"` }, "AUTH_CREDENTIAL_REPEATED"],
    ["header", { authorization: `Bearer ${token},` }, "AUTH_TOKEN_CHARACTERS_INVALID"],
    ["header", { authorization: `Bearer\u00a0${token}` }, "AUTH_SCHEME_SPACE_MISSING"],
    ["header", { authorization: `Bearer\t ${token}` }, "passed"],
    ["header", { authorization: "Bearer undefined" }, "AUTH_CREDENTIAL_UNSET"],
    ["header", { authorization: "Bearer [object Promise]" }, "AUTH_CREDENTIAL_OBJECT"],
    ["header", { authorization: "Bearer ${TOKEN}" }, "AUTH_CREDENTIAL_UNEXPANDED"],
    ["header", { authorization: "Bearer TOKEN" }, "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["header", { authorization: "Bearer ghp_abc" }, "AUTH_TOKEN_OPAQUE"],
    ["header", { authorization: "Bearer v4.public.abc" }, "AUTH_TOKEN_PASETO"],
    ["header", { authorization: "Basic eDp5" }, "AUTH_SCHEME_UNSUPPORTED"],
    ["header", { authorization: "Bearer agno_pat_abc" }, "AUTH_SERVICE_ACCOUNTS_DISABLED"],
    ["header", { authorization: "Bearer xagno_pat_abc" }, "AUTH_TOKEN_MALFORMED"],
  ] as const)("source %s, %j: %s", async (tokenSource, headers, expected) => {
    expect(await codeFor(headers, { tokenSource })).toBe(expected);
  });

  it("reads the configured header, in any case of its name", async () => {
    const headers = { "x-token": `Bearer ${token}` };
    expect(await codeFor(headers, { tokenHeaderName: "X-Token" })).toBe("passed");
    expect(await codeFor(headers, { tokenHeaderName: "X-Other" })).toBe("AUTH_HEADER_MISSING");
  });

  it("answers a security key by its form: the same for the right and a wrong one", async () => {
    const options = { securityKey: SECURITY_KEY };
    for (const key of [SECURITY_KEY, `${SECURITY_KEY}x`, `${SECURITY_KEY}.x`]) {
      expect(await codeFor({ authorization: `Bearer ${key}` }, options)).toBe(
        "AUTH_SECURITY_KEY_NOT_ACCEPTED",
      );
      expect(await codeFor({ authorization: `Bearer ${key}` })).toBe("AUTH_TOKEN_MALFORMED");
    }
    expect(await codeFor({ authorization: `Bearer ${token}` }, options)).toBe("passed");
  });

  it("is closed without a verifier, as the server's own fault", async () => {
    expect(await codeFor({ authorization: `Bearer ${token}` }, { verifier: undefined })).toBe(
      "AUTH_KEYS_UNAVAILABLE",
    );
  });

  const rows = badTokensFor({ good: setup.good, checksIssuer: true });
  it.each(rows.map((row) => [row.name, row] as const))(
    "refuses %s as a bearer and as a cookie",
    async (_, row) => {
      const [bad, twin] = [await row.make(setup.good), await makeTwin(row, setup.good)];
      expect(await codeFor({ authorization: `Bearer ${bad}` })).toBe(row.expectedCode);
      expect(await codeFor({ authorization: `Bearer ${twin}` })).toBe("passed");
      expect(await codeFor({ cookie: `access_token=${bad}` }, { tokenSource: "cookie" })).toBe(
        row.expectedCode,
      );
      expect(await codeFor({ cookie: `access_token=${twin}` }, { tokenSource: "cookie" })).toBe("passed");
    },
  );
});

describe("a cookie alone", () => {
  const options = { tokenSource: "both" as const };
  const cookie = `access_token=${token}`;
  const host = "os.test";

  it("does not act from another site, and the same token in the header does", async () => {
    const origin = "https://evil.test";
    expect(await codeFor({ cookie, host, origin }, options, "POST")).toBe("AUTH_COOKIE_CROSS_SITE");
    expect(await codeFor({ authorization: token, cookie, host, origin }, options, "POST")).toBe("passed");
    expect(await codeFor({ cookie, host, origin: "https://os.test" }, options, "POST")).toBe("passed");
    expect(await codeFor({ cookie, host, origin: "https://app.test" }, options, "POST")).toBe("passed");
    // What is no browser says neither, and nobody has lured it.
    expect(await codeFor({ cookie, host }, options, "POST")).toBe("passed");
  });

  it("is refused for its origin before the token is looked at, so that another site learns nothing of it", async () => {
    const headers = { cookie: "access_token=x", host, origin: "https://evil.test" };
    expect(await codeFor(headers, options, "POST")).toBe("AUTH_COOKIE_CROSS_SITE");
    expect(await codeFor({ ...headers, origin: "https://os.test" }, options, "POST")).toBe(
      "AUTH_TOKEN_MALFORMED",
    );
  });
});

describe("mode security_key", () => {
  const options = { mode: "security_key", securityKey: SECURITY_KEY, verifier: undefined } as const;

  it.each([
    [{}, "AUTH_SECURITY_KEY_MISSING"],
    [{ authorization: `Bearer ${SECURITY_KEY}` }, "passed"],
    [{ authorization: SECURITY_KEY }, "passed"],
    [{ authorization: `Bearer ${SECURITY_KEY}x` }, "AUTH_SECURITY_KEY_INVALID"],
    [{ authorization: `Bearer ${SECURITY_KEY.slice(1)}` }, "AUTH_SECURITY_KEY_INVALID"],
    [{ authorization: "Bearer é" }, "AUTH_SECURITY_KEY_INVALID"],
    [{ authorization: `Bearer ${SECURITY_KEY}, Bearer ${SECURITY_KEY}` }, "AUTH_CREDENTIAL_REPEATED"],
    [{ authorization: `Bearer ${token}` }, "AUTH_TOKEN_NOT_ACCEPTED"],
    [{ authorization: "Bearer agno_pat_abc" }, "AUTH_SERVICE_ACCOUNTS_DISABLED"],
    [{ authorization: "Basic eDp5" }, "AUTH_SCHEME_UNSUPPORTED"],
    [{ cookie: `access_token=${SECURITY_KEY}` }, "AUTH_SECURITY_KEY_MISSING"],
  ])("%j: %s", async (headers: Readonly<Record<string, string>>, expected) => {
    expect(await codeFor(headers, { ...options, tokenSource: "both" })).toBe(expected);
  });

  it("gives the trusted root, who may do everything but call a route that has no rule", async () => {
    const result = await authenticate({ authorization: `Bearer ${SECURITY_KEY}` }, options);
    if (!result.ok) throw new Error(result.fault.code);
    expect(result.value).toMatchObject({ kind: "security_key", userId: undefined, scopes: [] });
    const engine = engineWith({ ...options, isolatesUsers: true });
    expect(engine.authorize(result.value, RUN, { agent_id: "a1" })).toMatchObject({
      ok: true,
      value: { dataScope: { kind: "all" }, visible: "all" },
    });
    const unmapped = compile({ method: "GET", path: "/custom" });
    expect(codeOf(engine.authorize(result.value, unmapped, {}))).toBe("SCOPE_ROUTE_UNMAPPED");
  });

  it("accepts no key at all when none is configured", async () => {
    const broken = { ...options, securityKey: undefined };
    expect(await codeFor({ authorization: "Bearer x" }, broken)).toBe("AUTH_SECURITY_KEY_INVALID");
    expect(await codeFor({ authorization: "Bearer undefined" }, broken)).toBe("AUTH_SECURITY_KEY_UNSET");
  });
});

describe("mode none", () => {
  const options = { mode: "none", verifier: undefined } as const;

  it("answers this machine under its own names, and only there", async () => {
    expect(await codeFor({ host: "localhost:7777" }, options)).toBe("passed");
    expect(await codeFor({ host: "evil.test" }, options)).toBe("AUTH_HOST_NOT_ALLOWED");
    expect(await codeFor({ host: "localhost:7777", origin: "https://evil.test" }, options)).toBe(
      "AUTH_ORIGIN_NOT_ALLOWED",
    );
    expect(await codeFor({ host: "localhost:7777", origin: "http://localhost:7777" }, options)).toBe(
      "passed",
    );
  });

  it("answers nobody of whom the host knows no address", async () => {
    const engine = engineWith(options);
    const ask = (clientAddress?: string) =>
      engine.authenticate({
        method: "GET",
        clientAddress,
        header: (name) => (name === "host" ? "localhost" : null),
      });
    expect(ask()).toMatchObject({ fault: { code: "AUTH_PEER_UNKNOWN" } });
    expect(ask("127.0.0.1")).toMatchObject({ ok: true });
  });

  it("believes no token: a caller with one is as anonymous as any other", async () => {
    const result = await authenticate({ host: "localhost", authorization: `Bearer ${token}` }, options);
    expect(result).toMatchObject({ ok: true, value: { kind: "anonymous", userId: undefined, scopes: [] } });
  });
});

describe("authorize", () => {
  it("allows with its reasons, and refuses with what is missing and who was refused", async () => {
    const engine = engineWith();
    const holder = await identityWith({ scopes: ["agents:a1:run"] });
    expect(engine.authorize(holder, RUN, { agent_id: "a1" })).toMatchObject({
      ok: true,
      value: { decision: { grantedBy: ["agents:a1:run"] }, dataScope: { kind: "all" } },
    });
    expect(engine.authorize(holder, RUN, { agent_id: "a2" })).toMatchObject({
      ok: false,
      fault: {
        code: "SCOPE_OTHER_RESOURCE",
        subject: "alice",
        facts: {
          required_scopes: ["agents:run"],
          missing_scopes: ["agents:run"],
          scope_to_add: "agents:a2:run",
          held_scopes: ["agents:a1:run"],
        },
      },
    });
  });

  it("narrows a list to what the caller may see", async () => {
    const holder = await identityWith({ scopes: ["agents:a1:read"] });
    expect(engineWith().authorize(holder, LIST, {})).toMatchObject({
      ok: true,
      value: { visible: new Set(["a1"]) },
    });
  });

  it("does not enforce scopes where that is switched off, but still refuses a route without a rule", async () => {
    const nobody = await identityWith({ scopes: [] });
    const engine = engineWith({ enforcesScopes: false });
    expect(codeOf(engine.authorize(nobody, RUN, { agent_id: "a1" }))).toBe("passed");
    expect(codeOf(engineWith().authorize(nobody, RUN, { agent_id: "a1" }))).toBe("SCOPE_MISSING");
    expect(codeOf(engine.authorize(nobody, compile({ method: "GET", path: "/custom" }), {}))).toBe(
      "SCOPE_ROUTE_UNMAPPED",
    );
  });

  it("knows which routes need no credential", () => {
    expect(engineWith().isPublic(compile(SERVED_ROUTES["core.health"]), {})).toBe(true);
    expect(engineWith().isPublic(RUN, { agent_id: "a1" })).toBe(false);
    expect(engineWith().isPublic(compile({ method: "GET", path: "/custom" }), {})).toBe(false);
  });
});

/** Contract section 2.7, with Q10 repaired. */
describe("isolation", () => {
  const isolating = engineWith({ isolatesUsers: true });
  const dataOf = (id: string) => ({ kind: "user", owner: { issuer: "default", kind: "user", id } });
  const scopeOf = (identity: Identity, engine = isolating) => {
    const result = engine.authorize(identity, RUN, { agent_id: "a1" });
    return result.ok ? result.value.dataScope : result.fault.code;
  };

  it("keeps each user to their own data", async () => {
    expect(scopeOf(await identityWith({}))).toEqual(dataOf("alice"));
    expect(scopeOf(await identityWith({}), engineWith())).toEqual({ kind: "all" });
  });

  it.each([{ sub: undefined }, { sub: "" }, { sub: "   " }])(
    "refuses a caller without a user id: %j",
    async (claims) => {
      expect(scopeOf(await identityWith(claims))).toBe("AUTH_USER_REQUIRED");
      expect(scopeOf(await identityWith({ ...claims, sub: "bob" }))).toEqual(dataOf("bob"));
    },
  );

  it("lets the holder of the effective admin scope see all, and no one else", async () => {
    expect(scopeOf(await identityWith({ scopes: ["agent_os:admin"], sub: undefined }))).toEqual({
      kind: "all",
    });
    expect(scopeOf(await identityWith({ scopes: ["agents:run", "agent_os:admin:x"] }))).toEqual(
      dataOf("alice"),
    );
  });

  it("gives nobody's data, not everybody's, on a route that has no owner", async () => {
    const nobody = await identityWith({ sub: undefined });
    expect(isolating.authorize(nobody, LIST, {})).toMatchObject({
      ok: true,
      value: { dataScope: { kind: "none" } },
    });
  });

  it("reports a missing scope before a missing user", async () => {
    expect(scopeOf(await identityWith({ sub: undefined, scopes: [] }))).toBe("SCOPE_MISSING");
  });
});

it("authenticate never throws or rejects, whatever the headers hold", async () => {
  const text = fc.string({ unit: "binary" });
  const headers = fc.record({
    authorization: text,
    cookie: text.map((value) => `access_token=${value}`),
    host: text,
    origin: text,
  });
  const modes = fc.constantFrom<EngineSetup>(
    { mode: "jwt", tokenSource: "both" },
    { mode: "jwt", tokenSource: "cookie", securityKey: SECURITY_KEY },
    { mode: "security_key", securityKey: SECURITY_KEY },
    { mode: "none" },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(headers, fc.dictionary(fc.constantFrom("authorization", "cookie", "host", "origin"), text)),
      modes,
      async (given, options) => {
        const result = await authenticate(given, options, "POST");
        if (options.mode !== "none") expect(result.ok).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});
