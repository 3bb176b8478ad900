// Streams over a real socket: how events are framed, and what becomes of a stream that is closed from either side.
import { runEventSchema } from "@agentos/contract";
import { Agent, AgentOS, type OfflineScript, type Runnable, tool } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createGatedAgent } from "./support/gated-agent.ts";
import { bearer, bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";
import { openStream, sendAndForget } from "./support/stream.ts";

const ID = "agent-os";
const addNumbers = tool({
  name: "add_numbers",
  description: "Adds two numbers",
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});
const refundOrder = tool({
  name: "refund_order",
  description: "Waits for a person",
  parameters: z.object({ order_id: z.string() }),
  requiresConfirmation: true,
  execute: ({ order_id }) => order_id,
});

let key: TestKey;
let authorized: Readonly<Record<string, string>>;
beforeAll(async () => {
  key = await createTestKey("ES256");
  authorized = bearer(await tokenWith(["agents:run"]));
});
const tokenWith = (scopes: readonly string[]) =>
  signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes }));
const start = (...agents: readonly Runnable<"agent">[]) =>
  serve({ id: ID, agents, authorizationConfig: { verificationKeys: [key.verificationKey] } });

const runPath = (id: string) => `/agents/${id}/runs`;
const open = (
  { port }: Served,
  id: string,
  message = "hello",
  headers: Readonly<Record<string, string>> = {},
) =>
  openStream(port, {
    path: runPath(id),
    body: `message=${encodeURIComponent(message)}`,
    headers: { ...authorized, ...headers },
  });

/** The event in a frame, after its framing has been held against contract 5.1 to the letter. */
function parseFrame(frame: string) {
  const [, name, data] = /^event: (\w+)\ndata: (\{[^\n]*\})\n\n$/.exec(frame) ?? [];
  if (name === undefined || data === undefined)
    throw new Error(`not framed as contract 5.1: ${JSON.stringify(frame)}`);
  const parsed: unknown = JSON.parse(data);
  expect(JSON.stringify(parsed)).toBe(data);
  const event = runEventSchema.parse(parsed);
  expect(event.event).toBe(name);
  expect(parsed).not.toHaveProperty("data");
  return event;
}

const namesOf = (frames: readonly string[]) => frames.map((frame) => parseFrame(frame).event);
const collapse = (names: readonly string[]) =>
  names.filter((name, index) => name !== "RunContent" || names[index - 1] !== name);

describe("the frames of a run", () => {
  const script = (steps: OfflineScript["steps"]) => ({ model: "offline:script", script: { steps } }) as const;
  let os: Served;
  beforeAll(async () => {
    os = await start(
      new Agent({ id: "echo", model: "offline:echo" }),
      new Agent({
        id: "tool",
        ...script([{ toolCalls: [{ name: "add_numbers", args: { a: 1, b: 2 } }] }, { text: "It is 3." }]),
        tools: [addNumbers],
      }),
      new Agent({
        id: "pause",
        ...script([{ toolCalls: [{ name: "refund_order", args: { order_id: "A-1001" } }] }]),
        tools: [refundOrder],
      }),
      new Agent({
        id: "failing",
        ...script([{ error: "mark-model-error at /srv/model.ts" }]),
        maxRetries: 0,
      }),
      new Agent({
        id: "breaking",
        ...script([{ text: "half an", error: "mark-model-error" }]),
        maxRetries: 0,
      }),
    );
  });
  const framesOf = async (id: string, message?: string) => {
    const stream = await open(os, id, message);
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(stream.response.headers["cache-control"]).toContain("no-cache");
    return stream.rest();
  };

  const PLAIN =
    "RunStarted ModelRequestStarted RunContent ModelRequestCompleted RunContentCompleted RunCompleted";
  const CALLS_TOOL = "RunStarted ModelRequestStarted ModelRequestCompleted ToolCallStarted ToolCallCompleted";

  test.each([
    ["echo", PLAIN],
    ["tool", `${CALLS_TOOL} ${PLAIN.replace("RunStarted ", "")}`],
    ["pause", "RunStarted ModelRequestStarted ModelRequestCompleted RunContentCompleted RunPaused"],
    ["failing", "RunStarted ModelRequestStarted RunError"],
    ["breaking", "RunStarted ModelRequestStarted RunContent RunError"],
  ])("come in the contract's order, and the connection just ends (%s)", async (id, names) => {
    expect(collapse(namesOf(await framesOf(id))).join(" ")).toBe(names);
  });

  test("are one line each, whatever the text holds", async () => {
    const text = 'a\nevent: RunCompleted\ndata: {"event":"x"}\n\nb\r\n\u2028 é 漢 🙂 \\ " \u0000';
    const frames = await framesOf("echo", text);
    const events = frames.map(parseFrame);
    const deltas = events.flatMap((event) => (event.event === "RunContent" ? [event.content] : []));
    expect(deltas.join("")).toBe(text);
    expect(events.at(-1)).toMatchObject({ event: "RunCompleted", content: text });
    expect(frames.join("")).toContain("漢 🙂");
  });

  test("name one run and one session, and RunStarted has the session", async () => {
    const events = (await framesOf("tool")).map(parseFrame);
    expect(new Set(events.map(({ run_id }) => run_id)).size).toBe(1);
    expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1);
    expect(events[0]).toMatchObject({
      event: "RunStarted",
      agent_id: "tool",
      session_id: expect.stringMatching(/\S/) as string,
    });
  });

  test("say nothing of a model's exception, which the log has under the error's id", async () => {
    for (const id of ["failing", "breaking"]) {
      const frames = await framesOf(id);
      expect(frames.join("")).not.toMatch(/mark-model-error|model\.ts|Error:| {4}at /);
      const last = frames.map(parseFrame).at(-1);
      const errorId = last?.event === "RunError" ? last.error_id : undefined;
      expect(errorId).toMatch(/\S/);
      expect(os.logLines.find((line) => line.includes(String(errorId)))).toContain("mark-model-error");
    }
  });

  test("are JSON errors, and no stream, for what fails before the first event", async () => {
    const call = (path: string, body: string, headers = authorized) =>
      send(os.port, { method: "POST", path, body, headers });
    const reader = bearer(await tokenWith(["agents:read"]));
    const answers = [
      await call(runPath("echo"), "message=x", {}),
      await call(runPath("echo"), "message=x", reader),
      await call(runPath("nobody"), "message=x"),
      await call(runPath("echo"), "stream=true"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 404, 422]);
    for (const answer of answers) {
      expect(answer.headers["content-type"]).toBe("application/json");
      expect(bodyOf(answer)).toHaveProperty("detail");
    }
  });

  test("are replaced by the run itself with stream=false", async () => {
    const answer = await send(os.port, {
      method: "POST",
      path: runPath("echo"),
      body: "message=hello&stream=false",
      headers: authorized,
    });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(bodyOf(answer)).toMatchObject({ status: "COMPLETED", content: "hello", agent_id: "echo" });
  });

  test("may be read by pages of allowed origins and by no other", async () => {
    const allowed = await open(os, "echo", "x", { origin: "http://localhost:3000" });
    expect(allowed.response.headers).toMatchObject({
      "access-control-allow-origin": "http://localhost:3000",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "WWW-Authenticate, Retry-After, Date",
    });
    expect(namesOf(await allowed.rest()).at(-1)).toBe("RunCompleted");
    const foreign = await open(os, "echo", "x", { origin: "https://evil.example" });
    expect(Object.keys(foreign.response.headers).filter((name) => name.startsWith("access-control"))).toEqual(
      [],
    );
    await foreign.rest();
  });
});

describe("a stream that is running", () => {
  test("is finished by close(), which takes no new connection meanwhile", async () => {
    const gated = createGatedAgent("gated");
    const os = await start(gated.agent);
    const stream = await open(os, "gated");
    expect(parseFrame((await stream.next()) ?? "").event).toBe("RunStarted");
    expect(parseFrame((await stream.next()) ?? "").event).toBe("RunContent");

    const onClosed = vi.fn<() => void>();
    const closing = stop(os).then(onClosed);
    await expect(send(os.port, { path: "/health" })).rejects.toThrow(
      /ECONNREFUSED|ECONNRESET|socket hang up/,
    );
    expect(onClosed).not.toHaveBeenCalled();

    gated.gate.open();
    const events = (await stream.rest()).map(parseFrame);
    expect(events.at(-1)).toMatchObject({ event: "RunCompleted", content: "one two" });
    await closing;
  });

  test("is cancelled when its client goes away, and the server goes on", async () => {
    const gated = createGatedAgent("gated");
    const os = await start(gated.agent, new Agent({ id: "echo", model: "offline:echo" }));
    const stream = await open(os, "gated");
    await stream.next();
    expect(parseFrame((await stream.next()) ?? "").event).toBe("RunContent");
    stream.disconnect();
    await gated.cancelled;
    expect(namesOf(await (await open(os, "echo")).rest()).at(-1)).toBe("RunCompleted");
    // Nothing runs any more: closing does not wait for the cancelled run.
    await stop(os);
  });

  test("is cancelled with its client when the run is not streamed, too", async () => {
    const gated = createGatedAgent("gated");
    const os = await start(gated.agent);
    const body = "message=x&stream=false";
    const disconnect = sendAndForget(os.port, { path: runPath("gated"), body, headers: authorized });
    await gated.started;
    disconnect();
    await gated.cancelled;
    await stop(os);
  });

  test("is cancelled by close() when the time to finish is over", async () => {
    const gated = createGatedAgent("gated");
    const authorizationConfig = { verificationKeys: [key.verificationKey] };
    const server = await new AgentOS({
      database: null,
      id: ID,
      agents: [gated.agent],
      authorizationConfig,
      env: {},
    }).serve({
      host: "127.0.0.1",
      port: 0,
      drainSeconds: 0,
    });
    const stream = await openStream(server.port, {
      path: runPath("gated"),
      body: "message=x",
      headers: authorized,
    });
    await stream.next();
    expect(parseFrame((await stream.next()) ?? "").event).toBe("RunContent");
    const closing = server.close();
    expect(namesOf(await stream.rest())).toEqual(["RunCancelled", "RunCompleted"]);
    await gated.cancelled;
    await closing;
  });

  test("is sent event by event, not when the run has ended", async () => {
    const gated = createGatedAgent("gated");
    const os = await start(gated.agent);
    const stream = await open(os, "gated");
    await stream.next();
    expect(parseFrame((await stream.next()) ?? "")).toMatchObject({ event: "RunContent", content: "one " });
    gated.gate.open();
    expect(namesOf(await stream.rest()).at(-1)).toBe("RunCompleted");
  });
});

describe("fifty streams at once", () => {
  test("all come to their end, each with its own words", async () => {
    const os = await start(new Agent({ id: "echo", model: "offline:echo" }));
    const messages = Array.from({ length: 50 }, (_, index) =>
      Array.from({ length: 20 }, (__, word) => `w${index}-${word}`).join(" "),
    );
    const contents = await Promise.all(
      messages.map(async (message) => {
        const stream = await open(os, "echo", message);
        const events = (await stream.rest()).map(parseFrame);
        const deltas = events
          .flatMap((event) => (event.event === "RunContent" ? [event.content] : []))
          .join("");
        return [
          stream.response.complete,
          deltas,
          events.at(-1)?.event,
          new Set(events.map(({ run_id }) => run_id)).size,
        ];
      }),
    );
    expect(contents).toEqual(messages.map((message) => [true, message, "RunCompleted", 1]));
  });
});
