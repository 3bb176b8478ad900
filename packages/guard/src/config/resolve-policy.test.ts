import { describe, expect, it } from "vitest";
import type { AuthOptions, AuthorizationConfig, Environment, UnsafeOptions } from "./auth-options.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** Stands for a key: nothing is parsed here. */
const KEY = "a verification key";
const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";

const withKey: AuthorizationConfig = { verificationKeys: [KEY] };

function resolve(options: AuthOptions, env: Environment = {}) {
  return resolvePolicy({ ...options, env }, {});
}

function codesOf(options: AuthOptions, env?: Environment) {
  return resolve(options, env)
    .faults.map(({ code }) => code)
    .toSorted();
}

function errorsOf(options: AuthOptions, env?: Environment) {
  return resolve(options, env)
    .faults.filter(({ severity }) => severity === "error")
    .map(({ code }) => code);
}

describe("the mode (contract 1.1)", () => {
  it.each<[string, AuthOptions, Environment, string, boolean]>([
    ["nothing", {}, {}, "none", false],
    ["OS_SECURITY_KEY", {}, { OS_SECURITY_KEY: SECURITY_KEY }, "security_key", false],
    ["a security key in code", { securityKey: SECURITY_KEY }, {}, "security_key", false],
    ["JWT_VERIFICATION_KEY", {}, { JWT_VERIFICATION_KEY: KEY }, "jwt", false],
    ["JWT_JWKS_FILE", {}, { JWT_JWKS_FILE: "keys.json" }, "jwt", false],
    [
      "JWT_VERIFICATION_KEY and AUTHORIZATION_ENABLED",
      {},
      { JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "true" },
      "jwt",
      true,
    ],
    [
      "authorization with a key in the environment",
      { authorization: true },
      { JWT_VERIFICATION_KEY: KEY },
      "jwt",
      true,
    ],
    [
      "authorization with a key in code",
      { authorization: true, authorizationConfig: withKey },
      {},
      "jwt",
      true,
    ],
    [
      "authorization with a JWKS file in code",
      { authorization: true, authorizationConfig: { jwksFile: "k" } },
      {},
      "jwt",
      true,
    ],
    ["a configuration alone, which means authorization", { authorizationConfig: withKey }, {}, "jwt", true],
    [
      "scope rules alone, which mean authorization",
      { authorizationConfig: { scopeMappings: {} } },
      { JWT_VERIFICATION_KEY: KEY },
      "jwt",
      true,
    ],
    [
      "a key, with authorization off in code",
      { authorization: false, authorizationConfig: withKey },
      {},
      "jwt",
      false,
    ],
    [
      "authorization off in code, which wins over the environment",
      { authorization: false },
      { JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "true" },
      "jwt",
      false,
    ],
    [
      "authorization off in code, without a key",
      { authorization: false },
      { AUTHORIZATION_ENABLED: "true" },
      "none",
      false,
    ],
    [
      "AUTHORIZATION_ENABLED off, with a security key",
      {},
      { OS_SECURITY_KEY: SECURITY_KEY, AUTHORIZATION_ENABLED: "false" },
      "security_key",
      false,
    ],
    [
      "both credentials: JWT wins",
      {},
      { OS_SECURITY_KEY: SECURITY_KEY, JWT_VERIFICATION_KEY: KEY },
      "jwt",
      false,
    ],
  ])("with %s", (_, options, env, mode, enforcesScopes) => {
    const { policy } = resolve(options, env);
    expect([policy.mode, policy.enforcesScopes]).toEqual([mode, enforcesScopes]);
    expect(policy.hasSecurityKey).toBe(resolve(options, env).securityKey !== undefined);
    expect(errorsOf(options, env)).toEqual([]);
  });

  it("stops for an empty security key in code, and never opens the server instead", () => {
    const options = { securityKey: "" };
    expect(resolve(options, {}).policy.mode).toBe("security_key");
    expect(errorsOf(options, {})).toEqual(["CONFIG_SECURITY_KEY_INVALID"]);
  });

  it.each<[string, AuthOptions, Environment]>([
    ["authorization", { authorization: true }, {}],
    [
      "authorization beside a security key, which it does not fall back to",
      { authorization: true },
      { OS_SECURITY_KEY: SECURITY_KEY },
    ],
    ["a configuration without keys", { authorizationConfig: { userIsolation: true } }, {}],
    ["AUTHORIZATION_ENABLED (Q2)", {}, { AUTHORIZATION_ENABLED: "true" }],
    [
      "AUTHORIZATION_ENABLED beside a security key (Q2)",
      {},
      { AUTHORIZATION_ENABLED: "1", OS_SECURITY_KEY: SECURITY_KEY },
    ],
  ])("never serves %s without a key to verify with", (_, options, env) => {
    expect(errorsOf(options, env)).toEqual(["CONFIG_KEYS_MISSING"]);
    expect(resolve(options, env).policy.mode).toBe("jwt");
    expect(errorsOf(options, { ...env, JWT_VERIFICATION_KEY: KEY })).toEqual([]);
  });

  it("stops on a switch of the environment that is misspelt, instead of leaving scopes unenforced", () => {
    const env = { JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "ture" };
    const [fault] = resolve({}, env).faults;
    expect(fault).toMatchObject({
      code: "CONFIG_OPTION_INVALID",
      severity: "error",
      at: "AUTHORIZATION_ENABLED",
      facts: { problem: 'is neither "true" nor "false"' },
    });
    expect(errorsOf({}, { ...env, AUTHORIZATION_ENABLED: "true" })).toEqual([]);
  });

  it("takes the process's environment only where no other is given", () => {
    const env = { OS_SECURITY_KEY: SECURITY_KEY };
    expect(resolvePolicy({}, env).policy.mode).toBe("security_key");
    expect(resolvePolicy({ env: {} }, env).policy.mode).toBe("none");
    expect(resolvePolicy({}, undefined).policy.mode).toBe("none");
  });
});

describe("where keys come from", () => {
  it("appends the key of the environment to those in code, each with its name", () => {
    const { issuerKeys } = resolve(
      { authorizationConfig: { verificationKeys: ["one", "two"] } },
      { JWT_VERIFICATION_KEY: "three" },
    );
    expect(issuerKeys.flatMap(({ keyValues }) => keyValues)).toEqual([
      { source: "verificationKeys[0]", value: "one" },
      { source: "verificationKeys[1]", value: "two" },
      { source: "JWT_VERIFICATION_KEY", value: "three" },
    ]);
  });

  it("reads the JWKS file of the environment only where code names none", () => {
    const env = { JWT_JWKS_FILE: "env.json" };
    expect(resolve({}, env).issuerKeys[0]?.jwksFile).toEqual({ source: "JWT_JWKS_FILE", path: "env.json" });
    expect(resolve({ authorizationConfig: { jwksFile: "code.json" } }, env).issuerKeys[0]?.jwksFile).toEqual({
      source: "jwksFile",
      path: "code.json",
    });
  });

  it("prefers the security key in code", () => {
    expect(resolve({ securityKey: SECURITY_KEY }, { OS_SECURITY_KEY: "other" }).securityKey).toBe(
      SECURITY_KEY,
    );
  });
});

describe("safe defaults (design section 7)", () => {
  const resolved = resolve({ id: "shop", authorizationConfig: withKey });

  it("verifies signature, expiration, a day's lifetime and the own id as audience", () => {
    expect(resolved.policy).toMatchObject({ mode: "jwt", adminScope: "agent_os:admin" });
    expect(resolved.policy.tokens).toEqual([
      {
        name: "default",
        allowedScopes: undefined,
        audience: ["shop"],
        isAudienceTheId: true,
        issuer: undefined,
        requiresExpiration: true,
        maxLifetimeSeconds: 86_400,
      },
    ]);
    expect(resolved.faults).toEqual([]);
  });

  it("refuses routes without a rule and weak secrets, and isolates nobody unasked", () => {
    expect(resolved).toMatchObject({
      rules: { allowsUnmappedRoutes: false, publicPaths: undefined, scopeMappings: {} },
      allowsWeakSecrets: false,
      policy: { isolatesUsers: false, credentialLocations: [{ in: "header", name: "Authorization" }] },
      cliCommand: "npx --no agentos",
    });
  });

  it("keeps users apart where the environment says so, and the configuration does not say otherwise", () => {
    const isolates = (value: string, userIsolation?: boolean) =>
      resolve(
        { authorizationConfig: { verificationKeys: [KEY], userIsolation } },
        { USER_ISOLATION_ENABLED: value },
      ).policy.isolatesUsers;
    expect([isolates("true"), isolates("off"), isolates(""), isolates("maybe")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isolates("true", false), isolates("off", true)]).toEqual([false, true]);
    // Taken for off, a misspelling would show everybody's data to everybody.
    expect(errorsOf({}, { USER_ISOLATION_ENABLED: "maybe" })).toEqual(["CONFIG_OPTION_INVALID"]);
  });

  it("allows pages of the own machine only; the environment adds origins, and * never counts", () => {
    expect(resolved.policy.allowedOrigins).toEqual(["http://localhost:3000"]);
    const env = { CORS_ORIGIN_LIST: '["https://a.test", "*", "https://b.test"]' };
    expect(resolve({}, env).policy.allowedOrigins).toEqual([
      "https://a.test",
      "https://b.test",
      "http://localhost:3000",
    ]);
    const cors = { allowedOrigins: ["https://b.test"] };
    expect(resolve({ cors }, env).policy.allowedOrigins).toEqual(["https://a.test", "https://b.test"]);
    expect(resolve({ cors: { allowedOrigins: [] } }).policy.allowedOrigins).toEqual([]);
  });

  it("is called agno-agentos without an id, which is then the audience", () => {
    const { id, tokens } = resolve({ authorizationConfig: withKey }).policy;
    expect([id, tokens[0].audience]).toEqual(["agno-agentos", ["agno-agentos"]]);
  });

  it("takes over what is configured", () => {
    const config: AuthorizationConfig = {
      ...withKey,
      issuer: "https://issuer.test",
      algorithm: "ES256",
      adminScope: "root:all",
      userIsolation: true,
      scopeMappings: { "GET /agents": ["a:b"] },
      excludedRoutePaths: ["/health"],
      tokenSource: "both",
      tokenHeaderKey: "X-Token",
      cookieName: "session",
      scopesClaim: "perms",
      userIdClaim: "uid",
      sessionIdClaim: "sid",
      audienceClaim: "target",
      dependenciesClaims: ["tenant"],
      sessionStateClaims: ["plan"],
    };
    expect(resolve({ authorizationConfig: config, cliCommand: "npx agentos" })).toMatchObject({
      issuerKeys: [{ algorithm: "ES256" }],
      rules: { scopeMappings: { "GET /agents": ["a:b"] }, publicPaths: ["/health"] },
      cliCommand: "npx agentos",
      policy: {
        isolatesUsers: true,
        credentialLocations: [
          { in: "header", name: "X-Token" },
          { in: "cookie", name: "session" },
        ],
        tokens: [{ issuer: "https://issuer.test" }],
        adminScope: "root:all",
        claimNames: {
          scopes: ["perms"],
          userId: "uid",
          sessionId: "sid",
          audience: "target",
          dependencies: ["tenant"],
          sessionState: ["plan"],
        },
      },
    });
  });
});

it("claims with the scopes are one or several, by name or by path", () => {
  const scopesOf = (scopesClaim?: string | string[]) =>
    resolve({ authorizationConfig: { ...withKey, ...(scopesClaim && { scopesClaim }) } }).policy.claimNames
      .scopes;
  expect(scopesOf()).toBeUndefined();
  expect(scopesOf("realm_access.roles")).toEqual(["realm_access.roles"]);
  expect(scopesOf(["scope", "https://example.com/roles"])).toEqual(["scope", "https://example.com/roles"]);
});

describe("the audience (design section 10)", () => {
  const OWN = ["shop"];
  const SET = ["a", "b"];

  // Every combination: verifyAudience × audience × unsafe.allowAnyAudience.
  it.each<[boolean | undefined, boolean, boolean, readonly string[] | undefined, readonly string[]]>([
    [undefined, false, false, OWN, []],
    [undefined, false, true, undefined, ["CONFIG_AUDIENCE_ANY"]],
    [undefined, true, false, SET, []],
    [undefined, true, true, SET, []],
    [true, false, false, OWN, []],
    [true, false, true, OWN, []],
    [true, true, false, SET, []],
    [true, true, true, SET, []],
    [false, false, false, undefined, ["CONFIG_AUDIENCE_UNCHECKED"]],
    [false, false, true, undefined, ["CONFIG_AUDIENCE_ANY"]],
    [false, true, false, undefined, ["CONFIG_AUDIENCE_UNCHECKED", "CONFIG_OPTION_UNUSED"]],
    [false, true, true, undefined, ["CONFIG_AUDIENCE_ANY", "CONFIG_OPTION_UNUSED"]],
  ])(
    "with verifyAudience %s, an audience: %s, allowAnyAudience %s",
    (verify, hasAudience, allow, expected, codes) => {
      const config: AuthorizationConfig = {
        ...withKey,
        ...(verify === undefined ? {} : { verifyAudience: verify }),
        ...(hasAudience ? { audience: SET } : {}),
        unsafe: { allowAnyAudience: allow },
      };
      const options = { id: "shop", authorizationConfig: config };
      expect(resolve(options).policy.tokens[0].audience).toEqual(expected);
      expect(codesOf(options)).toEqual(codes);
      // Without its flag, an audience that is not checked stops the start.
      expect(errorsOf(options)).toEqual(verify === false && !allow ? ["CONFIG_AUDIENCE_UNCHECKED"] : []);
    },
  );

  it("takes one audience as text", () => {
    const { tokens } = resolve({ authorizationConfig: { ...withKey, audience: "one" } }).policy;
    expect(tokens[0].audience).toEqual(["one"]);
  });

  it.each([
    ["tokenHeaderKey", { tokenSource: "cookie", tokenHeaderKey: "X-Token" }, { tokenSource: "both" }],
    ["cookieName", { cookieName: "session" }, { tokenSource: "both" }],
  ] as const)("warns that nothing reads %s", (option, config, mended) => {
    const found = resolve({ authorizationConfig: { ...withKey, ...config } }).faults;
    expect(found).toMatchObject([
      { code: "CONFIG_OPTION_UNUSED", severity: "warning", at: `authorizationConfig.${option}` },
    ]);
    expect(resolve({ authorizationConfig: { ...withKey, ...config, ...mended } }).faults).toEqual([]);
  });

  it("has none to warn about where no token is read", () => {
    const unsafe = { allowAnyAudience: true };
    expect(codesOf({ authorization: false, authorizationConfig: { unsafe } })).not.toContain(
      "CONFIG_AUDIENCE_ANY",
    );
  });
});

describe("validate: false (design section 10)", () => {
  it("stops the start without its flag", () => {
    const config = { ...withKey, validate: false };
    expect(errorsOf({ authorizationConfig: config })).toEqual(["CONFIG_TOKENS_UNVERIFIED"]);
    expect(errorsOf({ authorizationConfig: { ...config, validate: true } })).toEqual([]);
  });

  it("is permitted by its flag, with a warning, and needs no key", () => {
    const authorizationConfig = { validate: false, unsafe: { allowUnverifiedTokens: true } };
    const resolved = resolve({ authorizationConfig });
    expect(errorsOf({ authorizationConfig })).toEqual([]);
    expect(codesOf({ authorizationConfig })).toEqual(["CONFIG_TOKENS_ANY"]);
    expect(resolved.policy.mode).toBe("jwt-unverified");
  });
});

describe("unsafe.X only permits: by itself it turns no other check off", () => {
  const base = resolve({ authorizationConfig: withKey });

  it.each<[keyof UnsafeOptions, string, { readonly [part in "tokens" | "rules" | "beside"]?: object }]>([
    ["allowMissingExpiration", "CONFIG_EXPIRATION_OPTIONAL", { tokens: { requiresExpiration: false } }],
    ["allowLongLivedTokens", "CONFIG_LIFETIME_UNLIMITED", { tokens: { maxLifetimeSeconds: undefined } }],
    ["allowAnyAudience", "CONFIG_AUDIENCE_ANY", { tokens: { audience: undefined } }],
    ["allowWeakSecrets", "CONFIG_SECRETS_WEAK", { beside: { allowsWeakSecrets: true } }],
    ["allowUnmappedRoutes", "CONFIG_ROUTES_UNMAPPED", { rules: { allowsUnmappedRoutes: true } }],
  ])("%s changes its own check, says so, and nothing else", (name, code, change) => {
    const options = { authorizationConfig: { ...withKey, unsafe: { [name]: true } } };
    const { faults, ...rest } = resolve(options);
    const { faults: _, ...unchanged } = base;
    const tokens = { ...unchanged.policy.tokens[0], ...change.tokens };
    expect(rest).toEqual({
      ...unchanged,
      ...change.beside,
      unsafeSwitches: [name],
      policy: { ...unchanged.policy, tokens: [tokens] },
      issuerKeys: unchanged.issuerKeys.map((keys) => ({ ...keys, tokens })),
      rules: { ...unchanged.rules, ...change.rules },
    });
    expect(faults.map((fault) => [fault.code, fault.severity])).toEqual([[code, "warning"]]);
  });

  it.each<keyof UnsafeOptions>([
    "allowMissingExpiration",
    "allowLongLivedTokens",
    "allowAnyAudience",
    "allowWeakSecrets",
    "allowUnmappedRoutes",
    "allowUnverifiedTokens",
  ])("%s: false is the same as leaving it out", (name) => {
    expect(resolve({ authorizationConfig: { ...withKey, unsafe: { [name]: false } } })).toEqual(base);
  });

  it("allowUnverifiedTokens alone leaves every signature verified", () => {
    const unsafe = { allowUnverifiedTokens: true };
    expect(resolve({ authorizationConfig: { ...withKey, unsafe } })).toEqual({
      ...base,
      unsafeSwitches: ["allowUnverifiedTokens"],
    });
  });
});

describe("faults at start", () => {
  it("says that both credentials are configured, and which one counts", () => {
    const options = { authorizationConfig: withKey };
    expect(codesOf(options, { OS_SECURITY_KEY: SECURITY_KEY })).toEqual(["CONFIG_BOTH_CREDENTIALS"]);
    expect(codesOf(options)).toEqual([]);
  });

  it("says that scopes are not enforced", () => {
    const env = { JWT_VERIFICATION_KEY: KEY };
    expect(codesOf({}, env)).toEqual(["CONFIG_SCOPES_UNENFORCED"]);
    expect(codesOf({ authorization: true }, env)).toEqual([]);
  });

  it.each([
    ["short", "Zk3-uW9_qL7.x2T", "CONFIG_SECURITY_KEY_WEAK"],
    ["made of few characters", "aaaaaaaabbbbbbbb", "CONFIG_SECURITY_KEY_WEAK"],
    ["a placeholder", "change-me-please", "CONFIG_SECURITY_KEY_WEAK"],
    ["with a space", `${SECURITY_KEY} x`, "CONFIG_SECURITY_KEY_INVALID"],
    ["with a comma", `${SECURITY_KEY},x`, "CONFIG_SECURITY_KEY_INVALID"],
    ["with a line break at its end", `${SECURITY_KEY}\n`, "CONFIG_SECURITY_KEY_INVALID"],
    ["outside ASCII", `${SECURITY_KEY}é`, "CONFIG_SECURITY_KEY_INVALID"],
  ])("judges a security key that is %s, wherever it comes from", (_, key, code) => {
    expect(codesOf({ securityKey: key })).toEqual([code]);
    expect(codesOf({}, { OS_SECURITY_KEY: key })).toEqual([code]);
    expect(codesOf({ securityKey: SECURITY_KEY })).toEqual([]);
  });

  it("only warns of a weak security key, and stops at one that no header can carry", () => {
    expect(errorsOf({ securityKey: "short" })).toEqual([]);
    expect(errorsOf({ securityKey: "with space and length" })).toEqual(["CONFIG_SECURITY_KEY_INVALID"]);
  });

  it("lists all faults at once", () => {
    const authorizationConfig = { validate: false, verifyAudience: false };
    expect(errorsOf({ securityKey: "é", authorizationConfig }).toSorted()).toEqual([
      "CONFIG_AUDIENCE_UNCHECKED",
      "CONFIG_SECURITY_KEY_INVALID",
      "CONFIG_TOKENS_UNVERIFIED",
    ]);
  });

  it("has no secret in any fault", () => {
    const secrets = ["short-secret", "secret with space 4711", "key-material-4711"];
    for (const securityKey of secrets.slice(0, 2)) {
      const env = {
        JWT_VERIFICATION_KEY: "key-material-4711",
        AUTHORIZATION_ENABLED: "secret with space 4711",
      };
      const text = JSON.stringify(
        resolve({ securityKey, authorizationConfig: { validate: false } }, env).faults,
      );
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });
});
