import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.ts";

describe("readEnvironment", () => {
  it("has safe defaults when nothing is set", () => {
    expect(readEnvironment({})).toEqual({
      securityKey: undefined,
      verificationKey: undefined,
      jwksFile: undefined,
      isAuthorizationEnabled: undefined,
      corsOrigins: [],
      trustedProxies: [],
      areDocsEnabled: true,
      host: undefined,
      port: undefined,
      faults: [],
    });
  });

  it("reads every documented name", () => {
    const env = {
      OS_SECURITY_KEY: "the-key",
      JWT_VERIFICATION_KEY: "pem",
      JWT_JWKS_FILE: "keys.json",
      AUTHORIZATION_ENABLED: "true",
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
      corsOrigins: ["https://a.test"],
      trustedProxies: ["10.0.0.0/8", "192.0.2.7"],
      areDocsEnabled: false,
      host: "127.0.0.1",
      port: 8080,
      faults: [],
    });
  });

  it.each(["", " ", "\n"])("counts %j as unset, for every name", (empty) => {
    const names = ["OS_SECURITY_KEY", "JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", "AUTHORIZATION_ENABLED"];
    const more = ["CORS_ORIGIN_LIST", "DOCS_ENABLED", "AGENT_OS_HOST", "AGENT_OS_PORT"];
    const env = Object.fromEntries([...names, ...more].map((name) => [name, empty]));
    const { faults, ...settings } = readEnvironment(env);
    expect({ ...settings, faults: [] }).toEqual(readEnvironment({}));
    expect(faults.map(({ code, facts }) => [code, facts["variable"]])).toEqual(
      names.slice(0, 3).map((name) => ["CONFIG_VARIABLE_EMPTY", name]),
    );
  });

  it("keeps a key exactly as it is, its white space included", () => {
    expect(readEnvironment({ JWT_VERIFICATION_KEY: " pem\n" }).verificationKey).toBe(" pem\n");
    expect(readEnvironment({ OS_SECURITY_KEY: "key " }).securityKey).toBe("key ");
  });

  it("reads no name beside the documented ones", () => {
    const env = { JWT_JWKS: "{}", SECURITY_KEY: "x", JWT_SECRET_KEY: "y", os_security_key: "z" };
    expect(readEnvironment(env)).toEqual(readEnvironment({}));
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

  it.each(["http", "0", "65536", "-1", "80.5", "7777x", "tcp://10.0.0.1:7777"])(
    "takes no port from %j, such as Kubernetes may set",
    (port) => {
      expect(readEnvironment({ AGENT_OS_PORT: port }).port).toBeUndefined();
    },
  );

  it.each([
    ['["https://a.test", "https://b.test"]', ["https://a.test", "https://b.test"]],
    ["https://a.test, https://b.test,", ["https://a.test", "https://b.test"]],
    ["https://a.test", ["https://a.test"]],
    ['["https://a.test", 7, null]', ["https://a.test"]],
    ["[]", []],
  ])("reads the origins %j", (text, expected) => {
    expect(readEnvironment({ CORS_ORIGIN_LIST: text }).corsOrigins).toEqual(expected);
  });
});

it.each(["proxy.test", "0.0.0.0/0", "10.0.0.0/8, *"])(
  "refuses proxies that are none, or everybody: %s",
  (list) => {
    const { faults } = readEnvironment({ AGENT_OS_TRUSTED_PROXIES: list });
    expect(faults).toMatchObject([{ code: "CONFIG_OPTION_INVALID", at: "AGENT_OS_TRUSTED_PROXIES" }]);
  },
);
