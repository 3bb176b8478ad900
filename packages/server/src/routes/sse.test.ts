import { runEventSchema, teamRunEventSchema } from "@agentos/contract";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Agent } from "../agents/agent.ts";
import { offlineScript } from "../agents/offline-script.ts";
import { MAX_UNREAD_SECONDS } from "../runs/run-limits.ts";
import {
  createPlainAgent,
  createPlainTeam,
  createTestAccess,
  createTestServer,
  finish,
  form,
  outputOf,
  settle,
  startRun,
} from "../runs/test-run.fixture.ts";
import { encodeFrame, eventStreamResponse, openEventStream } from "./sse.ts";

const anyRunEventSchema = runEventSchema.or(teamRunEventSchema);
const ignore = { onCut: () => {} };
const echo = new Agent({ id: "helper", model: "offline:echo" });

async function* speak(texts: readonly string[]) {
  for (const text of texts) yield { type: "content" as const, text };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("encodeFrame", () => {
  it("writes one event line, one data line and one blank line", () => {
    const frame = encodeFrame("RunContent", JSON.stringify({ content: 'Grüße\r\n\n日本\u2028 "x"' }));
    expect(frame).toBe('event: RunContent\ndata: {"content":"Grüße\\r\\n\\n日本\u2028 \\"x\\""}\n\n');
    expect(frame.split("\n")).toHaveLength(4);
  });
});

describe("openEventStream", () => {
  it.each([
    ["an agent", createPlainAgent],
    ["a team", createPlainTeam],
  ])("sends exactly the events of %s as UTF-8, deltas included, then ends", async (_, create) => {
    const texts = ["ü", '"quoted"\n', "日本\u2028", "\ud800", ""];
    const steps = async function* () {
      yield* speak(texts);
      yield { type: "content" as const, text: "", reasoning: "because \u0000" };
    };
    const server = createTestServer();
    const run = await server.start(create(steps), form("hi"));
    const body = new Response(await openEventStream(run, ignore));
    const { events } = await finish(run);
    const wanted = events.map((event) => `event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`);
    expect(events).toHaveLength(9);
    for (const event of events) expect(anyRunEventSchema.safeParse(event).error).toBeUndefined();
    expect(new Uint8Array(await body.arrayBuffer())).toEqual(new TextEncoder().encode(wanted.join("")));
  });

  it("sends what is ready in one piece", async () => {
    const server = createTestServer();
    const run = await server.start(echo, form("a b c d e"));
    await run.finished;
    const reader = (await openEventStream(run, ignore)).getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value).match(/^event: /gm)).toHaveLength(10);
    expect((await reader.read()).done).toBe(true);
  });

  it("sends more than one piece of a long run, and never more than is taken", async () => {
    const server = createTestServer();
    const run = await server.start(
      createPlainAgent(() => speak(Array.from({ length: 20 }, () => "x".repeat(10_000)))),
      form("hi"),
    );
    await run.finished;
    const reader = (await openEventStream(run, ignore)).getReader();
    let pieces = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      expect(next.value.byteLength).toBeLessThan(300_000);
      pieces += 1;
    }
    expect(pieces).toBeGreaterThan(4);
  });

  it("lets a run go to its end though its reader is slow", async () => {
    const server = createTestServer();
    const slow = await server.start(echo, form("word ".repeat(5_000)));
    const reader = (await openEventStream(slow, ignore)).getReader();
    await reader.read();
    expect((await slow.finished).status).toBe("COMPLETED");
    const quick = await server.start(echo, form("hi"));
    expect(await new Response(await openEventStream(quick, ignore)).text()).toContain("RunCompleted");
    await reader.cancel();
  });

  it("cancels the run when the client goes away, and the run is stored", async () => {
    const server = createTestServer();
    const hangs = offlineScript({ steps: [{ text: "a b c", wordDelayMs: 1 }] }, { sleep: sleepAfter(2) });
    const run = await server.start(new Agent({ id: "helper", model: hangs }), form("go"));
    const reader = (await openEventStream(run, ignore)).getReader();
    let text = "";
    while (!text.includes('"b "')) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel(new Error("gone"));
    await server.service.drain(new AbortController().signal);
    const stored = await server.find("helper", run.sessionId, run.runId);
    expect(stored?.output).toMatchObject({ status: "CANCELLED", content: "a b " });
    expect(stored?.events.slice(-2).map((event) => event.event)).toEqual(["RunCancelled", "RunCompleted"]);
  });

  it("takes it calmly when the client goes away while an event is awaited", async () => {
    const server = createTestServer();
    const hangs = createPlainAgent(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    }));
    const run = await server.start(hangs, form("go"));
    const reader = (await openEventStream(run, ignore)).getReader();
    await reader.read();
    const waiting = reader.read();
    await settle();
    await reader.cancel(new Error("gone"));
    expect((await waiting).done).toBe(true);
    expect((await run.finished).status).toBe("CANCELLED");
  });

  it("is cut when nobody reads it for too long, and its place is free again", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const server = createTestServer({ limits: { unreadStreams: 1 } });
    const causes: unknown[] = [];
    const run = await server.start(echo, form("hi"));
    const reader = (await openEventStream(run, { onCut: (cause) => causes.push(cause) })).getReader();
    await run.finished;
    const request = { runnable: echo, form: form("hi"), access: createTestAccess() };
    const refused = await startRun(server.service, request);
    expect(refused).toMatchObject({ ok: false, fault: { code: "RUN_SERVER_UNREAD" } });
    vi.advanceTimersByTime(2 * MAX_UNREAD_SECONDS * 1_000);
    expect(causes).toMatchObject([{ message: "the answer was not read" }]);
    await expect(reader.read()).rejects.toThrow("the stream was cut");
    await finish(await server.start(echo, form("hi")));
  });

  it("that is cut stops its run, which nobody reads any more", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const server = createTestServer();
    const hangs = createPlainAgent(async function* () {
      yield { type: "content", text: "x" };
      await new Promise(() => {});
    });
    const run = await server.start(hangs, form("hi"));
    const body = await openEventStream(run, ignore);
    vi.advanceTimersByTime(2 * MAX_UNREAD_SECONDS * 1_000);
    expect((await run.finished).status).toBe("CANCELLED");
    await expect(new Response(body).text()).rejects.toThrow("the stream was cut");
  });

  it("is not cut while it is read, however slowly", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const server = createTestServer();
    const long = createPlainAgent(() => speak(Array.from({ length: 40 }, () => "x".repeat(20_000))));
    const run = await server.start(long, form("hi"));
    const reader = (await openEventStream(run, ignore)).getReader();
    await run.finished;
    for (let piece = 0; piece < 10; piece++) {
      expect((await reader.read()).done).toBe(false);
      vi.advanceTimersByTime((MAX_UNREAD_SECONDS * 1_000) / 2);
    }
    await reader.cancel();
  });

  it("is not cut while it waits for its model, however long that takes", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const server = createTestServer();
    const gate = Promise.withResolvers<void>();
    const waits = createPlainAgent(async function* () {
      await gate.promise;
      yield { type: "content", text: "late" };
    });
    const run = await server.start(waits, form("hi"));
    const reader = (await openEventStream(run, ignore)).getReader();
    await reader.read();
    vi.advanceTimersByTime(10 * MAX_UNREAD_SECONDS * 1_000);
    gate.resolve();
    await run.finished;
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("late");
    await reader.cancel();
  });

  it("of a run that holds too much ends with the reason, though most of it was never read", async () => {
    const server = createTestServer({ limits: { runBytes: 100_000 } });
    const endless = createPlainAgent(() => speak(Array.from({ length: 5_000 }, () => "x".repeat(100))));
    const run = await server.start(endless, form("hi"));
    const text = await new Response(await openEventStream(run, ignore)).text();
    const content = "This run was ended: the runs of this AgentOS would hold more than 0.09 MiB";
    expect(await outputOf(run)).toMatchObject({ status: "ERROR", content });
    expect(text.match(/^event: \w+/gm)?.at(-1)).toBe("event: RunError");
    expect(text).toContain(`"content":"${content}","error_type":"memory_limit"`);
    expect(server.service.activeRuns).toBe(0);
  });

  it("of a run that has ended is cut when others need the memory", async () => {
    const server = createTestServer({ limits: { runBytes: 200_000 } });
    const long = createPlainAgent(() => speak(["x".repeat(60_000)]));
    const unread = await server.start(long, form("hi"));
    const body = await openEventStream(unread, ignore);
    await unread.finished;
    await finish(await server.start(long, form("hi")));
    await expect(new Response(body).text()).rejects.toThrow("the stream was cut");
  });
});

/** Sleeps that end at once so many times, then never. */
function sleepAfter(times: number): () => Promise<void> {
  let slept = 0;
  return () => (++slept > times ? new Promise(() => {}) : Promise.resolve());
}

describe("eventStreamResponse", () => {
  it("has the contract's content type and asks proxies not to buffer", async () => {
    const run = await createTestServer().start(echo, form("hi"));
    const response = eventStreamResponse(await openEventStream(run, ignore));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    await response.body?.cancel();
  });
});
