/** What a run does between its answer and its end: nothing of it can take the answer away. */
import { describe, expect, it } from "vitest";
import { RunFailure } from "./runnable.ts";
import type { RunStep } from "./steps.ts";
import { createPlainAgent, createTestServer, finish, form, outputOf, settle } from "./test-run.fixture.ts";

const never = new Promise<never>(() => {});

/** Says "hello", then that it has answered, then does what is given. */
const answering = (after: () => AsyncGenerator<RunStep>) =>
  createPlainAgent(async function* () {
    yield { type: "content", text: "hello" };
    yield { type: "answer-completed" };
    yield* after();
  });

const names = (events: readonly { readonly event: string }[]) => events.map(({ event }) => event);

describe("after its answer a run", () => {
  it("says once that the content is complete, before what follows", async () => {
    const agent = answering(async function* () {
      yield { type: "session-summary-started" };
      yield { type: "session-summary-completed" };
      yield { type: "answer-completed" };
    });
    const { events } = await finish(await createTestServer().start(agent, form("hi")));
    expect(names(events)).toEqual([
      "RunStarted",
      "RunContent",
      "RunContentCompleted",
      "SessionSummaryStarted",
      "SessionSummaryCompleted",
      "RunCompleted",
    ]);
  });

  it.each([
    ["an exception", new Error("secret cause")],
    ["a failure for the caller", new RunFailure("No credit", { errorType: "plan_limit" })],
  ])("completes in spite of %s, which the log has", async (_, cause) => {
    const server = createTestServer();
    const agent = answering(async function* () {
      yield { type: "session-summary-started" };
      throw cause;
    });
    const { events, output } = await finish(await server.start(agent, form("hi")));
    expect(output).toMatchObject({ status: "COMPLETED", content: "hello" });
    expect(names(events).slice(-3)).toEqual(["RunContentCompleted", "SessionSummaryStarted", "RunCompleted"]);
    expect(server.runtime.log).toMatchObject([{ level: "error", facts: { run_id: output.run_id, cause } }]);
  });

  it.each([
    ["its caller", new Error("gone")],
    ["the server", new RunFailure("Memory is short", { errorType: "memory_limit" })],
  ])("completes when %s stops it", async (_, reason) => {
    const server = createTestServer();
    const agent = answering(async function* () {
      yield { type: "session-summary-started" };
      await never;
    });
    const run = await server.start(agent, form("hi"));
    await settle();
    run.abort(reason);
    const { events, output } = await finish(run);
    expect(output).toMatchObject({ status: "COMPLETED", content: "hello" });
    expect(names(events).slice(-3)).toEqual(["RunContentCompleted", "SessionSummaryStarted", "RunCompleted"]);
    expect(server.runtime.log).toEqual([]);
  });

  it("does not complete when it fails or is stopped before it has answered", async () => {
    const server = createTestServer();
    const failing = createPlainAgent(async function* () {
      yield { type: "content", text: "hel" };
      throw new Error("secret cause");
    });
    expect((await outputOf(await server.start(failing, form("hi")))).status).toBe("ERROR");
    const hanging = createPlainAgent(async function* () {
      yield { type: "content", text: "hel" };
      await never;
    });
    const run = await server.start(hanging, form("hi"));
    await settle();
    run.abort(new Error("gone"));
    expect((await outputOf(run)).status).toBe("CANCELLED");
  });

  it("leaves no summary when its end is no good", async () => {
    const server = createTestServer();
    const summary = { summary: "gist", updated_at: "2026-11-28T12:00:00.000Z" };
    const agent = createPlainAgent(async function* (_, { sessionState }) {
      yield { type: "session-summary-completed", summary };
      if (sessionState["grows"] === true) sessionState["text"] = "x".repeat(300_000);
    });
    const sessionOf = async (grows: boolean) => {
      const sessionId = String(grows);
      const input = form("hi", { sessionId, sessionState: { grows } });
      const { status } = await outputOf(await server.start(agent, input));
      const [session] = await server.store.findSessions({ kind: "all" }, { sessionId }, 1);
      return [status, session?.summary];
    };
    expect(await sessionOf(true)).toEqual(["ERROR", undefined]);
    expect(await sessionOf(false)).toEqual(["COMPLETED", summary]);
  });
});
