import { type Fault, renderFault } from "@agentos/contract";
import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { type AuthorizationConfig, authorizationConfigSchema } from "./auth-options.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { resolvePolicy } from "./resolve-policy.ts";

const A = "https://a.test";
const B = "https://b.test";
const C = "https://c.test";
const { verificationKey } = await createTestKey("ES256");
const own: AuthorizationConfig = { verificationKeys: [verificationKey] };

const resolve = (authorizationConfig: AuthorizationConfig) =>
  resolvePolicy({ id: "shop", authorizationConfig, env: {} }, {});
const namesOf = (config: AuthorizationConfig) => resolve(config).policy.tokens.map(({ name }) => name);
const errorsOf = (config: AuthorizationConfig) =>
  resolve(config).faults.filter(({ severity }) => severity === "error");
const render = (fault: Fault | undefined) => fault && renderFault(fault, "agentos");

describe("the name of an issuer", () => {
  it("is default where nothing is said, for the keys outside and for a listed one", () => {
    expect(namesOf(own)).toEqual(["default"]);
    expect(namesOf({ issuers: [{ issuer: A }] })).toEqual(["default"]);
    expect(namesOf({ validate: false })).toEqual(["default"]);
  });

  it("is what the operator chose", () => {
    expect(namesOf({ ...own, issuerName: "Corp.1_x-y" })).toEqual(["Corp.1_x-y"]);
    expect(namesOf({ ...own, issuers: [{ issuer: B, name: "partner" }] })).toEqual(["default", "partner"]);
    expect(namesOf({ ...own, issuerName: "corp", issuers: [{ issuer: B }] })).toEqual(["corp", "default"]);
  });

  it.each([
    "",
    "x".repeat(65),
    "a b",
    "a/b",
    "a:b",
    "caf\u00e9",
    "a\u0000",
    "a\n",
    "__proto__",
    ".",
    "..",
    "-a",
    "\u0430",
  ])("is not %j", (name) => {
    const parse = (config: AuthorizationConfig) => authorizationConfigSchema.safeParse(config).success;
    expect([parse({ issuers: [{ issuer: A, name }] }), parse({ issuerName: name })]).toEqual([false, false]);
    const good = "x".repeat(64);
    expect([parse({ issuers: [{ issuer: A, name: good }] }), parse({ issuerName: good })]).toEqual([
      true,
      true,
    ]);
  });
});

describe("two issuers with one name", () => {
  const pairs: readonly (readonly [string, AuthorizationConfig, string])[] = [
    ["listed without a name", { issuers: [{ issuer: A }, { issuer: B }] }, "issuers[1].name"],
    [
      "listed with the same name",
      {
        issuers: [
          { issuer: A, name: "x" },
          { issuer: B, name: "x" },
        ],
      },
      "issuers[1].name",
    ],
    ["of which one is outside", { ...own, issuers: [{ issuer: B }] }, "issuers[0].name"],
    [
      "of which one outside is named so",
      { ...own, issuerName: "x", issuers: [{ issuer: B, name: "x" }] },
      "issuers[0].name",
    ],
  ];

  it.each(pairs)("%s stop the start, and are told how nobody loses data", (_, config, place) => {
    const errors = errorsOf(config);
    expect(errors.map(({ code }) => code)).toEqual(["CONFIG_ISSUER_NAME_SHARED"]);
    const { message = "", fix = "" } = render(errors[0]) ?? {};
    expect(message).toContain(`"authorizationConfig.${place}"`);
    expect(fix).toMatch(/^give the issuer that you add a "name" of its own/);
    expect(fix).toContain("the one that was there first keeps its name");
  });

  it.each(pairs)("%s start with either half of the fix, and only the second makes them one", (_, config) => {
    const issuers = config.issuers ?? [];
    const [name] = namesOf(config);
    const change = (last: Partial<IssuerOptions>): AuthorizationConfig => ({
      ...config,
      issuers: issuers.map(({ name: old, ...issuer }, index) =>
        index === issuers.length - 1 ? { ...issuer, ...last } : { ...issuer, name: old },
      ),
    });
    const fix = render(errorsOf(config)[0])?.fix ?? "";
    const [, example] = /such as "([^"]+)"/.exec(fix) ?? [];
    const [, shared] = /"sharesUsersWith": "([^"]+)"/.exec(fix) ?? [];
    expect([example, shared]).toEqual(["issuer-2", name]);
    expect(errorsOf(change({ name: example }))).toEqual([]);
    expect(namesOf(change({ name: example }))).toEqual([name, "issuer-2"]);
    expect(errorsOf(change({ sharesUsersWith: shared }))).toEqual([]);
    expect(namesOf(change({ sharesUsersWith: shared }))).toEqual([name, name]);
  });

  it.each<[AuthorizationConfig, string]>([
    [
      { ...own, issuers: [{ issuer: B }] },
      'issuers[0] has no "name" and is therefore "default", like the keys outside "issuers" (verificationKeys[0])',
    ],
    [
      { issuers: [{ issuer: A }, { issuer: B }] },
      'issuers[1] has no "name" and is therefore "default", like issuers[0]',
    ],
    [
      { ...own, issuerName: "x", issuers: [{ issuer: A }, { issuer: B, name: "x" }] },
      'issuers[1] has the name "x", like the keys outside "issuers" (verificationKeys[0])',
    ],
  ])("are told which two they are, and whether a name was written at all", (config, words) => {
    expect(render(errorsOf(config)[0])?.message).toContain(
      `": ${words}: an "alice" of either would be the same person`,
    );
  });

  it("are told a name that is free", () => {
    const issuers = [{ issuer: A }, { issuer: B, name: "issuer-2" }, { issuer: C }];
    expect(errorsOf({ issuers })[0]?.facts).toMatchObject({ name: "default", example: "issuer-3" });
  });
});

describe("an issuer that shares its users", () => {
  it("has the name and the prefix of the one whose they are, wherever that stands", () => {
    const { tokens } = resolve({
      issuers: [
        { issuer: A, sharesUsersWith: "b" },
        { issuer: B, name: "b", subjectPrefix: "b:" },
      ],
    }).policy;
    expect(tokens.map(({ issuer, name, subjectPrefix }) => [issuer, name, subjectPrefix])).toEqual([
      [A, "b", "b:"],
      [B, "b", "b:"],
    ]);
    expect(
      namesOf({ ...own, issuerName: "corp", issuers: [{ issuer: B, sharesUsersWith: "corp" }] }),
    ).toEqual(["corp", "corp"]);
  });

  it.each<[string, IssuerOptions[], string, string]>([
    [
      "nobody has",
      [{ issuer: A }, { issuer: B, sharesUsersWith: "corp" }],
      '"authorizationConfig.issuers[1].sharesUsersWith": no other issuer has the name "corp"',
      'write one of "default"',
    ],
    [
      "only sharers could have",
      [
        { issuer: A, sharesUsersWith: "b" },
        { issuer: B, sharesUsersWith: "a" },
      ],
      "no other issuer has the name",
      'give the issuer whose users they are a "name" instead',
    ],
    [
      "is its own",
      [{ issuer: A, sharesUsersWith: "default" }],
      "no other issuer has the name",
      'give the issuer whose users they are a "name" instead',
    ],
  ])("stops the start with a name that %s", (_, issuers, problem, fix) => {
    const [fault] = errorsOf({ issuers });
    expect(render(fault)?.message).toContain(problem);
    expect(render(fault)?.fix).toContain(fix);
  });

  it("has neither a name nor a prefix of its own", () => {
    const sharing = { issuer: B, sharesUsersWith: "default" };
    const places = (more: object) =>
      errorsOf({ issuers: [{ issuer: A }, { ...sharing, ...more }] }).map(({ at }) => at);
    expect(places({ name: "b" })).toEqual(["authorizationConfig.issuers[1].sharesUsersWith"]);
    expect(places({ subjectPrefix: "b:" })).toEqual(["authorizationConfig.issuers[1].subjectPrefix"]);
    expect(places({})).toEqual([]);
  });
});

describe("what is said of the keys outside", () => {
  it.each(["issuerName", "allowedScopes"] as const)("%s stops the start where there are none", (option) => {
    const value = { issuerName: "corp", allowedScopes: ["agents:read"] }[option];
    const config = { [option]: value, issuers: [{ issuer: A, name: "a" }] };
    const [fault] = errorsOf(config);
    expect([fault?.code, fault?.at]).toEqual(["CONFIG_OPTION_INVALID", `authorizationConfig.${option}`]);
    expect(render(fault)?.fix).toContain(`"${option === "issuerName" ? "name" : option}"`);
    expect(errorsOf({ ...own, ...config })).toEqual([]);
  });

  it("is their ceiling, and no other issuer's", () => {
    const { tokens } = resolve({
      ...own,
      allowedScopes: ["agents:read"],
      issuers: [{ issuer: B, name: "b" }],
    }).policy;
    expect(tokens.map(({ allowedScopes }) => allowedScopes)).toEqual([["agents:read"], undefined]);
  });
});

describe("the admin scope of several issuers", () => {
  const warns = (config: AuthorizationConfig) =>
    resolve(config).faults.some(({ code }) => code === "CONFIG_ADMIN_NOWHERE");
  const issuers = (allowedScopes?: readonly string[]): AuthorizationConfig => ({
    issuers: [
      { issuer: A, ...(allowedScopes === undefined ? {} : { allowedScopes: [...allowedScopes] }) },
      { issuer: B, name: "b" },
    ],
  });

  it("is warned about where none lists it: nobody is admin then", () => {
    expect(warns(issuers())).toBe(true);
    expect(warns(issuers(["agents:read"]))).toBe(true);
    expect(warns({ ...issuers(["agent_os:admin"]), adminScope: "root:all" })).toBe(true);
    expect(warns(issuers(["agent_os:admin"]))).toBe(false);
    expect(warns({ ...issuers(["root:all"]), adminScope: "root:all" })).toBe(false);
    expect(warns({ ...own, allowedScopes: ["agent_os:admin"], issuers: [{ issuer: B, name: "b" }] })).toBe(
      false,
    );
  });

  it.each<[AuthorizationConfig, number]>([
    [issuers(), 2],
    [{ ...own, issuers: [{ issuer: B, name: "b" }] }, 2],
    [
      {
        ...own,
        issuers: [
          { issuer: B, name: "b" },
          { issuer: C, name: "c" },
        ],
      },
      3,
    ],
  ])("can be listed at each of the places that the warning names, and is somewhere then", (config, count) => {
    const fault = resolve(config).faults.find(({ code }) => code === "CONFIG_ADMIN_NOWHERE");
    const places = [...(render(fault)?.fix ?? "").matchAll(/"([^"]*)\.allowedScopes" for ("\w+"|the keys)/g)];
    expect(places).toHaveLength(count);
    for (const [, place = ""] of places) {
      const index = /^authorizationConfig\.issuers\[(\d)\]$/.exec(place)?.[1];
      const allowedScopes = ["agent_os:admin"];
      const fixed =
        index === undefined
          ? { ...config, allowedScopes }
          : {
              ...config,
              issuers: config.issuers?.map((issuer, at) =>
                at === Number(index) ? { ...issuer, allowedScopes } : issuer,
              ),
            };
      expect([place, warns(fixed)]).toEqual([place, false]);
    }
  });

  it("is no matter where it would open nothing: without scopes and without data of one's own", () => {
    const authorization = false;
    const warnsWith = (userIsolation: boolean) =>
      resolvePolicy(
        { id: "shop", authorization, authorizationConfig: { ...issuers(), userIsolation }, env: {} },
        {},
      ).faults.some(({ code }) => code === "CONFIG_ADMIN_NOWHERE");
    expect([warnsWith(true), warnsWith(false)]).toEqual([true, false]);
  });

  it("is no matter with one issuer", () => {
    expect(warns({ issuers: [{ issuer: A }] })).toBe(false);
    expect(warns(own)).toBe(false);
  });
});
