/** What a caller does to its own request: leaves it, gives it times and names, and fails within it. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ClientConfigurationError, createAgentOSClient } from "../index.ts";
import { errorOf, openEvents, sendJson, startServer, writeEvent } from "./http-server.fixture.ts";

const HELLO = { message: "Hello" };

describe("a caller who leaves while the server is asked whether it knows a run by its name", () => {
  test.each(["run", "stream"] as const)("is not kept waiting by %s", async (kind) => {
    const stop = new AbortController();
    const server = await startServer((response, { method }) => {
      // `GET /info` is never answered.
      if (method === "GET") stop.abort();
      else if (kind === "run") response.destroy();
      else {
        openEvents(response);
        response.write(": begun\n\n", () => response.destroy());
      }
    });
    const client = createAgentOSClient({ baseUrl: server.baseUrl, wait: async () => undefined });
    const options = { signal: stop.signal, background: true };
    const read = async () => {
      for await (const event of client.agents.stream("a", HELLO, options)) throw new Error(event.event);
    };
    const call = kind === "run" ? client.agents.run("a", HELLO, options) : read();
    const fault = await errorOf(call);
    expect(fault).toMatchObject({ kind: "connection", reason: "aborted" });
    // With its name the run that may have begun can be asked for.
    if (kind === "run")
      expect(fault).toMatchObject({ run: { idempotencyKey: expect.stringMatching(/^client-/) as unknown } });
  });
});

describe("a time of one call", () => {
  test.each([2 ** 31, Number.NaN, -1, 0, 0.5])(
    "that is %s is refused before anything is sent",
    async (ms) => {
      const server = await startServer((response) => sendJson(response, 200, []));
      const client = createAgentOSClient({ baseUrl: server.baseUrl });
      for (const call of [
        () => client.agents.list({}, { timeoutMs: ms }),
        () => client.agents.run("a", HELLO, { timeoutMs: ms }),
        () => client.agents.cancelRun("a", { run_id: "r" }, { timeoutMs: ms }),
        async () => client.agents.stream("a", HELLO, { timeoutMs: ms }),
        async () => client.agents.follow("a", { run_id: "r" }, { silenceMs: ms }),
      ])
        expect(await errorOf(call())).toBeInstanceOf(ClientConfigurationError);
      expect(() => client.agents.follow("a", { run_id: "r" }, { maxResumes: Number.NaN })).toThrow(
        /maxResumes/,
      );
      expect(server.seen).toEqual([]);
    },
  );

  test("that is infinite is no time at all", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startServer((response, { method }) => {
      vi.advanceTimersByTime(2 ** 31 - 1);
      if (method === "GET") return sendJson(response, 200, []);
      openEvents(response);
      return response.end(writeEvent({ event: "RunCompleted", run_id: "r", content: "" }));
    });
    const client = createAgentOSClient({ baseUrl: server.baseUrl });
    const endless = Number.POSITIVE_INFINITY;
    expect(await client.agents.list({}, { timeoutMs: endless })).toEqual([]);
    const names: string[] = [];
    for await (const { event } of client.agents.follow(
      "a",
      { run_id: "r" },
      { timeoutMs: endless, silenceMs: endless },
    ))
      names.push(event);
    expect([names, server.seen.length]).toEqual([["RunCompleted"], 2]);
  });
});

describe("what throws in the caller's own code", () => {
  const bug = new TypeError("a bug of the caller");

  test("comes back as it is, and nothing is sent again", async () => {
    const server = await startServer((response) => sendJson(response, 200, []));
    const client = createAgentOSClient({
      baseUrl: server.baseUrl,
      checkAnswer: () => {
        throw bug;
      },
    });
    expect(await errorOf(client.agents.list())).toBe(bug);
    expect(server.seen).toHaveLength(1);
  });

  test.each(["a\nb", "日本", "", "x".repeat(256)])(
    "a name of a run that no header carries is refused before anything is sent: %j",
    async (idempotencyKey) => {
      const server = await startServer((response) => sendJson(response, 200, {}));
      const client = createAgentOSClient({ baseUrl: server.baseUrl });
      expect(await errorOf(client.agents.run("a", HELLO, { idempotencyKey }))).toMatchObject({
        kind: "invalid-input",
        issues: [{ location: ["header", "idempotency-key"] }],
      });
      expect(server.seen).toEqual([]);
    },
  );

  test("half of a character in an id is refused as an id", async () => {
    const client = createAgentOSClient({ baseUrl: "http://127.0.0.1:1" });
    expect(await errorOf(client.agents.run("a\uD800", HELLO))).toMatchObject({
      kind: "invalid-input",
      issues: [{ location: ["path", "id"] }],
    });
  });
});
