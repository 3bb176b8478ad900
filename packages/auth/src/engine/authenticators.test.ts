/** What the engine asks of every credential, whoever judges it: the list, names, revocation. */
import { signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createNameless, type Identity } from "../identity/identity.ts";
import { createOwner } from "../identity/owner.ts";
import { ok, type Refusal, refuse } from "../outcome/result.ts";
import { codeOf, setUpVerifier } from "../token/verifier.fixture.ts";
import { findDataScope } from "./access.ts";
import type { Authenticator } from "./authenticator.ts";
import { createAuthenticators } from "./authenticators.ts";
import { codeFor, compile, engineWith, LIST, RUN, SECURITY_KEY, setup, token } from "./engine.fixture.ts";

const PAT = "agno_pat_0123456789";

/** A kind of credential that the engine has never heard of. */
function createPatAuthenticator(
  identity: Partial<Identity> = {},
): Authenticator & { readonly asked: string[] } {
  const asked: string[] = [];
  const bot: Identity = {
    ...createNameless("anonymous", "agent_os:admin"),
    kind: "user",
    userId: "bot",
    owner: createOwner("default", "bot"),
    ...identity,
  };
  return {
    kind: "service account token",
    recognises: ({ value }) => value.startsWith("agno_pat_"),
    verify: async ({ value }) => {
      asked.push(value);
      return value === PAT ? ok(bot) : refuse("AUTH_TOKEN_EXPIRED");
    },
    asked,
  };
}

const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

describe("one more kind of credential", () => {
  it.each([
    ["jwt", {}],
    ["security_key", { mode: "security_key", securityKey: SECURITY_KEY, verifier: undefined }],
  ] as const)(
    "is taken by an authenticator put before those of mode %s, and by nothing else",
    async (_, mode) => {
      const authenticators = [createPatAuthenticator()];
      expect(await codeFor(bearer(PAT), mode)).toBe("AUTH_SERVICE_ACCOUNTS_DISABLED");
      expect(await codeFor(bearer(PAT), { ...mode, authenticators })).toBe("passed");
      expect(await codeFor(bearer(`${PAT}x`), { ...mode, authenticators })).toBe("AUTH_TOKEN_EXPIRED");
    },
  );

  it("leaves every other credential as it was", async () => {
    const pat = createPatAuthenticator();
    const authenticators = [pat];
    expect(await codeFor(bearer(token), { authenticators })).toBe("passed");
    expect(await codeFor(bearer("x"), { authenticators })).toBe("AUTH_TOKEN_MALFORMED");
    expect(await codeFor({}, { authenticators })).toBe("AUTH_HEADER_MISSING");
    const keyMode = { mode: "security_key", securityKey: SECURITY_KEY, authenticators } as const;
    expect(await codeFor(bearer(SECURITY_KEY), keyMode)).toBe("passed");
    expect(await codeFor(bearer(token), keyMode)).toBe("AUTH_TOKEN_NOT_ACCEPTED");
    expect(pat.asked).toEqual([]);
  });

  it("is never tried as anything else, and gives an identity like any other", async () => {
    const engine = engineWith({ isolatesUsers: true, authenticators: [createPatAuthenticator()] });
    const result = await engine.authenticate({ method: "GET", header: () => PAT });
    if (!result.ok) throw new Error(result.fault.code);
    expect(codeOf(engine.authorize(result.value, RUN, { agent_id: "a1" }))).toBe("SCOPE_MISSING");
    expect(
      engine.authorize(result.value, compile({ method: "GET", path: "/x", access: "authenticated" }), {}),
    ).toMatchObject({
      value: { dataScope: { kind: "user", owner: { issuer: "default", kind: "user", id: "bot" } } },
    });
  });

  it("may not give a user the name of somebody whom only the server names", async () => {
    const named = (kind: Identity["kind"], subject: string) =>
      codeFor(bearer(PAT), { authenticators: [createPatAuthenticator({ kind, subject, userId: subject })] });
    expect(await named("user", "sa:bot")).toBe("AUTH_SUBJECT_RESERVED");
    expect(await named("user", "bot")).toBe("passed");
    expect(await named("security_key", "sa:bot")).toBe("passed");
  });
});

it.each([
  ["a JWT", "abc.def.ghi", "abc.def.ghj", "AUTH_TOKEN_NOT_ACCEPTED"],
  ["two credentials", "one, two", "one, three", "AUTH_CREDENTIAL_REPEATED"],
])("a security key that is written like %s is the key", async (_, securityKey, other, code) => {
  const options = { mode: "security_key", securityKey, verifier: undefined } as const;
  expect(await codeFor(bearer(securityKey), options)).toBe("passed");
  expect(await codeFor(bearer(other), options)).toBe(code);
});

it("without anybody who recognises a credential nobody is let in", async () => {
  const engine = engineWith({ verifier: undefined });
  expect(codeOf(await engine.authenticate({ method: "GET", header: () => token }))).toBe(
    "AUTH_KEYS_UNAVAILABLE",
  );
});

it("a list reads no credential where none is asked for, and cannot be changed", () => {
  const given = { verifier: setup.verifier, securityKey: SECURITY_KEY, sha256: String };
  const listFor = (mode: "none" | "security_key" | "jwt") =>
    createAuthenticators({ ...given, policy: { mode, hasSecurityKey: true, adminScope: "admin" } });
  expect(listFor("none")).toEqual([]);
  for (const list of [listFor("security_key"), listFor("jwt")]) {
    expect(list.map((one) => Object.isFrozen(one))).not.toContain(false);
    expect(list.length).toBeGreaterThan(1);
  }
});

describe("revocation", () => {
  const revoked: Refusal = { code: "AUTH_CREDENTIAL_REVOKED", facts: {} };

  it("is asked on every request, so that a token in the cache is refused at once", async () => {
    const asked: (string | undefined)[] = [];
    let isRevoked = false;
    const fresh = await setUpVerifier({ algorithm: "RS256", kid: "k2" });
    const own = await signToken(fresh.good);
    const request = { method: "GET", header: (name: string) => (name === "authorization" ? own : null) };
    const engine = engineWith({
      verifier: fresh.verifier,
      revocation: ({ userId }) => {
        asked.push(userId);
        return isRevoked ? revoked : undefined;
      },
    });
    expect(codeOf(await engine.authenticate(request))).toBe("passed");
    // From here on the token is in the cache: the answer comes without a promise.
    expect(engine.authenticate(request)).toMatchObject({ ok: true });
    isRevoked = true;
    expect(engine.authenticate(request)).toEqual({
      ok: false,
      fault: { ...revoked, subject: "alice", issuer: "default", owner: createOwner("default", "alice") },
    });
    isRevoked = false;
    expect(engine.authenticate(request)).toMatchObject({ ok: true });
    expect(asked).toEqual(["alice", "alice", "alice", "alice"]);
  });

  it("names nobody whom nobody has verified", async () => {
    const refused = async (mode: "jwt" | "jwt-unverified") => {
      const { verifier, good } = await setUpVerifier({ mode });
      const own = await signToken(good);
      const engine = engineWith({ mode, verifier, revocation: () => revoked });
      const result = await engine.authenticate({
        method: "GET",
        clientAddress: "127.0.0.1",
        header: (name) => ({ authorization: own, host: "localhost" })[name] ?? null,
      });
      return result.ok ? undefined : result.fault;
    };
    expect(await refused("jwt-unverified")).toEqual(revoked);
    expect(await refused("jwt")).toEqual({
      ...revoked,
      subject: "alice",
      issuer: "default",
      owner: createOwner("default", "alice"),
    });
  });

  it("of a name that is not theirs has no owner, nor has a token of another issuer", async () => {
    const ownerOf = async (
      claims: Record<string, unknown>,
      options: Parameters<typeof setUpVerifier>[0] = {},
    ) => {
      const { verifier, good } = await setUpVerifier(options);
      const own = await signToken(withClaims(good, claims));
      const result = await engineWith({ verifier }).authenticate({
        method: "GET",
        header: (name) => (name === "authorization" ? own : null),
      });
      return result.ok ? "passed" : [result.fault.code, result.fault.owner?.id];
    };
    expect(await ownerOf({ aud: "another" })).toEqual(["AUTH_AUDIENCE_MISMATCH", "alice"]);
    expect(await ownerOf({ sub: "sa:bot" })).toEqual(["AUTH_SUBJECT_RESERVED", undefined]);
    expect(await ownerOf({ sub: "sa:bot", aud: "another" })).toEqual(["AUTH_AUDIENCE_MISMATCH", undefined]);
    expect(await ownerOf({ sub: "x".repeat(300), aud: "another" })).toEqual([
      "AUTH_AUDIENCE_MISMATCH",
      undefined,
    ]);
  });

  it("is asked of the security key too, and of nobody who is refused anyway", async () => {
    const asked: string[] = [];
    const revocation = ({ kind }: Identity) => {
      asked.push(kind);
      return undefined;
    };
    const keyMode = { mode: "security_key", securityKey: SECURITY_KEY, revocation } as const;
    expect(await codeFor(bearer(SECURITY_KEY), keyMode)).toBe("passed");
    expect(await codeFor(bearer("another"), keyMode)).toBe("AUTH_SECURITY_KEY_INVALID");
    const reserved = await signToken(withClaims(setup.good, { sub: "sa:bot" }));
    expect(await codeFor(bearer(reserved), { revocation })).toBe("AUTH_SUBJECT_RESERVED");
    expect(asked).toEqual(["security_key"]);
  });

  it("comes before scopes: who is shut out does not learn what they lack", async () => {
    const holder = await signToken(withClaims(setup.good, { scopes: [] }));
    expect(await codeFor(bearer(holder), { revocation: () => revoked })).toBe("AUTH_CREDENTIAL_REVOKED");
    expect(await codeFor(bearer(holder))).toBe("passed");
  });
});

describe("the access of a public route", () => {
  it("is that of a server without a credential: anonymous, and frozen", async () => {
    const engine = engineWith({ mode: "none", verifier: undefined, isolatesUsers: true });
    const caller = await engine.authenticate({
      method: "GET",
      clientAddress: "127.0.0.1",
      header: () => null,
    });
    if (!caller.ok) throw new Error(caller.fault.code);
    expect(engine.authorize(caller.value, LIST, {})).toEqual({ ok: true, value: engine.anonymous });
    for (const part of [engine.anonymous, engine.anonymous.identity, engine.anonymous.dataScope])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("shares the scope of its data with others, who cannot change it", () => {
    const nobody = { ...createNameless("anonymous", "admin"), kind: "user" } as const;
    for (const isolatesUsers of [true, false])
      expect(Object.isFrozen(findDataScope(nobody, { isolatesUsers }))).toBe(true);
  });

  it("reaches nobody's data where users are kept apart", () => {
    expect(engineWith({ isolatesUsers: true }).anonymous.dataScope).toEqual({ kind: "none" });
    expect(engineWith({ isolatesUsers: false }).anonymous.dataScope).toEqual({ kind: "all" });
  });

  it("names nobody, holds no scope, and hides nothing that the route shows", () => {
    expect(engineWith().anonymous).toMatchObject({
      identity: { kind: "anonymous", userId: undefined, scopes: [], claims: {} },
      visible: "all",
      dataScope: { kind: "all" },
      decision: undefined,
    });
  });
});
