import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestKey, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../config/configuration-error.ts";
import { type AuthGuardOptions, createAuthGuard } from "./auth-guard.ts";
import type { GuardedRequest } from "./gate.ts";

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const issuer = await createTestIssuer();
const published = await createTestKey("ES256", { kid: "k1" });
const withKey = { authorizationConfig: { verificationKeys: [issuer.verificationKey] } };

function createTestGuard(options: AuthGuardOptions = withKey) {
  return createAuthGuard({ id: TEST_OS_ID, env: {}, logger: createTestLogger(), ...options });
}

async function codesOf(options: AuthGuardOptions) {
  const error: unknown = await createTestGuard(options).then(
    (guard) => guard.close(),
    (reason: unknown) => reason,
  );
  return error instanceof ConfigurationError ? error.faults.map(({ code }) => code) : [];
}

const requestWith = (headers: Record<string, string>): GuardedRequest => ({
  method: "GET",
  clientAddress: "127.0.0.1",
  header: (name) => headers[name] ?? null,
});

const withScopes = async (...scopes: string[]) => requestWith(await issuer.bearer({ scopes }));

describe("protected resource metadata (RFC 9728)", () => {
  const keySet = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [published.jwk] }));
  });
  let config: AuthGuardOptions = {};
  beforeAll(async () => {
    await new Promise<void>((resolve) => void keySet.listen(0, "127.0.0.1", resolve));
    const jwksUrl = `http://127.0.0.1:${(keySet.address() as AddressInfo).port}/jwks`;
    config = { authorizationConfig: { issuer: "https://login.test", jwksUrl } };
  });
  afterAll(() => void keySet.close());

  it("does not grow with the items that a handler protects, and names none of them", async () => {
    const guard = await createTestGuard(config);
    guard.protect([customScope("reports:read")]);
    for (let n = 0; n < 3_000; n += 1) {
      guard.protect([customScope(`reports:secret-${n}:read`)]);
      guard.protect([customScope(`kind${n}:read`)]);
    }
    const { scopes_supported: scopes = [] } = guard.resourceMetadata("reports.test") ?? {};
    expect(scopes).toContain("reports:read");
    expect(scopes.length).toBeLessThanOrEqual(1_000);
    expect(scopes.join()).not.toContain("secret-");
    guard.close();
  });

  const challengeOf = async (options: AuthGuardOptions) => {
    const guard = await createTestGuard(options);
    const outcome = await guard.protect("authenticated").check(requestWith({ host: "reports.test" }));
    guard.close();
    return outcome.isAllowed ? undefined : outcome.answer.headers["www-authenticate"];
  };

  it("names the issuer and the scopes of the routes that are protected by now", async () => {
    const guard = await createTestGuard(config);
    guard.protect([customScope("reports:read")]);
    guard.protect([customScope("reports:{id}:read")]);
    expect(guard.resourceMetadata("reports.test")).toEqual({
      resource: "https://reports.test",
      authorization_servers: ["https://login.test"],
      bearer_methods_supported: ["header"],
      scopes_supported: ["reports:read"],
    });
    expect(guard.resourceMetadata("a/../b")).toBeUndefined();
    guard.close();
    expect((await createTestGuard()).resourceMetadata("reports.test")).toBeUndefined();
  });

  it("stands in the challenge where the application says that it serves it, and only there", async () => {
    const address = 'resource_metadata="https://reports.test/.well-known/oauth-protected-resource"';
    expect(await challengeOf({ ...config, servesResourceMetadata: true })).toContain(address);
    expect(await challengeOf(config)).not.toContain("resource_metadata");
    expect(await challengeOf({ ...withKey, servesResourceMetadata: true })).not.toContain(
      "resource_metadata",
    );
  });
});

describe("createAuthGuard", () => {
  it.each<[string, AuthGuardOptions, string[]]>([
    ["no credential at all (contract 1.1)", {}, ["CONFIG_KEYS_MISSING"]],
    ["authorization without a key", { authorization: true }, ["CONFIG_KEYS_MISSING"]],
    [
      "authorization with nothing but a security key",
      { authorization: true, securityKey: SECURITY_KEY },
      ["CONFIG_KEYS_MISSING"],
    ],
    ["an unknown option", { ...withKey, audience: "x" } as AuthGuardOptions, ["CONFIG_OPTION_UNKNOWN"]],
    [
      "a key that is none",
      { authorizationConfig: { verificationKeys: ["nonsense"] } },
      ["KEY_ALGORITHM_REQUIRED"],
    ],
    [
      "options that only an AgentOS can honour, which it does not ignore",
      {
        authorizationConfig: {
          ...withKey.authorizationConfig,
          scopeMappings: { "GET /a": ["a:b"] },
          excludedRoutePaths: ["/a"],
        },
      },
      ["CONFIG_OPTION_INVALID", "CONFIG_OPTION_INVALID"],
    ],
  ])("does not start with %s", async (_, options, expected) => {
    expect(await codesOf(options)).toEqual(expected);
  });

  it("starts with a key, or with a security key alone", async () => {
    expect(await codesOf(withKey)).toEqual([]);
    expect(await codesOf({ securityKey: SECURITY_KEY })).toEqual([]);
  });

  it("describes the policy in force, without public routes of its own", async () => {
    const guard = await createTestGuard();
    expect(guard.describe()).toMatchObject({
      id: TEST_OS_ID,
      mode: "jwt",
      enforcesScopes: true,
      publicRoutes: [],
    });
    guard.close();
  });

  it("names the operator's own command in every fix that has one", async () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    const verificationKeys = [weak.export({ type: "spki", format: "pem" }).toString()];
    for (const authorizationConfig of [{}, { verificationKeys }]) {
      const options = { authorizationConfig, cliCommand: "npx agentos" };
      await expect(createTestGuard(options)).rejects.toThrow("npx agentos keys generate");
    }
  });

  it("has the page of every code that its refusals point to, and of no other", async () => {
    const guard = await createTestGuard({ ...withKey, cliCommand: "npx agentos" });
    expect(guard.errorPage("SCOPE_MISSING")).toContain("<h1>SCOPE_MISSING</h1>");
    expect(guard.errorPage("AUTH_SIGNATURE_INVALID")).toContain("npx agentos token inspect");
    for (const code of ["NO_SUCH_CODE", "__proto__", "<script>"])
      expect(guard.errorPage(code)).toBeUndefined();
    guard.close();
  });
});

describe("protect", () => {
  // What the compiler refuses in TypeScript reaches it from JavaScript, and from a list that was computed.
  it.each([
    ["an empty list", []],
    ["a bare scope", "reports:read"],
    ["nothing", undefined],
    ["public", "public"],
  ])("takes for an access: not %s", async (_, access) => {
    const guard = await createTestGuard();
    expect(() => guard.protect(access as "authenticated")).toThrow("a list of at least one scope");
    expect(() => guard.protect("authenticated")).not.toThrow();
  });

  it("warns of an action that a resource does not have", async () => {
    const logger = createTestLogger();
    const guard = await createTestGuard({ ...withKey, logger });
    const misspelt: readonly string[] = ["agents:rnu"];
    guard.protect(misspelt as readonly ["agents:run"]);
    expect(logger.entries.map(({ level, facts }) => [level, facts["code"]])).toEqual([
      ["warn", "CONFIG_SCOPE_ACTION_UNKNOWN"],
    ]);
  });

  it("refuses a scope that is none, with the fault's name", async () => {
    const guard = await createTestGuard();
    expect(() => guard.protect([customScope("reports:read")])).not.toThrow();
    // @ts-expect-error -- does not compile; plain JavaScript may still say it
    const protectWrongly = () => guard.protect(["reports"]);
    expect(protectWrongly).toThrow(ConfigurationError);
    expect(protectWrongly).toThrow("CONFIG_SCOPE_INVALID");
    guard.close();
  });

  it("lets in who holds the scope, and tells others which one is missing", async () => {
    const guard = await createTestGuard();
    const route = guard.protect([customScope("reports:read")]);
    expect(await route.check(await withScopes("reports:read"))).toMatchObject({
      isAllowed: true,
      access: { identity: { userId: "alice" } },
    });
    const outcome = await route.check(await withScopes("reports:write"));
    if (outcome.isAllowed) throw new Error("was allowed");
    expect([outcome.answer.status, JSON.parse(outcome.answer.body)]).toEqual([
      403,
      expect.objectContaining({ code: "SCOPE_MISSING", missing_scopes: ["reports:read"] }),
    ]);
    const body = JSON.parse(outcome.answer.body) as { denial_id: string };
    expect(await guard.denials.find(body.denial_id, { kind: "all" })).toMatchObject({
      code: "SCOPE_MISSING",
      subject: "alice",
    });
    guard.close();
  });

  it("needs all scopes of the list", async () => {
    const guard = await createTestGuard();
    const route = guard.protect([customScope("reports:read"), customScope("reports:export")]);
    expect(await route.check(await withScopes("reports:read", "reports:export"))).toMatchObject({
      isAllowed: true,
    });
    expect(await route.check(await withScopes("reports:read"))).toMatchObject({ isAllowed: false });
    guard.close();
  });

  it("takes the id of a scope from the host's parameters, and closes when there are none", async () => {
    const guard = await createTestGuard();
    const route = guard.protect([customScope("reports:{id}:read")]);
    const request = await withScopes("reports:q1:read");
    expect(await route.check(request, { id: "q1" })).toMatchObject({ isAllowed: true });
    for (const parameters of [{ id: "q2" }, { id: undefined }, { other: "q1" }, {}, undefined])
      expect(await route.check(request, parameters)).toMatchObject({ isAllowed: false });
    expect(await route.check(await withScopes("reports:read"), {})).toMatchObject({ isAllowed: true });
    guard.close();
  });

  it("says that the item is not named, whatever the caller lacks, and records the scope as declared", async () => {
    const guard = await createTestGuard();
    const route = guard.protect([customScope("other:read"), customScope("reports:{id}:read")]);
    for (const scopes of [[], ["reports:q1:read"], ["other:read", "reports:q1:read"]]) {
      const outcome = await route.check(await withScopes(...scopes), { report_id: "q1" });
      const { code, denial_id: id } = JSON.parse(outcome.isAllowed ? "{}" : outcome.answer.body) as Record<
        string,
        string
      >;
      expect(code).toBe("SCOPE_PARAMETER_MISSING");
      expect((await guard.denials.find(id ?? "", { kind: "all" }))?.facts).toMatchObject({
        parameter: "id",
        declared_scope: "reports:{id}:read",
      });
    }
    // Twins: the item is named, or is no matter.
    const named = await route.check(await withScopes("reports:q1:read"), { id: "q1" });
    expect(named.isAllowed ? "" : named.answer.body).toContain("SCOPE_MISSING");
    expect(await route.check(await withScopes("other:read", "reports:read"), {})).toMatchObject({
      isAllowed: true,
    });
    guard.close();
  });

  it("refuses a scope whose braces name no parameter", async () => {
    const guard = await createTestGuard();
    for (const scope of ["reports:{report-id}:read", "reports:x{id}:read"])
      expect(() => guard.protect([customScope(scope)])).toThrow("CONFIG_SCOPE_INVALID");
    expect(() => guard.protect([customScope("reports:{report_id}:read")])).not.toThrow();
    guard.close();
  });

  it('takes any verified caller for "authenticated", and nobody else', async () => {
    const guard = await createTestGuard();
    const route = guard.protect("authenticated");
    expect(await route.check(await withScopes())).toMatchObject({ isAllowed: true });
    expect(await route.check(requestWith({}))).toMatchObject({ isAllowed: false, answer: { status: 401 } });
    guard.close();
  });

  it("takes the security key where that is the credential, and explains a JWT that is sent instead", async () => {
    const guard = await createTestGuard({ securityKey: SECURITY_KEY });
    const route = guard.protect([customScope("reports:read")]);
    expect(await route.check(requestWith({ authorization: `Bearer ${SECURITY_KEY}` }))).toMatchObject({
      isAllowed: true,
    });
    const outcome = await route.check(await withScopes("reports:read"));
    expect(outcome.isAllowed ? "" : outcome.answer.body).toContain("AUTH_TOKEN_NOT_ACCEPTED");
    guard.close();
  });
});

describe("what a guard alone tells its operator", () => {
  it("is what is doubtful about its configuration, once, with code and fix", async () => {
    const logger = createTestLogger();
    const config = { ...withKey.authorizationConfig, unsafe: { allowMissingExpiration: true } };
    const guard = await createTestGuard({ authorizationConfig: config, logger });
    const route = guard.protect("authenticated");
    await route.check(await withScopes());
    expect(logger.entries).toMatchObject([
      {
        level: "warn",
        facts: { code: "CONFIG_EXPIRATION_OPTIONAL", fix: expect.stringMatching(/./) as string },
      },
    ]);
    guard.close();
  });

  it("is what is doubtful about a scope, once, however often a handler protects the same", async () => {
    const logger = createTestLogger();
    const guard = await createTestGuard({ ...withKey, logger });
    for (let n = 0; n < 3; n += 1) guard.protect([customScope("sessions:export")]);
    expect(logger.entries).toMatchObject([{ facts: { code: "CONFIG_SCOPE_ACTION_UNKNOWN" } }]);
    guard.protect([customScope("sessions:import")]);
    expect(logger.entries).toHaveLength(2);
    guard.close();
  });

  it("is the path of a refused request, which its route cannot name, redacted and cut", async () => {
    const logger = createTestLogger();
    const guard = await createTestGuard({ ...withKey, logger });
    const route = guard.protect([customScope("reports:read")]);
    const token = (await issuer.bearer()).authorization.slice("Bearer ".length);
    const path = `/reports/${token}/${"x".repeat(1_000)}`;
    await route.check({ ...requestWith({}), path });
    const [record] = (await guard.denials.list({ kind: "all" }, { limit: 1 })).records;
    const told = String(record?.facts["path"]);
    expect(logger.entries).toMatchObject([{ facts: { facts: { path: told } } }]);
    expect(told).toMatch(/^\/reports\//);
    expect(told.length).toBeLessThanOrEqual(200);
    expect(told).not.toContain(token.slice(0, 30));
    guard.close();
  });
});

describe("revocation", () => {
  it("is asked of every identity on every request, and one that is revoked is refused and recorded", async () => {
    const revoked = new Set<string | undefined>();
    const guard = await createTestGuard({
      ...withKey,
      revocation: ({ userId }) =>
        revoked.has(userId) ? { code: "AUTH_CREDENTIAL_REVOKED", facts: {} } : undefined,
    });
    const route = guard.protect("authenticated");
    const request = await withScopes();
    expect(await route.check(request)).toMatchObject({ isAllowed: true });
    revoked.add("alice");
    const outcome = await route.check(request);
    expect(outcome.isAllowed ? "" : outcome.answer.body).toContain("AUTH_CREDENTIAL_REVOKED");
    const { records } = await guard.denials.list({ kind: "all" }, { limit: 1 });
    expect(records).toMatchObject([{ code: "AUTH_CREDENTIAL_REVOKED", subject: "alice" }]);
    expect(records[0]?.timeline).toContainEqual({ stage: "revocation", outcome: "failed" });
    revoked.clear();
    expect(await route.check(request)).toMatchObject({ isAllowed: true });
    guard.close();
  });

  it("of the guard itself is in force from the next request on, beside that of the application", async () => {
    const asked = vi.fn<() => undefined>();
    const guard = await createTestGuard({ ...withKey, revocation: asked });
    const route = guard.protect("authenticated");
    const [request, other] = [
      requestWith(await issuer.bearer({ claims: { jti: "t-1" } })),
      requestWith(await issuer.bearer({ claims: { jti: "t-2" } })),
    ];
    expect(await route.check(request)).toMatchObject({ isAllowed: true });
    await guard.revocations.revoke({ kind: "jti", issuer: "default", value: "t-1", until: 4_000_000_000 });
    const outcome = await route.check(request);
    expect(outcome.isAllowed ? "" : outcome.answer.body).toContain("AUTH_CREDENTIAL_REVOKED");
    expect(await route.check(other)).toMatchObject({ isAllowed: true });
    expect(asked).toHaveBeenCalledTimes(3);
    expect((await guard.revocations.list({ limit: 5 })).totalCount).toBe(1);
    guard.close();
  });

  it("must be a function", async () => {
    expect(await codesOf({ ...withKey, revocation: "yes" as never })).toEqual(["CONFIG_OPTION_INVALID"]);
  });
});

it("a guard does not call the application an AgentOS, nor name a route that it does not have", async () => {
  const guard = await createTestGuard();
  const route = guard.protect("authenticated");
  for (const claims of [{ aud: "another" }, { aud: undefined }]) {
    const outcome = await route.check(requestWith(await issuer.bearer({ claims })));
    const { title, fix } = JSON.parse(outcome.isAllowed ? "{}" : outcome.answer.body) as Record<
      string,
      string
    >;
    expect(`${title} ${fix}`).toMatch(/"aud"/);
    expect(`${title} ${fix}`).not.toMatch(/AgentOS|\/info/);
  }
  guard.close();
});
