import { describe, expect, it } from "vitest";
import { NOTHING_OBSERVED, type Observation } from "../schema/observed.ts";
import { type ComparedInstance, compareSwitches } from "./compare-switches.ts";
import { findVersion } from "./version-gate.ts";

const KID = "k".repeat(43);
const OTHER = "o".repeat(43);

const observed = (some: Partial<Observation>): Observation => ({
  ...NOTHING_OBSERVED,
  source: "browser",
  at: 1,
  modeFrom: "GET /info",
  ...some,
});
const key = (thumbprint: string) => ({ thumbprint, kid: thumbprint, requestCount: 0 });
const policy = (some: Partial<Observation> = {}): Observation =>
  observed({
    source: "policy",
    mode: "jwt",
    modeFrom: "GET /authz/policy",
    hasSecurityKey: false,
    enforcesScopes: true,
    isolatesUsers: true,
    isOurs: true,
    osId: "shop",
    version: "2.9.0",
    keys: [key(KID)],
    ...some,
  });

function compare(
  switches: string,
  seen: Observation | undefined,
  some: Partial<ComparedInstance> & { readonly stated?: string } = {},
) {
  const { stated = "2.9.0", ...rest } = some;
  return compareSwitches({
    desired: { authorization: switches.includes("jwt"), securityKey: switches.includes("key") },
    version: findVersion(stated === "" ? null : stated, seen),
    osId: "shop",
    signingKid: KID,
    observed: seen,
    consoleOrigin: "https://console.example",
    isNotApplied: false,
    ...rest,
  });
}

const say = (findings: ReturnType<typeof compare>) =>
  findings.map(({ code, certainty }) => `${code} ${certainty}`);
const jwt = observed({ mode: "jwt" });
const securityKey = observed({ mode: "security_key", hasSecurityKey: true });
const open = observed({ mode: "none", hasSecurityKey: false });

describe("an instance that is as it is meant to be", () => {
  it.each([
    ["authorization, seen by the browser", "jwt", jwt],
    ["authorization, as its policy says", "jwt", policy()],
    ["authorization, and nobody has looked", "jwt", undefined],
    ["nothing is known of the mode", "jwt", observed({ mode: null })],
  ])("has no finding: %s", (_, switches, seen) => {
    expect(compare(switches, seen)).toEqual([]);
  });

  it("with its security key is told once that authorization is preferred, and may stay so", () => {
    const findings = compare("key", securityKey);
    expect(say(findings)).toEqual(["INSTANCE_AUTHORIZATION_PREFERRED likely"]);
    expect(findings[0]?.choices.map((choice) => [choice.id, choice.is_preferred])).toEqual([
      ["authorization-only", true],
      ["security-key-only", false],
    ]);
  });

  it("with its security key is not told so where it could not verify tokens", () => {
    expect(compare("key", securityKey, { stated: "2.3.12" })).toEqual([]);
  });
});

describe("what is meant and what is seen", () => {
  it.each([
    [
      "jwt",
      securityKey,
      ["INSTANCE_AUTHORIZATION_MISSING certain", "INSTANCE_SECURITY_KEY_UNWANTED certain"],
    ],
    ["jwt", open, ["INSTANCE_AUTHORIZATION_MISSING certain"]],
    ["jwt", observed({ mode: "jwt-unverified" }), ["INSTANCE_UNVERIFIED certain"]],
    ["jwt", policy({ hasSecurityKey: true }), ["INSTANCE_SECURITY_KEY_UNWANTED certain"]],
    ["jwt", policy({ enforcesScopes: false }), ["INSTANCE_SCOPES_NOT_ENFORCED certain"]],
    ["jwt", policy({ isolatesUsers: false }), ["INSTANCE_USERS_NOT_ISOLATED certain"]],
    ["jwt", policy({ osId: "other" }), ["INSTANCE_OS_ID_DIFFERS certain"]],
    ["jwt", policy({ keys: [] }), ["INSTANCE_KEY_NOT_LOADED likely"]],
    ["jwt", policy({ keys: [key(OTHER)] }), ["INSTANCE_KEY_FOREIGN likely"]],
    ["jwt", policy({ keys: [key(OTHER), key(KID)] }), []],
    ["", jwt, ["INSTANCE_AUTHORIZATION_UNWANTED certain"]],
    ["", securityKey, ["INSTANCE_SECURITY_KEY_UNWANTED certain"]],
    ["", open, ["INSTANCE_OPEN certain"]],
    ["jwt key", jwt, ["INSTANCE_BOTH_SWITCHES_ON certain"]],
    ["jwt key", policy(), ["INSTANCE_BOTH_SWITCHES_ON certain"]],
  ] as const)("on: %j, seen: %j", (switches, seen, expected) => {
    expect(say(compare(switches, seen, { stated: "2.3.13" }))).toEqual(expected);
  });

  it("is only likely where the mode is known by the words of a refusal", () => {
    const seen = observed({ mode: "security_key", modeFrom: "the answer", hasSecurityKey: true });
    const [finding] = compare("jwt", seen);
    expect(finding).toMatchObject({ code: "INSTANCE_AUTHORIZATION_MISSING", certainty: "likely" });
    expect(finding?.evidence[0]?.source).toBe("the answer");
  });
});

describe("the version", () => {
  it.each([
    ["reported", "", observed({ mode: "security_key", version: "2.3.12" }), "certain"],
    ["stated", "2.3.12", observed({ mode: "security_key", modeFrom: "the answer" }), "likely"],
  ])("before tokens is named, and as sure as its source: %s", (_, stated, seen, certainty) => {
    const [finding] = compare("jwt", seen, { stated });
    expect(finding).toMatchObject({ code: "INSTANCE_VERSION_WITHOUT_JWT", certainty });
    expect(finding?.title).toContain("2.3.12");
    expect(finding?.title).toContain("from 2.3.13 on");
  });

  it("is asked for where nothing tells", () => {
    expect(say(compare("jwt", undefined, { stated: "" }))).toEqual(["INSTANCE_VERSION_UNKNOWN cannot tell"]);
  });

  it("before tokens leaves the key, until it is upgraded", () => {
    const finding = compare("jwt key", undefined, { stated: "2.3.12" }).find(
      ({ code }) => code === "INSTANCE_BOTH_SWITCHES_ON",
    );
    expect(finding?.choices).toMatchObject([
      { id: "security-key-only", is_preferred: true },
      { id: "upgrade", is_preferred: false },
    ]);
  });

  it("with both switches says what comes of it, as the instance is set up", () => {
    const titleOf = (seen?: Parameters<typeof compare>[1]) =>
      compare("jwt key", seen).find(({ code }) => code === "INSTANCE_BOTH_SWITCHES_ON")?.title;
    expect(titleOf()).toContain("requests with the security key are refused");
    expect(titleOf(securityKey)).toContain("so tokens are refused");
  });

  it("with tokens has two ways out of both switches, the preferred one first", () => {
    const [finding] = compare("jwt key", undefined);
    expect(finding?.choices).toMatchObject([{ is_preferred: true }, { is_preferred: false }]);
  });
});

describe("what the browser could do", () => {
  it.each([
    ["unreachable", "INSTANCE_NOT_REACHED likely"],
    ["timed-out", "INSTANCE_TIMED_OUT likely"],
    ["cors-refused", "INSTANCE_CORS_REFUSED likely"],
    ["mixed-content", "INSTANCE_MIXED_CONTENT certain"],
    ["local-network-refused", "INSTANCE_LOCAL_NETWORK_REFUSED likely"],
  ] as const)("is named: %s", (outcome, expected) => {
    expect(say(compare("jwt", observed({ outcome, modeFrom: null })))).toEqual([expected]);
  });

  it("names the origin that the instance has to allow", () => {
    const [finding] = compare("jwt", observed({ outcome: "cors-refused" }));
    expect(finding?.fix).toContain("https://console.example");
  });
});

it("says first that an AgentOS in this process did not take its switches", () => {
  expect(say(compare("jwt", open, { isNotApplied: true }))[0]).toBe("INSTANCE_SWITCH_NOT_APPLIED certain");
});

it("fills every place of every text", () => {
  const all = [
    jwt,
    securityKey,
    open,
    policy({ keys: [key(OTHER)] }),
    policy({ hasSecurityKey: true }),
  ].flatMap((seen) =>
    ["", "jwt", "key", "jwt key"].flatMap((switches) => compare(switches, seen, { stated: "2.3.12" })),
  );
  expect(all.length).toBeGreaterThan(20);
  for (const { title, fix } of all) expect(`${title} ${fix}`).not.toMatch(/\{[a-z_]+\}|…/);
});
