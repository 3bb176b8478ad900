/**
 * What published clients call (contract 7), sent as they send it, and the fields that they read of each answer. The rows
 * of docs/conformance.md name these tests.
 */
import { Agent, tool } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createDatabase } from "./support/databases.ts";
import { type Served, serve } from "./support/serve.ts";

const ORIGIN = "http://localhost:3000";
const SCOPES = ["agents:read", "agents:run", "teams:read", "workflows:read", "config:read"];
const OWN_DATA = ["sessions", "memories"].flatMap((resource) =>
  ["read", "write", "delete"].map((action) => `${resource}:${action}`),
);

const LOOK_UP = tool({
  name: "look_up",
  description: "Looks up a word",
  parameters: z.object({ word: z.string() }),
  execute: ({ word }) => `${word} is a letter`,
});

const REFUND = tool({
  name: "refund",
  description: "Waits for a person",
  parameters: z.object({ word: z.string() }),
  requiresConfirmation: true,
  execute: ({ word }) => `${word} is refunded`,
});

let served: Served;
let authorization: string;
let address: string;

beforeAll(async () => {
  const issuer = await createTestIssuer();
  served = await serve({
    id: TEST_OS_ID,
    agents: [
      new Agent({ id: "echo", name: "Echo", model: "offline:echo" }),
      new Agent({
        id: "caller",
        model: "offline:script",
        script: { steps: [{ toolCalls: [{ name: "look_up", args: { word: "x" } }] }, { text: "found" }] },
        tools: [LOOK_UP],
      }),
      new Agent({
        id: "asker",
        model: "offline:script",
        script: { steps: [{ toolCalls: [{ name: "refund", args: { word: "x" } }] }, { text: "done" }] },
        tools: [REFUND],
      }),
    ],
    database: await createDatabase("sqlite"),
    authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
  });
  ({ authorization } = await issuer.bearer({ scopes: [...SCOPES, ...OWN_DATA] }));
  address = `http://127.0.0.1:${served.port}`;
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData | URLSearchParams;
}

const ask = (path: string, { method = "GET", headers = {}, body }: Asked = {}) =>
  fetch(`${address}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });

type Fields = Readonly<Record<string, unknown>>;
function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> {
  if (body === null) throw new Error("an answer without a body");
  return body.getReader();
}

const objectOf = async (response: Response) => (await response.json()) as Fields;
const listOf = async (response: Response) => (await response.json()) as readonly Fields[];

/** As agent-ui finds events: by balanced braces, whatever the framing is. */
function findObjects(text: string): readonly Fields[] {
  const found: Fields[] = [];
  let depth = 0;
  let start = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{") {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === "}") {
      depth -= 1;
      if (depth === 0) found.push(JSON.parse(text.slice(start, at + 1)) as Fields);
    }
  }
  return found;
}

describe("agent-ui", () => {
  const ui = (path: string, asked: Asked = {}) =>
    ask(path, {
      ...asked,
      headers: { origin: ORIGIN, "content-type": "application/json", ...asked.headers },
    });

  async function chat(agent: string, fields: Readonly<Record<string, string>>) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ stream: "true", ...fields })) form.append(name, value);
    return ask(`/agents/${agent}/runs`, { method: "POST", headers: { origin: ORIGIN }, body: form });
  }

  test("agent-ui: a preflight of every call passes", async () => {
    for (const [path, method] of [
      ["/agents", "GET"],
      ["/sessions/s?db_id=agentos", "DELETE"],
      ["/agents/echo/runs", "POST"],
    ] as const) {
      const answer = await fetch(`${address}${path}`, {
        method: "OPTIONS",
        headers: {
          origin: ORIGIN,
          "access-control-request-method": method,
          "access-control-request-headers": "authorization,content-type",
        },
      });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, ORIGIN]);
    }
  });

  test("agent-ui: GET /health with the bearer is exactly 200", async () => {
    expect((await ui("/health")).status).toBe(200);
    expect((await ui("/health", { headers: { authorization: "Bearer worthless" } })).status).toBe(200);
  });

  test("agent-ui: GET /teams, then GET /agents: id, name, db_id, model.model, model.provider", async () => {
    expect(await listOf(await ui("/teams"))).toEqual([]);
    const agents = await listOf(await ui("/agents"));
    expect(agents[0]).toMatchObject({
      id: "echo",
      name: "Echo",
      db_id: "agentos",
      model: { model: "echo", provider: "offline" },
    });
  });

  test("agent-ui: POST /agents/{id}/runs as multipart, session_id empty: events found by braces", async () => {
    const answer = await chat("caller", { message: "look", session_id: "" });
    const text = await answer.text();
    const events = findObjects(text);
    expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    for (const event of events) {
      expect(event["event"]).toEqual(expect.any(String));
      expect(event).not.toHaveProperty("data");
    }
    const named = (name: string) => events.find(({ event }) => event === name);
    expect(named("RunStarted")).toMatchObject({
      session_id: expect.stringMatching(/./) as string,
      created_at: expect.any(Number) as number,
    });
    for (const name of ["ToolCallStarted", "ToolCallCompleted"])
      expect(named(name)?.["tool"]).toMatchObject({
        tool_call_id: expect.any(String) as string,
        tool_name: "look_up",
        tool_args: { word: "x" },
      });
    expect(named("RunContent")?.["content"]).toEqual(expect.any(String));
    expect(events.at(-1)).toMatchObject({ event: "RunCompleted", content: "found" });
  });

  test("agent-ui: the session of a new chat is there while its run streams, and is never an empty list", async () => {
    const answer = await chat("echo", { message: "one two three", session_id: "" });
    const reader = readerOf(answer);
    const first = new TextDecoder().decode((await reader.read()).value);
    const sessionId = String(findObjects(first)[0]?.["session_id"]);
    const runs = await listOf(await ui(`/sessions/${sessionId}/runs?type=agent&db_id=agentos`));
    expect(runs).toMatchObject([{ run_input: "one two three" }]);
    await reader.cancel();
  });

  test("agent-ui: an error before the stream is JSON with detail, and CORS headers", async () => {
    const answer = await chat("nobody", { message: "hi", session_id: "" });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([404, ORIGIN]);
    expect(await objectOf(answer)).toEqual({ detail: "Agent not found" });
  });

  test("agent-ui: GET /sessions with type, component_id, db_id: session_id, session_name, created_at", async () => {
    await (await chat("echo", { message: "name of it", session_id: "ui-1" })).text();
    const answer = await ui("/sessions?type=agent&component_id=echo&db_id=agentos");
    const { data } = (await objectOf(answer)) as { data: readonly Fields[] };
    expect(data[0]).toMatchObject({
      session_id: "ui-1",
      session_name: "name of it",
      created_at: expect.stringMatching(/Z$/) as string,
    });
  });

  test("agent-ui: GET /sessions of a database that is not there is 404, an empty list to it", async () => {
    expect((await ui("/sessions?type=agent&component_id=echo&db_id=other")).status).toBe(404);
  });

  test("agent-ui: GET /sessions/{id}/runs: run_input, content, tools, created_at and media", async () => {
    await (await chat("caller", { message: "look", session_id: "ui-2" })).text();
    const [run] = await listOf(await ui("/sessions/ui-2/runs?type=agent&db_id=agentos"));
    expect(run).toMatchObject({
      run_input: "look",
      content: "found",
      tools: [{ tool_name: "look_up", tool_args: { word: "x" }, tool_call_error: false }],
      created_at: expect.stringMatching(/Z$/) as string,
      images: [],
      videos: [],
      audio: [],
    });
  });

  test("agent-ui: DELETE /sessions/{id} with db_id is ok", async () => {
    await (await chat("echo", { message: "x", session_id: "ui-3" })).text();
    expect((await ui("/sessions/ui-3?db_id=agentos", { method: "DELETE" })).ok).toBe(true);
    expect((await ui("/sessions/ui-3/runs?type=agent&db_id=agentos")).status).toBe(404);
    expect((await ui("/sessions/ui-3?db_id=", { method: "DELETE" })).ok).toBe(true);
  });
});

describe("AgentOSClient", () => {
  const JSON_TYPE = { "content-type": "application/json" };
  const send = (method: string, path: string, body?: object) =>
    ask(path, { method, ...(body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }) });
  const form = (path: string, fields: Readonly<Record<string, string>>) =>
    ask(path, { method: "POST", body: new URLSearchParams(fields) });

  test("AgentOSClient: get_config reads os_id, databases, agents, teams, workflows, interfaces", async () => {
    expect(await objectOf(await send("GET", "/config"))).toMatchObject({
      os_id: TEST_OS_ID,
      databases: ["agentos"],
      agents: [{ id: "echo" }, { id: "caller" }, { id: "asker" }],
      teams: [],
      workflows: [],
      interfaces: [],
    });
  });

  test("AgentOSClient: get_models, list_agents, list_teams, list_workflows, get_agent", async () => {
    expect(await listOf(await send("GET", "/models"))).toContainEqual({ id: "echo", provider: "offline" });
    expect(await listOf(await send("GET", "/agents"))).toHaveLength(3);
    expect(await listOf(await send("GET", "/teams"))).toEqual([]);
    expect(await listOf(await send("GET", "/workflows"))).toEqual([]);
    expect(await objectOf(await send("GET", "/agents/echo"))).toMatchObject({ id: "echo", name: "Echo" });
  });

  test("AgentOSClient: run_agent, urlencoded with stream=false", async () => {
    const fields = { message: "hello", stream: "false", session_id: "py-1", session_state: '{"a":1}' };
    const run = await objectOf(await form("/agents/echo/runs", fields));
    expect(run).toMatchObject({
      run_id: expect.any(String) as string,
      agent_id: "echo",
      session_id: "py-1",
      content: "hello",
      status: "COMPLETED",
      messages: [{ role: "user" }, { role: "assistant" }],
    });
  });

  test("AgentOSClient: run_agent_stream reads lines that begin with 'data: '", async () => {
    const text = await (await form("/agents/echo/runs", { message: "a b", stream: "true" })).text();
    const lines = text.split("\n").filter((line) => line.startsWith("data: "));
    const events = lines.map((line) => (JSON.parse(line.slice("data: ".length)) as Fields)["event"]);
    expect([events[0], events.at(-1)]).toEqual(["RunStarted", "RunCompleted"]);
  });

  test("AgentOSClient: cancel_agent_run", async () => {
    const run = await objectOf(
      await form("/agents/echo/runs", { message: "x", stream: "false", session_id: "py-2" }),
    );
    const answer = await send("POST", `/agents/echo/runs/${String(run["run_id"])}/cancel?session_id=py-2`);
    expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  });

  test("AgentOSClient: create_session, get_session, get_sessions: the detail is chosen by agent_id", async () => {
    const created = await send("POST", "/sessions?type=agent", {
      session_id: "py-3",
      session_name: "Mine",
      agent_id: "echo",
      session_state: { k: 1 },
    });
    expect([created.status, await objectOf(created)]).toMatchObject([
      201,
      { session_id: "py-3", agent_session_id: "py-3", agent_id: "echo", session_state: { k: 1 } },
    ]);
    expect(await objectOf(await send("GET", "/sessions/py-3?type=agent"))).toMatchObject({
      agent_id: "echo",
    });
    const query = "type=agent&limit=20&page=1&sort_by=created_at&sort_order=desc";
    expect(await objectOf(await send("GET", `/sessions?${query}`))).toMatchObject({
      meta: { page: 1, limit: 20, total_count: expect.any(Number) as number },
    });
  });

  test("AgentOSClient: get_session_runs, get_session_run: classified by agent_id", async () => {
    await form("/agents/echo/runs", { message: "hi", stream: "false", session_id: "py-4" });
    const [run] = await listOf(await send("GET", "/sessions/py-4/runs?type=agent"));
    expect([run?.["agent_id"], run?.["team_id"], run?.["workflow_id"]]).toEqual([
      "echo",
      undefined,
      undefined,
    ]);
    const one = await objectOf(
      await send("GET", `/sessions/py-4/runs/${String(run?.["run_id"])}?type=agent`),
    );
    expect(one).toMatchObject({ run_id: run?.["run_id"], agent_id: "echo", content: "hi" });
  });

  test("AgentOSClient: rename_session, update_session", async () => {
    await send("POST", "/sessions?type=agent", { session_id: "py-5", agent_id: "echo" });
    const renamed = await send("POST", "/sessions/py-5/rename?type=agent", { session_name: "New" });
    expect(await objectOf(renamed)).toMatchObject({ session_name: "New", agent_id: "echo" });
    const updated = await send("PATCH", "/sessions/py-5?type=agent", { metadata: { m: 1 } });
    expect(await objectOf(updated)).toMatchObject({ session_name: "New", metadata: { m: 1 } });
  });

  test("AgentOSClient: delete_session, delete_sessions, each with an empty answer", async () => {
    for (const session_id of ["py-6", "py-7"]) await send("POST", "/sessions?type=agent", { session_id });
    const one = await send("DELETE", "/sessions/py-6");
    const many = await send("DELETE", "/sessions", { session_ids: ["py-7"], session_types: ["agent"] });
    for (const answer of [one, many]) expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect((await send("GET", "/sessions/py-7")).status).toBe(404);
  });
});

describe("AgentOSClient, memories", () => {
  const headers = { "content-type": "application/json" };
  const send = (method: string, path: string, body?: object) =>
    ask(path, { method, ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }) });

  test("AgentOSClient: create_memory, get_memory, list_memories, update_memory, delete_memory, delete_memories", async () => {
    const created = await objectOf(
      await send("POST", "/memories", { memory: "likes tea", topics: ["drinks"] }),
    );
    const id = String(created["memory_id"]);
    expect(created).toMatchObject({ memory: "likes tea", topics: ["drinks"], user_id: "alice" });
    expect(await objectOf(await send("GET", `/memories/${id}`))).toMatchObject({ memory_id: id });
    const query = "topics=drinks&limit=20&page=1&sort_by=updated_at&sort_order=desc";
    expect(await objectOf(await send("GET", `/memories?${query}`))).toMatchObject({
      data: [{ memory_id: id, agent_id: null }],
      meta: { total_count: 1 },
    });
    const updated = await send("PATCH", `/memories/${id}`, { memory: "likes coffee", topics: ["drinks"] });
    expect(await objectOf(updated)).toMatchObject({ memory_id: id, memory: "likes coffee" });
    expect(await (await send("GET", "/memory_topics")).json()).toEqual(["drinks"]);
    expect(await objectOf(await send("GET", "/user_memory_stats?limit=20&page=1"))).toMatchObject({
      data: [{ user_id: "alice", total_memories: 1 }],
    });
    const one = await send("DELETE", `/memories/${id}`);
    const many = await send("DELETE", "/memories", { memory_ids: [id] });
    for (const answer of [one, many]) expect([answer.status, await answer.text()]).toEqual([204, ""]);
  });
});

describe("AgentOSClient goes on", () => {
  test("AgentOSClient: run_agent_stream with background=true has an event_index in each event", async () => {
    const body = new URLSearchParams({ message: "hi", background: "true" });
    const answer = await ask("/agents/echo/runs", { method: "POST", body });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data: "));
    const events = lines.map((line) => JSON.parse(line.slice("data: ".length)) as Fields);
    expect(events.map(({ event_index: index }) => index)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ event: "RunCompleted", content: "hi" });
  });

  test("AgentOSClient: run_agent with background=true and stream=false gets the ids of a run to read later", async () => {
    const body = new URLSearchParams({ message: "hi", background: "true", stream: "false" });
    const answer = await ask("/agents/echo/runs", { method: "POST", body });
    expect(answer.status).toBe(202);
    const accepted = await objectOf(answer);
    const { run_id: runId, session_id: sessionId } = accepted;
    expect(accepted).toEqual({ run_id: runId, session_id: sessionId, status: "PENDING" });
    const path = `/sessions/${String(sessionId)}/runs/${String(runId)}?type=agent`;
    await expect
      .poll(async () => objectOf(await ask(path)), { timeout: 10_000 })
      .toMatchObject({ run_id: runId, status: "COMPLETED", content: "hi" });
  });

  test("AgentOSClient: continue_agent_run sends back the tools of the pause", async () => {
    const start = new URLSearchParams({ message: "refund x", stream: "false" });
    const paused = await objectOf(await ask("/agents/asker/runs", { method: "POST", body: start }));
    expect(paused).toMatchObject({ status: "PAUSED" });
    const tools = (paused["tools"] as readonly Fields[]).map((each) => ({ ...each, confirmed: true }));
    const body = new URLSearchParams({
      tools: JSON.stringify(tools),
      session_id: String(paused["session_id"]),
      stream: "false",
    });
    const path = `/agents/asker/runs/${String(paused["run_id"])}/continue`;
    expect(await objectOf(await ask(path, { method: "POST", body }))).toMatchObject({
      run_id: paused["run_id"],
      status: "COMPLETED",
      content: "done",
      tools: [{ confirmed: true, result: "x is refunded", tool_call_error: false }],
    });
  });
});

describe("other published clients", () => {
  test("agno-client: detail stands under a type that includes application/json", async () => {
    const answer = await ask("/sessions/none");
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(await objectOf(answer)).toEqual({ detail: "Session with id 'none' not found" });
  });

  test("agno-client: the run is stored before the last event is sent, with events that are not empty", async () => {
    const form = new FormData();
    for (const [name, value] of [
      ["message", "kept"],
      ["stream", "true"],
      ["session_id", "agno-1"],
    ] as const)
      form.append(name, value);
    const answer = await ask("/agents/echo/runs", { method: "POST", body: form });
    const reader = readerOf(answer);
    const decoder = new TextDecoder();
    let text = "";
    while (!text.includes('"event":"RunCompleted"')) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    const [run] = await listOf(await ask("/sessions/agno-1/runs?type=agent"));
    expect(run).toMatchObject({ content: "kept", status: "COMPLETED" });
    expect(run?.["events"]).toEqual(expect.arrayContaining([expect.anything()]));
    await reader.cancel();
  });

  test("agentos-sdk: a cancel with a JSON type and an empty body, and no message or error before detail", async () => {
    const headers = { "content-type": "application/json" };
    const answer = await ask("/agents/echo/runs/none/cancel", { method: "POST", headers });
    expect([answer.status, await objectOf(answer)]).toEqual([
      400,
      {
        detail: "session_id is required for this action",
        fix: "send it in the query, as in /cancel?session_id=SESSION: no body is read here",
      },
    ]);
  });
});

describe("what is not built yet", () => {
  test.each([
    ["not built: teams", "GET", "/teams/t"],
    ["not built: teams", "POST", "/teams/t/runs"],
    ["not built: teams", "POST", "/teams/t/runs/r/continue"],
    ["not built: teams", "POST", "/teams/t/runs/r/cancel"],
    ["not built: workflows", "GET", "/workflows/w"],
    ["not built: workflows", "POST", "/workflows/w/runs"],
    ["not built: workflows", "POST", "/workflows/w/runs/r/continue"],
    ["not built: workflows", "POST", "/workflows/w/runs/r/cancel"],
    ["not built: evals", "GET", "/eval-runs"],
    ["not built: evals", "POST", "/eval-runs"],
    ["not built: knowledge", "GET", "/knowledge/content"],
    ["not built: knowledge", "POST", "/knowledge/search"],
    ["not built: knowledge", "GET", "/knowledge/config"],
    ["not built: traces", "GET", "/traces"],
    ["not built: traces", "GET", "/trace_session_stats"],
    ["not built: metrics", "GET", "/metrics"],
    ["not built: metrics", "POST", "/metrics/refresh"],
    ["not built: migration of databases", "POST", "/databases/agentos/migrate"],
  ])("%s: %s %s is 404", async (_, method, path) => {
    const answer = await ask(path, { method });
    expect([answer.status, await objectOf(answer)]).toEqual([404, { detail: "Not Found" }]);
  });
});
