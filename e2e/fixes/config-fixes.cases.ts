// LENGTH: one table: every code of a configuration, each in the ways in which it can be written.
/** Faults and warnings of a configuration, and the way out that each prints. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ControlPlaneCode, customScope, type FaultCode } from "@agentos/contract";
import type { AgentOSOptions, PolicyOptions } from "@agentos/server";
import { signToken } from "@agentos/testkit";
import { writeTemporary } from "../support/key-sources.ts";
import { fixFile, generateKeys, withPart, withVariables } from "./file-world.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import {
  callSigned,
  callWith,
  fix,
  good,
  ID,
  jwtOptions,
  key,
  otherKey,
  SECURITY_KEY,
  type World,
  withConfig,
  withEnv,
} from "./world.ts";

/** One without a row does not compile. */
type ConfigCode = Exclude<Extract<FaultCode, `CONFIG_${string}`>, ControlPlaneCode>;

const ISSUER = "https://login.shop.test";
const ADMIN = "agent_os:admin";
const pem = key.verificationKey;
const jwks = () => writeTemporary(JSON.stringify({ keys: [key.jwk] }));
const withOptions = (world: World, options: Partial<AgentOSOptions>): World => ({
  ...world,
  options: { ...world.options, ...options },
});
/** What `openssl rand -hex 32` prints. */
const random = () => randomBytes(32).toString("hex");
const byKey = (securityKey: string) => callWith(securityKey);
const handler = () => new Response("ok");

/** An issuer on this machine: its discovery document, and its key set. */
const LOCAL_ISSUER = await serveIssuer();
async function serveIssuer(): Promise<string> {
  const server = createServer((request, response) => {
    const isKeySet = request.url === "/jwks";
    const document = isKeySet ? { keys: [key.jwk] } : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.unref();
  return url;
}

/** Tokens of another issuer, which is listed. */
const listed = (more: object = {}) => ({
  issuer: "https://partner.test",
  name: "partner",
  verificationKeys: [otherKey.verificationKey],
  ...more,
});

const unsafeRow = (name: string, more: AgentOSOptions["authorizationConfig"] = {}): FixRow =>
  fix({
    wrong: () => ({ options: jwtOptions({ ...more, unsafe: { [name]: true } }) }),
    follows: /remove it/,
    apply: (world) => withConfig(world, { unsafe: undefined }),
  });

/** Another policy comes into force before the request. */
const replaceBy =
  (policy: PolicyOptions): NonNullable<World["prepare"]> =>
  async ({ os }) => {
    await os.replacePolicy(policy);
    return () => undefined;
  };

/** The id of somebody's tenant at Microsoft, and the issuer that stands for all of them. */
const TENANT = "9122040d-6c67-4c5b-b112-36a304b66dad";
const ALL_TENANTS = "https://login.microsoftonline.com/common/v2.0";

export const configFixes = {
  CONFIG_OPTION_UNKNOWN: [
    fix({
      name: "in code, a name of Python",
      wrong: () => ({ options: { authorizationConfig: { verification_keys: [pem] } as object } }),
      follows: /did you mean "(\w+)"/,
      apply: (world, [name = ""]) => withConfig(world, { verification_keys: undefined, [name]: [pem] }),
    }),
    fixFile({
      name: "in a file, a typing error",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"], tokenSorce: "header" } },
        env: { KEY: pem },
      }),
      follows: /did you mean "(\w+)"/,
      apply: (world, [name = ""]) => withPart(world, { tokenSorce: undefined, [name]: "header" }),
    }),
    fix({
      name: "that is like none",
      wrong: () => ({ options: { ...jwtOptions(), zebra: 1 } as AgentOSOptions }),
      follows: /^(remove it)/,
      apply: (world) => ({ ...world, options: jwtOptions() }),
    }),
  ],
  CONFIG_OPTION_INVALID: [
    fix({
      name: "another letter case",
      wrong: () => ({ options: jwtOptions({ tokenSource: "Header" as "header" }) }),
      follows: /write "(\w+)": "(\w+)"/,
      apply: (world, [name = "", value]) => withConfig(world, { [name]: value }),
    }),
    fix({
      name: "an issuer over http",
      wrong: async () => ({
        options: { authorizationConfig: { issuer: "http://keycloak:8080/realms/demo" } },
        call: await callSigned(good({ iss: "http://keycloak:8080/realms/demo" })),
      }),
      follows: /keep it as it is, save the key set of this issuer to a file and name that in "(\w+)"/,
      apply: (world, [name = ""]) => withConfig(world, { [name]: jwks() }),
    }),
    fix({
      name: "the address of a discovery document",
      wrong: async () => ({
        options: { authorizationConfig: { issuer: `${LOCAL_ISSUER}/.well-known/openid-configuration` } },
        call: await callSigned(good({ iss: LOCAL_ISSUER })),
      }),
      follows: /write "(\S+)"/,
      apply: (world, [issuer]) => withConfig(world, { issuer }),
    }),
    fix({
      name: "the address of a discovery document as that of the keys",
      wrong: async () => ({
        options: {
          authorizationConfig: {
            issuer: LOCAL_ISSUER,
            jwksUrl: `${LOCAL_ISSUER}/.well-known/openid-configuration`,
          },
        },
        call: await callSigned(good({ iss: LOCAL_ISSUER })),
      }),
      follows: /leave it out: the keys are found from the "issuer" beside it/,
      apply: (world) => withConfig(world, { jwksUrl: undefined }),
    }),
    fix({
      name: "algorithms that no key is for",
      wrong: async () => ({
        options: {
          authorizationConfig: {
            issuers: [{ issuer: ISSUER, verificationKeys: [pem], algorithms: ["ES256", "ES384"] }],
          },
        },
        call: await callSigned(good({ iss: ISSUER })),
      }),
      follows: /write "(\w+)": \["(\w+)"\]/,
      apply: (world, [name = "", algorithm]) =>
        withConfig(world, { issuers: [{ issuer: ISSUER, verificationKeys: [pem], [name]: [algorithm] }] }),
    }),
    fix({
      name: "an empty list of keys",
      wrong: () => ({ options: { authorizationConfig: { verificationKeys: [] } } }),
      follows: /add the public key that your tokens are verified with/,
      apply: (world) => withConfig(world, { verificationKeys: [pem] }),
    }),
    fix({
      name: "an empty list of keys, by the variable",
      wrong: () => ({ options: { authorizationConfig: { verificationKeys: [] } } }),
      follows: /leave it out and set (\w+)/,
      apply: (world, [variable = ""]) =>
        withEnv(withConfig(world, { verificationKeys: undefined }), { [variable]: pem }),
    }),
    fix({
      name: "an empty issuer",
      wrong: async () => ({
        options: jwtOptions({ issuer: " " }),
        call: await callSigned(good({ iss: ISSUER })),
      }),
      follows: /set "(\w+)" to the "iss" of your tokens/,
      apply: (world, [name = ""]) => withConfig(world, { [name]: ISSUER }),
    }),
    fix({
      name: "an option of the keys outside, and none are there",
      wrong: async () => ({
        options: {
          authorizationConfig: {
            issuers: [{ issuer: ISSUER, verificationKeys: [pem] }],
            allowedScopes: [ADMIN],
          },
        },
        call: await callSigned(good({ iss: ISSUER })),
      }),
      follows: /write "(\w+)" into the entry of "issuers"/,
      apply: (world, [name = ""]) =>
        withConfig(world, {
          [name]: undefined,
          issuers: [{ issuer: ISSUER, verificationKeys: [pem], [name]: [ADMIN] }],
        }),
    }),
    fix({
      name: "a switch of the environment",
      wrong: () => ({ options: { env: { JWT_VERIFICATION_KEY: pem, AUTHORIZATION_ENABLED: "ja" } } }),
      follows: /`export (\w+)=(true)`/,
      apply: (world, [variable = "", value]) => withEnv(world, { [variable]: value }),
    }),
    fix({
      name: "a list of the environment",
      wrong: () => ({ options: { ...jwtOptions(), env: { CORS_ORIGIN_LIST: '["https://a.test"' } } }),
      follows: /write the origins with commas between them, without brackets and quotes/,
      apply: (world) => withEnv(world, { CORS_ORIGIN_LIST: "https://a.test" }),
    }),
    fixFile({
      name: "a switch of a file, as text",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"], userIsolation: "yes" } },
        env: { KEY: pem },
      }),
      follows: /write "(\w+)": (true), without quotes/,
      apply: (world, [name = ""]) => withPart(world, { [name]: true }),
    }),
    fixFile({
      name: "a variable that a file names and nobody sets",
      wrong: () => ({ config: { authorization: { verificationKeys: ["env:KEY"] } } }),
      follows: /set "(\w+)" where this process starts/,
      apply: (world, [variable = ""]) => withVariables(world, { [variable]: pem }),
    }),
    fixFile({
      name: "a port of the environment",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"] } },
        env: { KEY: pem, AGENT_OS_PORT: "70000" },
        args: [],
      }),
      follows: /or (0) for any free port/,
      apply: (world, [port]) => withVariables(world, { AGENT_OS_PORT: port }),
    }),
    fixFile({
      name: "a host of the environment",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"] } },
        env: { KEY: pem, AGENT_OS_HOST: "http://localhost:7777" },
      }),
      follows: /write "(\w+)"/,
      apply: (world, [host]) => withVariables(world, { AGENT_OS_HOST: host }),
    }),
  ],
  CONFIG_VALUE_TEMPLATE: [
    fix({
      name: "a tenant in code",
      wrong: async () => ({
        options: jwtOptions({ issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }),
        call: await callSigned(good({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0` })),
      }),
      follows: /write the id of your tenant \(a UUID; .*\) in the place of "([^"]+)" and its braces/,
      apply: (world, [found = ""]) =>
        withConfig(world, {
          issuer: String(world.options.authorizationConfig?.issuer).replace(`{${found}}`, TENANT),
        }),
    }),
    fixFile({
      name: "all tenants in a file",
      wrong: async () => ({
        config: {
          authorization: {
            verificationKeys: ["env:KEY"],
            issuer: ALL_TENANTS,
          },
        },
        env: { KEY: pem },
        credential: await signToken(good({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0` })),
      }),
      follows: /write the id of your tenant \(a UUID; .*\) in the place of "([^"]+)"/,
      apply: (world, [found = ""]) => withPart(world, { issuer: ALL_TENANTS.replace(found, TENANT) }),
    }),
    fix({
      name: "a domain of documentation as the audience",
      wrong: async () => ({
        options: jwtOptions({ audience: "https://api.example.com" }),
        call: await callSigned(good({ aud: "https://api.shop.test" })),
      }),
      follows: /write the "aud" of your tokens/,
      apply: (world) => withConfig(world, { audience: "https://api.shop.test" }),
    }),
    fix({
      name: "a path in the environment",
      wrong: () => ({ options: { authorization: true, env: { JWT_JWKS_FILE: "/path/to/jwks.json" } } }),
      follows: /write the folder of the file in the place of "([^"]+)"/,
      apply: (world, [found = ""]) => {
        const file = jwks();
        const folder = file.slice(0, file.lastIndexOf("/"));
        return withEnv(world, {
          JWT_JWKS_FILE: "/path/to/jwks.json"
            .replace(found, folder)
            .replace("jwks.json", file.slice(folder.length + 1)),
        });
      },
    }),
  ],
  CONFIG_OPTION_UNAVAILABLE: [
    fix({
      name: "in code",
      wrong: () => ({ options: { ...jwtOptions(), teams: [] } as AgentOSOptions }),
      follows: /leave the option out/,
      apply: (world) => ({ ...world, options: jwtOptions() }),
    }),
    fixFile({
      name: "in a file",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"] }, teams: [{ id: "t" }] },
        env: { KEY: pem },
      }),
      follows: /leave the option out/,
      apply: (world) => ({ ...world, config: { authorization: world.config?.["authorization"] } }),
    }),
  ],
  CONFIG_KEYS_MISSING: [
    fix({
      name: "in code, keys made by the command",
      wrong: () => ({ options: { authorization: true } }),
      follows: /`[\w -]*(keys generate)` makes a pair and prints the line that sets "(\w+)"/,
      apply: (world, [, variable = ""]) => {
        const { publicPem, token } = generateKeys();
        return withEnv({ ...world, call: callWith(token) }, { [variable]: publicPem });
      },
    }),
    fix({
      name: "in code, by the address of an issuer",
      wrong: async () => ({
        options: { authorization: true },
        call: await callSigned(good({ iss: LOCAL_ISSUER })),
      }),
      follows: /set "authorizationConfig\.(issuer)" to its https address/,
      apply: (world, [name = ""]) => withConfig(world, { [name]: LOCAL_ISSUER }),
    }),
    fix({
      name: "an issuer that is only a name",
      wrong: async () => ({
        options: { authorizationConfig: { issuer: "my-backend" } },
        call: await callSigned(good({ iss: "my-backend" })),
      }),
      follows: /give them in "authorizationConfig\.(jwksFile)" or "authorizationConfig\.(verificationKeys)"/,
      apply: (world, [, name = ""]) => withConfig(world, { [name]: [pem] }),
    }),
    fixFile({
      name: "in a file, by the variable",
      wrong: () => ({ config: { authorization: {} } }),
      follows: /prints the line that sets "(JWT_VERIFICATION_KEY)"/,
      apply: (world, [variable = ""]) => withVariables(world, { [variable]: pem }),
    }),
  ],
  CONFIG_ISSUER_UNCHECKED: fix({
    wrong: async () => ({
      options: { authorizationConfig: { jwksUrl: `${LOCAL_ISSUER}/jwks` } },
      call: await callSigned(good({ iss: ISSUER })),
    }),
    follows: /set "(issuer)" beside it to the "iss" of the tokens/,
    apply: (world, [name = ""]) => withConfig(world, { [name]: ISSUER }),
  }),
  CONFIG_ISSUER_OF_KEYS_OPEN: fix({
    wrong: async () => ({
      options: jwtOptions({ issuers: [listed()], allowedScopes: [ADMIN] }),
      call: await callSigned(good({ iss: ISSUER })),
    }),
    follows: /set "authorizationConfig\.(issuer)" to the "iss" of those tokens/,
    apply: (world, [name = ""]) => withConfig(world, { [name]: ISSUER }),
  }),
  CONFIG_ISSUER_NAME_SHARED: [
    fix({
      name: "by another name",
      wrong: async () => ({
        options: jwtOptions({
          issuer: ISSUER,
          issuers: [listed({ name: undefined })],
          allowedScopes: [ADMIN],
        }),
        call: await callSigned(good({ iss: ISSUER })),
      }),
      follows: /give the issuer that you add a "(name)" of its own, such as "([\w-]+)"/,
      apply: (world, [option = "", name]) => withConfig(world, { issuers: [listed({ [option]: name })] }),
    }),
    fix({
      name: "by the same users",
      wrong: async () => ({
        options: jwtOptions({
          issuer: ISSUER,
          issuers: [listed({ name: undefined })],
          allowedScopes: [ADMIN],
        }),
        call: await callSigned(good({ iss: ISSUER })),
      }),
      follows: /Where both have the same users, write "(\w+)": "(\w+)" instead/,
      apply: (world, [option = "", name]) =>
        withConfig(world, { issuers: [listed({ name: undefined, [option]: name })] }),
    }),
    fixFile({
      name: "in a file, with a key of the environment",
      wrong: async () => ({
        config: {
          authorization: { issuer: ISSUER, issuers: [listed({ name: undefined })], allowedScopes: [ADMIN] },
        },
        env: { JWT_VERIFICATION_KEY: pem },
        credential: await signToken(good({ iss: ISSUER })),
      }),
      follows: /a "(name)" of its own, such as "([\w-]+)"/,
      apply: (world, [option = "", name]) => withPart(world, { issuers: [listed({ [option]: name })] }),
    }),
  ],
  CONFIG_USER_IDS_ALIKE: fix({
    wrong: async () => ({
      options: jwtOptions({ issuer: ISSUER, issuers: [listed()], allowedScopes: [ADMIN] }),
      call: await callSigned(good({ iss: ISSUER })),
    }),
    follows: /give the issuer that you add a "(subjectPrefix)"/,
    apply: (world, [option = ""]) => withConfig(world, { issuers: [listed({ [option]: "partner:" })] }),
  }),
  CONFIG_ADMIN_NOWHERE: fix({
    wrong: async () => ({
      options: jwtOptions({ issuer: ISSUER, issuers: [listed()] }),
      call: await callSigned(good({ iss: ISSUER, scopes: [ADMIN] }), { path: "/config" }),
    }),
    follows: /add "([\w:]+)" to one of these lists.*: "authorizationConfig\.(\w+)" for the keys outside/,
    apply: (world, [scope, name = ""]) => withConfig(world, { [name]: [scope] }),
  }),
  CONFIG_AUDIENCE_UNCHECKED: [
    fix({
      name: "by leaving it out",
      wrong: () => ({ options: jwtOptions({ verifyAudience: false }) }),
      follows: /leave "(\w+)" out/,
      apply: (world, [name = ""]) => withConfig(world, { [name]: undefined }),
    }),
    fixFile({
      name: "by the flag, in a file",
      wrong: async () => ({
        config: { authorization: { verificationKeys: ["env:KEY"], verifyAudience: false } },
        env: { KEY: pem },
        credential: await signToken(good({ aud: "another" })),
      }),
      follows: /also write ("unsafe": \{ "allowAnyAudience": true \}) beside it/,
      apply: (world, [part = ""]) =>
        withPart(world, JSON.parse(`{${part}}`) as object as Record<string, unknown>),
    }),
  ],
  CONFIG_TOKENS_UNVERIFIED: [
    fix({
      name: "by leaving it out",
      wrong: () => ({ options: jwtOptions({ validate: false }) }),
      follows: /leave "(\w+)" out/,
      apply: (world, [name = ""]) => withConfig(world, { [name]: undefined }),
    }),
    fixFile({
      name: "by the flag, in a file",
      wrong: async () => ({
        config: { authorization: { validate: false } },
        credential: await signToken(good()),
      }),
      follows: /also write ("unsafe": \{ "allowUnverifiedTokens": true \}) beside it/,
      apply: (world, [part = ""]) =>
        withPart(world, JSON.parse(`{${part}}`) as object as Record<string, unknown>),
    }),
  ],
  CONFIG_UNVERIFIED_BEYOND_LOOPBACK: fixFile({
    wrong: () => ({
      config: { authorization: { validate: false, unsafe: { allowUnverifiedTokens: true } } },
      args: ["--host", "0.0.0.0", "--port", "0"],
    }),
    follows: /serve on "(\w+)"/,
    apply: (world, [host = ""]) => ({ ...world, args: ["--host", host, "--port", "0"] }),
  }),
  CONFIG_OPEN_BEYOND_LOOPBACK: [
    fixFile({
      name: "by a key",
      wrong: () => ({ args: ["--host", "0.0.0.0", "--port", "0"], credential: SECURITY_KEY }),
      follows: /`export (\w+)="\$\(openssl rand -hex 32\)"`/,
      apply: (world, [variable = ""]) => {
        const made = random();
        return { ...withVariables(world, { [variable]: made }), credential: made };
      },
    }),
    fixFile({
      name: "by the address",
      wrong: () => ({ args: ["--host", "0.0.0.0", "--port", "0"], credential: "any" }),
      follows: /serve on "(\w+)"/,
      apply: (world, [host = ""]) => ({ ...world, args: ["--host", host, "--port", "0"] }),
    }),
    fixFile({
      name: "with a key that is set and empty",
      wrong: () => ({
        args: ["--host", "0.0.0.0", "--port", "0"],
        env: { OS_SECURITY_KEY: "" },
        credential: SECURITY_KEY,
      }),
      follows: /"(\w+)" is set but empty: give it a value/,
      apply: (world, [variable = ""]) => withVariables(world, { [variable]: SECURITY_KEY }),
    }),
  ],
  CONFIG_SECURITY_KEY_INVALID: [
    fix({
      name: "in code",
      wrong: () => ({ options: { securityKey: "agno_pat_0123456789abcdef" }, call: byKey("x") }),
      follows: /use a random one: `openssl rand -hex 32`/,
      apply: (world) => {
        const made = random();
        return { ...withOptions(world, { securityKey: made }), call: byKey(made) };
      },
    }),
    fix({
      name: "in the environment, with a line break at its end",
      wrong: () => ({
        options: { env: { OS_SECURITY_KEY: `${SECURITY_KEY}\n` } },
        call: byKey(SECURITY_KEY),
      }),
      follows: /remove the line break at its end; the clients keep the key that they have/,
      apply: (world) => withEnv(world, { OS_SECURITY_KEY: SECURITY_KEY }),
    }),
    fixFile({
      name: "in a file by reference, with white space around it",
      wrong: () => ({
        config: { securityKey: "env:SECRET" },
        env: { SECRET: ` ${SECURITY_KEY}` },
        credential: SECURITY_KEY,
      }),
      follows: /remove the white space around it; the clients keep the key/,
      apply: (world) => withVariables(world, { SECRET: SECURITY_KEY }),
    }),
  ],
  CONFIG_ADMIN_SCOPE_ORDINARY: [
    fix({
      name: "by leaving it out",
      wrong: async () => ({
        options: jwtOptions({ adminScope: "agents:read" }),
        call: await callSigned(good({ scopes: [ADMIN] })),
      }),
      follows: /leave it out, which makes it "([\w:]+)"/,
      apply: async (world, [scope = ""]) => ({
        ...withConfig(world, { adminScope: undefined }),
        call: await callSigned(good({ scopes: [scope] })),
      }),
    }),
    fix({
      name: "by a scope of its own",
      wrong: () => ({ options: jwtOptions({ adminScope: "agents:read" }) }),
      follows: /such as "([\w:]+)"/,
      apply: async (world, [scope = ""]) => ({
        ...withConfig(world, { adminScope: scope }),
        call: await callSigned(good({ scopes: [scope] })),
      }),
    }),
  ],
  CONFIG_ORIGIN_INVALID: [
    fix({
      name: "in code",
      wrong: () => ({ options: { ...jwtOptions(), cors: { allowedOrigins: ["https://App.Shop.test/"] } } }),
      follows: /write "(\S+)"/,
      apply: (world, [origin = ""]) => withOptions(world, { cors: { allowedOrigins: [origin] } }),
    }),
    fix({
      name: "in the environment",
      wrong: () => ({ options: { ...jwtOptions(), env: { CORS_ORIGIN_LIST: "app.shop.test" } } }),
      follows: /write "(\S+)"/,
      apply: (world, [origin]) => withEnv(world, { CORS_ORIGIN_LIST: origin }),
    }),
    fix({
      name: "that stands for every page",
      wrong: () => ({ options: { ...jwtOptions(), env: { CORS_ORIGIN_LIST: "*" } } }),
      follows: /`unset (\w+)`/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: undefined }),
    }),
    fixFile({
      name: "in a file",
      wrong: () => ({
        config: {
          authorization: { verificationKeys: ["env:KEY"] },
          cors: { allowedOrigins: ["https://shop.test:443"] },
        },
        env: { KEY: pem },
      }),
      follows: /write "(\S+)"/,
      apply: (world, [origin]) => ({
        ...world,
        config: { ...world.config, cors: { allowedOrigins: [origin] } },
      }),
    }),
  ],
  CONFIG_SECURITY_KEY_WEAK: fix({
    wrong: () => ({ options: { env: { OS_SECURITY_KEY: "short" } }, call: byKey("short") }),
    follows: /use a random one: `openssl rand -hex 32`/,
    apply: (world) => {
      const made = random();
      return { ...withEnv(world, { OS_SECURITY_KEY: made }), call: byKey(made) };
    },
  }),
  CONFIG_ID_FIXED: fix({
    wrong: () => ({ options: jwtOptions(), prepare: replaceBy({ ...jwtOptions(), id: "another" }) }),
    follows: /leave "(id)" out of the new policy/,
    apply: (world, [name = ""]) => ({ ...world, prepare: replaceBy({ ...jwtOptions(), [name]: undefined }) }),
  }),
  CONFIG_PORT_IN_USE: fixFile({
    wrong: () => ({
      config: { authorization: { verificationKeys: ["env:KEY"] } },
      env: { KEY: pem },
      args: ["--host", "127.0.0.1", "--port", new URL(LOCAL_ISSUER).port],
    }),
    follows: /choose another port: --port \d+ \((0) takes any free one\)/,
    apply: (world, [port = ""]) => ({ ...world, args: ["--host", "127.0.0.1", "--port", port] }),
  }),
  CONFIG_ROUTE_ACCESS_MISSING: fix({
    wrong: () => ({
      options: {
        ...jwtOptions(),
        routes: [{ method: "GET", path: "/reports", access: undefined as never, handler }],
      },
    }),
    follows: /set "access" to "public", "(authenticated)"/,
    apply: (world, [access]) =>
      withOptions(world, {
        routes: [{ method: "GET", path: "/reports", access: access as "authenticated", handler }],
      }),
  }),
  CONFIG_ROUTE_DUPLICATE: fix({
    wrong: () => ({
      options: { ...jwtOptions(), routes: [{ method: "GET", path: "/agents", access: "public", handler }] },
    }),
    follows: /choose another path/,
    apply: (world) =>
      withOptions(world, { routes: [{ method: "GET", path: "/my-agents", access: "public", handler }] }),
  }),
  CONFIG_ROUTE_INVALID: fix({
    wrong: () => ({
      options: { ...jwtOptions(), routes: [{ method: "GET", path: "/reports/", access: "public", handler }] },
    }),
    follows: /write "([^"]+)"/,
    apply: (world, [path = ""]) =>
      withOptions(world, {
        routes: [{ method: "GET", path: path as `/${string}`, access: "public", handler }],
      }),
  }),
  CONFIG_SCOPE_INVALID: fix({
    wrong: () => ({ options: jwtOptions({ scopeMappings: { "GET /agents": ["agents.read"] } }) }),
    follows: /write "([\w:]+)"/,
    apply: (world, [scope = ""]) => withConfig(world, { scopeMappings: { "GET /agents": [scope] } }),
  }),
  CONFIG_SCOPE_ACTION_UNKNOWN: fix({
    wrong: () => ({ options: jwtOptions({ scopeMappings: { "GET /agents": ["agents:raed"] } }) }),
    follows: /correct it to one of: .*(agents:read)/,
    apply: (world, [scope = ""]) => withConfig(world, { scopeMappings: { "GET /agents": [scope] } }),
  }),
  CONFIG_SCOPE_PARAMETER_UNKNOWN: fix({
    wrong: () => ({
      options: {
        ...jwtOptions(),
        routes: [
          { method: "GET", path: "/reports/{id}", access: [customScope("reports:{name}:read")], handler },
        ],
      },
    }),
    follows: /name one that the path has: (\w+)/,
    apply: (world, [name = ""]) =>
      withOptions(world, {
        routes: [
          { method: "GET", path: "/reports/{id}", access: [customScope(`reports:{${name}}:read`)], handler },
        ],
      }),
  }),
  CONFIG_RULE_INVALID: [
    fix({
      name: "without a method",
      wrong: () => ({ options: jwtOptions({ scopeMappings: { "/agents": ["agents:read"] } }) }),
      follows: /write "([^"]+)"/,
      apply: (world, [rule = ""]) => withConfig(world, { scopeMappings: { [rule]: ["agents:read"] } }),
    }),
    fixFile({
      name: "in small letters, in a file",
      wrong: () => ({
        config: {
          authorization: { verificationKeys: ["env:KEY"], scopeMappings: { "get /agents": ["agents:read"] } },
        },
        env: { KEY: pem },
      }),
      follows: /write "([^"]+)"/,
      apply: (world, [rule = ""]) => withPart(world, { scopeMappings: { [rule]: ["agents:read"] } }),
    }),
  ],
  CONFIG_RULE_UNREACHABLE: [
    fix({
      name: "by its method",
      wrong: () => ({ options: jwtOptions({ scopeMappings: { "PUT /agents": ["agents:read"] } }) }),
      follows: /write it with the method of one: (\w+)/,
      apply: (world, [method]) =>
        withConfig(world, { scopeMappings: { [`${method} /agents`]: ["agents:read"] } }),
    }),
    fix({
      name: "by its path",
      wrong: () => ({ options: jwtOptions({ scopeMappings: { "GET /elsewhere": ["agents:read"] } }) }),
      follows: /^(remove it)/,
      apply: (world) => withConfig(world, { scopeMappings: undefined }),
    }),
    fix({
      name: "by another rule",
      wrong: () => ({
        options: jwtOptions({ scopeMappings: { "GET /agents": ["agents:read"], "GET /agents/": ["x:y"] } }),
      }),
      follows: /remove one of the two/,
      apply: (world) => withConfig(world, { scopeMappings: { "GET /agents": ["agents:read"] } }),
    }),
  ],
  CONFIG_VARIABLE_EMPTY: [
    fix({
      name: "that nothing needs",
      wrong: () => ({ options: { ...jwtOptions(), env: { OS_SECURITY_KEY: "" } } }),
      follows: /`unset (\w+)`/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: undefined }),
    }),
    fix({
      name: "that was to give the key",
      wrong: () => ({ options: { env: { JWT_VERIFICATION_KEY: " ", AUTHORIZATION_ENABLED: "true" } } }),
      follows: /set "(\w+)" to the key that tokens are verified with/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: pem }),
    }),
    fix({
      name: "that was to give the key set",
      wrong: () => ({ options: { authorization: true, env: { JWT_JWKS_FILE: "" } } }),
      follows: /set "(\w+)" to the path of a key set in JSON/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: jwks() }),
    }),
  ],
  CONFIG_VARIABLE_UNREAD: [
    fix({
      name: "another name",
      wrong: () => ({ options: { env: { JWT_SECRET_KEY: pem } } }),
      follows: /it is called "(\w+)" here: set that one instead/,
      apply: (world, [variable = ""]) => withEnv(world, { JWT_SECRET_KEY: undefined, [variable]: pem }),
    }),
    fix({
      name: "an option",
      wrong: () => ({ options: { ...jwtOptions(), env: { JWT_AUDIENCE: ID } } }),
      follows: /set "authorizationConfig\.(\w+)" in the configuration instead/,
      apply: (world, [name = ""]) => withConfig(withEnv(world, { JWT_AUDIENCE: undefined }), { [name]: ID }),
    }),
  ],
  CONFIG_BOTH_CREDENTIALS: [
    fix({
      name: "JWT only, both from the environment",
      wrong: () => ({
        options: {
          env: { JWT_VERIFICATION_KEY: pem, OS_SECURITY_KEY: SECURITY_KEY, AUTHORIZATION_ENABLED: "true" },
        },
      }),
      follows: /to use JWT only, `unset (\w+)`/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: undefined }),
    }),
    fix({
      name: "the security key only, both from the environment",
      wrong: () => ({
        options: {
          env: { JWT_VERIFICATION_KEY: pem, OS_SECURITY_KEY: SECURITY_KEY, AUTHORIZATION_ENABLED: "true" },
        },
        call: byKey(SECURITY_KEY),
      }),
      follows: /to use the security key only, `unset (\w+) (\w+)`/,
      apply: (world, variables) =>
        withEnv(world, Object.fromEntries(variables.map((variable) => [variable, undefined]))),
    }),
    fix({
      name: "JWT only, in code",
      wrong: () => ({ options: { ...jwtOptions(), securityKey: SECURITY_KEY } }),
      follows: /to use JWT only, remove "(\w+)" from the configuration/,
      apply: (world, [name = ""]) => withOptions(world, { [name]: undefined }),
    }),
    fix({
      name: "the security key only, in code",
      wrong: () => ({ options: { ...jwtOptions(), securityKey: SECURITY_KEY }, call: byKey(SECURITY_KEY) }),
      follows: /to use the security key only, remove "(\w+)" and "(\w+)" from the configuration/,
      apply: (world, names) => withOptions(world, Object.fromEntries(names.map((name) => [name, undefined]))),
    }),
    fixFile({
      name: "the security key only, in a file",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"] }, securityKey: "env:SECRET" },
        env: { KEY: pem, SECRET: SECURITY_KEY },
        credential: SECURITY_KEY,
      }),
      follows: /to use the security key only, remove "(\w+)" from the configuration/,
      apply: (world, [name = ""]) => ({ ...world, config: { ...world.config, [name]: undefined } }),
    }),
  ],
  CONFIG_SCOPES_UNENFORCED: [
    fix({
      name: "in the environment",
      wrong: () => ({ options: { env: { JWT_VERIFICATION_KEY: pem } } }),
      follows: /`export (\w+)=(true)`/,
      apply: (world, [variable = "", value]) => withEnv(world, { [variable]: value }),
    }),
    fix({
      name: "in code",
      wrong: () => ({ options: { ...jwtOptions(), authorization: false } }),
      follows: /set "(\w+)" to true/,
      apply: (world, [name = ""]) => withOptions(world, { [name]: true }),
    }),
    fixFile({
      name: "in a file",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"], enabled: false } },
        env: { KEY: pem },
      }),
      follows: /set "authorization\.(\w+)" to true/,
      apply: (world, [name = ""]) => withPart(world, { [name]: true }),
    }),
  ],
  CONFIG_EXPIRATION_OPTIONAL: unsafeRow("allowMissingExpiration"),
  CONFIG_LIFETIME_UNLIMITED: unsafeRow("allowLongLivedTokens"),
  CONFIG_AUDIENCE_ANY: [
    fix({
      name: "by its flag alone",
      wrong: () => ({ options: jwtOptions({ unsafe: { allowAnyAudience: true } }) }),
      follows: /remove it, and issue tokens with "(\w+)": "([\w-]+)"/,
      apply: async (world, [claim = "", id]) => ({
        ...withConfig(world, { unsafe: undefined }),
        call: await callSigned(good({ [claim]: id })),
      }),
    }),
    fix({
      name: "by both",
      wrong: () => ({ options: jwtOptions({ verifyAudience: false, unsafe: { allowAnyAudience: true } }) }),
      follows: /remove it and "(\w+)"/,
      apply: (world, [name = ""]) => withConfig(world, { unsafe: undefined, [name]: undefined }),
    }),
  ],
  CONFIG_SECRETS_WEAK: unsafeRow("allowWeakSecrets"),
  CONFIG_TOKENS_ANY: [
    fix({
      name: "with keys beside it",
      wrong: () => ({ options: jwtOptions({ validate: false, unsafe: { allowUnverifiedTokens: true } }) }),
      follows: /^remove both: tokens are then verified with the keys that are configured$/,
      apply: (world) => withConfig(world, { validate: undefined, unsafe: undefined }),
    }),
    fix({
      name: "without keys",
      wrong: () => ({
        options: { authorizationConfig: { validate: false, unsafe: { allowUnverifiedTokens: true } } },
      }),
      follows: /remove both, and give the keys that tokens are verified with/,
      apply: (world) =>
        withConfig(world, { validate: undefined, unsafe: undefined, verificationKeys: [pem] }),
    }),
  ],
  CONFIG_ROUTES_UNMAPPED: unsafeRow("allowUnmappedRoutes"),
  CONFIG_OPTION_UNUSED: [
    fix({
      name: "a cookie that is not read",
      wrong: () => ({ options: jwtOptions({ cookieName: "session" }) }),
      follows: /set "(\w+)" to "\w+" or "(both)"/,
      apply: (world, [name = "", value]) => withConfig(world, { [name]: value }),
    }),
    fix({
      name: "a variable beside an option",
      wrong: () => ({
        options: { ...jwtOptions({ jwksFile: jwks() }), env: { JWT_JWKS_FILE: "other.json" } },
      }),
      follows: /`unset (\w+)`/,
      apply: (world, [variable = ""]) => withEnv(world, { [variable]: undefined }),
    }),
    fix({
      name: "an audience that is not checked",
      wrong: () => ({
        options: jwtOptions({
          audience: "agent-os",
          verifyAudience: false,
          unsafe: { allowAnyAudience: true },
        }),
      }),
      follows: /remove one of the two/,
      apply: (world) => withConfig(world, { verifyAudience: undefined }),
    }),
    fixFile({
      name: "what Kubernetes sets under the name of the port",
      wrong: () => ({
        config: { authorization: { verificationKeys: ["env:KEY"] } },
        env: { KEY: pem, AGENT_OS_PORT: "tcp://10.0.0.1:7777" },
      }),
      follows: /set "enableServiceLinks: false" in the pod/,
      apply: (world) => withVariables(world, { AGENT_OS_PORT: undefined }),
    }),
  ],
  CONFIG_HEALTH_NOT_PUBLIC: fix({
    wrong: () => ({ options: jwtOptions({ excludedRoutePaths: ["/info"] }), call: { path: "/health" } }),
    follows: /add "(\/health)" to the list/,
    apply: (world, [path]) => withConfig(world, { excludedRoutePaths: ["/info", path] }),
  }),
  CONFIG_PUBLIC_OWNED: fix({
    wrong: () => ({
      options: jwtOptions({ userIsolation: true, excludedRoutePaths: ["/health", "/agents/shop/runs"] }),
    }),
    follows: /take "([^"]+)" out of "(\w+)"/,
    apply: (world, [path, name = ""]) => {
      const { excludedRoutePaths = [] } = world.options.authorizationConfig ?? {};
      return withConfig(world, { [name]: excludedRoutePaths.filter((one) => one !== path) });
    },
  }),
} satisfies FixRows<ConfigCode>;
