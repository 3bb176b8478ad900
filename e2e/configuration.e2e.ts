// What a person reads who starts a server with a file and an environment: one cause each, at the place where they wrote it.
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type PrintedFault,
  readFaults,
  type Start,
  serveProcess,
  type Written,
} from "./support/serve-process.ts";

const key = await createTestKey("RS256");
const pem = key.verificationKey;
const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";

async function start(written: Written): Promise<Start> {
  const started = await serveProcess(written);
  onTestFinished(started.stop);
  return started;
}

async function refuse(written: Written): Promise<readonly PrintedFault[]> {
  const { url, code, text } = await start(written);
  expect([url, code], text).toEqual([undefined, 3]);
  return readFaults(text);
}

const authorization = (part: Readonly<Record<string, unknown>>): Written => ({
  config: { authorization: part },
});

/** Good keys beside what a row is about. */
const withKey = (part: Readonly<Record<string, unknown>>): Written => ({
  config: { authorization: { verificationKeys: ["env:KEY"], ...part } },
  env: { KEY: pem },
});

interface Row {
  readonly name: string;
  readonly wrong: Written;
  readonly code: string;
  /** How the message begins. */
  readonly says: string;
  /** The same, right in that one thing. */
  readonly right: Written;
}

const rows: readonly Row[] = [
  {
    name: "an issuer over http is no missing key",
    wrong: authorization({ issuer: "http://keycloak:8080/realms/demo" }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.issuer": its keys cannot be discovered: it is http, and not on this machine',
    right: withKey({ issuer: "http://keycloak:8080/realms/demo" }),
  },
  {
    name: "a key set over http is no missing key",
    wrong: authorization({ issuer: "https://a.test", jwksUrl: "http://keycloak:8080/jwks" }),
    code: "KEY_URL_REFUSED",
    says: '"authorization.jwksUrl": the address of the key set cannot be used: it is http',
    right: withKey({ issuer: "https://a.test" }),
  },
  {
    name: "a key file that is not there is no missing key",
    wrong: authorization({ jwksFile: "absent.json" }),
    code: "KEY_JWKS_FILE_MISSING",
    says: '"authorization.jwksFile" (',
    right: {
      ...authorization({ jwksFile: "keys.json" }),
      files: { "keys.json": JSON.stringify({ keys: [key.jwk] }) },
    },
  },
  {
    name: "a key that cannot be read is no missing key",
    wrong: { ...authorization({ verificationKeys: ["env:KEY"] }), env: { KEY: pem.slice(0, 120) } },
    code: "KEY_TRUNCATED",
    says: '"authorization.verificationKeys[0]" (env:KEY): ',
    right: withKey({}),
  },
  {
    name: "a variable that is not set is no missing key",
    wrong: authorization({ verificationKeys: ["env:KEY"] }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.verificationKeys[0]": the environment variable "KEY" is not set',
    right: withKey({}),
  },
  {
    name: "an algorithm that is none is no missing key",
    wrong: withKey({ algorithm: "rs256" }),
    code: "KEY_ALGORITHM_UNKNOWN",
    says: '"authorization.algorithm": ',
    right: withKey({ algorithm: "RS256" }),
  },
  {
    name: "an empty variable is empty, not missing",
    wrong: { env: { JWT_VERIFICATION_KEY: "", AUTHORIZATION_ENABLED: "true" } },
    code: "CONFIG_VARIABLE_EMPTY",
    says: '"JWT_VERIFICATION_KEY" is set but empty, which counts',
    right: { env: { JWT_VERIFICATION_KEY: pem, AUTHORIZATION_ENABLED: "true" } },
  },
  {
    name: "a blank variable is empty",
    wrong: { ...authorization({}), env: { JWT_JWKS_FILE: " \t" } },
    code: "CONFIG_VARIABLE_EMPTY",
    says: '"JWT_JWKS_FILE" is set but empty: it has only white space',
    right: withKey({}),
  },
  {
    name: "an empty list is empty",
    wrong: authorization({ verificationKeys: [] }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.verificationKeys": is empty',
    right: withKey({}),
  },
  {
    name: "an empty text is empty",
    wrong: withKey({ issuer: "" }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.issuer": is empty',
    right: withKey({ issuer: "my-backend" }),
  },
  {
    name: "a blank name of a header is empty",
    wrong: withKey({ tokenHeaderKey: " " }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.tokenHeaderKey": is empty: it has only white space',
    right: withKey({ tokenHeaderKey: "Authorization" }),
  },
  {
    name: "an empty reference is empty",
    wrong: { config: { securityKey: "env:SECRET" }, env: { SECRET: "" } },
    code: "CONFIG_OPTION_INVALID",
    says: '"securityKey": the environment variable "SECRET" is empty',
    right: { config: { securityKey: "env:SECRET" }, env: { SECRET: SECURITY_KEY } },
  },
  {
    name: "a template of Entra is named",
    wrong: authorization({ issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }),
    code: "CONFIG_VALUE_TEMPLATE",
    says: '"authorization.issuer" is a template: "{tenantid}" stands where the id of your tenant belongs',
    right: withKey({ issuer: "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0" }),
  },
  {
    name: "the address of all tenants is named",
    wrong: authorization({ issuer: "https://login.microsoftonline.com/common/v2.0" }),
    code: "CONFIG_VALUE_TEMPLATE",
    says: '"authorization.issuer" is a template: "common" stands',
    right: withKey({ issuer: "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0" }),
  },
  {
    name: "a path of a guide is named",
    wrong: { env: { JWT_JWKS_FILE: "/path/to/jwks.json", AUTHORIZATION_ENABLED: "true" } },
    code: "CONFIG_VALUE_TEMPLATE",
    says: '"JWT_JWKS_FILE" is a template: "/path/to"',
    right: withKey({}),
  },
  {
    name: "a name of Python is told our name, and no key is missing for it",
    wrong: { ...authorization({ verification_keys: ["env:KEY"] }), env: { KEY: pem } },
    code: "CONFIG_OPTION_UNKNOWN",
    says: '"authorization.verification_keys" is not an option',
    right: withKey({}),
  },
  {
    name: "a switch in another letter case is told how it is written",
    wrong: withKey({ tokenSource: "Header" }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.tokenSource": must be one of',
    right: withKey({ tokenSource: "header" }),
  },
  {
    name: "a switch as text brings no second cause about",
    wrong: withKey({ verifyAudience: false, unsafe: { allowAnyAudience: "yes" } }),
    code: "CONFIG_OPTION_INVALID",
    says: '"authorization.unsafe.allowAnyAudience": must be true or false, and is a text',
    right: withKey({ verifyAudience: false, unsafe: { allowAnyAudience: true } }),
  },
  {
    name: "an origin of the file",
    wrong: { config: { cors: { allowedOrigins: ["https://App.test/"] } } },
    code: "CONFIG_ORIGIN_INVALID",
    says: '"cors.allowedOrigins[0]": the origin "https://App.test/" can never match',
    right: { config: { cors: { allowedOrigins: ["https://app.test"] } } },
  },
  {
    name: "an origin of the environment",
    wrong: { env: { CORS_ORIGIN_LIST: "https://b.test/" } },
    code: "CONFIG_ORIGIN_INVALID",
    says: '"CORS_ORIGIN_LIST": the origin "https://b.test/" can never match: it ends with a slash',
    right: { env: { CORS_ORIGIN_LIST: "https://b.test" } },
  },
  {
    name: "a switch of the environment that says nothing",
    wrong: { env: { AUTHORIZATION_ENABLED: "maybe" } },
    code: "CONFIG_OPTION_INVALID",
    says: '"AUTHORIZATION_ENABLED": is neither',
    right: { env: { AUTHORIZATION_ENABLED: "off" } },
  },
  {
    name: "a port of the environment that is none",
    wrong: { env: { AGENT_OS_PORT: "70000" }, args: [] },
    code: "CONFIG_OPTION_INVALID",
    says: '"AGENT_OS_PORT": is 70000, and ports end at 65535',
    right: { env: { AGENT_OS_PORT: "0" }, args: [] },
  },
  {
    name: "a host of the environment that is a URL",
    wrong: { env: { AGENT_OS_HOST: "http://localhost" } },
    code: "CONFIG_OPTION_INVALID",
    says: '"AGENT_OS_HOST": is a URL',
    right: { env: { AGENT_OS_HOST: "localhost" } },
  },
  {
    name: "a security key with a line break",
    wrong: { env: { OS_SECURITY_KEY: `${SECURITY_KEY}\n` } },
    code: "CONFIG_SECURITY_KEY_INVALID",
    says: '"OS_SECURITY_KEY": the security key ends with a line break',
    right: { env: { OS_SECURITY_KEY: SECURITY_KEY } },
  },
];

describe("a start that is refused", () => {
  test.each(rows)("$name", { timeout: 60_000 }, async ({ wrong, code, says, right }) => {
    const faults = await refuse(wrong);
    expect(faults.map((fault) => fault.code)).toEqual([code]);
    expect(faults[0]?.message.startsWith(says), faults[0]?.message).toBe(true);
    expect(faults[0]?.fix).toMatch(/\S/);
    expect(JSON.stringify(faults)).not.toContain("authorizationConfig");
    expect(JSON.stringify(faults)).not.toContain(SECURITY_KEY);
    const { url, text } = await start(right);
    expect(url, text).toBeDefined();
  });

  test("beyond this machine, for a key that is set and empty", { timeout: 60_000 }, async () => {
    const args = ["--host", "0.0.0.0", "--port", "0"];
    const [fault] = await refuse({ env: { OS_SECURITY_KEY: " " }, args });
    expect(fault).toMatchObject({ code: "CONFIG_OPEN_BEYOND_LOOPBACK" });
    expect(fault?.message).toContain('"0.0.0.0" is no loopback address');
    expect(fault?.fix).toMatch(/^"OS_SECURITY_KEY" is set but empty: give it a value/);
    const { url } = await start({ env: { OS_SECURITY_KEY: SECURITY_KEY }, args });
    expect(url).toBeDefined();
  });
});

describe("a start with warnings", () => {
  const both = { OS_SECURITY_KEY: SECURITY_KEY, JWT_VERIFICATION_KEY: pem, AUTHORIZATION_ENABLED: "TRUE" };
  const token = () => signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000) }));
  const statusOf = async (url: string | undefined, credential: string) =>
    (await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${credential}` } })).status;

  test("of both credentials can be followed in the shell, to either of them", {
    timeout: 60_000,
  }, async () => {
    const first = await start({ env: both });
    const [warning] = readFaults(first.text);
    expect(warning?.code).toBe("CONFIG_BOTH_CREDENTIALS");
    expect([await statusOf(first.url, await token()), await statusOf(first.url, SECURITY_KEY)]).toEqual([
      200, 401,
    ]);
    const [jwtOnly = "", keyOnly = ""] = warning?.fix.split(";") ?? [];
    const unset = (text: string) => {
      const names = /`unset ([A-Z_ ]+)`/.exec(text)?.[1]?.split(" ") ?? [];
      return Object.fromEntries(Object.entries(both).filter(([name]) => !names.includes(name)));
    };
    const jwt = await start({ env: unset(jwtOnly) });
    expect([readFaults(jwt.text), await statusOf(jwt.url, await token())]).toEqual([[], 200]);
    const shared = await start({ env: unset(keyOnly) });
    expect([readFaults(shared.text), await statusOf(shared.url, SECURITY_KEY)]).toEqual([[], 200]);
  });

  test("of a file names its options as the file does", { timeout: 60_000 }, async () => {
    const { text } = await start({
      config: {
        securityKey: "env:SECRET",
        authorization: {
          verificationKeys: ["env:KEY", "env:KEY"],
          tokenSource: "cookie",
          tokenHeaderKey: "X-Token",
          unsafe: { allowAnyAudience: true },
        },
      },
      env: {
        KEY: pem,
        SECRET: SECURITY_KEY,
        JWT_JWKS: "{}",
        AGENT_OS_PORT: "tcp://10.0.0.1:7777",
        CORS_ORIGIN_LIST: "*",
      },
    });
    const faults = readFaults(text);
    expect(faults.map(({ code }) => code).toSorted()).toEqual([
      "CONFIG_AUDIENCE_ANY",
      "CONFIG_BOTH_CREDENTIALS",
      "CONFIG_OPTION_UNUSED",
      "CONFIG_OPTION_UNUSED",
      "CONFIG_ORIGIN_INVALID",
      "KEY_DUPLICATE",
    ]);
    expect(text).not.toContain("authorizationConfig");
    expect(text).toContain('"authorization.tokenHeaderKey" is set, but nothing reads it');
    expect(text).toContain('"authorization.verificationKeys[1]": this key was given already');
  });

  test("of data that isolation keeps from everybody who may come without a credential", {
    timeout: 60_000,
  }, async () => {
    const open = (userIsolation: boolean) =>
      start({
        config: {
          authorization: {
            verificationKeys: ["env:KEY"],
            userIsolation,
            excludedRoutePaths: ["/health", "/agents/*/runs"],
          },
        },
        env: { KEY: pem },
      });
    const [isolated, shared] = [await open(true), await open(false)];
    expect(readFaults(isolated.text).map(({ code }) => code)).toContain("CONFIG_PUBLIC_OWNED");
    expect(readFaults(shared.text)).toEqual([]);
  });

  test.each([
    ["yes", 401],
    ["1", 401],
    ["TRUE", 401],
    ["off", 200],
  ])("AUTHORIZATION_ENABLED=%s is understood", { timeout: 60_000 }, async (value, status) => {
    const env =
      value === "off"
        ? { AUTHORIZATION_ENABLED: value }
        : { AUTHORIZATION_ENABLED: value, JWT_VERIFICATION_KEY: pem };
    const { url } = await start({ env });
    expect((await fetch(`${url}/agents`)).status).toBe(status);
  });
});

describe("an address that cannot be used", () => {
  test("is the one of the environment, where that chose it", { timeout: 60_000 }, async () => {
    const env = { OS_SECURITY_KEY: SECURITY_KEY, AGENT_OS_HOST: "192.0.2.77" };
    const { url, text } = await start({ env });
    expect([url, text]).toEqual([
      undefined,
      expect.stringContaining('"192.0.2.77" is no address of this machine'),
    ]);
  });

  test.each([
    [["--port", "99999"], /"--port" is 99999, and ports end at 65535/],
    [["--port", ""], /"--port" is empty/],
    [["--host", "localhost:7777"], /"--host" has a port in it[^]*write "localhost" here, and the port 7777/],
    [["--host", "192.0.2.77", "--port", "0"], /192\.0\.2\.77/],
  ])("%j is named", { timeout: 60_000 }, async (args, text) => {
    const started = await start({ args, env: { OS_SECURITY_KEY: SECURITY_KEY } });
    expect(started.url).toBeUndefined();
    expect(started.text).toMatch(text);
  });
});
