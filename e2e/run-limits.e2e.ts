/** What one caller's runs may take: others are served meanwhile, and what is over a limit is refused by name. */
import { execFile } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { Agent, type Runnable } from "@agentos/server";
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { describe, expect, test } from "vitest";
import { bearer, bodyOf, send } from "./support/http.ts";
import { serve } from "./support/serve.ts";
import { openStream } from "./support/stream.ts";

/** An agent without a model. */
function createAgent(id: string, run: Runnable["run"]): Runnable<"agent"> {
  return {
    kind: "agent",
    id,
    name: id,
    model: { id: "none", provider: "none" },
    historyRuns: 0,
    describe: () => ({ id, name: id, is_factory: false, is_component: false }),
    run,
  };
}

const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
const runOf = (id: string, fields: Readonly<Record<string, string>> = {}) => ({
  method: "POST",
  path: `/agents/${id}/runs`,
  body: form({ message: "hi", ...fields }),
});

describe("a runnable whose steps never wait", () => {
  test.each([
    ["one run", 1],
    ["forty runs that nobody reads", 40],
  ])("does not keep /health from being answered before the run ends: %s", async (_, runs) => {
    const seen = { isAnswered: false, outlasted: 0 };
    const busy = createAgent("busy", async function* () {
      // Ends by itself only where nobody else gets a turn.
      for (let step = 0; step < 1_000_000 && !seen.isAnswered; step++)
        yield { type: "message", message: NOTHING };
      if (!seen.isAnswered) seen.outlasted += 1;
    });
    const { port } = await serve({ agents: [busy] });
    const streams = Array.from({ length: runs }, () => send(port, runOf("busy", { stream: "false" })));
    const health = await send(port, { path: "/health" });
    seen.isAnswered = true;
    expect(health.status).toBe(200);
    await Promise.all(streams);
    expect(seen.outlasted).toBe(0);
  });
});

test("runs that never wait do not keep another caller's run from its end", async () => {
  const seen = { isAnswered: false, outlasted: 0 };
  const busy = createAgent("busy", async function* () {
    for (let step = 0; step < 10_000_000 && !seen.isAnswered; step++)
      yield { type: "message", message: NOTHING };
    if (!seen.isAnswered) seen.outlasted += 1;
  });
  const key = await createTestKey("ES256");
  const { port } = await serve({
    id: "agent-os",
    agents: [busy, new Agent({ id: "echo", model: "offline:echo" })],
    limits: { runMebibytes: 100_000 },
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const start = async (subject: string, id: string) => {
    const token = await signToken(
      goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: ["agents:run"], subject }),
    );
    return send(port, { ...runOf(id, { stream: "false" }), headers: bearer(token) });
  };
  const runs = Array.from({ length: 20 }, () => start("mallory", "busy"));
  await send(port, { path: "/health" });
  const answer = await start("victim", "echo");
  seen.isAnswered = true;
  expect(bodyOf(answer)["status"]).toBe("COMPLETED");
  await Promise.all(runs);
  expect(seen.outlasted).toBe(0);
});

const NOTHING = {
  id: "m",
  from_history: false,
  stop_after_tool_call: false,
  role: "system",
  created_at: 1,
} as const;

describe("streams that nobody reads", () => {
  // More than the system keeps of a connection that is not read.
  const LONG = 2_000_000;
  const flood = createAgent("flood", async function* () {
    for (let step = 0; step < 100; step++) yield { type: "content", text: "漢".repeat(LONG / 100) };
  });

  test("are counted, and the next one is refused with what to do about it", async () => {
    const { port } = await serve({ agents: [flood], limits: { unreadStreams: 3 } });
    const unread = await Promise.all(Array.from({ length: 3 }, () => openUnread(port)));
    const refused = await eventually(
      () => send(port, runOf("flood", { stream: "false" })),
      ({ status }) => status !== 200,
    );
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
    const { fix, ...problem } = bodyOf(refused);
    expect(fix).toContain('"limits.unreadStreams"');
    expect(problem).toEqual({
      type: "/errors/RUN_SERVER_UNREAD",
      title: "open or unread streams of this AgentOS: 3, the most that it keeps",
      status: 503,
      detail: "The server has too many streams that are open or not read",
      code: "RUN_SERVER_UNREAD",
    });
    expect((await send(port, { path: "/errors/RUN_SERVER_UNREAD" })).status).toBe(200);
    // The fix: whoever closes what it does not read is served again.
    for (const close of unread) close();
    await eventually(
      () => send(port, runOf("flood", { stream: "false" })),
      ({ status }) => status === 200,
    );
  });

  test("answers that are no streams count like them", async () => {
    const { port } = await serve({ agents: [flood], limits: { unreadStreams: 3 } });
    const unread = await Promise.all(Array.from({ length: 3 }, () => openUnread(port, { stream: "false" })));
    const refused = await send(port, runOf("flood", { stream: "false" }));
    expect([refused.status, bodyOf(refused)["code"]]).toEqual([503, "RUN_SERVER_UNREAD"]);
    for (const close of unread) close();
    await eventually(
      () => send(port, runOf("flood", { stream: "false" })),
      ({ status }) => status === 200,
    );
  });

  test("a thousand of them hold bounded memory, and the next one is refused", async () => {
    const text = "word ".repeat(400);
    const talk = createAgent("talk", async function* () {
      for (let step = 0; step < 10; step++) yield { type: "content", text };
    });
    const { os } = await serve({ agents: [talk] });
    const start = (stream: boolean) =>
      os.fetch(
        new Request("http://localhost:7777/agents/talk/runs", {
          method: "POST",
          body: new URLSearchParams({ message: "hi", stream: String(stream) }),
        }),
        { clientAddress: "127.0.0.1" },
      );
    const before = process.memoryUsage().rss;
    const answers: Response[] = [];
    for (let count = 0; count < 1_000; count++) answers.push(await start(true));
    const refused = await eventually(
      () => start(false),
      ({ status }) => status !== 200,
    );
    const statuses = Map.groupBy(answers, ({ status }) => status);
    expect([...statuses.keys()]).toEqual([200]);
    expect(await refused.json()).toMatchObject({ code: "RUN_SERVER_UNREAD" });
    // Far more than the limits of runs and store together, far less than a thousand answers without any.
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 ** 2);
    await Promise.all(answers.map(async ({ body }) => body?.cancel()));
  });

  /** Sends the request and reads nothing of the answer. Resolves with what closes the connection. */
  function openUnread(port: number, fields: Readonly<Record<string, string>> = {}): Promise<() => void> {
    const { method, path, body } = runOf("flood", fields);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, method, path, agent: false, headers });
      sent.on("error", reject);
      sent.on("response", () => resolve(() => sent.destroy()));
      sent.end(body);
    });
  }
});

describe("bodies", () => {
  test("count before they are read, whatever becomes of them", async () => {
    const { port } = await serve({
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      limits: { runMebibytes: 30 },
    });
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(20 * 1024 ** 2),
    };
    const stalled = request({ host: "127.0.0.1", port, method: "POST", path: "/agents/echo/runs", headers });
    stalled.on("error", () => undefined);
    stalled.write("message=");
    const chunked = await eventually(
      () =>
        send(port, { ...runOf("echo", { stream: "false" }), headers: { "transfer-encoding": "chunked" } }),
      ({ status }) => status !== 200,
    );
    expect([chunked.status, bodyOf(chunked)["code"]]).toEqual([503, "RUN_SERVER_MEMORY"]);
    expect((await send(port, runOf("echo", { stream: "false" }))).status).toBe(200);
    stalled.destroy();
    await eventually(
      () =>
        send(port, { ...runOf("echo", { stream: "false" }), headers: { "transfer-encoding": "chunked" } }),
      ({ status }) => status === 200,
    );
  });
});

describe("active runs", () => {
  test("of one caller leave room for another, and the fix of the refusal helps", async () => {
    const key = await createTestKey("ES256");
    const hangs = createAgent("hangs", async function* () {
      yield { type: "content", text: "x" };
      await new Promise(() => {});
    });
    const { port, logLines } = await serve({
      id: "agent-os",
      agents: [hangs, new Agent({ id: "echo", model: "offline:echo" })],
      limits: { activeRunsPerCaller: 2 },
      authorizationConfig: { verificationKeys: [key.verificationKey] },
    });
    const as = async (subject: string) =>
      bearer(
        await signToken(
          goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: ["agents:run"], subject }),
        ),
      );
    const [alice, bob] = [await as("alice"), await as("bob")];
    const open = () =>
      openStream(port, { path: "/agents/hangs/runs", body: form({ message: "hi" }), headers: alice });
    const streams = [await open(), await open()];
    const start = (headers: Readonly<Record<string, string>>) =>
      send(port, { ...runOf("echo", { stream: "false" }), headers });
    const refused = await start(alice);
    expect([refused.status, bodyOf(refused)["code"]]).toEqual([429, "RUN_CALLER_LIMIT"]);
    // The operator reads who was refused, and by which limit.
    expect(logLines.filter((line) => line.includes("RUN_CALLER_LIMIT"))).toEqual([
      expect.stringMatching(/^active runs of this caller: 2, .*"id":"alice".*"route":"POST /) as string,
    ]);
    expect((await start(bob)).status).toBe(200);
    streams[0]?.disconnect();
    await eventually(
      () => start(alice),
      ({ status }) => status === 200,
    );
    streams[1]?.disconnect();
  });
});

describe("session state", () => {
  test("of a thousand runs fits into a process with 512 MiB of heap", async () => {
    const script = join(import.meta.dirname, "support/state-process.ts");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--max-old-space-size=512", "--conditions=@agentos/source", script],
      { env: { PATH: process.env["PATH"] } },
    );
    const { statuses, heapMebibytes } = JSON.parse(stdout) as {
      statuses: unknown;
      heapMebibytes: number;
    };
    expect(statuses).toEqual({ 200: 1_000 });
    expect(heapMebibytes).toBeLessThan(512);
    // Long, but only by what it does: nothing in it waits.
  }, 120_000);

  test("that grows from run to run is refused at its limit, and a new session is the way out", async () => {
    const { port } = await serve({ agents: [new Agent({ id: "echo", model: "offline:echo" })] });
    const add = (run: number, session: string) =>
      send(
        port,
        runOf("echo", {
          stream: "false",
          session_id: session,
          session_state: JSON.stringify({ [`key-${run}`]: "x".repeat(100_000) }),
        }),
      );
    expect([(await add(1, "s")).status, (await add(2, "s")).status]).toEqual([200, 200]);
    const refused = await add(3, "s");
    expect([refused.status, bodyOf(refused)["code"]]).toEqual([413, "RUN_STATE_TOO_LARGE"]);
    expect((await add(3, "another")).status).toBe(200);
    // What there was is still there.
    const kept = bodyOf(await send(port, runOf("echo", { stream: "false", session_id: "s" })));
    expect(Object.keys(kept["session_state"] as object)).toEqual(["key-1", "key-2"]);
  });
});

/** Asks again until the answer is the wanted one; nothing sleeps. */
async function eventually<Answer>(
  ask: () => Promise<Answer> | Answer,
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let look = 0; look < 500; look++) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("the answer did not come");
}
