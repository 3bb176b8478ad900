import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.ts";

describe("readEnvironment", () => {
  it("has safe defaults when nothing is set", () => {
    expect(readEnvironment({})).toEqual({
      securityKey: undefined,
      verificationKey: undefined,
      jwksFile: undefined,
      isAuthorizationEnabled: undefined,
      isUserIsolationEnabled: undefined,
      corsOrigins: [],
      trustedProxies: [],
      areDocsEnabled: true,
      host: undefined,
      port: undefined,
      faults: [],
      addressFaults: {},
      emptyVariables: [],
    });
  });

  it("reads every documented name", () => {
    const env = {
      OS_SECURITY_KEY: "the-key",
      JWT_VERIFICATION_KEY: "pem",
      JWT_JWKS_FILE: "keys.json",
      AUTHORIZATION_ENABLED: "true",
      USER_ISOLATION_ENABLED: "true",
      CORS_ORIGIN_LIST: '["https://a.test"]',
      AGENT_OS_TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.7",
      DOCS_ENABLED: "false",
      AGENT_OS_HOST: "127.0.0.1",
      AGENT_OS_PORT: "8080",
    };
    expect(readEnvironment(env)).toEqual({
      securityKey: "the-key",
      verificationKey: "pem",
      jwksFile: "keys.json",
      isAuthorizationEnabled: true,
      isUserIsolationEnabled: true,
      corsOrigins: ["https://a.test"],
      trustedProxies: ["10.0.0.0/8", "192.0.2.7"],
      areDocsEnabled: false,
      host: "127.0.0.1",
      port: 8080,
      faults: [],
      addressFaults: {},
      emptyVariables: [],
    });
  });

  it.each(["", " ", "\n"])("counts %j as unset, for every name", (empty) => {
    const names = ["OS_SECURITY_KEY", "JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", "AUTHORIZATION_ENABLED"];
    const more = [
      "USER_ISOLATION_ENABLED",
      "CORS_ORIGIN_LIST",
      "DOCS_ENABLED",
      "AGENT_OS_HOST",
      "AGENT_OS_PORT",
    ];
    const env = Object.fromEntries([...names, ...more].map((name) => [name, empty]));
    const { faults, emptyVariables, ...settings } = readEnvironment(env);
    expect({ ...settings, faults: [], emptyVariables: [] }).toEqual(readEnvironment({}));
    expect(emptyVariables).toEqual([...names, ...more]);
    const state = empty === "" ? "empty" : "empty: it has only white space";
    expect(faults.map(({ code, facts }) => [code, facts["variable"], facts["state"]])).toEqual(
      [...names, ...more].map((name) => ["CONFIG_VARIABLE_EMPTY", name, state]),
    );
  });

  it("keeps a key exactly as it is, its white space included", () => {
    expect(readEnvironment({ JWT_VERIFICATION_KEY: " pem\n" }).verificationKey).toBe(" pem\n");
    expect(readEnvironment({ OS_SECURITY_KEY: "key " }).securityKey).toBe("key ");
  });

  it("reads no name beside the documented ones", () => {
    const env = { JWT_JWKS: "{}", SECURITY_KEY: "x", JWT_SECRET_KEY: "y", os_security_key: "z" };
    expect({ ...readEnvironment(env), faults: [] }).toEqual(readEnvironment({}));
  });

  it.each([
    ["JWT_JWKS", "JWT_JWKS_FILE"],
    ["JWT_SECRET_KEY", "JWT_VERIFICATION_KEY"],
    ["JWT_SECRET", "JWT_VERIFICATION_KEY"],
    ["CORS_ORIGINS", "CORS_ORIGIN_LIST"],
    ["JWT_VERIFICATION_KEYS", "JWT_VERIFICATION_KEY"],
    ["jwt_verification_key", "JWT_VERIFICATION_KEY"],
    ["OS_SECURTY_KEY", "OS_SECURITY_KEY"],
    ["AUTHORISATION_ENABLED", "AUTHORIZATION_ENABLED"],
    ["USER_ISOLATION", "USER_ISOLATION_ENABLED"],
    ["AGENTOS_PORT", "AGENT_OS_PORT"],
  ])("says that nothing reads %s, and what it is called", (variable, meant) => {
    const faults = readEnvironment({ [variable]: "secret-4711" }).faults;
    expect(faults).toMatchObject([{ code: "CONFIG_VARIABLE_UNREAD", facts: { variable, meant } }]);
    expect(JSON.stringify(faults)).not.toContain("4711");
    // Where ours is set too, the other one is somebody else's.
    expect(readEnvironment({ [variable]: "x", [meant]: "1" }).faults).toEqual([]);
  });

  it.each(["LOGS_ENABLED", "SECURITY_KEY", "AGENT_OS_PORT_7777_TCP", "AGENT_OS_SERVICE_HOST", "PATH"])(
    "leaves %s alone",
    (name) => expect(readEnvironment({ [name]: "x" }).faults).toEqual([]),
  );

  it('leaves alone what Kubernetes sets for a service called "agentos"', () => {
    expect(readEnvironment({ AGENTOS_PORT: "tcp://10.0.0.1:7777" }).faults).toEqual([]);
    expect(readEnvironment({ AGENTOS_PORT: "7777" }).faults).toHaveLength(1);
  });

  it.each([
    ...["true", "TRUE", "1", "yes", "on", "t", "y", " true "].map((text) => [text, true] as const),
    ...["false", "False", "0", "no", "off", "f", "n", " 0 "].map((text) => [text, false] as const),
  ])("reads the switch %j as %s", (text, expected) => {
    const settings = readEnvironment({ AUTHORIZATION_ENABLED: text, DOCS_ENABLED: text });
    expect([settings.isAuthorizationEnabled, settings.areDocsEnabled]).toEqual([expected, expected]);
    expect(settings.faults).toEqual([]);
  });

  it("reports a switch that says neither yes nor no, instead of taking it for off", () => {
    const { faults } = readEnvironment({ AUTHORIZATION_ENABLED: "ture", DOCS_ENABLED: "disabled" });
    expect(faults.map(({ at }) => at)).toEqual(["AUTHORIZATION_ENABLED", "DOCS_ENABLED"]);
    expect(JSON.stringify(faults)).not.toContain("ture");
  });

  it.each([
    ["http", "is no number"],
    ["65536", "is 65536, and ports end at 65535"],
    ["-1", "is -1, which is no port"],
    ["80.5", "is 80.5, which is no port"],
    ["7777x", "is no number"],
  ])("takes no port from %j, and says why to whoever serves", (text, problem) => {
    const { port, addressFaults, faults } = readEnvironment({ AGENT_OS_PORT: text });
    expect([port, faults]).toEqual([undefined, []]);
    expect(addressFaults.port).toMatchObject({ at: "AGENT_OS_PORT", facts: { problem } });
    expect(readEnvironment({ AGENT_OS_PORT: " 8080 " })).toMatchObject({ port: 8080, addressFaults: {} });
  });

  it("takes 0 for a free port, as --port does", () => {
    expect(readEnvironment({ AGENT_OS_PORT: "0" }).port).toBe(0);
  });

  it("only warns of the address that Kubernetes sets under the name of the port", () => {
    const read = readEnvironment({ AGENT_OS_PORT: "tcp://10.0.0.1:7777" });
    expect(read).toMatchObject({
      port: undefined,
      addressFaults: {},
      faults: [{ code: "CONFIG_OPTION_UNUSED", severity: "warning" }],
    });
  });

  it.each([
    ["http://0.0.0.0:7777", "is a URL", 'write "0.0.0.0"'],
    ["localhost:7777", "has a port in it", 'write "localhost" here, and the port 7777'],
    ["[::1]", "has brackets", 'write "::1"'],
    ["*", 'is "*"', 'write "0.0.0.0"'],
    [" localhost", "has white space", "remove the white space"],
    ["a b", "has characters", 'write "localhost"'],
  ])("takes no host from %j, and says why to whoever serves", (text, problem, fix) => {
    const { host, addressFaults } = readEnvironment({ AGENT_OS_HOST: text });
    expect(host).toBeUndefined();
    expect(String(addressFaults.host?.facts["problem"])).toContain(problem);
    expect(String(addressFaults.host?.facts["suggestion"])).toContain(fix);
  });

  it.each(["localhost", "0.0.0.0", "::1", "::", "fe80::1%eth0", "my-host.internal"])(
    "takes the host %j",
    (host) => {
      expect(readEnvironment({ AGENT_OS_HOST: host })).toMatchObject({ host, addressFaults: {} });
    },
  );

  it.each([
    ['["https://a.test", "https://b.test"]', ["https://a.test", "https://b.test"]],
    ["https://a.test, https://b.test,", ["https://a.test", "https://b.test"]],
    ["https://a.test", ["https://a.test"]],
    ["[]", []],
  ])("reads the origins %j", (text, expected) => {
    expect(readEnvironment({ CORS_ORIGIN_LIST: text })).toMatchObject({ corsOrigins: expected, faults: [] });
  });

  it.each([
    ['["https://a.test", 7, null]', "entry 1 of its list is no text"],
    ['["https://a.test"', "begins like a JSON list, and is none"],
  ])("says what is wrong with the list %j", (text, problem) => {
    expect(readEnvironment({ CORS_ORIGIN_LIST: text }).faults).toMatchObject([
      { code: "CONFIG_OPTION_INVALID", at: "CORS_ORIGIN_LIST", facts: { problem } },
    ]);
  });
});

it.each(["proxy.test", "0.0.0.0/0", "10.0.0.0/8, *"])(
  "refuses proxies that are none, or everybody: %s",
  (list) => {
    const { faults } = readEnvironment({ AGENT_OS_TRUSTED_PROXIES: list });
    expect(faults).toMatchObject([{ code: "CONFIG_OPTION_INVALID", at: "AGENT_OS_TRUSTED_PROXIES" }]);
  },
);
