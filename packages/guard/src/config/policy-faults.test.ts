import { type Fault, renderFault } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { AuthOptions, AuthorizationConfig, Environment } from "./auth-options.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** Stands for a key: nothing is parsed here. */
const KEY = "a verification key";
const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";

function find(options: AuthOptions, env: Environment = {}): readonly Fault[] {
  return resolvePolicy({ ...options, env }, {}).faults;
}
const say = (faults: readonly Fault[]) =>
  faults.map((fault) => {
    const { code, message, fix } = renderFault(fault, "agentos");
    return `${code} ${message} => ${fix}`;
  });
const config = (authorizationConfig: AuthorizationConfig): AuthOptions => ({ authorizationConfig });
const errors = (options: AuthOptions, env?: Environment) =>
  say(find(options, env).filter(({ severity }) => severity === "error"));

describe("an option that cannot be used never counts as not given", () => {
  it.each<[string, AuthOptions, Environment, RegExp]>([
    [
      "an issuer over http",
      config({ issuer: "http://keycloak:8080/realms/demo" }),
      {},
      /^CONFIG_OPTION_INVALID "authorizationConfig\.issuer": its keys cannot be discovered: it is http, and not on this machine => keep it as it is, save the key set .* "jwksFile"/,
    ],
    [
      "an issuer of another scheme",
      config({ issuer: "urn:my-backend" }),
      {},
      /^CONFIG_OPTION_INVALID "authorizationConfig\.issuer": its keys cannot be discovered: it is not an https URL => keep it/,
    ],
    [
      "a variable that is empty",
      { authorization: true },
      { JWT_VERIFICATION_KEY: "" },
      /^CONFIG_VARIABLE_EMPTY "JWT_VERIFICATION_KEY" is set but empty, which counts as not set => set "JWT_VERIFICATION_KEY" to the key/,
    ],
    [
      "a variable of white space",
      {},
      { JWT_JWKS_FILE: " \n", AUTHORIZATION_ENABLED: "yes" },
      /^CONFIG_VARIABLE_EMPTY "JWT_JWKS_FILE" is set but empty: it has only white space, which counts .* => set "JWT_JWKS_FILE" to the path/,
    ],
    [
      "an empty list",
      config({ verificationKeys: [] }),
      {},
      /^CONFIG_OPTION_INVALID "authorizationConfig\.verificationKeys": is empty: it has no entry => add the public key/,
    ],
    [
      "an unknown algorithm",
      config({ verificationKeys: [KEY, KEY], algorithm: "rs256" }),
      {},
      /^KEY_ALGORITHM_UNKNOWN "authorizationConfig\.algorithm": .* => it is case-sensitive: write "RS256", or leave it out/,
    ],
    [
      "the address of the discovery document",
      config({ issuer: "https://a.test/.well-known/openid-configuration" }),
      {},
      /^CONFIG_OPTION_INVALID "authorizationConfig\.issuer": is the address of a discovery document, .* => write "https:\/\/a\.test"$/,
    ],
    [
      "the address of the discovery document in the place of the key set",
      config({ jwksUrl: "https://a.test/.well-known/openid-configuration" }),
      {},
      /^CONFIG_OPTION_INVALID "authorizationConfig\.jwksUrl": is the address .* => leave it out and set "issuer" beside it to "https:\/\/a\.test"/,
    ],
    [
      "a template",
      config({ issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }),
      {},
      /^CONFIG_VALUE_TEMPLATE "authorizationConfig\.issuer" is a template: "\{tenantid\}" stands where the id of your tenant belongs =>/,
    ],
    [
      "a template that is no URL",
      config({ issuer: "https://<your-domain>/" }),
      {},
      /^CONFIG_VALUE_TEMPLATE "authorizationConfig\.issuer" is a template: "<your-domain>"/,
    ],
  ])("%s is the one cause", (_, options, env, text) => {
    const found = errors(options, env);
    expect(found).toEqual([expect.stringMatching(text)]);
    expect(errors({ ...options, writtenIn: "json" }, env).join()).not.toContain("authorizationConfig");
    const usable = { ...options, authorizationConfig: { verificationKeys: [KEY] } };
    expect(errors(usable)).toEqual([]);
  });

  it("says that keys are missing only where nothing was meant to give one, and names no option that is set", () => {
    const [missing = ""] = errors({ authorization: true });
    expect(missing).toMatch(/^CONFIG_KEYS_MISSING .* set "authorizationConfig\.issuer" to its https address/);
    const [named = ""] = errors(config({ issuer: "my-backend" }));
    expect(named).toMatch(/^CONFIG_KEYS_MISSING .*"authorizationConfig\.issuer" is a name and no address/);
    expect(named).not.toContain('set "authorizationConfig.issuer"');
  });
});

describe("a template", () => {
  it.each([
    ["https://login.microsoftonline.com/{tenantid}/v2.0", "{tenantid}"],
    ["https://login.microsoftonline.com/common/v2.0", "common"],
    ["https://login.microsoftonline.com/organizations/v2.0", "organizations"],
    ["https://login.microsoftonline.com/consumers/v2.0", "consumers"],
    ["https://{tenant}.eu.auth0.com/", "{tenant}"],
    ["https://YOUR_DOMAIN/", "YOUR_DOMAIN"],
    ["https://your-tenant.auth0.com/", "your-tenant"],
    ["https://<your-domain>/", "<your-domain>"],
    ["https://login.microsoftonline.us/common/", "common"],
  ])("%s is refused in every place, and shown only as far as it is one", (value, found) => {
    const places: readonly (readonly [string, AuthorizationConfig])[] = [
      ["issuer", { verificationKeys: [KEY], issuer: value }],
      ["jwksUrl", { issuer: "https://a.test", jwksUrl: value }],
      ["audience", { verificationKeys: [KEY], audience: value }],
      ["audience[1]", { verificationKeys: [KEY], audience: ["a", value] }],
      ["issuers[0].issuer", { issuers: [{ issuer: value, verificationKeys: [KEY] }] }],
      ["issuers[0].jwksUrl", { issuers: [{ issuer: "https://a.test", jwksUrl: value }] }],
      ["issuers[0].audience", { issuers: [{ issuer: "https://a.test", audience: value }] }],
    ];
    for (const [place, part] of places) {
      const faults = find(config(part)).filter(({ severity }) => severity === "error");
      expect(faults.map(({ code, at, facts }) => [code, at, facts["found"]])).toEqual([
        ["CONFIG_VALUE_TEMPLATE", `authorizationConfig.${place}`, `"${found}"`],
      ]);
    }
  });

  it.each([
    "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0",
    "https://common.test/",
    "https://login.test/common/v2.0",
    "https://myexample.com/",
    "https://example.company.test/",
    "https://login.shop.example",
    "https://yourcompany.test/realms/organizations",
  ])("%s is none", (issuer) => {
    expect(find(config({ verificationKeys: [KEY], issuer, audience: "my-api" }))).toEqual([]);
  });

  it("is a domain of documentation, which stops the start where it is an address", () => {
    const value = "https://issuer.example.com/";
    const of = (part: AuthorizationConfig) =>
      find(config({ verificationKeys: [KEY], ...part })).map(({ code, severity }) => `${severity} ${code}`);
    expect(of({ issuer: value })).toEqual(["error CONFIG_VALUE_TEMPLATE"]);
    expect(of({ issuer: "https://a.test", jwksUrl: `${value}jwks` })).toEqual([
      "error CONFIG_VALUE_TEMPLATE",
    ]);
    // Two sides may have agreed on it, and it works.
    expect(of({ audience: value })).toEqual(["warning CONFIG_VALUE_TEMPLATE"]);
  });

  it("of personal accounts has one tenant, which is named", () => {
    const [text = ""] = errors(config({ issuer: "https://login.microsoftonline.com/consumers/v2.0" }));
    expect(text).toContain('write "9188040d-6c67-4c5b-b112-36a304b66dad" in the place of "consumers"');
  });

  it("is a path of a guide, in the option or the variable", () => {
    expect(errors({ authorization: true }, { JWT_JWKS_FILE: "/path/to/jwks.json" })).toEqual([
      expect.stringMatching(/^CONFIG_VALUE_TEMPLATE "JWT_JWKS_FILE" is a template: "\/path\/to"/),
    ]);
    expect(errors(config({ jwksFile: "/path/to/jwks.json" }))).toEqual([
      expect.stringMatching(/^CONFIG_VALUE_TEMPLATE "authorizationConfig\.jwksFile"/),
    ]);
    expect(errors(config({ jwksFile: "/etc/path/to/jwks.json" }))).toEqual([]);
  });
});

describe("both credentials", () => {
  const both = (options: AuthOptions, env: Environment) =>
    say(find(options, env).filter(({ code }) => code === "CONFIG_BOTH_CREDENTIALS"));
  const withKey = config({ verificationKeys: [KEY] });

  it.each<[string, AuthOptions, Environment, string, string]>([
    [
      "by environment",
      {},
      { OS_SECURITY_KEY: SECURITY_KEY, JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "true" },
      'JWT ("JWT_VERIFICATION_KEY") and a security key ("OS_SECURITY_KEY")',
      "to use JWT only, `unset OS_SECURITY_KEY`; to use the security key only, `unset JWT_VERIFICATION_KEY AUTHORIZATION_ENABLED`",
    ],
    [
      "in code",
      { ...withKey, securityKey: SECURITY_KEY },
      {},
      'JWT ("authorizationConfig.verificationKeys") and a security key ("securityKey")',
      'to use JWT only, remove "securityKey" from the configuration; to use the security key only, remove "authorizationConfig" from the configuration',
    ],
    [
      "in a JSON file, with a key from the environment beside it",
      { ...withKey, authorization: true, writtenIn: "json" },
      { OS_SECURITY_KEY: SECURITY_KEY, JWT_JWKS_FILE: "keys.json" },
      'JWT ("authorization.verificationKeys" and "JWT_JWKS_FILE") and a security key ("OS_SECURITY_KEY")',
      'to use JWT only, `unset OS_SECURITY_KEY`; to use the security key only, remove "authorization" from the configuration and `unset JWT_JWKS_FILE`',
    ],
    [
      "with the security key at both places",
      { ...withKey, securityKey: SECURITY_KEY },
      { OS_SECURITY_KEY: SECURITY_KEY },
      '("securityKey" and "OS_SECURITY_KEY")',
      'to use JWT only, remove "securityKey" from the configuration and `unset OS_SECURITY_KEY`;',
    ],
  ])("%s are named, with the two ways out", (_, options, env, title, fix) => {
    const [text = ""] = both(options, env);
    expect(text).toContain(title);
    expect(text).toContain(fix);
  });

  it("are no more than one after either half of the fix", () => {
    const env = { OS_SECURITY_KEY: SECURITY_KEY, JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "true" };
    const { OS_SECURITY_KEY: _, ...jwt } = env;
    expect([both({}, env).length, both({}, jwt).length]).toEqual([1, 0]);
    expect(resolvePolicy({ env: jwt }, {}).policy.mode).toBe("jwt");
    const { policy, faults } = resolvePolicy({ env: { OS_SECURITY_KEY: SECURITY_KEY } }, {});
    expect([policy.mode, faults]).toEqual(["security_key", []]);
  });
});

describe("what nothing reads", () => {
  it.each<[string, AuthOptions, Environment, AuthOptions]>([
    ["JWT_JWKS_FILE", config({ jwksFile: "a.json" }), { JWT_JWKS_FILE: "b.json" }, config({})],
    [
      "OS_SECURITY_KEY",
      { securityKey: SECURITY_KEY },
      { OS_SECURITY_KEY: `${SECURITY_KEY}2` },
      { securityKey: undefined },
    ],
    [
      "AUTHORIZATION_ENABLED",
      { authorization: false },
      { AUTHORIZATION_ENABLED: "true", JWT_VERIFICATION_KEY: KEY },
      { authorization: true },
    ],
    [
      "AUTHORIZATION_ENABLED",
      config({ verificationKeys: [KEY] }),
      { AUTHORIZATION_ENABLED: "off" },
      { authorization: false },
    ],
    [
      "USER_ISOLATION_ENABLED",
      config({ verificationKeys: [KEY], userIsolation: false }),
      { USER_ISOLATION_ENABLED: "true" },
      config({ verificationKeys: [KEY], userIsolation: true }),
    ],
    [
      "authorizationConfig.audience",
      config({
        verificationKeys: [KEY],
        audience: "a",
        verifyAudience: false,
        unsafe: { allowAnyAudience: true },
      }),
      {},
      config({ verificationKeys: [KEY], audience: "a" }),
    ],
  ])("is said of %s, and not where it is read", (place, options, env, mended) => {
    const unused = (given: AuthOptions) =>
      find(given, env).flatMap(({ code, at }) => (code === "CONFIG_OPTION_UNUSED" ? [at] : []));
    expect([unused(options), unused(mended)]).toEqual([[place], []]);
  });

  it.each([
    ["JWT_JWKS_URL", "jwksUrl", { jwksUrl: "https://issuer.test/keys" }],
    ["JWKS_URL", "jwksUrl", { verificationKeys: [KEY] }],
    ["JWT_AUDIENCE", "audience", { verificationKeys: [KEY], audience: "a" }],
    ["JWT_ISSUER", "issuer", { verificationKeys: [KEY], issuer: "a" }],
  ])("is %s, which is an option here, until that is given", (variable, option, given) => {
    const unread = (options: AuthOptions) =>
      find(options, { [variable]: "https://issuer.test" }).flatMap(({ code, facts }) =>
        code === "CONFIG_VARIABLE_UNREAD" ? [String(facts["suggestion"])] : [],
      );
    expect(unread({})).toEqual([expect.stringContaining(`set "authorizationConfig.${option}" in`)]);
    expect(unread({ writtenIn: "json" })).toEqual([
      expect.stringContaining(`set "authorization.${option}" in`),
    ]);
    expect(unread(config(given))).toEqual([]);
  });

  it("is no key of the environment under another name where there is a key already", () => {
    const env = { JWT_PUBLIC_KEY: "x", JWT_SECRET_KEY: "y" };
    const unread = (options: AuthOptions) =>
      find(options, env).flatMap(({ code, facts }) =>
        code === "CONFIG_VARIABLE_UNREAD" ? [facts["variable"]] : [],
      );
    expect(unread({})).toEqual(["JWT_PUBLIC_KEY", "JWT_SECRET_KEY"]);
    expect(unread(config({ verificationKeys: [KEY] }))).toEqual([]);
  });
});

describe("an origin", () => {
  const of = (origin: string) => [
    ...find({ cors: { allowedOrigins: [origin] } }),
    ...find({}, { CORS_ORIGIN_LIST: JSON.stringify([origin]) }),
    ...find({ cors: { allowedOrigins: [origin] }, writtenIn: "json" }),
  ];

  it.each([
    ["https://App.test/", "https://app.test"],
    ["https://APP.test", "https://app.test"],
    ["https://app.test/", "https://app.test"],
    ["https://app.test/page", "https://app.test"],
    ["https://app.test:443", "https://app.test"],
    ["http://app.test:80/", "http://app.test"],
    ["app.test", "https://app.test"],
    ["localhost:3000", "http://localhost:3000"],
    [" https://app.test", "https://app.test"],
    ["https://alice:secret-4711@app.test/?k=secret-4711", "https://app.test"],
  ])("%s that can never match is told how to be written, and is right then", (origin, fixed) => {
    const faults = of(origin);
    expect(faults.map(({ code, at }) => [code, at])).toEqual([
      ["CONFIG_ORIGIN_INVALID", "cors.allowedOrigins[0]"],
      ["CONFIG_ORIGIN_INVALID", "CORS_ORIGIN_LIST"],
      ["CONFIG_ORIGIN_INVALID", "cors.allowedOrigins[0]"],
    ]);
    for (const text of say(faults)) {
      expect(text.split(" => ")[1]).toBe(`write "${fixed}"`);
      expect(text).not.toContain("4711");
    }
    expect(of(fixed)).toEqual([]);
  });

  it("is not *, which stops the start in the configuration and is said of the variable", () => {
    expect(of("*").map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "error CONFIG_ORIGIN_INVALID",
      "warning CONFIG_ORIGIN_INVALID",
      "error CONFIG_ORIGIN_INVALID",
    ]);
  });
});

describe("a security key", () => {
  it.each([
    ["", "is empty"],
    [" ", "is empty: it has only white space"],
    ["agno_pat_0123456789abcdef", 'begins with "agno_pat_"'],
    [`${SECURITY_KEY}\n`, "ends with a line break"],
    [` ${SECURITY_KEY}`, "has white space around it"],
    [`${SECURITY_KEY} x`, "has a space in it"],
    [`${SECURITY_KEY},x`, "has a comma in it"],
    [`${SECURITY_KEY}é`, "has a character outside ASCII in it"],
    [`${SECURITY_KEY}\u0007x`, "has a control character in it"],
    [`${SECURITY_KEY}\u007fx`, "has a control character in it"],
    ["short", "it has 5 characters, fewer than 16"],
    ["aaaaaaaaaaaaaaaa", "it is made of one character over and over"],
    ["abababababababab", "it is made of 2 characters over and over"],
  ])("%j has one cause, which is found in it", (securityKey, problem) => {
    const faults = find({ securityKey });
    expect(faults.map(({ at, facts }) => [at, String(facts["problem"]).startsWith(problem)])).toEqual([
      ["securityKey", true],
    ]);
    if (securityKey.trim() !== "")
      expect(find({}, { OS_SECURITY_KEY: securityKey })[0]?.at).toBe("OS_SECURITY_KEY");
    expect(find({ securityKey: SECURITY_KEY })).toEqual([]);
  });
});

describe("the names of options", () => {
  it("are those of a JSON file where it was one, in every text", () => {
    const part: AuthorizationConfig = {
      verificationKeys: [KEY],
      tokenSource: "cookie",
      tokenHeaderKey: "X-Token",
      adminScope: "agents:read",
      verifyAudience: false,
      audience: "a",
      validate: false,
      issuers: [{ issuer: "http://a.test" }, { issuer: "https://b.test" }],
      unsafe: { allowMissingExpiration: true, allowLongLivedTokens: true, allowWeakSecrets: true },
    };
    const options: AuthOptions = { authorizationConfig: part, securityKey: SECURITY_KEY };
    const inCode = say(find(options));
    const inFile = say(find({ ...options, writtenIn: "json" }));
    expect(inCode.length).toBeGreaterThan(10);
    expect(inFile.filter((text) => text.includes("authorizationConfig"))).toEqual([]);
    expect(inFile).toEqual(inCode.map((text) => text.replaceAll("authorizationConfig", "authorization")));
  });

  it("are those of the switch too", () => {
    const off = { authorization: false, authorizationConfig: { verificationKeys: [KEY] } };
    expect(say(find(off))).toEqual([
      expect.stringMatching(/\("authorization" is false\).* => set "authorization" to true$/),
    ]);
    expect(say(find({ ...off, writtenIn: "json" }))).toEqual([
      expect.stringMatching(
        /\("authorization\.enabled" is false\).* => set "authorization\.enabled" to true$/,
      ),
    ]);
    expect(say(find({}, { JWT_VERIFICATION_KEY: KEY }))).toEqual([
      expect.stringMatching(/=> `export AUTHORIZATION_ENABLED=true`$/),
    ]);
    expect(find({}, { JWT_VERIFICATION_KEY: KEY, AUTHORIZATION_ENABLED: "true" })).toEqual([]);
  });
});

it("an issuer with its own audience is not asked for the id of the server", () => {
  const { tokens } = resolvePolicy(
    config({
      issuers: [
        { issuer: "https://a.test", audience: "api" },
        { issuer: "https://b.test", name: "b" },
      ],
    }),
    {},
  ).policy;
  expect(tokens.map(({ isAudienceTheId }) => isAudienceTheId)).toEqual([false, true]);
});
