/** What the reference shows of an application's own routes, and to whom. */
import type { CustomRoute } from "@agentos/guard/app";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { AgentOS } from "./agent-os.ts";
import type { AgentOSOptions } from "./agent-os-options.ts";

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const issuer = await createTestIssuer();
const agents = [new Agent({ id: "echo", model: "offline:echo" })];

const createOS = (options: AgentOSOptions = {}) =>
  new AgentOS({ database: null, id: TEST_OS_ID, agents, env: {}, logger: createTestLogger(), ...options });
const createProtected = (config: AgentOSOptions["authorizationConfig"], options: AgentOSOptions) =>
  createOS({ ...options, authorizationConfig: { verificationKeys: [issuer.verificationKey], ...config } });

async function send(os: AgentOS, path: string, init: RequestInit = {}) {
  const request = new Request(`http://localhost:7777${path}`, init);
  const response = await os.fetch(request, { clientAddress: "127.0.0.1" });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const as = async (...scopes: string[]): Promise<RequestInit> => ({
  headers: await issuer.bearer({ scopes }),
});

const route = (
  method: CustomRoute["method"],
  path: CustomRoute["path"],
  more: Partial<CustomRoute> = {},
): CustomRoute => ({
  method,
  path,
  access: "public",
  handler: () => new Response("{}"),
  ...more,
});

it("routes of the application are shown to whoever may call them, and to nobody else", async () => {
  const access = (...scopes: string[]) => scopes as unknown as CustomRoute["access"];
  const routes = [
    route("GET", "/open"),
    route("GET", "/anybody", { access: "authenticated" }),
    route("GET", "/reports", { access: access("reports:read") }),
    route("GET", "/reports/{id}", { access: access("reports:{id}:read", "exports:read") }),
    route("GET", "/ours/{id}", { access: access("agents:read"), items: { agents: "id" } }),
  ];
  const os = createProtected({}, { routes });
  const own = new Set<string>(routes.map(({ path }) => path));
  const shown = async (init: RequestInit = {}, server: AgentOS = os) => {
    const { status, body } = await send(server, "/openapi.json", init);
    expect(status).toBe(200);
    const paths = Object.keys((body as { paths: object }).paths);
    expect(paths).toContain("/agents");
    return paths.filter((path) => own.has(path));
  };
  expect(await shown()).toEqual(["/open"]);
  expect(await shown({ headers: { authorization: "Bearer junk" } })).toEqual(["/open"]);
  expect(await shown(await as())).toEqual(["/open", "/anybody"]);
  expect(await shown(await as("reports:read"))).toEqual(["/open", "/anybody", "/reports"]);
  expect(await shown(await as("reports:q1:read", "exports:read"))).toEqual([
    "/open",
    "/anybody",
    "/reports/{id}",
  ]);
  expect(await shown(await as("agents:echo:read"))).toEqual(["/open", "/anybody", "/ours/{id}"]);
  expect(await shown(await as("agent_os:admin"))).toEqual([...own]);
  expect(await shown()).toEqual(["/open"]);
  // Nothing is refused there, so nothing is recorded.
  expect((await (await os.denials()).list({ kind: "all" }, { limit: 10 })).totalCount).toBe(0);

  const answer = await send(os, "/openapi.json", await as("agent_os:admin"));
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await shown({}, createOS({ routes }))).toEqual([...own]);
  const keyed = createOS({ routes, securityKey: SECURITY_KEY });
  expect(await shown({}, keyed)).toEqual(["/open"]);
  expect(await shown({ headers: { authorization: `Bearer ${SECURITY_KEY}` } }, keyed)).toEqual([...own]);
  const closed = createProtected({ excludedRoutePaths: ["/health"] }, { routes });
  expect((await send(closed, "/openapi.json")).status).toBe(401);
  expect(await shown(await as("reports:read"), closed)).toEqual(["/open", "/anybody", "/reports"]);
});
