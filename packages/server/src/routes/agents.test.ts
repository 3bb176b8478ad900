import type { Access } from "@agentos/auth";
import { runOutputSchema } from "@agentos/contract";
import type { RequestContext } from "@agentos/guard/app";
import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { TEST_TOOLS } from "../agents/test-tools.fixture.ts";
import { ALICE, createTestAccess, createTestServer } from "../runs/test-run.fixture.ts";
import { type AgentsRoutesOptions, createAgentsRoutes } from "./agents.ts";

const agents = [
  new Agent({ id: "echo", name: "Echo", model: "offline:echo" }),
  new Agent({
    id: "script",
    model: "offline:script",
    script: { steps: [{ toolCalls: [{ name: "who_am_i", args: {} }] }, { text: "done" }] },
    tools: TEST_TOOLS,
  }),
];

/** A request of Alice that the guard has let pass. */
function contextOf(path: string, given: Partial<Access> = {}, init: RequestInit = {}): RequestContext {
  const request = new Request(`http://localhost${path}`, init);
  const dataScope = { kind: "user", owner: ALICE.owner } as const;
  return {
    request,
    access: createTestAccess({ dataScope, ...given }),
    parameters: { agent_id: path.split("/")[2] },
  };
}

function routesOf(options: Partial<AgentsRoutesOptions> = {}, server = createTestServer()) {
  return createAgentsRoutes({
    agents,
    databaseId: "agentos",
    store: server.store,
    runs: server.service,
    runtime: server.runtime,
    ...options,
  });
}

async function post(agentId: string, fields: Record<string, string>): Promise<Response> {
  const init = { method: "POST", body: new URLSearchParams(fields) };
  return routesOf()["agents.run"](contextOf(`/agents/${agentId}/runs`, {}, init));
}

describe("GET /agents", () => {
  it("lists what the caller may see", async () => {
    const ids = async (visible: Access["visible"]) => {
      const response = await routesOf()["agents.list"](contextOf("/agents", { visible }));
      return ((await response.json()) as { id: string }[]).map((agent) => agent.id);
    };
    expect(await ids("all")).toEqual(["echo", "script"]);
    expect(await ids(new Set(["script", "ghost"]))).toEqual(["script"]);
    expect(await ids(new Set())).toEqual([]);
  });

  it("has no null in it", async () => {
    const response = await routesOf()["agents.list"](contextOf("/agents"));
    expect(await response.text()).not.toContain("null");
  });
});

describe("GET /agents/{id}", () => {
  it("shows one agent, or 404 in the contract's words", async () => {
    const read = async (id: string) => routesOf()["agents.read"](contextOf(`/agents/${id}`));
    expect(await (await read("echo")).json()).toMatchObject({ id: "echo", model: { model: "echo" } });
    const missing = await read("ECHO");
    expect([missing.status, await missing.json()]).toEqual([404, { detail: "Agent not found" }]);
  });
});

describe("POST /agents/{id}/runs", () => {
  it("answers with the whole run when it is not streamed", async () => {
    const response = await post("echo", {
      message: "hello",
      stream: "false",
      user_id: "mallory",
      run_id: "mine",
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const body = runOutputSchema.parse(await response.json());
    expect(body).toMatchObject({ content: "hello", status: "COMPLETED", user_id: "alice" });
    expect(body.run_id).not.toBe("mine");
    expect(body.events).toBeUndefined();
  });

  it("streams the same run as events, each with its name inside and no top-level data", async () => {
    const response = await post("echo", { message: "hello there", session_id: "s1" });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const frames = (await response.text()).split("\n\n").slice(0, -1);
    const parsed = frames.map((frame) => {
      const [first, second, ...rest] = frame.split("\n");
      expect(rest).toEqual([]);
      const json = JSON.parse(second?.replace(/^data: /, "") ?? "") as Record<string, unknown>;
      expect(first).toBe(`event: ${String(json["event"])}`);
      expect(json).not.toHaveProperty("data");
      return json;
    });
    expect(parsed[0]).toMatchObject({ event: "RunStarted", session_id: "s1" });
    expect(parsed.at(-1)).toMatchObject({ event: "RunCompleted", content: "hello there" });
  });

  it("runs tools as the caller of the request", async () => {
    const response = await post("script", { message: "who am I", stream: "false" });
    const body = runOutputSchema.parse(await response.json());
    expect(body.tools?.[0]?.result).toBe('{"user_id":"alice","scopes":["agents:run"]}');
  });

  it.each([["an agent that does not exist", "ghost", { message: "hi" }, 404, "Agent not found"]])(
    "answers %s with JSON, before any stream",
    async (_, id, fields, status, detail) => {
      const response = await post(id, fields);
      expect([response.status, await response.json()]).toEqual([status, { detail }]);
      expect(response.headers.get("content-type")).toBe("application/json");
    },
  );

  it("answers a missing message with the contract's 422", async () => {
    const response = await post("echo", {});
    expect([response.status, await response.json()]).toEqual([
      422,
      { detail: [{ type: "missing", loc: ["body", "message"], msg: "Field required", input: null }] },
    ]);
  });

  it("stores the run as cancelled when the request is aborted", async () => {
    const server = createTestServer();
    const client = new AbortController();
    const init = {
      method: "POST",
      body: new URLSearchParams({ message: "hello", stream: "false", session_id: "s1" }),
      signal: client.signal,
    };
    const { service } = server;
    const original = service.acceptRun.bind(service);
    const startThenAbort: typeof service.acceptRun = async (run) => {
      const started = await original(run);
      client.abort();
      return started;
    };
    const runs = { ...service, activeRuns: 0, acceptRun: startThenAbort };
    const response = await routesOf({ runs }, server)["agents.run"](contextOf("/agents/echo/runs", {}, init));
    expect(await response.json()).toMatchObject({ status: "CANCELLED", content: "" });
    const component = { kind: "agent", id: "echo" } as const;
    const { owner } = ALICE;
    const stored = await server.store.listRuns(
      { kind: "user", owner },
      { owner, component, sessionId: "s1" },
      {},
    );
    expect(stored.map((run) => run.output.status)).toEqual(["CANCELLED"]);
  });
});
