import { type Fault, renderFault } from "@agentos/contract";
import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { type AuthorizationConfig, authorizationConfigSchema, type Environment } from "./auth-options.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { resolvePolicy } from "./resolve-policy.ts";

const A = "https://a.test";
const B = "https://b.test";
const { verificationKey } = await createTestKey("ES256");

const resolve = (authorizationConfig: AuthorizationConfig, env: Environment = {}) =>
  resolvePolicy({ id: "shop", authorizationConfig, env }, {});
const sayFault = (fault: Fault) => renderFault(fault, "agentos").message;
const codes = (config: AuthorizationConfig, env: Environment = {}) =>
  resolve(config, env).faults.map(({ code, severity }) => `${severity} ${code}`);

describe("keys from an address", () => {
  it("come from jwksUrl, and their tokens only from the issuer beside it", () => {
    const { policy, issuerKeys } = resolve({ jwksUrl: `${A}/jwks`, issuer: A });
    expect([policy.mode, issuerKeys[0]?.remote?.location]).toEqual(["jwt", { jwksUrl: `${A}/jwks` }]);
    expect([policy.separatesIssuers, policy.tokens.map(({ issuer }) => issuer)]).toEqual([true, [A]]);
    expect(codes({ jwksUrl: `${A}/jwks`, issuer: A })).toEqual([]);
  });

  it("without an issuer are accepted with a warning", () => {
    expect(codes({ jwksUrl: `${A}/jwks` })).toEqual(["warning CONFIG_ISSUER_UNCHECKED"]);
    const { separatesIssuers, tokens } = resolve({ jwksUrl: `${A}/jwks` }).policy;
    expect([separatesIssuers, tokens.length]).toEqual([false, 1]);
  });

  it("are discovered where the issuer is a URL and nothing else gives keys", () => {
    expect(resolve({ issuer: A }).issuerKeys[0]?.remote?.location).toEqual({ issuer: A });
    expect(codes({ issuer: A })).toEqual([]);
    const others: readonly (readonly [AuthorizationConfig, Environment])[] = [
      [{ issuer: A, verificationKeys: [verificationKey] }, {}],
      [{ issuer: A, jwksFile: "keys.json" }, {}],
      [{ issuer: A }, { JWT_VERIFICATION_KEY: verificationKey }],
      [{ issuer: A }, { JWT_JWKS_FILE: "keys.json" }],
    ];
    for (const [config, env] of others) {
      const { issuerKeys, policy } = resolve(config, env);
      expect(issuerKeys.map(({ remote }) => remote)).toEqual([undefined]);
      expect([policy.separatesIssuers, policy.tokens.map(({ issuer }) => issuer)]).toEqual([false, [A]]);
    }
  });

  it("are missing where the issuer is only a name", () => {
    expect(codes({ issuer: "my-backend" })).toEqual(["error CONFIG_KEYS_MISSING"]);
  });
});

describe("several issuers", () => {
  it("have policies of their own over the common one", () => {
    const issuers = [
      { issuer: A, audience: "for-a", allowedScopes: ["agents:read"], algorithms: ["EdDSA"] },
      { issuer: B, jwksUrl: `${B}/jwks`, algorithms: ["ES256", "RS256"] },
    ];
    const { policy, issuerKeys } = resolve({ issuers, audience: ["common"], adminScope: "root:all" });
    const [a, b] = issuerKeys;
    expect(policy).toMatchObject({ adminScope: "root:all", separatesIssuers: true });
    expect(policy.tokens).toEqual(issuerKeys.map(({ tokens }) => tokens));
    expect(a?.tokens).toMatchObject({ issuer: A, audience: ["for-a"], allowedScopes: ["agents:read"] });
    // Both are names of one thing (RFC 9864).
    expect([a?.tokens.algorithms, a?.algorithm]).toEqual([["EdDSA", "Ed25519"], "EdDSA"]);
    expect(a?.remote).toEqual({ source: "issuers[0].issuer", location: { issuer: A } });
    expect(b?.tokens).toMatchObject({ issuer: B, audience: ["common"], allowedScopes: undefined });
    expect([b?.algorithm, b?.remote?.source]).toEqual([undefined, "issuers[1].jwksUrl"]);
  });

  it("stand beside the keys outside, which serve the tokens of their issuer or of none", () => {
    const listed = { issuers: [{ issuer: B, verificationKeys: [verificationKey] }] };
    const names = (config: AuthorizationConfig, env: Environment = {}) =>
      resolve(config, env).policy.tokens.map(({ issuer }) => issuer);
    expect(names(listed)).toEqual([B]);
    expect(names({ ...listed, issuer: A, verificationKeys: [verificationKey] })).toEqual([A, B]);
    expect(names(listed, { JWT_VERIFICATION_KEY: verificationKey })).toEqual([undefined, B]);
  });

  it.each<[string, AuthorizationConfig, Environment]>([
    ["in the configuration", { verificationKeys: [verificationKey] }, {}],
    ["in the environment", {}, { JWT_VERIFICATION_KEY: verificationKey }],
    ["at an address", { jwksUrl: `${A}/jwks` }, {}],
  ])("warn where keys outside, %s, were for any issuer before and are for none now", (_, own, env) => {
    const listed: AuthorizationConfig = {
      ...own,
      allowedScopes: ["agent_os:admin"],
      issuers: [{ issuer: B, sharesUsersWith: "default" }],
    };
    expect(codes(listed, env)).toEqual(["warning CONFIG_ISSUER_OF_KEYS_OPEN"]);
    expect(codes({ ...listed, issuer: A }, env)).toEqual([]);
    expect(codes({ ...own, issuers: undefined }, env)).not.toContain("warning CONFIG_ISSUER_OF_KEYS_OPEN");
  });

  it.each<[AuthorizationConfig, AuthorizationConfig]>([
    [{ issuers: [{ issuer: A }, { issuer: A, name: "b" }] }, { issuers: [{ issuer: A }] }],
    [
      { verificationKeys: [verificationKey], issuer: A, issuers: [{ issuer: A, name: "b" }] },
      { verificationKeys: [verificationKey], issuer: A },
    ],
  ])("are told to list an issuer once, which helps", (twice, once) => {
    const [fault] = resolve(twice).faults.filter(({ severity }) => severity === "error");
    expect(fault && renderFault(fault, "agentos").fix).toMatch(/^list it once/);
    expect(codes(once)).toEqual([]);
  });

  it("warn that their users may look alike, unless prefixes tell them apart or they are the same users", () => {
    const pair = (a: Partial<IssuerOptions>, b: Partial<IssuerOptions>) =>
      codes({
        issuers: [
          { issuer: A, allowedScopes: ["agent_os:admin"], ...a },
          { issuer: B, ...b },
        ],
      });
    expect(pair({}, { name: "b" })).toEqual(["warning CONFIG_USER_IDS_ALIKE"]);
    expect(pair({ subjectPrefix: "a:" }, { name: "b" })).toEqual([]);
    expect(pair({ subjectPrefix: "a:" }, { name: "b", subjectPrefix: "b:" })).toEqual([]);
    expect(pair({}, { sharesUsersWith: "default" })).toEqual([]);
    const issuers = [
      { issuer: A, subjectPrefix: "a:" },
      { issuer: B, name: "b" },
    ];
    const { tokens } = resolve({ issuers }).policy;
    expect(tokens.map(({ subjectPrefix }) => subjectPrefix)).toEqual(["a:", undefined]);
  });

  it.each([
    [
      "an issuer twice",
      [{ issuer: A }, { issuer: A, name: "b" }],
      'issuers[1].issuer": this issuer is configured twice',
    ],
    [
      "an issuer that cannot be discovered",
      [{ issuer: "backend" }],
      'issuers[0].issuer": its keys cannot be discovered',
    ],
    [
      "an issuer over http",
      [{ issuer: "http://a.test" }],
      'issuers[0].issuer": its keys cannot be discovered',
    ],
    [
      "a prefix twice",
      [
        { issuer: A, subjectPrefix: "x:" },
        { issuer: B, name: "b", subjectPrefix: "x:" },
      ],
      'issuers[1].subjectPrefix": "issuers[0]" has "x:" already',
    ],
    [
      "a reserved prefix",
      [{ issuer: A, subjectPrefix: "sa:" }],
      'issuers[0].subjectPrefix": "sa:" is reserved',
    ],
  ])("stop the start with %s", (_, issuers, words) => {
    const errors = resolve({ issuers }).faults.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code }) => code)).toEqual(["CONFIG_OPTION_INVALID"]);
    expect(errors.map(sayFault)[0]).toContain(words);
  });

  it.each([
    ["unknown options", { issuer: A, jwksURL: "x" }],
    ["no name", {}],
    ["an unknown algorithm", { issuer: A, algorithms: ["RS257"] }],
    ["no algorithm", { issuer: A, algorithms: [] }],
    ["a prefix without an end", { issuer: A, subjectPrefix: "a" }],
    ["no key", { issuer: A, verificationKeys: [] }],
  ])("are refused with %s", (_, issuer) => {
    const parse = (value: unknown) => authorizationConfigSchema.safeParse({ issuers: [value] });
    expect(parse(issuer).success).toBe(false);
    expect(parse({ issuer: A, algorithms: ["RS256"], subjectPrefix: "a:" }).success).toBe(true);
  });
});
