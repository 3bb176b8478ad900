import { describe, expect, it } from "vitest";
import { Agent } from "../agents/agent.ts";
import { offlineScript } from "../agents/offline-script.ts";
import { createTestServer, form } from "../runs/test-run.fixture.ts";
import { createEventStream, encodeEvent, eventStreamResponse } from "./sse.ts";

const ignore = { onCancel: () => {}, onError: () => {} };

async function* events(...names: string[]): AsyncGenerator<{ event: string }> {
  for (const event of names) yield { event };
}

describe("encodeEvent", () => {
  it("writes one event line, one data line of compact JSON and one blank line", () => {
    const frame = encodeEvent({ event: "RunContent", content: 'Grüße\r\n\n日本\u2028 "x"' } as {
      event: string;
    });
    expect(frame).toBe(
      'event: RunContent\ndata: {"event":"RunContent","content":"Grüße\\r\\n\\n日本\u2028 \\"x\\""}\n\n',
    );
    expect(frame.split("\n")).toHaveLength(4);
  });
});

describe("createEventStream", () => {
  it("sends exactly the frames as UTF-8, then ends", async () => {
    async function* source() {
      yield { event: "A", text: "ü" };
      yield { event: "B" };
    }
    const bytes = new Uint8Array(await new Response(createEventStream(source(), ignore)).arrayBuffer());
    const wanted = 'event: A\ndata: {"event":"A","text":"ü"}\n\nevent: B\ndata: {"event":"B"}\n\n';
    expect(bytes).toEqual(new TextEncoder().encode(wanted));
  });

  it("asks for the next event only when the last one was taken", async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield { event: "Tick" };
      }
    }
    const reader = createEventStream(endless(), ignore).getReader();
    await settle();
    expect(asked).toBe(0);
    await reader.read();
    await reader.read();
    await settle();
    expect(asked).toBe(2);
  });

  it("lets a slow reader hold back its own model, not just the frames", async () => {
    const script = offlineScript({ steps: [{ text: "word ".repeat(5_000) }] });
    let produced = 0;
    const counted: typeof script = {
      ...script,
      async doStream(call) {
        const { stream } = await script.doStream(call);
        const counter = new TransformStream({
          transform(part, controller) {
            produced += 1;
            controller.enqueue(part);
          },
        });
        return { stream: stream.pipeThrough(counter) };
      },
    };
    const server = createTestServer();
    const slow = await server.start(new Agent({ id: "slow", model: counted }), form("go"));
    const reader = createEventStream(slow.events, ignore).getReader();
    for (let frame = 0; frame < 5; frame++) await reader.read();
    await settle();
    // Some parts wait in the SDK's own pipes; thousands would mean that nothing holds the model back.
    expect(produced).toBeLessThan(100);
    // Another run goes through meanwhile.
    const quick = await server.start(new Agent({ id: "quick", model: "offline:echo" }), form("hi"));
    expect(await new Response(createEventStream(quick.events, ignore)).text()).toContain("RunCompleted");
    expect(produced).toBeLessThan(100);
  });

  it("cancels the run when the client goes away, and reads it to its end so that it is stored", async () => {
    const server = createTestServer();
    const run = await server.start(new Agent({ id: "helper", model: "offline:echo" }), form("a b c d e"));
    const stream = createEventStream(run.events, {
      onCancel: (reason) => run.abort(reason),
      onError: () => {},
    });
    const reader = stream.getReader();
    for (let frame = 0; frame < 4; frame++) await reader.read();
    await reader.cancel(new Error("gone"));
    await server.service.drain(new AbortController().signal);
    const component = { kind: "agent", id: "helper" } as const;
    const stored = await server.store.findRun(
      { kind: "all" },
      { component, sessionId: run.sessionId, runId: run.runId },
    );
    expect(stored?.output).toMatchObject({ status: "CANCELLED", content: "a b " });
    expect(stored?.output.events?.slice(-2).map((event) => event.event)).toEqual([
      "RunCancelled",
      "RunCompleted",
    ]);
  });

  it("takes it calmly when the client goes away while an event is awaited", async () => {
    const faults: unknown[] = [];
    const server = createTestServer();
    const hangs = offlineScript(
      { steps: [{ text: "a", delayMs: 1 }] },
      { sleep: () => new Promise(() => {}) },
    );
    const run = await server.start(new Agent({ id: "helper", model: hangs }), form("go"));
    const stream = createEventStream(run.events, {
      onCancel: (reason) => run.abort(reason),
      onError: (cause) => faults.push(cause),
    });
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    const waiting = reader.read();
    await settle();
    await reader.cancel(new Error("gone"));
    expect((await waiting).done).toBe(true);
    await server.service.drain(new AbortController().signal);
    await settle();
    expect(faults).toEqual([]);
  });

  it("cuts the stream, without a word about the cause, when reading events fails", async () => {
    const causes: unknown[] = [];
    async function* broken() {
      yield { event: "A" };
      throw new Error("secret");
    }
    const stream = createEventStream(broken(), {
      onCancel: () => {},
      onError: (cause) => causes.push(cause),
    });
    await expect(new Response(stream).text()).rejects.toThrow("the stream failed");
    expect(causes).toMatchObject([{ message: "secret" }]);
  });
});

describe("eventStreamResponse", () => {
  it("has the contract's content type and asks proxies not to buffer", async () => {
    const response = eventStreamResponse(createEventStream(events("A"), ignore));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    await response.body?.cancel();
  });
});

/** Lets everything that can go on without a reader go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
