import { FAULTS, type FaultCode, placesOf } from "@agentos/contract";
import { optionFindings, toFinding } from "@agentos/guard/app";
import { describe, expect, it } from "vitest";
import { agentOSOptionsSchema } from "./agent-os-options.ts";

const SECRET = "super-secret-value-4711";

function findingsOf(options: unknown) {
  const parsed = agentOSOptionsSchema.safeParse(options);
  return parsed.success ? [] : optionFindings(parsed.error);
}

const codesOf = (options: unknown) => findingsOf(options).map(({ code }) => code);

describe("toFinding", () => {
  it("fills the places of the catalogue's texts, with the source before them", () => {
    expect(toFinding("CONFIG_PORT_IN_USE", { port: 80 })).toEqual({
      code: "CONFIG_PORT_IN_USE",
      severity: "error",
      message: "port 80 is in use",
      fix: "stop the other program, or choose another port",
    });
    expect(toFinding("KEY_PRIVATE", { found: "RSA" }, "verificationKeys[0]")).toMatchObject({
      message: expect.stringMatching(/^verificationKeys\[0\]: a private key \(RSA\)/) as unknown,
      at: "verificationKeys[0]",
    });
  });

  it.each(Object.keys(FAULTS) as FaultCode[])("renders %s without a place left over", (code) => {
    const { title, fix, severity } = FAULTS[code];
    const facts = Object.fromEntries([...placesOf(title), ...placesOf(fix)].map((name) => [name, "X"]));
    const finding = toFinding(code, facts);
    expect(finding.severity).toBe(severity);
    expect(`${finding.message} ${finding.fix}`).not.toMatch(/\{[a-z_]+\}|…,/);
  });
});

describe("optionFindings", () => {
  it("finds nothing in options that are right", () => {
    expect(findingsOf({ id: "x", authorization: true, database: null, agents: [], routes: [] })).toEqual([]);
  });

  it("lists every unknown option at once, each with its whole path", () => {
    const findings = findingsOf({
      audiance: "x",
      authorizationConfig: { verifyAudiance: true, unsafe: { allowEverything: true } },
      cors: { origins: [] },
      routes: [{ method: "GET", path: "/a", handler: () => new Response(), scopes: [] }],
    });
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["CONFIG_OPTION_UNKNOWN"]));
    expect(findings.map(({ message }) => message).toSorted()).toEqual([
      '"audiance" is not an option',
      '"authorizationConfig.unsafe.allowEverything" is not an option',
      '"authorizationConfig.verifyAudiance" is not an option',
      '"cors.origins" is not an option',
      '"routes[0].scopes" is not an option',
    ]);
  });

  it("lists wrong values beside unknown options", () => {
    const codes = codesOf({ id: 7, unknown: 1, authorizationConfig: { validate: "no" } });
    expect(codes.toSorted()).toEqual([
      "CONFIG_OPTION_INVALID",
      "CONFIG_OPTION_INVALID",
      "CONFIG_OPTION_UNKNOWN",
    ]);
  });

  it.each([
    ["teams", { teams: [] }, "runtime release"],
    ["workflows", { workflows: [] }, "runtime release"],
    ["databaseId", { databaseId: "main" }, "state release"],
  ])("says when %s arrives, and refuses it now", (option, options, when) => {
    const [finding] = findingsOf(options);
    expect(finding).toMatchObject({ code: "CONFIG_OPTION_UNAVAILABLE", severity: "error" });
    expect(finding?.message).toContain(`"${option}" is not available`);
    expect(finding?.message).toContain(when);
  });

  it("refuses a database, and accepts null for none", () => {
    const [finding] = findingsOf({ database: "sqlite:x" });
    expect(finding?.message).toContain("storage arrives with the state release");
    expect(findingsOf({ database: null })).toEqual([]);
  });

  it.each([
    ["an empty id", { id: "" }, "id"],
    [
      "an empty key",
      { authorizationConfig: { verificationKeys: ["ok", ""] } },
      "authorizationConfig.verificationKeys[1]",
    ],
    ["an empty list of audiences", { authorizationConfig: { audience: [] } }, "authorizationConfig.audience"],
    [
      "a token source that is none",
      { authorizationConfig: { tokenSource: "query" } },
      "authorizationConfig.tokenSource",
    ],
    [
      "a header name with a line break",
      { authorizationConfig: { tokenHeaderKey: "X\r\nY" } },
      "authorizationConfig.tokenHeaderKey",
    ],
    ["an origin with a path", { cors: { allowedOrigins: ["https://a.test/x"] } }, "cors.allowedOrigins[0]"],
    ["the origin *", { cors: { allowedOrigins: ["*"] } }, "cors.allowedOrigins[0]"],
    [
      "an unsafe switch that is text",
      { authorizationConfig: { unsafe: { allowAnyAudience: "true" } } },
      "authorizationConfig.unsafe.allowAnyAudience",
    ],
    ["an agent that is none", { agents: [{}] }, "agents[0]"],
    ["a team among the agents", { agents: [{ kind: "team", id: "t", run() {} }] }, "agents[0]"],
    [
      "a route without a handler",
      { routes: [{ method: "GET", path: "/a", access: "public" }] },
      "routes[0].handler",
    ],
    [
      "a route with an empty list of scopes",
      { routes: [{ method: "GET", path: "/a", access: [], handler: () => new Response() }] },
      "routes[0].access",
    ],
    [
      "a route with another method",
      { routes: [{ method: "OPTIONS", path: "/a", access: "public", handler: () => new Response() }] },
      "routes[0].method",
    ],
    ["options that are no object", 7, "options"],
  ])("names the place of %s", (_, options, option) => {
    const findings = findingsOf(options);
    expect(findings.map(({ code }) => code)).toEqual(["CONFIG_OPTION_INVALID"]);
    expect(findings[0]?.message).toMatch(new RegExp(`^"${option.replace(/[[\]]/g, "\\$&")}": \\S`));
  });

  it("never shows the value that was wrong", () => {
    const wrong = { value: SECRET };
    const findings = findingsOf({
      id: wrong,
      securityKey: wrong,
      authorizationConfig: {
        verificationKeys: [wrong],
        algorithm: wrong,
        tokenSource: SECRET,
        tokenHeaderKey: `${SECRET} with space`,
        unsafe: { allowWeakSecrets: SECRET },
      },
      cors: { allowedOrigins: [SECRET] },
      routes: [{ method: SECRET, path: SECRET, access: SECRET, handler: SECRET }],
      database: SECRET,
    });
    expect(findings.length).toBeGreaterThanOrEqual(10);
    expect(JSON.stringify(findings)).not.toContain(SECRET);
  });
});
