// What the caller does to the objects it passed changes nothing afterwards: a check would else be off without a start.

import { createAuthGuard } from "@agentos/guard";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";

const issuer = await createTestIssuer();

/** Options as their caller holds them: of plain objects and lists that can be changed. */
function createOptions() {
  return {
    id: TEST_OS_ID,
    database: null,
    name: "Shop",
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    routes: [
      {
        method: "GET" as const,
        path: "/own" as const,
        access: "public" as "public" | "authenticated",
        handler: () => Response.json("first"),
      },
    ],
    authorizationConfig: {
      verificationKeys: [issuer.verificationKey],
      audience: [TEST_OS_ID],
      excludedRoutePaths: ["/health"],
      scopeMappings: { "GET /config": ["reports:read"] },
      dependenciesClaims: ["tenant"],
    },
    cors: { allowedOrigins: ["https://app.example.com"] },
    env: {},
    logger: createTestLogger(),
  };
}

type Options = ReturnType<typeof createOptions>;

async function answersOf(os: AgentOS): Promise<readonly unknown[]> {
  const headers = await issuer.bearer({ scopes: ["agents:read"] });
  const ask = async (path: string, init: RequestInit = { headers }) => {
    const response = await os.fetch(new Request(`http://localhost:7777${path}`, init));
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    return [path, response.status, { ...body, denial_id: undefined }];
  };
  return Promise.all([
    ask("/agents"),
    ask("/config"),
    ask("/own"),
    ask("/info", {}),
    ask("/openapi.json"),
    ask("/agents", { headers: await issuer.bearer({ claims: { aud: "another" }, scopes: ["agents:read"] }) }),
    os.describe(),
  ]);
}

describe("an AgentOS keeps what it was created with", () => {
  it.each<[string, (options: Options) => void]>([
    ["name", (options) => (options.name = "Other")],
    ["agents", ({ agents }) => agents.push(new Agent({ id: "second", model: "offline:echo" }))],
    ["routes", ({ routes }) => routes.splice(0)],
    ["access of a route", ({ routes: [route] }) => Object.assign(route ?? {}, { access: "authenticated" })],
    [
      "handler of a route",
      ({ routes: [route] }) => Object.assign(route ?? {}, { handler: () => Response.json("second") }),
    ],
    ["audience", ({ authorizationConfig }) => authorizationConfig.audience.push("another")],
    [
      "excludedRoutePaths",
      ({ authorizationConfig }) => authorizationConfig.excludedRoutePaths.push("/agents"),
    ],
    ["scopeMappings", ({ authorizationConfig }) => (authorizationConfig.scopeMappings["GET /config"] = [])],
    ["cors", ({ cors }) => cors.allowedOrigins.push("https://evil.example.com")],
  ])("whatever becomes of the caller's %s", async (_, change) => {
    const options = createOptions();
    const os = new AgentOS(options);
    change(options);
    expect(await answersOf(os)).toEqual(await answersOf(new AgentOS(createOptions())));
  });

  it("whatever is tried on the policy that it shows", async () => {
    const os = new AgentOS(createOptions());
    const { tokens, keys, allowedOrigins, claimNames, findings } = await os.describe();
    const parts = [tokens, tokens[0].audience, keys[0]?.algorithms, allowedOrigins, claimNames, findings];
    for (const shown of parts) expect(Reflect.set(shown ?? {}, "0", "another")).toBe(false);
    expect(await os.describe()).toEqual(await new AgentOS(createOptions()).describe());
  });

  it("and calls what is alive: the caller's own agents, logger and recorder", async () => {
    const logger = createTestLogger();
    const denialRecorder = {
      record: () => "denial-1",
      find: async () => undefined,
      list: async () => ({ records: [], totalCount: 0 }),
      count: async () => ({ groups: [], totalCount: 0 }),
    };
    const os = new AgentOS({ ...createOptions(), logger, denialRecorder });
    expect(await os.denials()).toBe(denialRecorder);
    expect(Object.isFrozen(logger) || Object.isFrozen(denialRecorder)).toBe(false);
  });
});

it("a guard keeps what it was created with too", async () => {
  const dependenciesClaims = ["tenant"];
  const guard = await createAuthGuard({
    id: TEST_OS_ID,
    authorizationConfig: { verificationKeys: [issuer.verificationKey], dependenciesClaims },
    env: {},
    logger: createTestLogger(),
  });
  dependenciesClaims.push("role");
  const { authorization } = await issuer.bearer({ claims: { tenant: "a", role: "b" } });
  const header = (name: string) => (name.toLowerCase() === "authorization" ? authorization : null);
  const outcome = await guard
    .protect("authenticated")
    .check({ method: "GET", clientAddress: "127.0.0.1", header });
  expect(outcome).toMatchObject({ isAllowed: true, access: { identity: { dependencies: { tenant: "a" } } } });
  if (outcome.isAllowed) expect(Object.keys(outcome.access.identity.dependencies ?? {})).toEqual(["tenant"]);
  guard.close();
});
