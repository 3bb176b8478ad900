/** Memories over a real socket, on every database: each route, each error row, and who reaches what. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, type AgentOSOptions, offlineScript } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID, TOKEN_SHAPED } from "@agentos/testkit";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";

const issuer = await createTestIssuer();
const ALL_SCOPES = ["memories:read", "memories:write", "memories:delete", "agents:read", "agents:run"];
/** A first database waits for its server to start, on a machine that may be busy. */
const HOOK_TIMEOUT_MS = 60_000;
const KEY = "e2e-security-key-of-32-characters";

interface Place {
  readonly name: string;
  open(): Promise<{ readonly database: string | null; remove(): Promise<void> | void }>;
}

const PLACES: readonly Place[] = [
  { name: "memory", open: async () => ({ database: null, remove: () => undefined }) },
  {
    name: "SQLite",
    async open() {
      const folder = mkdtempSync(join(tmpdir(), "agentos-memories-"));
      return {
        database: `sqlite:${join(folder, "agentos.db")}`,
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "PostgreSQL",
    async open() {
      const { url, drop } = await createTestPostgres();
      return { database: url, remove: drop };
    },
  },
];

/** Says what it is told to each of the three: the user, the question what to keep, the question what to merge. */
function createModel(says: { kept?: Record<string, unknown>; merged?: string }) {
  const systems: string[] = [];
  const chat = offlineScript({ steps: [{ text: "Noted." }] });
  const keeps = offlineScript({
    steps: [
      says.kept === undefined
        ? { text: "Nothing." }
        : { toolCalls: [{ name: "add_memory", args: says.kept }] },
    ],
  });
  const merges = offlineScript({ steps: [{ text: says.merged ?? "I would rather not." }] });
  return {
    ...chat,
    systems,
    doStream(call: Parameters<typeof chat.doStream>[0]) {
      const [first] = call.prompt;
      const system = first?.role === "system" ? first.content : "";
      systems.push(system);
      if (system.startsWith("You keep what an assistant remembers")) return keeps.doStream(call);
      return system.startsWith("You merge") ? merges.doStream(call) : chat.doStream(call);
    },
  };
}

describe.each(PLACES)("memories on $name", ({ open }) => {
  let place: Awaited<ReturnType<Place["open"]>>;
  let os: Served;
  const model = createModel({
    kept: { memory: "Likes tea", topics: ["drinks"] },
    merged: '```json\n{"memories":[{"memory":"Likes tea and cake","topics":["food"]}]}\n```',
  });
  const agents = [
    new Agent({ id: "keeper", model, updateMemoryOnRun: true, instructions: "Be kind." }),
    new Agent({ id: "plain", model: "offline:echo" }),
  ];
  const start = (options: Partial<AgentOSOptions> = {}) =>
    serve({
      id: TEST_OS_ID,
      agents,
      database: place.database,
      authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
      ...options,
    });

  beforeAll(async () => {
    place = await open();
    os = await start();
  }, HOOK_TIMEOUT_MS);
  afterAll(async () => {
    await stop(os);
    await place.remove();
  }, HOOK_TIMEOUT_MS);

  type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;
  const asker =
    (port: () => number, headers: Readonly<Record<string, string>>): Ask =>
    (method, path, body) => {
      if (body === undefined) return send(port(), { method, path, headers });
      const text = JSON.stringify(body);
      // Node says by itself how long a body is, but for DELETE.
      const about = { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
      return send(port(), { method, path, headers: { ...headers, ...about }, body: text });
    };
  const as = async (subject: string, scopes: readonly string[] = ALL_SCOPES) =>
    asker(() => os.port, await issuer.bearer({ subject, scopes }));
  const create = async (ask: Ask, input: Readonly<Record<string, unknown>>) => {
    const answer = await ask("POST", "/memories", input);
    expect(answer.status, answer.text).toBe(200);
    return bodyOf(answer) as { memory_id: string; user_id: string; updated_at: string };
  };
  const idsOf = (answer: Answer) =>
    (bodyOf(answer)["data"] as { memory_id: string }[]).map(({ memory_id }) => memory_id);
  const isGone = async (ask: Ask, id: string) => {
    const answer = await ask("GET", `/memories/${id}`);
    expect(bodyOf(answer)).toEqual({ detail: `Memory with ID ${id} not found` });
    return answer.status === 404;
  };

  test("every route, for a user and its own memories", async () => {
    const ask = await as("ada");
    const one = await create(ask, { memory: "Plays chess on Sundays", topics: ["games", "chess"] });
    expect(one).toEqual({
      memory_id: one.memory_id,
      memory: "Plays chess on Sundays",
      topics: ["games", "chess"],
      agent_id: null,
      team_id: null,
      user_id: "ada",
      updated_at: one.updated_at,
    });
    expect(new Date(one.updated_at).toISOString()).toBe(one.updated_at);
    const two = await create(ask, { memory: "100% vegan", user_id: "ada", topics: null });
    expect(bodyOf(await ask("GET", `/memories/${one.memory_id}`))).toEqual(one);

    const list = await ask("GET", "/memories?limit=1&page=1&db_id=agentos&table=agno_memories");
    expect(idsOf(list)).toEqual([two.memory_id]);
    expect(bodyOf(list)["meta"]).toMatchObject({ page: 1, limit: 1, total_pages: 2, total_count: 2 });
    expect(idsOf(await ask("GET", "/memories?sort_by=updated_at&sort_order=asc&page=0"))).toEqual([
      one.memory_id,
      two.memory_id,
    ]);
    expect(idsOf(await ask("GET", "/memories?search_content=CHESS"))).toEqual([one.memory_id]);
    expect(idsOf(await ask("GET", "/memories?search_content=100%25"))).toEqual([two.memory_id]);
    expect(idsOf(await ask("GET", "/memories?search_content=_"))).toEqual([]);
    expect(idsOf(await ask("GET", "/memories?topics=games&topics=chess"))).toEqual([one.memory_id]);
    expect(idsOf(await ask("GET", "/memories?topics=games,chess"))).toEqual([one.memory_id]);
    expect(idsOf(await ask("GET", "/memories?topics=games&topics=tea"))).toEqual([]);
    expect(idsOf(await ask("GET", `/memories?topics=${"games,".repeat(600)}`))).toEqual([one.memory_id]);
    const tooMany = Array.from({ length: 21 }, (_, index) => `t${index}`).join();
    expect((await ask("GET", `/memories?topics=${tooMany}`)).status).toBe(422);
    expect((await ask("GET", `/memories?search_content=${"x".repeat(201)}`)).status).toBe(422);
    expect(idsOf(await ask("GET", "/memories?agent_id=keeper"))).toEqual([]);

    const changed = await ask("PATCH", `/memories/${one.memory_id}`, {
      memory: "Plays go",
      topics: ["games"],
    });
    expect(bodyOf(changed)).toMatchObject({ memory: "Plays go", topics: ["games"], user_id: "ada" });
    expect(JSON.parse((await ask("GET", "/memory_topics")).text)).toEqual(["games"]);
    const statistics = bodyOf(await ask("GET", "/user_memory_stats"));
    expect(statistics["data"]).toEqual([
      { user_id: "ada", total_memories: 2, last_memory_updated_at: bodyOf(changed)["updated_at"] },
    ]);

    expect((await ask("DELETE", `/memories/${one.memory_id}`)).status).toBe(204);
    expect(await isGone(ask, one.memory_id)).toBe(true);
    const many = await ask("DELETE", "/memories", { memory_ids: [one.memory_id, two.memory_id, "none"] });
    expect(many.status).toBe(204);
    expect(many.text).toBe("");
    expect(await isGone(ask, two.memory_id)).toBe(true);
  });

  test("nobody reaches another user's memory by any route, nor learns that it is there", async () => {
    const [alice, bob] = [await as("alice"), await as("bob")];
    const secret = await create(alice, { memory: "Fears spiders", topics: ["fears"], user_id: "bob" });
    expect(secret.user_id).toBe("alice");
    const { memory_id: id } = secret;
    expect(await isGone(bob, id)).toBe(true);
    expect(await isGone(bob, "11111111-1111-4111-8111-111111111111")).toBe(true);
    for (const path of ["/memories", "/memories?user_id=alice", "/memories?search_content=spiders"])
      expect(idsOf(await bob("GET", path))).toEqual([]);
    expect((await bob("PATCH", `/memories/${id}`, { memory: "x", user_id: "alice" })).status).toBe(404);
    expect((await bob("DELETE", `/memories/${id}?user_id=alice`)).status).toBe(204);
    expect((await bob("DELETE", "/memories", { memory_ids: [id], user_id: "alice" })).status).toBe(204);
    expect((await bob("GET", "/memory_topics?user_id=alice")).text).toBe("[]");
    expect(bodyOf(await bob("GET", "/user_memory_stats?user_id=alice"))["data"]).toEqual([]);
    const merged = await bob("POST", "/optimize-memories", { user_id: "alice" });
    expect([merged.status, bodyOf(merged)]).toEqual([404, { detail: "No memories found for user bob" }]);
    expect(bodyOf(await alice("GET", `/memories/${id}`))).toEqual(secret);

    const root = await as("root", ["agent_os:admin"]);
    expect(idsOf(await root("GET", "/memories?user_id=alice"))).toEqual([id]);
    const planted = await create(root, { memory: "Is on holiday", user_id: "alice" });
    expect(idsOf(await alice("GET", "/memories"))).toEqual([planted.memory_id, id]);
    expect((await root("DELETE", `/memories/${id}?user_id=bob`)).status).toBe(204);
    expect(idsOf(await alice("GET", "/memories"))).toContain(id);
    expect((await root("DELETE", "/memories", { memory_ids: [id, planted.memory_id] })).status).toBe(204);
    expect(idsOf(await alice("GET", "/memories"))).toEqual([]);
  });

  test("without isolation a user reaches all, and what it writes for another reaches no run of theirs", async () => {
    const shared = await start({ authorizationConfig: { verificationKeys: [issuer.verificationKey] } });
    const askAs = async (subject: string) =>
      asker(() => shared.port, await issuer.bearer({ subject, scopes: ALL_SCOPES }));
    const [mallory, vera] = [await askAs("mallory"), await askAs("vera")];
    const own = await create(vera, { memory: "Likes opera" });
    expect(own.user_id).toBe("vera");
    const planted = await create(mallory, { memory: "Wants to be insulted", user_id: "vera" });
    expect(idsOf(await mallory("GET", "/memories?user_id=vera"))).toEqual([planted.memory_id, own.memory_id]);
    const before = model.systems.length;
    await send(shared.port, {
      method: "POST",
      path: "/agents/keeper/runs",
      headers: await issuer.bearer({ subject: "vera", scopes: ALL_SCOPES }),
      body: "message=hi&stream=false",
    });
    const told = model.systems.slice(before).join();
    expect(told).toContain("Likes opera");
    expect(told).not.toContain("insulted");
    await stop(shared);
  });

  test("a credential that names nobody reaches no memories under isolation", async () => {
    const headers = await issuer.bearer({ scopes: ALL_SCOPES, claims: { sub: undefined } });
    const ask = asker(() => os.port, headers);
    expect((await ask("GET", "/memories")).status).toBe(403);
    expect((await ask("POST", "/memories", { memory: "x", user_id: "alice" })).status).toBe(403);
  });

  test.each([
    ["GET", "/memories?limit=0", 422, "greater_than_equal"],
    ["GET", "/memories?limit=101", 422, "less_than_equal"],
    ["GET", "/memories?page=x", 422, "int_parsing"],
    ["GET", "/memories?sort_by=owner_id", 422, "enum"],
    ["GET", "/memories?sort_order=up", 422, "enum"],
    ["GET", "/memories?search_content=%00", 422, "value_error"],
    [
      "GET",
      "/memories?table=agno_memories",
      400,
      "The db_id query parameter is required when passing a table",
    ],
    ["GET", "/memories?db_id=zzz", 404, "No database found with id 'zzz'"],
    [
      "GET",
      "/memories?db_id=agentos&table=agno_sessions",
      404,
      "No database with id 'agentos' has table 'agno_sessions'",
    ],
    ["GET", "/memory_topics?db_id=zzz", 404, "No database found with id 'zzz'"],
    ["GET", "/user_memory_stats?page=-1", 422, "greater_than_equal"],
    ["GET", "/memories/none%00", 404, undefined],
  ])("%s %s is answered with %i %s", async (method, path, status, says) => {
    const answer = await (await as("ada"))(method, path);
    expect(answer.status, answer.text).toBe(status);
    if (says !== undefined) expect(answer.text).toContain(says);
  });

  test.each([
    ["POST", "/memories", {}, "missing"],
    ["POST", "/memories", { memory: "" }, "string_too_short"],
    ["POST", "/memories", { memory: "x".repeat(5_001) }, "string_too_long"],
    ["POST", "/memories", { memory: null }, "string_type"],
    ["POST", "/memories", { memory: "  " }, "value_error"],
    ["POST", "/memories", { memory: "a\u0000b" }, "value_error"],
    ["POST", "/memories", { memory: "x", topics: "chess" }, "list_type"],
    ["POST", "/memories", { memory: "x", topics: Array.from({ length: 21 }, String) }, "too_long"],
    ["POST", "/memories", { memory: "x", topics: ["x".repeat(101)] }, "string_too_long"],
    ["PATCH", "/memories/none", {}, "missing"],
    ["DELETE", "/memories", { memory_ids: [] }, "too_short"],
    ["DELETE", "/memories", {}, "missing"],
    ["POST", "/optimize-memories", {}, "missing"],
    ["POST", "/optimize-memories", { user_id: "ada", apply: "yes" }, "bool_type"],
    ["POST", "/memories", [1], "model_attributes_type"],
  ])("%s %s refuses the body %j as %s", async (method, path, body, type) => {
    const answer = await (await as("ada"))(method, path, body);
    expect(answer.status, answer.text).toBe(422);
    expect(bodyOf(answer)["detail"]).toEqual([expect.objectContaining({ type })]);
  });

  test("a body that is no JSON, or too large, is refused before it costs anything", async () => {
    const headers = { ...(await issuer.bearer({ scopes: ALL_SCOPES })), "content-type": "application/json" };
    const post = (body: string) => send(os.port, { method: "POST", path: "/memories", headers, body });
    expect((await post('{"memory":')).text).toContain("json_invalid");
    expect((await post("")).text).toContain("missing");
    const large = await post(JSON.stringify({ memory: "x", more: "y".repeat(200_000) }));
    expect([large.status, bodyOf(large)["code"]]).toEqual([413, "INPUT_BODY_TOO_LARGE"]);
  });

  test("a token that somebody pastes is kept nowhere", async () => {
    const ask = await as("pia");
    const { memory_id: id } = await create(ask, {
      memory: `my token is ${TOKEN_SHAPED}`,
      topics: [TOKEN_SHAPED],
    });
    const { text } = await ask("GET", `/memories/${id}`);
    expect(text).toContain("my token is");
    expect(text).not.toContain(TOKEN_SHAPED);
    expect((await ask("GET", "/memory_topics")).text).not.toContain(TOKEN_SHAPED);
  });

  test("an agent keeps what its user says, and knows it in the next run; no other user's run does", async () => {
    const run = async (subject: string) => {
      const headers = await issuer.bearer({ subject, scopes: ALL_SCOPES });
      const body = new URLSearchParams({ message: "I like tea", stream: "true" }).toString();
      const answer = await send(os.port, { method: "POST", path: "/agents/keeper/runs", headers, body });
      return answer.text
        .split("\n")
        .filter((line) => line.startsWith("data: "))
        .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
    };
    const before = model.systems.length;
    const events = await run("tess");
    expect(events.map(({ event }) => event)).toEqual([
      "RunStarted",
      "ModelRequestStarted",
      "RunContent",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "MemoryUpdateStarted",
      "MemoryUpdateCompleted",
      "RunCompleted",
    ]);
    const tess = await as("tess");
    const list = bodyOf(await tess("GET", "/memories?agent_id=keeper&topics=drinks"));
    expect(list["data"]).toEqual([
      expect.objectContaining({ memory: "Likes tea", agent_id: "keeper", user_id: "tess" }),
    ]);
    expect(events.find(({ event }) => event === "MemoryUpdateCompleted")?.["memories"]).toEqual(list["data"]);
    const chats = () => model.systems.slice(before).filter((system) => system.startsWith("Be kind."));
    expect(chats()).toEqual(["Be kind."]);
    await run("tess");
    expect(chats().at(-1)).toContain("Likes tea");
    await run("uma");
    expect(chats().at(-1)).toBe("Be kind.");
  });

  test("merging replaces what the model was shown, and shows it first where that is asked", async () => {
    const ask = await as("olga");
    await create(ask, { memory: "Likes tea very much, she said so twice" });
    await create(ask, { memory: "Likes cake" });
    const shown = bodyOf(await ask("POST", "/optimize-memories", { user_id: "olga", apply: false }));
    expect(shown).toMatchObject({
      memories_before: 2,
      memories_after: 1,
      tokens_before: 12,
      tokens_after: 5,
    });
    expect(shown).toMatchObject({ tokens_saved: 7, reduction_percentage: 58.33 });
    expect(bodyOf(await ask("GET", "/memories"))["meta"]).toMatchObject({ total_count: 2 });
    const done = await ask("POST", "/optimize-memories", { user_id: "olga", model: "offline:script" });
    expect(done.status, done.text).toBe(200);
    const left = bodyOf(await ask("GET", "/memories"))["data"];
    expect(left).toEqual(bodyOf(done)["memories"]);
    expect(left).toEqual([expect.objectContaining({ memory: "Likes tea and cake", topics: ["food"] })]);
  });

  test("merging by a model that answers nonsense, or that is not known, keeps everything", async () => {
    const ask = await as("nora");
    const { memory_id: id } = await create(ask, { memory: "Likes tea" });
    const nonsense = await ask("POST", "/optimize-memories", { user_id: "nora", model: "offline:echo" });
    expect(nonsense.status).toBe(502);
    expect(bodyOf(nonsense)).toEqual({
      detail: "The answer of the model cannot be used; all memories are as they were",
    });
    const unknown = await ask("POST", "/optimize-memories", { user_id: "nora", model: "openai:gpt" });
    expect([unknown.status, bodyOf(unknown)["detail"]]).toEqual([
      400,
      "No agent has this model; models are offline:script, offline:echo",
    ]);
    const blind = await as("nora", ["memories:write", "memories:read"]);
    const hidden = await blind("POST", "/optimize-memories", { user_id: "nora", model: "openai:gpt" });
    expect(bodyOf(hidden)["detail"]).toBe("No agent has this model; you may read no agent");
    expect(idsOf(await ask("GET", "/memories"))).toEqual([id]);
  });

  test("with the security key a user is named, and its memories are those of the runs that name it", async () => {
    const keyed = await start({ authorizationConfig: undefined, securityKey: KEY });
    const headers = { authorization: `Bearer ${KEY}` };
    const ask = asker(() => keyed.port, headers);
    const unnamed = await ask("POST", "/memories", { memory: "x" });
    expect([unnamed.status, bodyOf(unnamed)]).toEqual([400, { detail: "User ID is required" }]);
    expect(bodyOf(await ask("PATCH", "/memories/none", { memory: "x" }))).toEqual({
      detail: "User ID is required",
    });
    expect((await ask("POST", "/memories", { memory: "x", user_id: "sa:bot" })).status).toBe(422);
    const { memory_id: id } = await create(ask, { memory: "Is called Zoe", user_id: "zoe" });
    const body = new URLSearchParams({ message: "hi", stream: "false", user_id: "zoe" }).toString();
    await send(keyed.port, { method: "POST", path: "/agents/keeper/runs", headers, body });
    expect(model.systems.some((system) => system.includes("Is called Zoe"))).toBe(true);
    const both = bodyOf(await ask("GET", "/memories?user_id=zoe&sort_order=asc"))["data"];
    expect(both).toMatchObject([{ memory_id: id }, { memory: "Likes tea", user_id: "zoe" }]);
    expect(idsOf(await ask("GET", "/memories?user_id=yan"))).toEqual([]);
    expect((await ask("PATCH", `/memories/${id}`, { memory: "x", user_id: "yan" })).status).toBe(404);
    // A run of nobody remembers nothing.
    const before = model.systems.length;
    await send(keyed.port, {
      method: "POST",
      path: "/agents/keeper/runs",
      headers,
      body: "message=hi&stream=false",
    });
    expect(model.systems.slice(before)).toEqual(["Be kind."]);
    await stop(keyed);
  });

  test("a server without credentials on this machine does the same", async () => {
    const opened = await start({ authorizationConfig: undefined });
    const ask = asker(() => opened.port, {});
    const { memory_id: id } = await create(ask, { memory: "Lives by the sea", user_id: "sam" });
    expect(idsOf(await ask("GET", "/memories?user_id=sam"))).toEqual([id]);
    expect((await ask("DELETE", `/memories/${id}`)).status).toBe(204);
    expect(idsOf(await ask("GET", "/memories?user_id=sam"))).toEqual([]);
    await stop(opened);
  });
});

test.each(PLACES.slice(1))("memories on $name are there after a start", async ({ open }) => {
  const place = await open();
  const options = { id: TEST_OS_ID, database: place.database, agents: [] };
  const first = await serve(options);
  const made = await send(first.port, {
    method: "POST",
    path: "/memories",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ memory: "Stays", user_id: "sam" }),
  });
  await stop(first);
  const second = await serve(options);
  const found = await send(second.port, { path: `/memories/${String(bodyOf(made)["memory_id"])}` });
  expect(bodyOf(found)).toEqual(bodyOf(made));
  await stop(second);
  await place.remove();
});
