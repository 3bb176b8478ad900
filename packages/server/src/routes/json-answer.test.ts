import { afterEach, describe, expect, it, vi } from "vitest";
import { Agent } from "../agents/agent.ts";
import { MAX_UNREAD_SECONDS } from "../runs/run-limits.ts";
import {
  createPlainAgent,
  createTestAccess,
  createTestServer,
  form,
  outputOf,
  startRun,
} from "../runs/test-run.fixture.ts";
import { answerWithRun } from "./json-answer.ts";

const ignore = { onCut: () => {} };
const echo = new Agent({ id: "helper", model: "offline:echo" });
const long = createPlainAgent(async function* () {
  for (let step = 0; step < 20; step++) yield { type: "content", text: "漢😀x".repeat(1_000) };
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the answer to a run that is not streamed", () => {
  it.each([
    ["short", echo],
    ["long, with characters of several units at the edges of its pieces", long],
  ])("is the run, when it is %s", async (_, agent) => {
    const server = createTestServer();
    const run = await server.start(agent, form("hi"));
    const response = await answerWithRun(run, ignore);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(await outputOf(run));
  });

  it("counts as unread until it is taken, and is cut when nobody takes it for a minute", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const server = createTestServer({ limits: { unreadStreams: 1 } });
    const causes: string[] = [];
    const response = await answerWithRun(await server.start(long, form("hi")), {
      onCut: ({ message }) => causes.push(message),
    });
    const request = { runnable: echo, form: form("hi"), access: createTestAccess() };
    expect(await startRun(server.service, request)).toMatchObject({ fault: { code: "RUN_SERVER_UNREAD" } });
    vi.advanceTimersByTime(2 * MAX_UNREAD_SECONDS * 1_000);
    expect(causes).toEqual(["the answer was not read"]);
    await expect(response.text()).rejects.toThrow("the answer was cut");
    expect(await startRun(server.service, request)).toMatchObject({ ok: true });
  });

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ["taken", (response) => response.text()],
    ["refused by a client that goes away", async (response) => response.body?.cancel()],
  ])("gives its place back when it is %s", async (_, end) => {
    const server = createTestServer({ limits: { unreadStreams: 1 } });
    const response = await answerWithRun(await server.start(long, form("hi")), ignore);
    await end(response);
    const request = { runnable: echo, form: form("hi"), access: createTestAccess() };
    expect(await startRun(server.service, request)).toMatchObject({ ok: true });
  });

  it("holds what it is long, and is cut when others need the memory", async () => {
    const server = createTestServer({ limits: { runBytes: 700_000 } });
    const causes: string[] = [];
    const onCut = ({ message }: Error) => causes.push(message);
    const responses: Response[] = [];
    for (let count = 0; count < 10; count++)
      responses.push(await answerWithRun(await server.start(long, form("hi")), { onCut }));
    expect(causes.length).toBeGreaterThan(4);
    await Promise.all(responses.map(async (response) => response.text().catch(() => undefined)));
  });
});
