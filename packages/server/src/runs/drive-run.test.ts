/** Golden streams: every event of contract 5.3's orders, field by field and key by key. */
import { runEventSchema, runOutputSchema } from "@agentos/contract";
import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Agent } from "../agents/agent.ts";
import { tool } from "../agents/define-tool.ts";
import { type OfflineScript, offlineScript } from "../agents/offline-script.ts";
import { TEST_TOOLS } from "../agents/test-tools.fixture.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import type { RunStep } from "./steps.ts";
import {
  createPlainAgent,
  createTestServer,
  createToolExecution,
  finish,
  followEvents,
  form,
  NOW,
} from "./test-run.fixture.ts";

const second = Math.floor(NOW);

const base = (event: string) => ({
  created_at: second,
  event,
  agent_id: "helper",
  agent_name: "Helper",
  run_id: "id-2",
  session_id: "id-1",
  nested_depth: 0,
});
const MODEL_FAILED = "Model request failed (error id-4: the server's log has its cause)";
const model = (id: string) => ({ model: id, model_provider: "offline" });
const started = (id: string) => ({ ...base("RunStarted"), ...model(id) });
const requested = (id: string) => ({ ...base("ModelRequestStarted"), ...model(id) });
const answered = (id: string, input: number, output: number, hasOutput = true) => ({
  ...base("ModelRequestCompleted"),
  ...model(id),
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
  ...(hasOutput ? { time_to_first_token: 0 } : {}),
  reasoning_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
});
const delta = (content: string) => ({
  ...base("RunContent"),
  content,
  workflow_agent: false,
  content_type: "str",
  reasoning_content: "",
});
const completed = (content: string, metrics: object) => ({
  ...base("RunCompleted"),
  content,
  content_type: "str",
  metrics,
  session_state: {},
});
const metrics = (id: string, input: number, output: number, firstToken = true) => {
  const counts = {
    ...(input === 0 ? {} : { input_tokens: input }),
    ...(output === 0 ? {} : { output_tokens: output }),
    ...(input + output === 0 ? {} : { total_tokens: input + output }),
  };
  return {
    ...counts,
    ...(firstToken ? { time_to_first_token: 0 } : {}),
    duration: 0,
    details: { model: [{ id, provider: "offline", ...counts }] },
  };
};

function scripted(steps: OfflineScript["steps"], rest: { toolCallLimit?: number } = {}): Agent {
  return new Agent({
    id: "helper",
    name: "Helper",
    model: "offline:script",
    script: { steps },
    tools: TEST_TOOLS,
    ...rest,
  });
}

/** Byte equality: values, and the order of keys too. */
function expectStream(actual: readonly unknown[], wanted: readonly unknown[]): void {
  expect(actual).toEqual(wanted);
  expect(actual.map((event) => JSON.stringify(event))).toEqual(wanted.map((event) => JSON.stringify(event)));
  for (const event of actual) expect(runEventSchema.safeParse(event).error).toBeUndefined();
}

describe("golden streams", () => {
  it("plain: start, request, deltas, request completed, content completed, completed", async () => {
    const server = createTestServer();
    const agent = new Agent({ id: "helper", name: "Helper", model: "offline:echo" });
    const { events, output } = await finish(await server.start(agent, form("Grüße, you there")));
    expectStream(events, [
      started("echo"),
      requested("echo"),
      delta("Grüße, "),
      delta("you "),
      delta("there"),
      answered("echo", 3, 3),
      base("RunContentCompleted"),
      completed("Grüße, you there", metrics("echo", 3, 3)),
    ]);
    expect(output.status).toBe("COMPLETED");
  });

  it("tool: request completed, call started, call completed, next request", async () => {
    const server = createTestServer();
    const agent = scripted([
      { toolCalls: [{ name: "add_numbers", args: { a: 1, b: 2 } }] },
      { text: "It is 3." },
    ]);
    const { events, output } = await finish(await server.start(agent, form("1+2?")));
    const done = createToolExecution({
      tool_call_error: false,
      result: "3",
      metrics: { start_time: NOW, end_time: NOW, duration: 0 },
    });
    expectStream(events, [
      started("script"),
      requested("script"),
      answered("script", 1, 0),
      { ...base("ToolCallStarted"), tool: createToolExecution({}) },
      { ...base("ToolCallCompleted"), content: "add_numbers(a=1, b=2) completed in 0.0000s. ", tool: done },
      requested("script"),
      delta("It "),
      delta("is "),
      delta("3."),
      answered("script", 1, 3),
      base("RunContentCompleted"),
      completed("It is 3.", metrics("script", 2, 3)),
    ]);
    expect(output.tools).toEqual([done]);
    expect(output.messages.map((message) => message.role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
    ]);
  });

  it("tool error: the call is completed with its error, then reported, and the run goes on", async () => {
    const server = createTestServer();
    const agent = scripted([
      { toolCalls: [{ name: "lookup_order", args: { order_id: "Z-9" } }] },
      { text: "No." },
    ]);
    const { events } = await finish(await server.start(agent, form("order?")));
    const failed = createToolExecution({
      tool_name: "lookup_order",
      tool_args: { order_id: "Z-9" },
      tool_call_error: true,
      result: "There is no order Z-9",
      metrics: { start_time: NOW, end_time: NOW, duration: 0 },
    });
    expectStream(events.slice(4, 6), [
      {
        ...base("ToolCallCompleted"),
        content: "lookup_order(order_id=Z-9) completed in 0.0000s. ",
        tool: failed,
      },
      { ...base("ToolCallError"), tool: failed, error: "There is no order Z-9" },
    ]);
    expect(events.at(-1)?.event).toBe("RunCompleted");
  });

  it("pause: the call is not run, and RunPaused is last with tools and requirements", async () => {
    const server = createTestServer();
    const agent = scripted([{ toolCalls: [{ name: "refund_order", args: { order_id: "A-1001" } }] }]);
    const { events, output } = await finish(await server.start(agent, form("refund it")));
    const waiting = createToolExecution({
      tool_name: "refund_order",
      tool_args: { order_id: "A-1001" },
      requires_confirmation: true,
    });
    const text = "I have tools to execute, but I need confirmation.";
    const requirement = { id: "id-5", created_at: "2026-11-18T11:06:40.500+00:00", tool_execution: waiting };
    expectStream(events, [
      started("script"),
      requested("script"),
      answered("script", 2, 0),
      base("RunContentCompleted"),
      { ...base("RunPaused"), tools: [waiting], content: text, requirements: [requirement] },
    ]);
    expect(output).toMatchObject({
      status: "PAUSED",
      content: text,
      requirements: [requirement],
      tools: [waiting],
    });
  });

  it("pause: a tool that runs elsewhere has its own text", async () => {
    const server = createTestServer();
    const elsewhere = tool({
      name: "on_site",
      description: "d",
      parameters: z.object({}),
      externalExecution: true,
    });
    const agent = new Agent({
      id: "helper",
      model: "offline:script",
      script: { steps: [{ toolCalls: [{ name: "on_site", args: {} }] }] },
      tools: [elsewhere],
    });
    const { output } = await finish(await server.start(agent, form("go")));
    expect(output.content).toBe("I have tools to execute, but it needs external execution.");
    expect(output.requirements?.[0]?.tool_execution.external_execution_required).toBe(true);
  });

  it("error: RunError is last, says nothing of the cause, and names the log entry that has it", async () => {
    const server = createTestServer();
    const secret = "connect to https://models.internal failed, key sk-12345";
    const { events, output } = await finish(await server.start(scripted([{ error: secret }]), form("hi")));
    expectStream(events, [
      started("script"),
      requested("script"),
      { ...base("RunError"), content: MODEL_FAILED, error_type: "model_error", error_id: "id-4" },
    ]);
    expect(output).toMatchObject({ status: "ERROR", content: MODEL_FAILED });
    expect(JSON.stringify([events, output])).not.toMatch(/internal|sk-|at .*\.ts/);
    const entry = server.runtime.log.find((line) => line.facts["error_id"] === "id-4");
    expect(entry?.facts["cause"]).toMatchObject({ message: secret });
  });

  it("error after text: what was said stays said, and RunError is last", async () => {
    const server = createTestServer();
    const agent = scripted([{ text: "half an", error: "socket hang up" }]);
    const { events } = await finish(await server.start(agent, form("hi")));
    expectStream(events, [
      started("script"),
      requested("script"),
      delta("half "),
      delta("an"),
      { ...base("RunError"), content: MODEL_FAILED, error_type: "model_error", error_id: "id-4" },
    ]);
  });

  it("cancel: RunCancelled, then RunCompleted with the partial text, whatever the model does", async () => {
    const server = createTestServer();
    const hangs = offlineScript(
      { steps: [{ text: "one two three", wordDelayMs: 1 }] },
      { sleep: afterWords(2) },
    );
    const agent = new Agent({ id: "helper", name: "Helper", model: hangs });
    const run = await server.start(agent, form("go"));
    const events: unknown[] = [];
    for await (const event of followEvents(run)) {
      events.push(event);
      if (event.event === "RunContent" && event.content === "two ") run.abort(new Error("client went away"));
    }
    const stopped = { duration: 0 };
    expectStream(events, [
      started("script"),
      requested("script"),
      delta("one "),
      delta("two "),
      { ...base("RunCancelled"), content: "one two ", reason: "Run id-2 was cancelled" },
      completed("one two ", { time_to_first_token: 0, ...stopped }),
    ]);
    const stored = await server.find("helper", "id-1", "id-2");
    expect(stored?.output.status).toBe("CANCELLED");
  });
});

/** Sleeps that end at once until so many words were said, then never. */
function afterWords(words: number): () => Promise<void> {
  let said = 0;
  return () => (++said > words ? new Promise(() => {}) : Promise.resolve());
}

describe("driveRun", () => {
  it("answers without a stream with the whole run", async () => {
    const server = createTestServer();
    const agent = new Agent({ id: "helper", name: "Helper", model: "offline:echo" });
    const input = form("hello", { metadata: { channel: "web" }, sessionState: { topic: "tests" } });
    const { output } = await finish(await server.start(agent, input));
    expect(runOutputSchema.strict().parse(output)).toEqual({
      run_id: "id-2",
      agent_id: "helper",
      agent_name: "Helper",
      session_id: "id-1",
      user_id: "alice",
      input: { input_content: "hello" },
      content: "hello",
      content_type: "str",
      model: "echo",
      model_provider: "offline",
      messages: [
        {
          id: "id-3",
          content: "hello",
          from_history: false,
          stop_after_tool_call: false,
          role: "user",
          created_at: second,
        },
        {
          id: "id-4",
          content: "hello",
          from_history: false,
          stop_after_tool_call: false,
          role: "assistant",
          created_at: second,
        },
      ],
      metrics: metrics("echo", 1, 1),
      metadata: { channel: "web" },
      session_state: { topic: "tests" },
      created_at: second,
      status: "COMPLETED",
    });
  });

  it("stores the run before its last event is sent, with its events but not the deltas", async () => {
    const server = createTestServer();
    const run = await server.start(new Agent({ id: "helper", model: "offline:echo" }), form("a b c"));
    const find = () => server.find("helper", run.sessionId, run.runId);
    // Its row is there before its first event: who looks early finds a run that is running.
    expect((await find())?.output.status).toBe("RUNNING");
    let storedAtLast: unknown;
    for await (const event of followEvents(run)) {
      const stored = await find();
      if (event.event === "RunCompleted") storedAtLast = stored?.events.map((kept) => kept.event);
    }
    expect(storedAtLast).toEqual([
      "RunStarted",
      "ModelRequestStarted",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "RunCompleted",
    ]);
  });

  it("ends in RunError when the run cannot be stored", async () => {
    const store = createMemoryRunStore();
    const server = createTestServer({
      store: { ...store, finishRun: () => Promise.reject(new Error("disk /var/db full")) },
    });
    const { events, output } = await finish(
      await server.start(new Agent({ id: "helper", model: "offline:echo" }), form("hi")),
    );
    expect(events.at(-1)).toMatchObject({
      event: "RunError",
      content: expect.stringMatching(/^The run could not be stored \(error /) as string,
      error_type: "store_error",
    });
    expect(output.status).toBe("ERROR");
    expect(JSON.stringify(events)).not.toContain("/var/db");
  });

  it("shows a generic text for an exception of a runnable that is not meant for callers", async () => {
    const server = createTestServer();
    const broken = createPlainAgent(async function* () {
      yield { type: "content", text: "so far " };
      throw new TypeError("cannot read /etc/app.conf");
    });
    const { events, output } = await finish(await server.start(broken, form("hi")));
    expect(events.map((event) => event.event)).toEqual(["RunStarted", "RunContent", "RunError"]);
    expect(output.content).toMatch(/^Run failed \(error [^ ]+: the server's log has its cause\)$/);
    expect(JSON.stringify([events, output])).not.toContain("/etc");
  });

  it.each<[string, () => AsyncIterable<RunStep>]>([
    [
      "at once",
      () => {
        throw new Error("cannot read /etc/app.conf");
      },
    ],
    [
      "when it is asked to end",
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new Error("/etc/app.conf")),
          return: () => {
            throw new Error("/etc/app.conf");
          },
        }),
      }),
    ],
  ])("ends a run whose runnable throws %s, and leaves no rejection behind", async (_, steps) => {
    const server = createTestServer();
    const { events, output } = await finish(await server.start(createPlainAgent(steps), form("hi")));
    expect(events.map(({ event }) => event)).toEqual(["RunStarted", "RunError"]);
    expect([output.content, server.service.activeRuns]).toEqual([
      expect.stringMatching(/^Run failed \(error /),
      0,
    ]);
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  it.each<[string, Record<string, unknown>]>([
    ["a number that JSON has not", { n: 10n }],
    ["a cycle", cycle],
  ])("ends and stores a run whose tool was called with %s", async (_, args) => {
    const server = createTestServer();
    const call = { ...createToolExecution({ tool_call_error: false, result: "3" }), tool_args: args };
    const odd = createPlainAgent(async function* () {
      yield { type: "tool-completed", tool: call };
      yield { type: "content", text: "done" };
    });
    const { events, output } = await finish(await server.start(odd, form("hi")));
    expect([output.status, events.at(-1)?.event, server.service.activeRuns]).toEqual([
      "COMPLETED",
      "RunCompleted",
      0,
    ]);
  });

  it("ends a run though its logger throws, and its place is free again", async () => {
    const server = createTestServer();
    const thrower = () => {
      throw new Error("the log is full");
    };
    Object.assign(server.runtime.logger, { error: thrower, warn: thrower, info: thrower });
    const broken = createPlainAgent(async function* () {
      yield { type: "content", text: "so far" };
      throw new Error("no");
    });
    const { events, output } = await finish(await server.start(broken, form("hi")));
    expect([output.status, events.at(-1)?.event]).toEqual(["ERROR", "RunError"]);
    expect(server.service.activeRuns).toBe(0);
  });

  it("keeps a token out of what a model thought, asked for and waits for, in the last event too", async () => {
    const server = createTestServer();
    const call = createToolExecution({
      tool_name: TOKEN_SHAPED,
      tool_call_id: TOKEN_SHAPED,
      requires_confirmation: true,
    });
    const [head, tail] = [TOKEN_SHAPED.slice(0, 30), TOKEN_SHAPED.slice(30)];
    const leaks = (end: RunStep) =>
      createPlainAgent(async function* () {
        yield { type: "content", text: "", reasoning: head };
        yield { type: "content", text: "", reasoning: tail };
        yield { type: "tool-started", tool: call };
        yield end;
      });
    for (const end of [
      { type: "tool-completed", tool: { ...call, tool_call_error: true, result: TOKEN_SHAPED } },
      { type: "paused", tools: [call] },
    ] as const) {
      const { events, output } = await finish(await server.start(leaks(end), form("hi")));
      const stored = await server.find("plain", output.session_id, output.run_id);
      const sent = events.filter(({ event }) => event !== "RunContent");
      expect(JSON.stringify([sent, output, stored])).not.toMatch(/eyJ/);
    }
  });

  it("gives any runnable the same start, end and stored messages", async () => {
    const server = createTestServer();
    const plain = createPlainAgent(async function* () {
      yield { type: "content", text: "hello " };
      yield { type: "content", text: "there" };
    });
    const { events, output } = await finish(await server.start(plain, form("hi")));
    expect(events.map((event) => event.event)).toEqual([
      "RunStarted",
      "RunContent",
      "RunContent",
      "RunContentCompleted",
      "RunCompleted",
    ]);
    expect(output.messages.map(({ role, content }) => [role, content])).toEqual([
      ["user", "hi"],
      ["assistant", "hello there"],
    ]);
  });

  it("is cancelled even when the runnable never looks at the signal", async () => {
    const server = createTestServer();
    const deaf = createPlainAgent(async function* () {
      yield { type: "content", text: "x" };
      await new Promise(() => {});
    });
    const run = await server.start(deaf, form("hi"));
    const names: string[] = [];
    for await (const event of followEvents(run)) {
      names.push(event.event);
      if (event.event === "RunContent") queueMicrotask(() => run.abort(new Error("gone")));
    }
    expect(names).toEqual(["RunStarted", "RunContent", "RunCancelled", "RunCompleted"]);
  });

  it("keeps credentials out of the model, the events, the store and the log", async () => {
    const seen: unknown[] = [];
    const spy = offlineScript({ steps: [{ toolCalls: [{ name: "leak", args: {} }] }, { text: "ok" }] });
    const watched: typeof spy = {
      ...spy,
      doStream(call) {
        seen.push(call.prompt);
        return spy.doStream(call);
      },
    };
    const leak = tool({
      name: "leak",
      description: "d",
      parameters: z.object({}),
      execute: (_, { sessionState }) => {
        sessionState["kept"] = TOKEN_SHAPED;
        return `result agno_pat_abcdef ${TOKEN_SHAPED}`;
      },
    });
    const agent = new Agent({
      id: "helper",
      model: watched,
      tools: [leak],
      instructions: `use ${TOKEN_SHAPED}`,
    });
    const server = createTestServer();
    const input = form(`my token is ${TOKEN_SHAPED}`, {
      metadata: { token: TOKEN_SHAPED },
      sessionState: { t: TOKEN_SHAPED },
    });
    const { events, output } = await finish(await server.start(agent, input));
    const stored = await server.find("helper", output.session_id, output.run_id);
    expect(seen).toHaveLength(2);
    expect(stored).toBeDefined();
    const everything = JSON.stringify([seen, events, output, stored, server.runtime.log]);
    expect(everything).not.toMatch(/eyJ|agno_pat_/);
    expect(everything).toContain("my token is [redacted token]");
  });

  it("refuses calls over the limit with words for the model, and stops a model that never ends", async () => {
    const server = createTestServer();
    const steps = Array.from({ length: 60 }, () => ({ toolCalls: [{ name: "get_time", args: {} }] }));
    const { output } = await finish(await server.start(scripted(steps, { toolCallLimit: 1 }), form("go")));
    expect(output).toMatchObject({ status: "ERROR", content: "The run made too many model requests" });
    expect(output.tools).toHaveLength(50);
    expect(
      output.tools?.map((call) => call.tool_call_error).filter((isError) => isError !== true),
    ).toHaveLength(1);
    expect(output.tools?.[1]?.result).toBe("Tool call limit reached; the tool get_time was not run");
  });
});
