import type { ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type AgentOSClientOptions, createAgentOSClient, type RunStream } from "../index.ts";
import { errorOf, openEvents, startServer, writeEvent } from "../wire/http-server.fixture.ts";

const RUN = { run_id: "r1", session_id: "s1", created_at: 1 };
const STARTED = writeEvent({ event: "RunStarted", ...RUN });
const COMPLETED = writeEvent({ event: "RunCompleted", ...RUN, content: "All" });

/** Each stream is answered by the next of these; the last one answers all that follow. */
async function connect(
  answers: readonly ((response: ServerResponse) => void)[],
  more: Partial<AgentOSClientOptions> = {},
) {
  let streams = 0;
  const server = await startServer((response, { method }) => {
    if (method === "GET") return response.writeHead(404).end();
    streams += 1;
    return answers[Math.min(streams, answers.length) - 1]?.(response);
  });
  const client = createAgentOSClient({ baseUrl: server.baseUrl, wait: async () => undefined, ...more });
  return { client, server };
}

const send =
  (...frames: readonly string[]) =>
  (response: ServerResponse) => {
    openEvents(response);
    response.end(frames.join(""));
  };

async function readAll(stream: RunStream): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { event } of stream) names.push(event);
  return names;
}

/** Writes for as long as somebody reads. */
function pour(response: ServerResponse, text: string): void {
  const more = () => {
    while (!response.destroyed && response.write(text));
    response.once("drain", more);
  };
  more();
}

describe("a stream that is no stream of an AgentOS", () => {
  test("without an end of a line is held no longer than an event may be", async () => {
    const { client } = await connect([
      (response) => {
        openEvents(response);
        response.write(`${STARTED}data: `);
        pour(response, "x".repeat(65_536));
      },
    ]);
    expect(await errorOf(readAll(client.agents.stream("a", { message: "Hi" })))).toMatchObject({
      kind: "connection",
      reason: "too-large",
    });
  });

  test("with an event of many lines is held no longer either", async () => {
    const { client } = await connect(
      [
        (response) => {
          openEvents(response);
          pour(response, `data: ${"x".repeat(1_000)}\n`);
        },
      ],
      { maxEventLength: 100_000 },
    );
    expect(await errorOf(readAll(client.agents.stream("a", { message: "Hi" })))).toMatchObject({
      reason: "too-large",
    });
  });

  test("with an event that is whole and too long is refused as well", async () => {
    const long = writeEvent({ event: "RunContent", ...RUN, content: "x".repeat(2_000) });
    const { client } = await connect([send(STARTED, long, COMPLETED)], { maxEventLength: 1_000 });
    const stream = client.agents.stream("a", { message: "Hi" });
    expect(await errorOf(readAll(stream))).toMatchObject({
      reason: "too-large",
    });
    // What came before it has been given.
    expect(stream.runId).toBe("r1");
  });

  test.each([
    [
      "a page",
      (response: ServerResponse) => void response.writeHead(200, { "content-type": "text/html" }).end("x"),
    ],
    ["an event that is no JSON", send(STARTED, "event: x\ndata: {\n\n", COMPLETED)],
    [
      "a tool call without a tool",
      send(STARTED, writeEvent({ event: "ToolCallStarted", ...RUN, tool: null })),
    ],
  ])("but %s is a fault with a name", async (_, answer) => {
    const { client } = await connect([answer]);
    expect(await errorOf(readAll(client.agents.stream("a", { message: "Hi" })))).toMatchObject({
      kind: "connection",
      reason: "not-agentos",
    });
  });

  test("whose frames say nothing, or nothing known, is read past them", async () => {
    const { client } = await connect([
      send(
        ": heartbeat\n\n",
        STARTED,
        "event: WorkflowRunOutput\ndata: {}\n\n",
        "data: [1]\n\nretry: 5\nwhatever: x\n\n",
        writeEvent({ event: "SomethingNew", ...RUN }),
        COMPLETED,
      ),
    ]);
    expect(await readAll(client.agents.stream("a", { message: "Hi" }))).toEqual([
      "RunStarted",
      "SomethingNew",
      "RunCompleted",
    ]);
  });
});

test("a hundred thousand events are read one after the other, and leaving the loop closes the connection", async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const pieces = writeEvent({ event: "RunContent", ...RUN, content: "x" }).repeat(100);
  const { client } = await connect([
    (response) => {
      response.on("close", close);
      openEvents(response);
      response.write(STARTED);
      pour(response, pieces);
    },
  ]);
  let read = 0;
  for await (const { event } of client.agents.stream("a", { message: "Hi" })) {
    if (event === "RunContent") read += 1;
    if (read === 100_000) break;
  }
  await closed;
});

describe("an end", () => {
  test("is believed when the run has said it, whether the server closes or not", async () => {
    const { client } = await connect([
      (response) => {
        openEvents(response);
        response.write(STARTED + COMPLETED);
      },
    ]);
    expect(await readAll(client.agents.stream("a", { message: "Hi" }))).toEqual([
      "RunStarted",
      "RunCompleted",
    ]);
  });

  test("after which more might follow is waited for five seconds, where the server does not close", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { client, server } = await connect([
      (response) => {
        openEvents(response);
        response.write(
          STARTED + writeEvent({ event: "RunPaused", ...RUN, tools: [null, { tool_name: "x" }] }),
        );
      },
    ]);
    const seen: unknown[] = [];
    for await (const event of client.agents.stream("a", { message: "Hi" })) {
      seen.push(event.event === "RunPaused" ? [event.tools, event.requirements] : event.event);
      if (event.event === "RunPaused") setImmediate(() => vi.advanceTimersByTime(5_000));
    }
    expect(seen).toEqual(["RunStarted", [[{ tool_name: "x" }], []]]);
    expect(server.seen).toHaveLength(1);
  });

  test("is waited for no longer when something else is sent all the time", async () => {
    let now = 0;
    const { client } = await connect(
      [
        (response) => {
          openEvents(response);
          response.write(STARTED + writeEvent({ event: "RunPaused", ...RUN }));
          pour(response, ": still there\n\n");
        },
      ],
      // Each look takes a second.
      { clock: () => (now += 1_000) },
    );
    expect(await readAll(client.agents.stream("a", { message: "Hi" }))).toEqual(["RunStarted", "RunPaused"]);
  });

  test("of a plain stream is waited for as long as its caller says", async () => {
    const { client } = await connect([
      (response) => {
        openEvents(response);
        response.write(STARTED);
      },
    ]);
    const stream = client.agents.stream("a", { message: "Hi" }, { silenceMs: 20, idempotencyKey: "k1" });
    expect(await errorOf(readAll(stream))).toMatchObject({
      reason: "stream-lost",
      run: { runId: "r1", idempotencyKey: "k1" },
    });
  });

  test("that a loop leaves at is no reason to cancel the run", async () => {
    for (const [last, paths] of [
      ["RunCompleted", []],
      ["RunContent", ["/agents/a/runs/r1/cancel?session_id=s1"]],
    ] as const) {
      const { client, server } = await connect([
        (response) => {
          openEvents(response);
          response.write(STARTED + writeEvent({ event: last, ...RUN, content: "x" }));
        },
        (response) => void response.writeHead(200).end("{}"),
      ]);
      const options = { background: true, cancelsWhenLeft: true };
      for await (const { event } of client.agents.stream("a", { message: "Hi" }, options))
        if (event === last) break;
      await expect
        .poll(() => server.seen.slice(1).map(({ path }) => path), { timeout: 10_000 })
        .toEqual(paths);
    }
  });

  test("of a member of a team is none of the team's", async () => {
    const member = { ...RUN, run_id: "r2", parent_run_id: "r1" };
    const { client } = await connect([
      send(
        writeEvent({ event: "TeamRunStarted", ...RUN }),
        writeEvent({ event: "RunStarted", ...member }),
        writeEvent({ event: "RunCompleted", ...member }),
        writeEvent({ event: "TeamRunContent", ...RUN, content: "x" }),
        writeEvent({ event: "TeamRunCompleted", ...RUN, content: "x" }),
      ),
    ]);
    expect(await readAll(client.teams.stream("t", { message: "Hi" }))).toHaveLength(5);
  });

  test("that never came is a lost connection, and so is silence, where the stream can be taken up", async () => {
    const indexed = (event: string, event_index: number) => writeEvent({ event, ...RUN, event_index });
    const { client, server } = await connect([
      send(indexed("RunStarted", 0), indexed("RunContent", 1)),
      (response) => {
        openEvents(response);
        response.write(writeEvent({ event: "catch_up", run_id: "r1" }) + indexed("RunContent", 2));
      },
      send(
        writeEvent({ event: "replay", run_id: "r1" }),
        indexed("RunContent", 1),
        indexed("RunContent", 2),
        indexed("RunPaused", 3),
        indexed("RunContinued", 4),
        indexed("RunCompleted", 5),
      ),
    ]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const names: string[] = [];
    for await (const { event, event_index } of client.agents.stream(
      "a",
      { message: "Hi" },
      { background: true },
    )) {
      names.push(event);
      // By then the next event is waited for.
      if (event_index === 2) setImmediate(() => vi.advanceTimersByTime(90_000));
    }
    expect(names).toEqual([
      "RunStarted",
      "RunContent",
      "RunContent",
      "RunPaused",
      "RunContinued",
      "RunCompleted",
    ]);
    expect(server.seen.map(({ path, body }) => [path, body]).slice(1)).toEqual([
      ["/agents/a/runs/r1/resume", "session_id=s1&last_event_index=1"],
      ["/agents/a/runs/r1/resume", "session_id=s1&last_event_index=2"],
    ]);
  });

  test("that stored events alone have is given, whatever their numbers", async () => {
    const indexed = (event: string, event_index: number) => writeEvent({ event, ...RUN, event_index });
    const names = ["RunStarted", "RunContent", "RunContent", "RunContent"];
    for (const last of ["RunCompleted", "RunPaused", "RunError"]) {
      const { client } = await connect([
        send(...names.map(indexed)),
        send(writeEvent({ event: "replay", run_id: "r1" }), indexed("RunStarted", 0), indexed(last, 1)),
      ]);
      expect(await readAll(client.agents.stream("a", { message: "Hi" }, { background: true }))).toEqual([
        ...names,
        last,
      ]);
    }
  });

  test("comes after what has no numbers, each once, however often a replay begins anew", async () => {
    const piece = (content: string) => writeEvent({ event: "RunContent", ...RUN, content });
    const begun = [STARTED, piece("a"), piece("b")];
    const { client } = await connect([
      send(...begun),
      send(...begun, piece("c")),
      send(...begun, piece("c"), piece("d"), COMPLETED),
    ]);
    const seen: unknown[] = [];
    for await (const event of client.agents.follow("a", { run_id: "r1" }))
      seen.push("content" in event ? event.content : event.event);
    expect(seen).toEqual(["RunStarted", "a", "b", "c", "d", "All"]);
  });

  test("is a refusal where the server says that there is no such run, or its stream cannot go on", async () => {
    const error = "Run r1 not found in buffer or database";
    const { client, server } = await connect([send(writeEvent({ event: "error", error }))]);
    const stream = client.agents.follow("a", { run_id: "r1" });
    expect(await errorOf(readAll(stream))).toMatchObject({ kind: "refusal", status: 404, detail: error });
    expect(server.seen).toHaveLength(1);
  });

  test("is looked for anew after each new event, and given up after so many tries without one", async () => {
    const indexed = (event: string, event_index: number) => writeEvent({ event, ...RUN, event_index });
    const pieces = [0, 1, 2, 3].map((index) => send(indexed("RunContent", index)));
    const { client, server } = await connect([...pieces, send(indexed("RunContent", 3))]);
    const stream = client.agents.stream("a", { message: "Hi" }, { background: true, maxResumes: 2 });
    expect(await errorOf(readAll(stream))).toMatchObject({
      reason: "stream-lost",
      run: { lastEventIndex: 3 },
    });
    expect(server.seen).toHaveLength(pieces.length + 2);
  });

  test("is waited for as a full server asks, and not past a refusal of the credential", async () => {
    const waits: number[] = [];
    const refuse = (status: number) => (response: ServerResponse) =>
      void response.writeHead(status, { "retry-after": "3" }).end();
    const { client } = await connect(
      [
        send(writeEvent({ event: "RunStarted", ...RUN, event_index: 0 })),
        refuse(503),
        refuse(429),
        refuse(403),
      ],
      {
        wait: async (ms) => {
          waits.push(ms);
        },
        random: () => 1,
      },
    );
    const stream = client.agents.stream("a", { message: "Hi" }, { background: true });
    expect(await errorOf(readAll(stream))).toMatchObject({ kind: "refusal", status: 403 });
    expect(waits).toEqual([250, 3_000, 3_000]);
    const late = await connect([(response) => void response.writeHead(503, { "retry-after": "60" }).end()]);
    expect(await errorOf(readAll(late.client.agents.follow("a", { run_id: "r1" })))).toMatchObject({
      kind: "refusal",
      retryAfterSeconds: 60,
    });
    expect(late.server.seen).toHaveLength(1);
  });
});
