import { ConfigurationError } from "@agentos/guard";
import type { CustomRoute } from "@agentos/guard/app";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";
import type { AgentOSOptions } from "./agent-os-options.ts";

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const issuer = await createTestIssuer();
const agents = [
  new Agent({ id: "echo", model: "offline:echo" }),
  new Agent({ id: "script", model: "offline:script", script: { steps: [{ text: "hello" }] } }),
];

function createOS(options: AgentOSOptions = {}): AgentOS {
  return new AgentOS({
    database: null,
    id: TEST_OS_ID,
    agents,
    env: {},
    logger: createTestLogger(),
    ...options,
  });
}

/** With authorization on and the key of these tests. */
function createProtected(
  config: AgentOSOptions["authorizationConfig"] = {},
  options: AgentOSOptions = {},
): AgentOS {
  return createOS({
    ...options,
    authorizationConfig: { verificationKeys: [issuer.verificationKey], ...config },
  });
}

function faultsOf(create: () => unknown): readonly { readonly code: string; readonly message: string }[] {
  try {
    create();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

const codesOf = (create: () => unknown) => faultsOf(create).map(({ code }) => code);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function send(os: AgentOS, target: string, init: RequestInit = {}): Promise<Answer> {
  const [method = "GET", path = "/"] = target.split(" ");
  const request = new Request(`http://localhost:7777${path}`, { method, ...init });
  const response = await os.fetch(request, { clientAddress: "127.0.0.1" });
  const text = await response.text();
  const isJson = text !== "" && response.headers.get("content-type")?.endsWith("json") === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}

const as = async (...scopes: string[]): Promise<RequestInit> => ({
  headers: await issuer.bearer({ scopes }),
});

const route = (
  method: CustomRoute["method"],
  path: `/${string}`,
  more: Partial<CustomRoute> = {},
): CustomRoute => ({
  method,
  path,
  access: "public",
  handler: ({ parameters }) => Response.json({ path, parameters }),
  ...more,
});

const runForm = { method: "POST", body: new URLSearchParams({ message: "hi", stream: "false" }) };

describe("the start", () => {
  it("throws every fault of the options at once", () => {
    const options = { agent: [], authorizationConfig: { verifyAudiance: true } } as AgentOSOptions;
    expect(codesOf(() => createOS(options))).toEqual(["CONFIG_OPTION_UNKNOWN", "CONFIG_OPTION_UNKNOWN"]);
    expect(codesOf(() => createOS())).toEqual([]);
  });

  it("throws faults of different kinds together: authorization, scopes, routes, agents", () => {
    const create = () =>
      createOS({
        authorization: true,
        agents: [...agents, ...agents.slice(0, 1)],
        routes: [
          route("GET", "/a", { access: ["nonsense"] as object as CustomRoute["access"] }),
          route("GET", "/health"),
        ],
      });
    expect(codesOf(create).toSorted()).toEqual([
      "CONFIG_KEYS_MISSING",
      "CONFIG_OPTION_INVALID",
      "CONFIG_ROUTE_ACCESS_MISSING",
      "CONFIG_ROUTE_DUPLICATE",
      "CONFIG_SCOPE_INVALID",
    ]);
  });

  it("refuses AUTHORIZATION_ENABLED without a key, instead of serving open (Q2)", () => {
    const env = { AUTHORIZATION_ENABLED: "true", OS_SECURITY_KEY: SECURITY_KEY };
    expect(codesOf(() => createOS({ env }))).toEqual(["CONFIG_KEYS_MISSING"]);
    expect(
      codesOf(() => createOS({ env: { ...env, JWT_VERIFICATION_KEY: issuer.verificationKey } })),
    ).toEqual([]);
  });

  it("refuses two agents of one id, and names which", () => {
    const [first] = agents;
    const twice = [...agents, new Agent({ id: "echo", name: "Other", model: "offline:echo" })];
    expect(faultsOf(() => createOS({ agents: twice }))).toMatchObject([
      { code: "CONFIG_OPTION_INVALID", message: '"agents[2].id": "echo" is used twice' },
    ]);
    expect(codesOf(() => createOS({ agents: first === undefined ? [] : [first] }))).toEqual([]);
  });

  it("warns of a scope rule that can never match, and starts", async () => {
    const os = createProtected({
      scopeMappings: { "GET /agentz": ["agents:read"], "GET /agents": ["agents:read"] },
    });
    expect((await os.describe()).findings).toMatchObject([
      {
        code: "CONFIG_RULE_UNREACHABLE",
        severity: "warning",
        message: expect.stringContaining('"GET /agentz"') as unknown,
      },
    ]);
  });

  it("warns when a list of public paths leaves /health out", async () => {
    const codes = async (excludedRoutePaths: string[]) =>
      (await createProtected({ excludedRoutePaths }).describe()).findings.map(({ code }) => code);
    expect(await codes(["/info"])).toEqual(["CONFIG_HEALTH_NOT_PUBLIC"]);
    expect(await codes(["/info", "/health"])).toEqual([]);
  });

  it("warns of a security key beside JWT, which wins, and explains a request with that key", async () => {
    const os = createProtected({}, { securityKey: SECURITY_KEY });
    expect((await os.describe()).findings).toMatchObject([{ code: "CONFIG_BOTH_CREDENTIALS" }]);
    const headers = { authorization: `Bearer ${SECURITY_KEY}` };
    expect(await send(os, "GET /agents", { headers })).toMatchObject({
      status: 401,
      body: { code: "AUTH_SECURITY_KEY_NOT_ACCEPTED" },
    });
    expect((await send(os, "GET /agents", await as("agents:read"))).status).toBe(200);
  });

  it("rejects ready, fetch and serve with the named fault of a key that cannot work", async () => {
    const os = createProtected({ verificationKeys: ["/run/keys/public.pem"] });
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => os.ready(),
      async () => os.fetch(new Request("http://localhost/health")),
      () => os.serve({ port: 0 }),
      () => os.describe(),
      () => os.denials(),
    ];
    for (const attempt of attempts) {
      const error: unknown = await attempt().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ faults: [{ code: "KEY_FILE_PATH", at: "verificationKeys[0]" }] });
      expect(String(error)).not.toContain("/run/keys");
    }
    await os.close();
    await expect(createProtected().ready()).resolves.toBeUndefined();
  });

  it("answers a request that comes before it is ready", async () => {
    const answers = await Promise.all([
      send(createProtected(), "GET /health"),
      send(createProtected(), "GET /agents"),
      send(createProtected(), "GET /agents", await as("agents:read")),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  it("serves without a credential on loopback only", async () => {
    const open = createOS();
    const error: unknown = await open
      .serve({ host: "0.0.0.0", port: 0, printsPolicy: false })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ faults: [{ code: "CONFIG_OPEN_BEYOND_LOOPBACK" }] });
    const server = await open.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    expect((await fetch(`${server.url}/agents`)).status).toBe(200);
    await server.close();
  });

  it("serves unverified tokens on loopback only, and calls the mode by its name", async () => {
    const os = createProtected({ validate: false, unsafe: { allowUnverifiedTokens: true } });
    const error: unknown = await os
      .serve({ host: "0.0.0.0", port: 0, printsPolicy: false })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ faults: [{ code: "CONFIG_UNVERIFIED_BEYOND_LOOPBACK" }] });
    expect((await send(os, "GET /info")).body).toMatchObject({ auth_mode: "jwt-unverified" });
  });
});

describe("routes of the application", () => {
  it.each<[string, CustomRoute[], string[]]>([
    ["without access", [route("GET", "/a", { access: undefined as never })], ["CONFIG_ROUTE_ACCESS_MISSING"]],
    ["that we serve", [route("GET", "/agents")], ["CONFIG_ROUTE_DUPLICATE"]],
    [
      "that we serve under another parameter name",
      [route("GET", "/agents/{id}")],
      ["CONFIG_ROUTE_DUPLICATE"],
    ],
    ["that exist twice", [route("GET", "/a"), route("GET", "/a")], ["CONFIG_ROUTE_DUPLICATE"]],
    [
      "that differ only in the name of a parameter",
      [route("GET", "/a/{b}"), route("GET", "/a/{c}")],
      ["CONFIG_ROUTE_DUPLICATE"],
    ],
    ["with a slash at the end, which no request has", [route("GET", "/a/")], ["CONFIG_ROUTE_INVALID"]],
    ["with a parameter that no object can hold", [route("GET", "/a/{__proto__}")], ["CONFIG_ROUTE_INVALID"]],
    ["with a dot segment", [route("GET", "/a/../b")], ["CONFIG_ROUTE_INVALID"]],
    ["in a spelling that requests never have", [route("GET", "/%61")], ["CONFIG_ROUTE_INVALID"]],
    ["with a wildcard, whose paths no rule would know", [route("GET", "/files/*")], ["CONFIG_ROUTE_INVALID"]],
    ["with a parameter in the router's own notation", [route("GET", "/a/:id")], ["CONFIG_ROUTE_INVALID"]],
    ["with a parameter inside a segment", [route("GET", "/a/x-{id}")], ["CONFIG_ROUTE_INVALID"]],
    ["with one parameter twice", [route("GET", "/a/{id}/b/{id}")], ["CONFIG_ROUTE_INVALID"]],
  ])("do not start %s", (_, routes, expected) => {
    expect(codesOf(() => createProtected({}, { routes }))).toEqual(expected);
  });

  it("may differ in the method, or in a literal segment", () => {
    const routes = [
      route("GET", "/a/{b}"),
      route("POST", "/a/{c}"),
      route("GET", "/b/{b}"),
      route("POST", "/agents"),
    ];
    expect(codesOf(() => createProtected({}, { routes }))).toEqual([]);
  });

  it("start without access when a rule maps them, and the rule holds", async () => {
    const routes = [route("GET", "/reports", { access: undefined as never })];
    const os = createProtected({ scopeMappings: { "GET /reports": ["reports:read"] } }, { routes });
    expect((await send(os, "GET /reports", await as("reports:read"))).status).toBe(200);
    expect(await send(os, "GET /reports", await as("agents:read"))).toMatchObject({
      status: 403,
      body: { missing_scopes: ["reports:read"] },
    });
  });

  it("start without access under allowUnmappedRoutes, for verified callers only", async () => {
    const routes = [route("GET", "/a", { access: undefined as never })];
    const os = createProtected({ unsafe: { allowUnmappedRoutes: true } }, { routes });
    expect((await send(os, "GET /a", await as())).status).toBe(200);
    expect((await send(os, "GET /a")).status).toBe(401);
  });

  it("stand behind the same guard, which authorises the decoded parameters that the handler gets", async () => {
    const access = ["reports:{id}:read"] as unknown as CustomRoute["access"];
    const routes = [route("GET", "/reports/{id}", { access }), route("GET", "/open")];
    const os = createProtected({}, { routes });
    expect(await send(os, "GET /reports/q%2F1", await as("reports:q/1:read"))).toMatchObject({
      status: 200,
      body: { parameters: { id: "q/1" } },
    });
    expect((await send(os, "GET /reports/q", await as("reports:q/1:read"))).status).toBe(403);
    expect((await send(os, "GET /open")).status).toBe(200);
    expect((await send(os, "GET /openapi.json", await as("reports:q/1:read"))).body).toMatchObject({
      paths: {
        "/reports/{id}": { get: { description: "Requires `reports:{id}:read`." } },
        "/open": { get: { security: [] } },
      },
    });
  });

  it("answer 500 without the exception's text when a handler fails, and the log has it", async () => {
    const logger = createTestLogger();
    const handler = () => {
      throw new Error("password=4711");
    };
    const os = createProtected({}, { logger, routes: [route("GET", "/broken", { handler })] });
    const headers = { origin: "http://localhost:3000" };
    const answer = await send(os, "GET /broken", { headers });
    expect(answer).toMatchObject({ status: 500, body: { detail: "Internal server error" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect(JSON.stringify(answer.body)).not.toContain("4711");
    expect(logger.entries).toMatchObject([
      { level: "error", facts: { request_id: answer.headers.get("x-request-id"), path: "/broken" } },
    ]);
  });
});

describe("where no route matches", () => {
  const os = createProtected();

  it("tells only a verified caller that there is nothing, or which methods there are", async () => {
    for (const target of ["GET /nothing", "PUT /agents"])
      expect(await send(os, target)).toMatchObject({ status: 401, body: { code: "AUTH_HEADER_MISSING" } });
    expect(await send(os, "GET /nothing", await as())).toMatchObject({
      status: 404,
      body: { detail: "Not Found" },
    });
    const wrongMethod = await send(os, "PUT /agents", await as());
    expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("answers OPTIONS without a credential", async () => {
    expect((await send(os, "OPTIONS /agents")).status).toBe(405);
  });

  it("authorises HEAD as GET", async () => {
    expect((await send(os, "HEAD /agents")).status).toBe(401);
    expect((await send(os, "HEAD /agents", await as("agents:read"))).status).toBe(200);
  });
});

describe("excludedRoutePaths", () => {
  it("replaces the whole list", async () => {
    const os = createProtected({ excludedRoutePaths: ["/health", "/agents"] });
    const statuses = await Promise.all(
      ["/health", "/agents", "/info", "/", "/agents/echo"].map(
        async (path) => (await send(os, `GET ${path}`)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
    // What is no longer public asks for a caller, not for a scope.
    expect((await send(os, "GET /info", await as())).status).toBe(200);
  });

  it("does not even read the credential of a public route", async () => {
    const headers = { authorization: "Bearer garbage" };
    expect((await send(createProtected(), "GET /health", { headers })).status).toBe(200);
    const closed = createProtected({ excludedRoutePaths: [] });
    expect((await send(closed, "GET /health", { headers })).status).toBe(401);
  });

  it("opens one agent and no other with a pattern for that agent", async () => {
    const os = createProtected({ excludedRoutePaths: ["/health", "/agents/echo", "/agents/echo/*"] });
    expect((await send(os, "GET /agents/echo")).status).toBe(200);
    expect((await send(os, "GET /agents/script")).status).toBe(401);
    expect((await send(os, "GET /agents")).status).toBe(401);
    expect((await send(os, "POST /agents/echo/runs", runForm)).status).toBe(200);
    expect((await send(os, "POST /agents/script/runs", runForm)).status).toBe(401);
    expect((await send(os, "GET /agents/echo%2Fx")).status).not.toBe(200);
    expect((await os.describe()).publicRoutes).toContain("/agents/{agent_id} (in part)");
  });

  it("refuses a pattern that is no path", () => {
    expect(codesOf(() => createProtected({ excludedRoutePaths: ["health"] }))).toEqual([
      "CONFIG_OPTION_INVALID",
    ]);
  });
});

describe("scopeMappings", () => {
  it("come before the scopes of a route, the most specific first", async () => {
    const os = createProtected({
      scopeMappings: {
        "GET /agents/*": ["zoo:read"],
        "GET /agents/script": ["scripts:read"],
        "GET /models": [],
      },
    });
    const status = async (path: string, ...scopes: string[]) =>
      (await send(os, `GET ${path}`, await as(...scopes))).status;
    expect(await status("/agents/echo", "zoo:read")).toBe(200);
    expect(await status("/agents/echo", "agents:read")).toBe(403);
    expect(await status("/agents/script", "scripts:read")).toBe(200);
    expect(await status("/agents/script", "zoo:read")).toBe(403);
    // An empty list opens to every verified caller, and to nobody else.
    expect(await status("/models")).toBe(200);
    expect((await send(os, "GET /models")).status).toBe(401);
    // Untouched routes keep their own.
    expect(await status("/agents", "agents:read")).toBe(200);
  });

  it("refuses a rule that is none, and a scope that is none", () => {
    const rules = { "/agents": ["a:b"], "GET /agents": ["nonsense"] };
    expect(codesOf(() => createProtected({ scopeMappings: rules })).toSorted()).toEqual([
      "CONFIG_RULE_INVALID",
      "CONFIG_SCOPE_INVALID",
    ]);
  });
});

describe("userIsolation", () => {
  const os = createProtected({ userIsolation: true });
  const run = async (options: Parameters<typeof issuer.bearer>[0]) =>
    send(os, "POST /agents/echo/runs", { ...runForm, headers: await issuer.bearer(options) });

  it("refuses a run of a caller without a subject (Q10)", async () => {
    const scopes = ["agents:run"];
    expect(await run({ scopes, claims: { sub: undefined } })).toMatchObject({
      status: 403,
      body: { code: "AUTH_USER_REQUIRED", detail: "A user identity is required" },
    });
    expect(await run({ scopes })).toMatchObject({ status: 200, body: { user_id: "alice" } });
  });

  it("lets an administrator without a subject run, and everybody where isolation is off", async () => {
    expect((await run({ scopes: ["agent_os:admin"], claims: { sub: undefined } })).status).toBe(200);
    const headers = await issuer.bearer({ scopes: ["agents:run"], claims: { sub: undefined } });
    expect((await send(createProtected(), "POST /agents/echo/runs", { ...runForm, headers })).status).toBe(
      200,
    );
  });

  it("asks for no user where nobody's data is touched", async () => {
    const headers = await issuer.bearer({ scopes: ["agents:read"], claims: { sub: undefined } });
    expect((await send(os, "GET /agents", { headers })).status).toBe(200);
  });
});

describe("where the token is", () => {
  it("reads it from a cookie only, which a page of another site cannot use", async () => {
    const os = createProtected({ tokenSource: "cookie", cookieName: "session" });
    const token = await issuer.token({ scopes: ["agents:read", "agents:run"] });
    const cookie = `session=${token}`;
    expect((await send(os, "GET /agents", { headers: { cookie } })).status).toBe(200);
    expect(await send(os, "GET /agents", { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
      status: 401,
      body: { detail: "JWT cookie 'session' missing" },
    });
    const post = (headers: Record<string, string>) =>
      send(os, "POST /agents/echo/runs", { ...runForm, headers: { cookie, ...headers } });
    for (const headers of [
      { origin: "http://localhost:7777" },
      { origin: "http://localhost:3000" },
      { "sec-fetch-site": "same-origin" },
      {},
    ])
      expect((await post(headers)).status).toBe(200);
    for (const headers of [
      { origin: "https://evil.test" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ])
      expect(await post(headers)).toMatchObject({ status: 403, body: { code: "AUTH_COOKIE_CROSS_SITE" } });
  });

  it("reads the header first where both are allowed, and does not fall back from a bad one", async () => {
    const os = createProtected({ tokenSource: "both" });
    const good = await issuer.token({ scopes: ["agents:read"] });
    const status = async (headers: Record<string, string>) =>
      (await send(os, "GET /agents", { headers })).status;
    expect(await status({ authorization: `Bearer ${good}`, cookie: "access_token=bad" })).toBe(200);
    expect(await status({ cookie: `access_token=${good}` })).toBe(200);
    expect(await status({ authorization: "Bearer bad", cookie: `access_token=${good}` })).toBe(401);
  });

  it("refuses two Authorization headers, and neither is tried", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["agents:read"] });
    const headers = new Headers({ authorization });
    headers.append("authorization", authorization);
    expect(await send(createProtected(), "GET /agents", { headers })).toMatchObject({
      status: 401,
      body: { code: "AUTH_CREDENTIAL_REPEATED" },
    });
    expect((await send(createProtected(), "GET /agents", { headers: { authorization } })).status).toBe(200);
  });
});

describe("a custom admin scope", () => {
  it("satisfies everything, and the default one then means nothing", async () => {
    const os = createProtected({ adminScope: "root:all" });
    for (const path of ["/agents", "/config", "/agents/echo"]) {
      expect((await send(os, `GET ${path}`, await as("root:all"))).status).toBe(200);
      expect((await send(os, `GET ${path}`, await as("agent_os:admin"))).status).toBe(403);
    }
    expect((await send(createProtected(), "GET /config", await as("agent_os:admin"))).status).toBe(200);
  });
});

describe("/config and /models", () => {
  const idsOf = ({ body }: Answer) => (body as { agents: { id: string }[] }).agents.map(({ id }) => id);
  const modelsOf = ({ body }: Answer) => (body as { id: string }[]).map(({ id }) => id);

  it.each<[string, string[], string[]]>([
    ["every agent", ["agents:read"], ["echo", "script"]],
    ["one agent", ["agents:script:read"], ["script"]],
    ["an agent that is not there", ["agents:ghost:read"], []],
    ["nothing about agents", [], []],
    ["running only", ["agents:run"], []],
    ["everything", ["agent_os:admin"], ["echo", "script"]],
  ])("list only what a caller may read who has scopes for %s", async (_, scopes, expected) => {
    const os = createProtected();
    expect(idsOf(await send(os, "GET /config", await as("config:read", ...scopes)))).toEqual(expected);
    expect(modelsOf(await send(os, "GET /models", await as("config:read", ...scopes)))).toEqual(expected);
  });

  it("offer the prompts of those agents that a caller may read", async () => {
    const asking = (id: string, quickPrompts?: string[]) =>
      new Agent({ id, model: "offline:echo", ...(quickPrompts === undefined ? {} : { quickPrompts }) });
    const os = createProtected(undefined, {
      agents: [asking("a", [" Who are you? "]), asking("b", ["One", "Two"]), asking("c")],
    });
    const chatFor = async (...scopes: string[]) =>
      ((await send(os, "GET /config", await as("config:read", ...scopes))).body as { chat?: unknown }).chat;
    expect(await chatFor("agents:read")).toEqual({
      quick_prompts: { a: ["Who are you?"], b: ["One", "Two"] },
    });
    expect(await chatFor("agents:b:read")).toEqual({ quick_prompts: { b: ["One", "Two"] } });
    expect(await chatFor("agents:c:read")).toBeUndefined();
    expect(await chatFor()).toBeUndefined();
    expect(() => asking("d", ["1", "2", "3", "4"])).toThrow(/quickPrompts/);
  });

  it("list everything where no scope decides: security key, or scopes that are not enforced", async () => {
    const headers = { authorization: `Bearer ${SECURITY_KEY}` };
    const byKey = createOS({ securityKey: SECURITY_KEY });
    expect(idsOf(await send(byKey, "GET /config", { headers }))).toEqual(["echo", "script"]);
    const unenforced = createProtected({}, { authorization: false });
    expect(idsOf(await send(unenforced, "GET /config", await as()))).toEqual(["echo", "script"]);
  });
});

describe("the other modes", () => {
  it("takes the security key, and nothing that resembles it", async () => {
    const os = createOS({ env: { OS_SECURITY_KEY: SECURITY_KEY } });
    const status = async (authorization: string) =>
      (await send(os, "GET /agents", { headers: { authorization } })).status;
    expect(await status(`Bearer ${SECURITY_KEY}`)).toBe(200);
    for (const wrong of [SECURITY_KEY.slice(1), `${SECURITY_KEY}x`, SECURITY_KEY.toUpperCase(), "é"])
      expect(await status(`Bearer ${wrong}`)).toBe(401);
    expect(await send(os, "GET /agents")).toMatchObject({
      body: { detail: "Authorization header required" },
    });
    expect((await send(os, "GET /info")).body).toMatchObject({ auth_mode: "security_key" });
  });

  it("answers this machine only, and no page of another origin, where no credential is configured", async () => {
    const os = createOS();
    const status = async (headers: Record<string, string>) =>
      (await send(os, "GET /agents", { headers })).status;
    expect(await status({ host: "localhost:7777" })).toBe(200);
    expect(await status({ host: "rebound.test" })).toBe(403);
    expect(await status({ origin: "http://localhost:3000" })).toBe(200);
    expect(await status({ origin: "https://evil.test" })).toBe(403);
  });
});

describe("the reference", () => {
  it("is public, names the server, and is gone when the environment says so", async () => {
    const paths = ["/docs", "/openapi.json", "/docs/swagger-ui.css", "/docs/start.js"];
    const statuses = (os: AgentOS) =>
      Promise.all(paths.map(async (path) => (await send(os, `GET ${path}`)).status));
    const os = createProtected({}, { name: "Shop" });
    expect(await statuses(os)).toEqual([200, 200, 200, 200]);
    expect((await send(os, "GET /openapi.json")).body).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Shop" },
    });
    expect(await statuses(createProtected({}, { env: { DOCS_ENABLED: "false" } }))).toEqual([
      404, 404, 404, 404,
    ]);
  });

  it.each(["package.json", "..%2Fpackage.json", "constructor", "swagger-ui.css%00"])(
    "serves no other file: %s",
    async (name) => {
      const { status } = await send(createProtected(), `GET /docs/${name}`);
      expect([401, 404]).toContain(status);
    },
  );
});

describe("a refusal", () => {
  it("names a record that the operator finds, with the caller and the timeline; the log has it too", async () => {
    const logger = createTestLogger();
    const os = createProtected({}, { logger });
    const { body } = await send(os, "GET /config", await as("agents:read"));
    const { denial_id: id } = body as { denial_id: string };
    expect(await (await os.denials()).find(id, { kind: "all" })).toMatchObject({
      code: "SCOPE_MISSING",
      route: "GET /config",
      subject: "alice",
      facts: { held_scopes: ["agents:read"] },
    });
    expect(logger.entries).toMatchObject([
      { level: "warn", facts: { denial_id: id, code: "SCOPE_MISSING" } },
    ]);
  });

  it("points to a page that this server has", async () => {
    const os = createProtected();
    const { body } = await send(os, "GET /config");
    const { type } = body as { type: string };
    const page = await send(os, `GET ${type}`);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining("AUTH_HEADER_MISSING")]);
    expect((await send(os, "GET /errors/NO_SUCH_CODE")).status).toBe(404);
  });
});
