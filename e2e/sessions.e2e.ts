// LENGTH: one world on each database; every row of the contract stands beside its neighbours.
/** Sessions and their runs over a real socket, on both databases: each row of contract 4.3 and 4.5, and who reaches what. */
import { agentSessionSchema, runOutputSchema, sessionListSchema, sessionRunSchema } from "@agentos/contract";
import { Agent } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID, type TestIssuer } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { createGatedAgent } from "./support/gated-agent.ts";
import { type Answer, send } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const SCOPES = ["agents:read", "agents:run", "sessions:read", "sessions:write", "sessions:delete"];
const SECURITY_KEY = "e2e-security-key-of-32-characters";

interface Sent {
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Call = (method: string, path: string, sent?: Sent) => Promise<Answer>;

const json = (answer: Answer): unknown => (answer.text === "" ? undefined : JSON.parse(answer.text));
const detailOf = (answer: Answer) => [answer.status, (json(answer) as { detail: unknown }).detail];

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

describe.each(DATABASES)("sessions on %s", (kind) => {
  let served: Served;
  let isolated: Served;
  const gated = createGatedAgent("gated");

  beforeAll(async () => {
    const agents = [
      new Agent({ id: "echo", name: "Echo", model: "offline:echo" }),
      new Agent({ id: "other", model: "offline:echo" }),
      gated.agent,
    ];
    const verificationKeys = [issuer.verificationKey];
    const url = await createDatabase(kind);
    // Two servers of one database: what one keeps, the other shows.
    const database = { url, deployment: "shared" };
    served = await serve({ id: TEST_OS_ID, agents, database, authorizationConfig: { verificationKeys } });
    isolated = await serve({
      id: TEST_OS_ID,
      agents,
      database,
      authorizationConfig: { verificationKeys, userIsolation: true },
    });
  });

  const callAs =
    (of: () => Served, subject: string | undefined, scopes: readonly string[] = SCOPES): Call =>
    async (method, path, { body, headers = {} } = {}) => {
      const claims = subject === undefined ? { sub: undefined } : {};
      const token = await issuer.bearer({ scopes, ...(subject === undefined ? {} : { subject }), claims });
      const isJson = typeof body === "object";
      return send(of().port, {
        method,
        path,
        headers: { ...token, ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
        body: isJson ? JSON.stringify(body) : body,
      });
    };
  const alice = callAs(() => isolated, "alice");
  const bob = callAs(() => isolated, "bob");
  const admin = callAs(() => isolated, "root", ["agent_os:admin"]);
  const unscoped = callAs(() => served, "carol");

  async function run(
    call: Call,
    sessionId: string,
    fields: Readonly<Record<string, string>> = {},
    agent = "echo",
  ) {
    const form = new URLSearchParams({
      message: "hi there",
      stream: "false",
      session_id: sessionId,
      ...fields,
    });
    const answer = await call("POST", `/agents/${agent}/runs`, { body: form.toString() });
    expect(answer.status).toBe(200);
    return json(answer) as { run_id: string };
  }

  describe("a session that a run has made", () => {
    let runId: string;
    beforeAll(async () => {
      ({ run_id: runId } = await run(alice, "talk", { session_state: '{"a":1}' }));
      await run(alice, "talk", { message: "and again" });
    });

    test("stands in the list, named by its first input, without null", async () => {
      const answer = await alice("GET", "/sessions?type=agent&component_id=echo&db_id=agentos");
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
      expect(answer.text).not.toContain("null");
      const { data, meta } = sessionListSchema.parse(json(answer));
      expect(meta).toMatchObject({ page: 1, limit: 20, total_pages: 1, total_count: 1 });
      expect(data[0]).toMatchObject({
        session_id: "talk",
        session_name: "hi there",
        session_state: { a: 1 },
        session_type: "agent",
        user_id: "alice",
        agent_id: "echo",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      });
    });

    test("is read whole, with its messages and the agent as it is now", async () => {
      const answer = await alice("GET", "/sessions/talk");
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain("null");
      const detail = agentSessionSchema.parse(json(answer));
      expect(detail).toMatchObject({
        agent_session_id: "talk",
        session_id: "talk",
        session_name: "hi there",
        session_state: { a: 1 },
        agent_id: "echo",
        agent_data: { name: "Echo", agent_id: "echo", model: { provider: "offline", id: "echo" } },
      });
      expect(detail.chat_history?.map(({ role, content }) => [role, content])).toEqual([
        ["user", "hi there"],
        ["assistant", "hi there"],
        ["user", "and again"],
        ["assistant", "and again"],
      ]);
    });

    test("lists its runs oldest first, with events that have no pieces of the answer", async () => {
      const answer = await alice("GET", "/sessions/talk/runs?type=agent&db_id=agentos");
      const runs = sessionRunSchema.array().parse(json(answer));
      expect(runs.map(({ run_input }) => run_input)).toEqual(["hi there", "and again"]);
      const [first] = json(answer) as Record<string, unknown>[];
      expect(first).toMatchObject({
        run_id: runId,
        parent_run_id: "",
        agent_id: "echo",
        user_id: "alice",
        status: "COMPLETED",
        content: "hi there",
        run_response_format: "text",
        reasoning_content: "",
        reasoning_steps: [],
        references: [],
        images: [],
        input_media: { images: [], videos: [], audios: [], files: [] },
        created_at: expect.stringMatching(/Z$/) as string,
      });
      expect(first).not.toHaveProperty("citations");
      const events = runs[0]?.events?.map(({ event }) => event);
      expect(events).toContain("RunCompleted");
      expect(events).not.toContain("RunContent");
    });

    test("lists runs by their time", async () => {
      const count = async (query: string) => {
        const answer = await alice("GET", `/sessions/talk/runs?${query}`);
        return (json(answer) as unknown[]).length;
      };
      const now = Math.floor(Date.now() / 1_000);
      expect(await count(`created_after=${now - 60}&created_before=${now + 60}`)).toBe(2);
      expect(await count(`created_after=${now + 60}`)).toBe(0);
      expect(await count(`created_before=${now - 60}`)).toBe(0);
    });

    test("shows one run with null, and the state that the session has", async () => {
      const answer = await alice("GET", `/sessions/talk/runs/${runId}`);
      const shown = json(answer);
      expect(sessionRunSchema.parse(shown).session_state).toEqual({ a: 1 });
      expect(shown).toMatchObject({ run_id: runId, citations: null, followups: null, tools: null });
    });

    test("lists runs under its agent with null, by status", async () => {
      const answer = await alice("GET", "/agents/echo/runs?session_id=talk&status=COMPLETED");
      const runs = json(answer) as object[];
      expect(runs).toHaveLength(2);
      expect(runs[0]).toMatchObject({ run_id: runId, citations: null });
      expect(json(await alice("GET", "/agents/echo/runs?session_id=talk&status=ERROR"))).toEqual([]);
    });

    test("reads a run under its agent as it was answered, with its events", async () => {
      const answer = await alice("GET", `/agents/echo/runs/${runId}?session_id=talk`);
      expect(answer.text).not.toContain("null");
      const output = runOutputSchema.parse(json(answer));
      expect(output).toMatchObject({ run_id: runId, content: "hi there", session_state: { a: 1 } });
      expect(output.events?.at(-1)).toMatchObject({ event: "RunCompleted", session_state: { a: 1 } });
    });

    test.each([
      ["GET", "/sessions/none", 404, "Session with id 'none' not found"],
      ["GET", "/sessions/none?type=agent", 404, "Agent Session with id 'none' not found"],
      ["GET", "/sessions/talk?type=team", 404, "Team Session with id 'talk' not found"],
      ["GET", "/sessions/talk?type=workflow", 404, "Workflow Session with id 'talk' not found"],
      ["GET", "/sessions/none/runs", 404, "Session with ID none not found"],
      ["GET", "/sessions/none/runs/r", 404, "Session with ID none not found"],
      ["GET", "/sessions/talk/runs/r", 404, "Run with ID r not found in session talk"],
      ["GET", "/agents/echo/runs?session_id=none", 404, "Session not found"],
      ["GET", "/agents/other/runs?session_id=talk", 404, "Session not found"],
      ["GET", "/agents/none/runs?session_id=talk", 404, "Agent not found"],
      ["GET", "/agents/echo/runs/r?session_id=talk", 404, "Run not found"],
      ["GET", "/agents/echo/runs/r?session_id=none", 404, "Run not found"],
      ["GET", "/agents/none/runs/r?session_id=talk", 404, "Agent not found"],
      ["POST", "/agents/none/runs/r/cancel", 404, "Agent not found"],
      ["POST", "/agents/echo/runs/r/cancel", 400, "session_id is required for this action"],
      ["POST", "/agents/echo/runs/r/cancel?session_id=", 400, "session_id is required for this action"],
      ["POST", "/agents/echo/runs/r/cancel?session_id=talk", 404, "Run not found"],
      ["POST", "/agents/echo/runs/r/cancel?session_id=none", 404, "Run not found"],
    ])("answers what is not there in the contract's words: %s %s", async (method, path, status, detail) => {
      expect(detailOf(await alice(method, path))).toEqual([status, detail]);
    });

    test("belongs to its agent alone", async () => {
      const read = await alice("GET", `/agents/other/runs/${runId}?session_id=talk`);
      expect(detailOf(read)).toEqual([404, "Run not found"]);
      const cancel = await alice("POST", `/agents/other/runs/${runId}/cancel?session_id=talk`);
      expect(detailOf(cancel)).toEqual([404, "Run not found"]);
    });

    test.each([
      ["GET", "/sessions?type=robot", ["query", "type"], "enum"],
      ["GET", "/sessions?limit=0", ["query", "limit"], "greater_than_equal"],
      ["GET", "/sessions?limit=x", ["query", "limit"], "int_parsing"],
      ["GET", "/sessions?limit=101", ["query", "limit"], "less_than_equal"],
      ["GET", "/sessions?page=-1", ["query", "page"], "greater_than_equal"],
      ["GET", "/sessions?sort_order=up", ["query", "sort_order"], "enum"],
      ["GET", "/sessions?sort_by=owner_id", ["query", "sort_by"], "enum"],
      ["GET", "/sessions/talk/runs?created_after=soon", ["query", "created_after"], "int_parsing"],
      ["GET", "/agents/echo/runs", ["query", "session_id"], "missing"],
      ["GET", "/agents/echo/runs?session_id=talk&status=DONE", ["query", "status"], "enum"],
      ["GET", "/agents/echo/runs/r", ["query", "session_id"], "missing"],
    ])("refuses a query that cannot be used: %s %s", async (method, path, loc, type) => {
      const [status, detail] = detailOf(await alice(method, path));
      expect([status, detail]).toEqual([422, [expect.objectContaining({ loc, type })]]);
    });

    test.each([
      ["/sessions?db_id=zzz", 404, "404: No database found with id 'zzz'"],
      [
        "/sessions?table=agno_sessions",
        404,
        "400: The db_id query parameter is required when passing a table",
      ],
      ["/sessions?db_id=agentos&table=x", 404, "404: No database with id 'agentos' has table 'x'"],
      ["/sessions/talk?db_id=zzz", 404, "No database found with id 'zzz'"],
      [
        "/sessions/talk?table=agno_sessions",
        400,
        "The db_id query parameter is required when passing a table",
      ],
      ["/sessions/talk?db_id=agentos&table=x", 404, "No database with id 'agentos' has table 'x'"],
      ["/sessions/talk/runs?db_id=zzz", 404, "No database found with id 'zzz'"],
    ])("names a database that is not there: %s", async (path, status, detail) => {
      expect(detailOf(await alice("GET", path))).toEqual([status, detail]);
      expect((await alice("GET", "/sessions/talk?db_id=agentos&table=agno_sessions")).status).toBe(200);
    });
  });

  describe("a list of sessions", () => {
    const dora = callAs(() => isolated, "dora");
    beforeAll(async () => {
      for (const index of [1, 2, 3]) {
        const body = { session_id: `d${index}`, session_name: `Trip ${index} 100%`, agent_id: "echo" };
        expect((await dora("POST", "/sessions", { body })).status).toBe(201);
      }
    });
    const ids = async (query: string) =>
      (json(await dora("GET", `/sessions?${query}`)) as { data: { session_id: string }[] }).data.map(
        ({ session_id }) => session_id,
      );

    test("comes in pages, newest first unless told otherwise", async () => {
      expect(await ids("")).toEqual(["d3", "d2", "d1"]);
      expect(await ids("sort_order=asc&sort_by=updated_at")).toEqual(["d1", "d2", "d3"]);
      expect(await ids("limit=2")).toEqual(["d3", "d2"]);
      expect(await ids("limit=2&page=2")).toEqual(["d1"]);
      expect(await ids("limit=2&page=0")).toEqual(["d3", "d2"]);
      expect(await ids("limit=2&page=3")).toEqual([]);
      expect(json(await dora("GET", "/sessions?limit=2&page=2"))).toMatchObject({
        meta: { page: 2, limit: 2, total_pages: 2, total_count: 3 },
      });
    });

    test("is searched by name, agent and type, and no character is a wildcard", async () => {
      expect(await ids("session_name=TRIP%202")).toEqual(["d2"]);
      expect(await ids("session_name=100%25")).toHaveLength(3);
      expect(await ids("session_name=Trip%25100")).toEqual([]);
      expect(await ids("component_id=echo&type=agent")).toHaveLength(3);
      expect(await ids("component_id=other")).toEqual([]);
      expect(await ids("type=team")).toEqual([]);
    });

    test("leaves out a state that would make it large; the session has it", async () => {
      const state = { long: "x".repeat(100_000) };
      await dora("POST", "/sessions", { body: { session_id: "large", session_state: state } });
      const listed = await dora("GET", "/sessions?limit=1");
      expect(json(listed)).toMatchObject({ data: [{ session_id: "large" }] });
      expect(listed.text.length).toBeLessThan(1_000);
      expect(json(await dora("GET", "/sessions/large"))).toMatchObject({ session_state: state });
      await dora("DELETE", "/sessions/large");
    });
  });

  describe("a session by hand", () => {
    test("is made, read, renamed, changed and deleted", async () => {
      const body = {
        session_id: "hand",
        session_name: "By hand",
        session_state: { n: null },
        metadata: { m: 1 },
        agent_id: "echo",
      };
      const made = await alice("POST", "/sessions?type=agent&db_id=agentos", { body });
      expect([made.status, made.headers["content-type"]]).toEqual([201, "application/json"]);
      expect(agentSessionSchema.parse(json(made))).toMatchObject({
        session_id: "hand",
        session_name: "By hand",
        session_state: { n: null },
        metadata: { m: 1 },
        user_id: "alice",
        chat_history: [],
      });
      expect(json(made)).not.toHaveProperty("session_summary");
      expect(detailOf(await alice("GET", "/sessions/hand/runs/r"))).toEqual([
        404,
        "Session with ID hand has no runs",
      ]);
      expect(json(await alice("GET", "/sessions/hand/runs"))).toEqual([]);

      const renamed = await alice("POST", "/sessions/hand/rename?type=agent", {
        body: { session_name: "New" },
      });
      expect(renamed.status).toBe(200);
      expect(json(renamed)).toMatchObject({ session_name: "New", session_summary: null, total_tokens: null });

      const change = { session_name: null, session_state: { k: 1 }, summary: { summary: "s" } };
      const changed = await alice("PATCH", "/sessions/hand", { body: change });
      expect(json(changed)).toMatchObject({
        session_name: "New",
        session_state: { k: 1 },
        metadata: { m: 1 },
        session_summary: { summary: "s" },
      });
      expect(json(await alice("PATCH", "/sessions/hand", { body: {} }))).toMatchObject({
        session_name: "New",
      });

      const deleted = await alice("DELETE", "/sessions/hand");
      expect([deleted.status, deleted.text]).toEqual([204, ""]);
      expect((await alice("GET", "/sessions/hand")).status).toBe(404);
      expect((await alice("DELETE", "/sessions/hand")).status).toBe(204);
    });

    test("gets an id where none is given, and its agent from its first run", async () => {
      const made = json(await alice("POST", "/sessions")) as { session_id: string };
      expect(made.session_id).toMatch(/^[0-9a-f-]{36}$/);
      await run(alice, made.session_id);
      expect(json(await alice("GET", `/sessions/${made.session_id}`))).toMatchObject({ agent_id: "echo" });
    });

    test("is found by a later run of the same caller", async () => {
      await alice("POST", "/sessions", {
        body: { session_id: "before", session_state: { seen: 1 }, agent_id: "echo" },
      });
      const output = await run(alice, "before");
      expect(output).toMatchObject({ session_state: { seen: 1 } });
    });

    test("belongs to whom the body claims, where the credential names nobody, as a run's form does", async () => {
      const nameless = callAs(() => served, undefined);
      const body = { session_id: "claim", user_id: "zoe", agent_id: "echo", session_state: { of: "zoe" } };
      expect(json(await nameless("POST", "/sessions", { body }))).toMatchObject({ user_id: "zoe" });
      expect(await run(nameless, "claim", { user_id: "zoe" })).toMatchObject({
        session_state: { of: "zoe" },
      });
      const zoe = callAs(() => isolated, "zoe");
      expect((await zoe("GET", "/sessions/claim")).status).toBe(404);
    });

    test("exists once for its owner, whatever the agent, and its owner alone is told so", async () => {
      const body = { session_id: "once", agent_id: "echo" };
      expect((await alice("POST", "/sessions", { body })).status).toBe(201);
      const again = await alice("POST", "/sessions", { body: { ...body, agent_id: "other" } });
      expect(detailOf(again)).toEqual([
        409,
        "Session with id 'once' already exists. Use PATCH /sessions/once to update it.",
      ]);
      // The id of somebody else's session tells nothing (weak-spots E1).
      expect((await bob("POST", "/sessions", { body })).status).toBe(201);
    });

    test.each([
      [{ session_id: "x".repeat(257) }, "session_id", "string_too_long"],
      [{ session_id: "a\nb" }, "session_id", "value_error"],
      [{ session_id: "a\ud800" }, undefined, "value_error"],
      [{ session_id: `agno_pat_${"a".repeat(43)}` }, "session_id", "value_error"],
      [{ agent_id: "x".repeat(257) }, "agent_id", "string_too_long"],
      [{ user_id: "sa:robot" }, "user_id", "value_error"],
      [{ session_id: 7 }, "session_id", "string_type"],
      [{ session_state: [] }, "session_state", "dict_type"],
      [{ metadata: "x" }, "metadata", "dict_type"],
      [{ metadata: { x: "y".repeat(300_000) } }, "metadata", "value_error"],
      [{ session_name: "a\0b" }, "session_name", "value_error"],
      [{ session_name: "x".repeat(1_001) }, "session_name", "string_too_long"],
    ])("is refused, with the field named: %#", async (body, field, type) => {
      const [status, detail] = detailOf(await alice("POST", "/sessions", { body }));
      const loc = field === undefined ? ["body"] : ["body", field];
      expect([status, detail]).toEqual([422, [expect.objectContaining({ type, loc })]]);
    });

    test("keeps no more state than a run may", async () => {
      const body = { session_id: "full", session_state: { x: "y".repeat(256 * 1024) } };
      const answer = await alice("POST", "/sessions", { body });
      expect([answer.status, json(answer)]).toMatchObject([413, { code: "RUN_STATE_TOO_LARGE" }]);
      expect((await alice("GET", "/sessions/full")).status).toBe(404);
    });

    test("keeps no token, wherever it stands", async () => {
      const token = `agno_pat_${"a".repeat(43)}`;
      const body = {
        session_id: "clean",
        session_name: token,
        session_state: { token },
        metadata: { token },
      };
      const made = await alice("POST", "/sessions", { body });
      expect(made.status).toBe(201);
      expect(made.text).not.toContain(token);
    });

    test.each([
      ["POST", "/sessions/once/rename", {}, ["body", "session_name"], "missing"],
      ["POST", "/sessions/once/rename", { session_name: null }, ["body", "session_name"], "string_type"],
      ["PATCH", "/sessions/once", "", ["body"], "missing"],
      ["PATCH", "/sessions/once", { session_state: "x" }, ["body", "session_state"], "dict_type"],
    ])("is not changed by %s %s with %j", async (method, path, body, loc, type) => {
      const [status, detail] = detailOf(await alice(method, path, { body }));
      expect([status, detail]).toEqual([422, [expect.objectContaining({ type, loc })]]);
    });

    test.each([
      ["POST", "/sessions/none/rename", { session_name: "x" }],
      ["PATCH", "/sessions/none", { session_name: "x" }],
    ])("that is not there is not changed: %s %s", async (method, path, body) => {
      expect(detailOf(await alice(method, path, { body }))).toEqual([
        404,
        "Session with id 'none' not found",
      ]);
    });
  });

  describe("several sessions at once", () => {
    test("are deleted, those of others and those that are not there in silence", async () => {
      for (const session_id of ["m1", "m2"]) await alice("POST", "/sessions", { body: { session_id } });
      await bob("POST", "/sessions", { body: { session_id: "m3" } });
      const body = {
        session_ids: ["m1", "m2", "m3", "none"],
        session_types: ["agent", "team", "agent", "agent"],
      };
      const answer = await alice("DELETE", "/sessions", { body });
      expect([answer.status, answer.text]).toEqual([204, ""]);
      expect((await alice("GET", "/sessions/m1")).status).toBe(404);
      expect((await alice("GET", "/sessions/m2")).status).toBe(200);
      expect((await bob("GET", "/sessions/m3")).status).toBe(200);
    });

    test("are not deleted where the two lists are not of one length", async () => {
      const body = { session_ids: ["m2", "m4"], session_types: ["agent"] };
      expect(detailOf(await alice("DELETE", "/sessions", { body }))).toEqual([
        400,
        "Session IDs and session types must have the same length",
      ]);
    });

    test.each([
      [{ session_ids: [], session_types: ["agent"] }, ["body", "session_ids"], "too_short"],
      [{ session_ids: ["a"], session_types: [] }, ["body", "session_types"], "too_short"],
      [{ session_ids: ["a"], session_types: ["robot"] }, ["body", "session_types", 0], "enum"],
      [{ session_types: ["agent"] }, ["body", "session_ids"], "missing"],
    ])("are not deleted with %j", async (body, loc, type) => {
      const [status, detail] = detailOf(await alice("DELETE", "/sessions", { body }));
      expect([status, detail]).toEqual([422, [expect.objectContaining({ type, loc })]]);
    });
  });

  describe("one id that means several sessions", () => {
    beforeAll(async () => {
      await run(alice, "both");
      await run(bob, "both");
      await run(alice, "both", {}, "other");
    });
    const SEVERAL = "Several sessions have the id 'both'. Add";

    test.each([
      ["GET", "/sessions/both", undefined],
      ["GET", "/sessions/both/runs", undefined],
      ["GET", "/sessions/both/runs/r", undefined],
      ["DELETE", "/sessions/both", undefined],
      ["POST", "/sessions/both/rename", { session_name: "x" }],
      ["PATCH", "/sessions/both", { session_name: "x" }],
      ["DELETE", "/sessions", { session_ids: ["both"], session_types: ["agent"] }],
    ])("is refused to who reaches all of them: %s %s", async (method, path, body) => {
      const sent = body === undefined ? {} : { body };
      for (const call of [admin, unscoped])
        expect(detailOf(await call(method, path, sent))).toEqual([
          409,
          `${SEVERAL} "user_id" and "component_id" to the query, so that one is left.`,
        ]);
      expect(detailOf(await alice(method, path, sent))).toEqual([
        409,
        `${SEVERAL} "component_id" to the query, so that one is left.`,
      ]);
      expect((await bob("GET", "/sessions/both")).status).toBe(200);
    });

    test("deletes nothing at all when one of several ids is not clear", async () => {
      await admin("POST", "/sessions", { body: { session_id: "clear" } });
      const body = { session_ids: ["clear", "both"], session_types: ["agent", "agent"] };
      expect((await admin("DELETE", "/sessions", { body })).status).toBe(409);
      expect((await admin("GET", "/sessions/clear")).status).toBe(200);
    });

    test("is reached by what tells them apart, which the answer named", async () => {
      const named = "/sessions/both?user_id=alice&component_id=other";
      expect(json(await admin("GET", named))).toMatchObject({ user_id: "alice", agent_id: "other" });
      expect(json(await alice("GET", "/sessions/both?component_id=echo"))).toMatchObject({
        agent_id: "echo",
      });
      expect((await admin("DELETE", named)).status).toBe(204);
      expect((await admin("GET", named)).status).toBe(404);
      expect((await alice("GET", "/sessions/both")).status).toBe(200);
      const runs = await unscoped("GET", "/agents/echo/runs?session_id=both");
      expect(detailOf(runs)).toEqual([409, `${SEVERAL} "user_id" to the query, so that one is left.`]);
      expect((await unscoped("GET", "/agents/echo/runs?session_id=both&user_id=bob")).status).toBe(200);
    });
  });

  describe("what belongs to somebody else", () => {
    let runId: string;
    beforeAll(async () => {
      ({ run_id: runId } = await run(alice, "private"));
    });

    test.each([
      ["GET", "/sessions/private", undefined, "/sessions/nothing"],
      ["GET", "/sessions/private?type=agent&user_id=alice", undefined, "/sessions/nothing?type=agent"],
      ["GET", "/sessions/private/runs", undefined, "/sessions/nothing/runs"],
      ["GET", "/sessions/private/runs/RUN", undefined, "/sessions/nothing/runs/RUN"],
      ["POST", "/sessions/private/rename", { session_name: "x" }, "/sessions/nothing/rename"],
      ["PATCH", "/sessions/private", { session_name: "x" }, "/sessions/nothing"],
      ["DELETE", "/sessions/private", undefined, "/sessions/nothing"],
      ["GET", "/agents/echo/runs?session_id=private", undefined, "/agents/echo/runs?session_id=nothing"],
      [
        "GET",
        "/agents/echo/runs/RUN?session_id=private&user_id=alice",
        undefined,
        "/agents/echo/runs/RUN?session_id=nothing",
      ],
      [
        "POST",
        "/agents/echo/runs/RUN/cancel?session_id=private",
        undefined,
        "/agents/echo/runs/RUN/cancel?session_id=nothing",
      ],
    ])("is answered as what is not there: %s %s", async (method, path, body, other) => {
      const ask = (text: string) =>
        bob(method, text.replace("RUN", runId), body === undefined ? {} : { body });
      const [foreign, unknown] = [await ask(path), await ask(other)];
      expect(foreign.status).toBe(unknown.status);
      expect(foreign.text.replaceAll("private", "nothing")).toBe(unknown.text);
      expect(json(await alice("GET", "/sessions/private"))).toMatchObject({ session_name: "hi there" });
    });

    test("is in no list but its owner's and that of who reaches everything", async () => {
      const ids = async (call: Call, query: string) =>
        (
          json(await call("GET", `/sessions?limit=100&${query}`)) as { data: { session_id: string }[] }
        ).data.map(({ session_id }) => session_id);
      expect(await ids(bob, "user_id=alice")).not.toContain("private");
      expect(await ids(alice, "")).toContain("private");
      for (const call of [admin, unscoped]) {
        expect(await ids(call, "user_id=alice")).toContain("private");
        expect(await ids(call, "user_id=bob")).not.toContain("private");
      }
    });

    test("a run in an id that somebody else has is a session of its own (weak-spots E1)", async () => {
      await run(bob, "private", { message: "mine" });
      expect(json(await bob("GET", "/sessions/private"))).toMatchObject({ session_name: "mine" });
      expect(json(await alice("GET", "/sessions/private"))).toMatchObject({ session_name: "hi there" });
    });

    test("no client chooses the id of a run, so none replaces one (weak-spots E2)", async () => {
      const before = await run(alice, "e2", { run_id: "chosen" });
      const after = await run(alice, "e2", { run_id: "chosen" });
      expect(new Set([before.run_id, after.run_id, "chosen"]).size).toBe(3);
      expect(json(await alice("GET", "/sessions/e2/runs"))).toHaveLength(2);
    });
  });

  test("an unknown run is cancelled with 200 by who reaches all, and nothing is kept of it (weak-spots E3)", async () => {
    for (const call of [admin, unscoped]) {
      const answer = await call("POST", "/agents/echo/runs/no-such-run/cancel", {
        headers: { "content-type": "application/json" },
      });
      expect([answer.status, answer.text]).toEqual([200, "{}"]);
    }
  });

  test("a run stops for its owner through its agent and session, and for nobody through another", async () => {
    const form = new URLSearchParams({ message: "wait", stream: "false", session_id: "live" });
    const running = alice("POST", "/agents/gated/runs", { body: form.toString() });
    await gated.started;
    const [shown] = json(await alice("GET", "/sessions/live/runs")) as { run_id: string; status: string }[];
    expect(shown).toMatchObject({ status: "RUNNING", run_input: "wait" });
    const cancel = (call: Call, agent: string, query = "?session_id=live") =>
      call("POST", `/agents/${agent}/runs/${shown?.run_id}/cancel${query}`, {
        headers: { "content-type": "application/json" },
      });
    expect((await cancel(bob, "gated")).status).toBe(404);
    expect((await cancel(alice, "echo")).status).toBe(404);
    expect((await cancel(unscoped, "echo", "")).text).toBe("{}");
    expect(json(await alice("GET", "/sessions/live/runs"))).toMatchObject([{ status: "RUNNING" }]);
    expect((await cancel(alice, "gated")).text).toBe("{}");
    expect(json(await running)).toMatchObject({ status: "CANCELLED" });
    expect(json(await alice("GET", "/sessions/live/runs"))).toMatchObject([{ status: "CANCELLED" }]);
    // It has ended: there is nothing to stop, and that is no fault.
    expect((await cancel(alice, "gated")).text).toBe("{}");
  });

  test("a long session is read whole, in order, each run once", async () => {
    const created = 25;
    for (let index = 0; index < created; index++) await run(alice, "long", { message: `m${index}` });
    const runs = json(await alice("GET", "/sessions/long/runs")) as { run_input: string }[];
    expect(runs.map(({ run_input }) => run_input)).toEqual(
      Array.from({ length: created }, (_, index) => `m${index}`),
    );
    const detail = agentSessionSchema.parse(json(await alice("GET", "/sessions/long")));
    expect(detail.chat_history).toHaveLength(2 * created);
    const head = await alice("HEAD", "/sessions/long");
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  test.each([
    {
      name: "the security key",
      options: { securityKey: SECURITY_KEY },
      headers: { authorization: `Bearer ${SECURITY_KEY}` },
    },
    { name: "open mode", options: {}, headers: {} },
  ])("$name reaches all sessions, and names their owner by a claim", async ({ options, headers }) => {
    const { port } = await serve({
      id: TEST_OS_ID,
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      database: await createDatabase(kind),
      ...options,
    });
    const call: Call = (method, path, { body } = {}) =>
      send(port, {
        method,
        path,
        headers: { ...headers, ...(typeof body === "object" ? { "content-type": "application/json" } : {}) },
        body: typeof body === "object" ? JSON.stringify(body) : body,
      });
    await run(call, "s", { user_id: "ann" });
    await run(call, "s");
    expect((await call("GET", "/sessions/s")).status).toBe(409);
    expect(json(await call("GET", "/sessions/s?user_id=ann"))).toMatchObject({ user_id: "ann" });
    expect(json(await call("GET", "/sessions"))).toMatchObject({ meta: { total_count: 2 } });
    expect((await call("DELETE", "/sessions/s?user_id=ann")).status).toBe(204);
    expect((await call("GET", "/sessions/s")).status).toBe(200);
  });
});
