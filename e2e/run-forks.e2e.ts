/** Completed runs that are continued: as a new run with their messages, from where it is wanted, or in their place. */
import { Agent, offlineScript } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { type Answer, bodyOf, send } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const issuer = await createTestIssuer();
/** A first database waits for its server to start, on a machine that may be busy. */
const HOOK_TIMEOUT_MS = 60_000;

type Fields = Readonly<Record<string, string>>;

interface Run {
  readonly run_id: string;
  readonly session_id: string;
  readonly status: string;
  readonly content: string;
  readonly messages: readonly {
    readonly role: string;
    readonly from_history: boolean;
    readonly content?: string;
  }[];
}

/** Says what it was given, so that a test sees it. */
function createTalker() {
  const prompts: string[][] = [];
  const model = offlineScript({ steps: [{ text: "Noted." }] });
  const talker = {
    ...model,
    doStream(call: Parameters<typeof model.doStream>[0]) {
      prompts.push(
        call.prompt.map(({ role, content }) =>
          typeof content === "string"
            ? `${role}: ${content}`
            : `${role}: ${content.map((part) => (part.type === "text" ? part.text : part.type)).join("|")}`,
        ),
      );
      return model.doStream(call);
    },
  };
  return { prompts, model: talker };
}

describe.each(DATABASES)("a completed run on %s", (kind) => {
  const { prompts, model } = createTalker();
  let os: Served;
  let headers: Readonly<Record<string, string>>;
  let counter = 0;

  beforeAll(async () => {
    os = await serve({
      id: TEST_OS_ID,
      agents: [new Agent({ id: "talker", model, addHistoryToContext: true })],
      database: { url: await createDatabase(kind), deployment: "forks" },
      authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
    });
    const scopes = ["agents:run", "agents:read", "sessions:read", "sessions:write"];
    headers = await issuer.bearer({ subject: "alice", scopes });
  }, HOOK_TIMEOUT_MS);

  beforeEach(() => prompts.splice(0));

  const post = (path: string, fields: Fields): Promise<Answer> =>
    send(os.port, { method: "POST", path, headers, body: new URLSearchParams(fields).toString() });
  const get = async (path: string) => bodyOf(await send(os.port, { path, headers }));
  const newSession = () => `s-${kind}-${(counter += 1)}`;
  const runOf = (answer: Answer): Run => {
    expect(answer.status, answer.text).toBe(200);
    return bodyOf(answer) as unknown as Run;
  };
  const say = async (session_id: string, message: string) =>
    runOf(await post("/agents/talker/runs", { session_id, message, stream: "false" }));
  const go = (run: Run, fields: Fields) =>
    post(`/agents/talker/runs/${run.run_id}/continue`, {
      session_id: run.session_id,
      stream: "false",
      ...fields,
    });

  test("is continued as a fork, which knows what was said, once", async () => {
    const first = await say(newSession(), "One");
    const fork = runOf(await go(first, { input: "Two" }));
    expect(fork).toMatchObject({
      status: "COMPLETED",
      content: "Noted.",
      forked_from_run_id: first.run_id,
      forked_from_message_index: 2,
      input: { input_content: "Two" },
    });
    expect(fork.run_id).not.toBe(first.run_id);
    expect(prompts.at(-1)).toEqual(["user: One", "assistant: Noted.", "user: Two"]);
    await say(first.session_id, "Three");
    expect(prompts.at(-1)).toEqual([
      "user: One",
      "assistant: Noted.",
      "user: Two",
      "assistant: Noted.",
      "user: Three",
    ]);
    const session = await get(`/sessions/${first.session_id}`);
    expect(session["chat_history"]).toHaveLength(6);
  });

  test("is not continued by what would get lost: a message, or a key that nobody reads", async () => {
    const first = await say(newSession(), "One");
    const path = `/agents/talker/runs/${first.run_id}/continue`;
    const message = await go(first, { message: "Two" });
    expect([message.status, message.text]).toEqual([
      422,
      expect.stringContaining('what the user says more is \\"input\\"'),
    ]);
    const body = new URLSearchParams({ session_id: first.session_id, input: "Two" }).toString();
    const named = { ...headers, "idempotency-key": "order-1" };
    const keyed = await send(os.port, { method: "POST", path, headers: named, body });
    expect([keyed.status, bodyOf(keyed)]).toMatchObject([
      422,
      { detail: [{ loc: ["header", "Idempotency-Key"] }] },
    ]);
    const typeless = await send(os.port, {
      method: "POST",
      path,
      headers: { ...headers, "content-type": "text/plain" },
      body,
    });
    expect([typeless.status, bodyOf(typeless)]).toMatchObject([
      422,
      { detail: [{ loc: ["header", "content-type"], input: "text/plain" }] },
    ]);
    expect(prompts).toEqual([["user: One"]]);
  });

  test("is answered again from what the user said last, beside the first answer", async () => {
    const session_id = newSession();
    await say(session_id, "Before");
    const first = await say(session_id, "One");
    const again = runOf(await go(first, { regenerate: "true", additional_instructions: "Shorter" }));
    expect(again).toMatchObject({ regenerated_from: first.run_id, forked_from_message_index: 1 });
    expect(prompts.at(-1)).toEqual(["user: Before", "assistant: Noted.", "user: One", "user: Shorter"]);
    expect(await get(`/agents/talker/runs/${first.run_id}?session_id=${session_id}`)).toMatchObject({
      status: "COMPLETED",
    });
  });

  test("gives its place to the new answer where that is wanted", async () => {
    const first = await say(newSession(), "One");
    const again = runOf(await go(first, { regenerate: "true", replace_original: "true" }));
    expect(again.messages.map(({ from_history }) => from_history)).toEqual([false, false]);
    const path = `/agents/talker/runs/${first.run_id}?session_id=${first.session_id}`;
    expect(await get(path)).toMatchObject({
      status: "REGENERATED",
      run_id: first.run_id,
      replaced_by: again.run_id,
    });
    await say(first.session_id, "Two");
    expect(prompts.at(-1)).toEqual(["user: One", "assistant: Noted.", "user: Two"]);
    const session = await get(`/sessions/${first.session_id}`);
    expect(session["chat_history"]).toHaveLength(4);
    const late = await go(first, { regenerate: "true" });
    expect([late.status, bodyOf(late)]).toEqual([
      409,
      {
        detail: "run is not paused (status=REGENERATED)",
        fix: `continue the run ${again.run_id}, which took the place of this one`,
      },
    ]);
    runOf(await go(again, { regenerate: "true" }));
  });

  test.each([
    ["end", ["user: One", "assistant: Noted.", "user: More"]],
    ["last_user", ["user: One", "user: More"]],
    ["1", ["user: One", "user: More"]],
    ["0", ["user: More"]],
  ])("is continued from %s", async (continue_from, prompt) => {
    const first = await say(newSession(), "One");
    runOf(await go(first, { continue_from, input: "More" }));
    expect(prompts.at(-1)).toEqual(prompt);
  });

  const INVALID = "Invalid continue_from. Use 'end', 'last_user', or a numeric message index.";
  test.each([
    [{ continue_from: "start" }, 400, INVALID],
    [{ continue_from: "-1" }, 400, INVALID],
    [{ continue_from: "1.5" }, 400, INVALID],
    [{ continue_from: "3" }, 400, "continue_from must be between 0 and 2"],
    [
      { continue_from: "0" },
      400,
      "continue_from leaves no message to answer: take at least one, or add input",
    ],
    [
      { replace_original: "true" },
      400,
      'replace_original is only for "regenerate": add regenerate=true, or leave it out',
    ],
    [
      { regenerate: "true", input: "More" },
      400,
      "regenerate answers the last message of the user again: leave continue_from and input out",
    ],
    [{ tools: '[{"tool_call_id":"x","confirmed":true}]' }, 409, "run is already completed"],
  ] as const)("refuses %o", async (fields: Fields, status: number, detail: string) => {
    const first = await say(newSession(), "One");
    const answer = await go(first, fields);
    expect([answer.status, bodyOf(answer)]).toEqual([status, { detail }]);
  });

  test("shows the places from which it can be continued", async () => {
    const first = await say(newSession(), "One");
    const path = `/agents/talker/runs/${first.run_id}/checkpoints`;
    const query = `session_id=${first.session_id}`;
    const { run_id, session_id } = first;
    expect(await get(`${path}?${query}`)).toMatchObject({
      run_id,
      session_id,
      checkpoints: [
        {
          message_index: 1,
          continue_from: 1,
          reason: "user_message",
          message_preview: "One",
          is_latest: false,
        },
        {
          message_index: 2,
          status: "COMPLETED",
          reason: "run_end",
          message_role: "assistant",
          is_latest: true,
        },
      ],
    });
    const detail = await get(`${path}/1?${query}`);
    expect(detail).toMatchObject({
      checkpoint: { message_index: 1 },
      snapshot: { messages: [{ content: "One" }] },
    });
    const refused = await send(os.port, { path: `${path}/3?${query}`, headers });
    expect([refused.status, bodyOf(refused)]).toEqual([
      400,
      { detail: "message_index must be between 0 and 2" },
    ]);
    const bob = await issuer.bearer({ subject: "bob", scopes: ["agents:run", "agents:read"] });
    const foreign = await send(os.port, { path: `${path}?${query}`, headers: bob });
    expect([foreign.status, bodyOf(foreign)]).toEqual([404, { detail: "Run not found" }]);
  });

  test("is copied with its session, which goes on by itself", async () => {
    const first = await say(newSession(), "One");
    const { session_id } = first;
    const patch = { session_name: "Mine", session_state: { a: 1 } };
    await send(os.port, {
      method: "PATCH",
      path: `/sessions/${session_id}`,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(patch),
    });
    const forked = bodyOf(await post(`/agents/talker/sessions/${session_id}/fork`, {}));
    expect(forked["forked_from_session_id"]).toBe(session_id);
    const copyId = String(forked["session_id"]);
    expect(copyId).not.toBe(session_id);
    expect(await get(`/sessions/${copyId}`)).toMatchObject({ ...patch, user_id: "alice" });
    const runs = await send(os.port, { path: `/sessions/${copyId}/runs`, headers });
    expect(JSON.parse(runs.text)).toMatchObject([
      { run_input: "One", content: "Noted.", forked_from_session_id: session_id },
    ]);
    expect(runs.text).not.toContain(first.run_id);
    await say(copyId, "Two");
    expect(prompts.at(-1)).toEqual(["user: One", "assistant: Noted.", "user: Two"]);
    expect((await get(`/sessions/${session_id}`))["chat_history"]).toHaveLength(2);
  });

  test("is not copied for others, nor is a session without runs", async () => {
    const { session_id } = await say(newSession(), "One");
    const path = `/agents/talker/sessions/${session_id}/fork`;
    const bob = await issuer.bearer({ subject: "bob", scopes: ["agents:run"] });
    const foreign = await send(os.port, { method: "POST", path, headers: bob, body: "" });
    expect([foreign.status, bodyOf(foreign)]).toEqual([404, { detail: "Session not found" }]);
    const empty = newSession();
    await send(os.port, {
      method: "POST",
      path: "/sessions?type=agent",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ session_id: empty, agent_id: "talker" }),
    });
    const refused = await post(`/agents/talker/sessions/${empty}/fork`, {});
    expect([refused.status, bodyOf(refused)]).toEqual([
      400,
      { detail: "Source session has no runs to fork." },
    ]);
    const bound = await issuer.bearer({ subject: "alice", scopes: ["agents:run"], claims: { session_id } });
    const other = await send(os.port, { method: "POST", path, headers: bound, body: "" });
    expect(other.status).toBe(409);
    expect(JSON.stringify(bodyOf(other))).toContain("use a credential without a session");
  });
});
