import { runEventSchema, runOutputSchema } from "@agentos/contract";
import { TOKEN_SHAPED } from "@agentos/testkit";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { MAX_SUMMARY_BYTES } from "../runs/run-limits.ts";
import {
  ALICE,
  createTestServer,
  finish,
  followEvents,
  form,
  NOW,
  outputOf,
  settle,
  type TestServer,
} from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import { createPartsModel, FINISH, say } from "./parts-model.fixture.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

type Answer = readonly LanguageModelV4StreamPart[];
const answer = (text: string): Answer => [...say(text), FINISH];
const all = { kind: "all" } as const;

/** An agent that is shown one earlier run, whose model gives these answers, those of summaries among them. */
function summarizer(answers: readonly Answer[], options: Partial<AgentOptions> = {}) {
  const { calls, model } = createPartsModel(answers);
  const agent = new Agent({
    id: "helper",
    model,
    tools: TEST_TOOLS,
    addHistoryToContext: true,
    numHistoryRuns: 1,
    historyOverflow: "summarize",
    ...options,
  });
  const server = createTestServer();
  return {
    agent,
    calls,
    server,
    /** What the model was shown by its request number `index`. */
    shown: (index: number) => JSON.stringify(calls[index]?.prompt),
    ask: async (message: string) => finish(await server.start(agent, form(message, { sessionId: "s" }))),
    summary: () => summaryOf(server),
  };
}

async function summaryOf({ store }: TestServer) {
  const component = { kind: "agent", id: "helper" } as const;
  const session = await store.findSession(all, { owner: ALICE.owner, component, sessionId: "s" });
  return session?.summary;
}

const FIVE = ["one", "two", "gist of one", "three", "gist of one and two"].map(answer);

describe("a summary", () => {
  it("is made when a run no longer reaches the model, which is then shown the summary and the newest runs", async () => {
    const { ask, calls, shown, summary } = summarizer(FIVE, { instructions: "Be brief." });
    await ask("first");
    expect(await summary()).toBeUndefined();
    const second = await ask("second");
    expect(shown(2)).toContain("User: first\\nAssistant: one");
    expect(shown(2)).not.toContain("second");
    expect(calls[2]?.tools).toBeUndefined();
    expect(await summary()).toEqual({
      summary: "gist of one",
      updated_at: new Date(NOW * 1_000).toISOString(),
      last_run_id: expect.stringMatching(/^id-/) as unknown,
    });
    await ask("third");
    expect(calls[3]?.prompt[0]).toMatchObject({
      role: "system",
      content: expect.stringMatching(/^Be brief\.\n\nSummary of the earlier .+:\ngist of one$/) as unknown,
    });
    expect(shown(3)).toContain("second");
    expect(shown(3)).not.toContain("first");
    // The new one is made from the old one and from what left since.
    expect(shown(4)).toContain("Summary so far:\\ngist of one\\n");
    expect(shown(4)).toContain("User: second\\nAssistant: two");
    expect(shown(4)).not.toContain("User: first");
    expect(await summary()).toMatchObject({
      summary: "gist of one and two",
      last_run_id: second.output.run_id,
    });
  });

  it("comes after the answer and before the last event, and its tokens count", async () => {
    const { ask } = summarizer(FIVE);
    await ask("first");
    const { events, output } = await ask("second");
    expect(events.map(({ event }) => event)).toEqual([
      "RunStarted",
      "ModelRequestStarted",
      "RunContent",
      "ModelRequestCompleted",
      "RunContentCompleted",
      "SessionSummaryStarted",
      "SessionSummaryCompleted",
      "RunCompleted",
    ]);
    for (const event of events) expect(runEventSchema.safeParse(event).error).toBeUndefined();
    expect(events[6]).toMatchObject({ session_summary: { summary: "gist of one" } });
    expect(runOutputSchema.safeParse(output).error).toBeUndefined();
    expect(output.content).toBe("two");
    expect(output.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    const counts = { id: "m", provider: "parts", input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    expect(output.metrics).toMatchObject({
      total_tokens: 4,
      details: { model: [counts], session_summary_model: [counts] },
    });
  });

  it("is not made by an agent that drops what does not fit, nor while everything fits", async () => {
    const dropping = summarizer(["one", "two", "three"].map(answer), { historyOverflow: "drop" });
    const fitting = summarizer(["one", "two", "three"].map(answer), { numHistoryRuns: 3 });
    for (const { ask, calls, summary } of [dropping, fitting]) {
      for (const message of ["first", "second", "third"]) await ask(message);
      expect(calls).toHaveLength(3);
      expect(await summary()).toBeUndefined();
    }
  });

  it("is made at once of a run that is too large by itself, as far as it fits", async () => {
    const { ask, shown, summary } = summarizer(["one", "gist", "two"].map(answer), {
      maxHistoryBytes: 1_000,
    });
    const { output } = await ask(`Keep this. ${"x".repeat(2_000)}`);
    expect(shown(1)).toContain("Keep this.");
    expect(shown(1).length).toBeLessThan(2_000);
    expect(await summary()).toMatchObject({ summary: "gist", last_run_id: output.run_id });
    await ask("And?");
    expect(shown(2)).toContain("gist");
    expect(shown(2)).not.toContain("Keep this.");
  });

  it("takes no more at a time than the model may be shown; the next run takes the rest", async () => {
    const long = "y".repeat(40);
    const { ask, shown, summary, agent, server } = summarizer(
      ["one", "two", "three", "gist", "four", "gist of more"].map(answer),
      { maxHistoryBytes: 100 },
    );
    // Three runs of a time when it dropped what did not fit.
    const { model } = createPartsModel(["one", "two", "three"].map(answer));
    const before = new Agent({ id: agent.id, model });
    const ids: string[] = [];
    for (const message of [`a${long}`, `b${long}`, `c${long}`])
      ids.push((await outputOf(await server.start(before, form(message, { sessionId: "s" })))).run_id);
    await ask("now");
    expect(shown(1)).toContain(`User: a${long}`);
    expect(shown(1)).not.toContain(`User: b${long}`);
    expect(await summary()).toMatchObject({ last_run_id: ids[0] });
    await ask("then");
    expect(shown(3)).toContain(`User: b${long}`);
    expect(shown(3)).not.toContain(`User: a${long}`);
    expect(await summary()).toMatchObject({ last_run_id: ids[1] });
  });

  it("has what tools were asked and answered", async () => {
    const call: LanguageModelV4StreamPart = {
      type: "tool-call",
      toolCallId: "c1",
      toolName: "add_numbers",
      input: '{"a":1,"b":2}',
    };
    const { ask, shown } = summarizer([[call, FINISH], ...["three", "two", "gist"].map(answer)]);
    await ask("add");
    await ask("second");
    expect(shown(3)).toContain('Assistant calls add_numbers: {\\"a\\":1,\\"b\\":2}');
    expect(shown(3)).toContain("add_numbers answers: 3");
  });

  it("holds no token and is bounded, whatever the model says", async () => {
    const { ask, summary } = summarizer([
      answer("one"),
      answer("two"),
      [...say(`${TOKEN_SHAPED} ${"long ".repeat(MAX_SUMMARY_BYTES)}`), FINISH],
    ]);
    await ask("first");
    const { events } = await ask("second");
    const text = String((await summary())?.["summary"]);
    expect(text).not.toContain(TOKEN_SHAPED);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_SUMMARY_BYTES);
    expect(JSON.stringify(events)).not.toContain(TOKEN_SHAPED);
  });

  it("is not shown to another agent, nor to one that drops what does not fit", async () => {
    const { ask, server } = summarizer(FIVE);
    await ask("first");
    await ask("second");
    const { calls, model } = createPartsModel([answer("x"), answer("y")]);
    for (const options of [{ id: "other", historyOverflow: "summarize" }, { id: "helper" }] as const) {
      const agent = new Agent({ model, addHistoryToContext: true, numHistoryRuns: 1, ...options });
      await outputOf(await server.start(agent, form("hello", { sessionId: "s" })));
    }
    expect(JSON.stringify(calls.map(({ prompt }) => prompt))).not.toContain("gist of one");
  });
});

describe("a summary that cannot be made", () => {
  const failures: [string, Answer][] = [
    ["whose model fails", [{ type: "error", error: new Error("secret cause") }]],
    ["whose model says nothing", [FINISH]],
    ["whose model is cut off", say("half of")],
  ];

  it.each(failures)(
    "%s leaves the run completed and the old one as it is; the next run tries again",
    async (_, broken) => {
      const texts = ["one", "two", "gist of one", "three"].map(answer);
      const { ask, shown, summary, server } = summarizer([
        ...texts,
        broken,
        answer("four"),
        answer("gist of all"),
      ]);
      await ask("first");
      await ask("second");
      const before = await summary();
      const { events, output } = await ask("third");
      expect(output).toMatchObject({ status: "COMPLETED", content: "three" });
      expect(events.slice(-2)).toMatchObject([
        { event: "SessionSummaryCompleted" },
        { event: "RunCompleted" },
      ]);
      expect(events.at(-2)).not.toHaveProperty("session_summary");
      expect(JSON.stringify(events)).not.toContain("secret cause");
      expect(server.runtime.log).toMatchObject([{ level: "warn", facts: { run_id: output.run_id } }]);
      expect(await summary()).toEqual(before);
      await ask("fourth");
      expect(shown(6)).toContain("User: second");
      expect(shown(6)).toContain("User: third");
      expect(await summary()).toMatchObject({ summary: "gist of all", last_run_id: output.run_id });
    },
  );

  it("because its caller goes away leaves the run completed, with its answer", async () => {
    const { calls, model } = createPartsModel(FIVE);
    const hanging: typeof model = {
      ...model,
      async doStream(call) {
        if (calls.length !== 2) return model.doStream(call);
        calls.push(call);
        return { stream: new ReadableStream() };
      },
    };
    const { agent, server } = summarizer([], { model: hanging });
    await outputOf(await server.start(agent, form("first", { sessionId: "s" })));
    const run = await server.start(agent, form("second", { sessionId: "s" }));
    const names: string[] = [];
    for await (const { event } of followEvents(run)) {
      names.push(event);
      if (event === "SessionSummaryStarted") {
        await settle();
        run.abort(new Error("gone"));
      }
    }
    expect(calls[2]?.abortSignal?.aborted).toBe(true);
    expect(names.slice(-3)).toEqual(["RunContentCompleted", "SessionSummaryStarted", "RunCompleted"]);
    expect(await outputOf(run)).toMatchObject({ status: "COMPLETED", content: "two" });
    expect(await summaryOf(server)).toBeUndefined();
    expect(server.runtime.log).toEqual([]);
  });

  it("is not tried when the run pauses or fails", async () => {
    const pause: LanguageModelV4StreamPart = {
      type: "tool-call",
      toolCallId: "c1",
      toolName: "refund_order",
      input: '{"order_id":"A-1"}',
    };
    const error: LanguageModelV4StreamPart = { type: "error", error: new Error("down") };
    for (const [status, last] of [
      ["PAUSED", [pause, FINISH]],
      ["ERROR", [error]],
    ] as const) {
      const { ask, calls, summary } = summarizer([answer("one"), last, answer("gist")]);
      await ask("first");
      expect((await ask("second")).output.status).toBe(status);
      expect(calls).toHaveLength(2);
      expect(await summary()).toBeUndefined();
    }
  });
});

describe("two runs of a session that end together", () => {
  it("keep the summary of the one that ends first, and what it lacks is in the next one", async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const { model } = createPartsModel([]);
    const requests: string[] = [];
    /** Says back its question; a summary names whom it has, and waits for its gate. */
    const gated: typeof model = {
      ...model,
      async doStream({ prompt }) {
        const text = JSON.stringify(prompt.at(-1)?.content);
        requests.push(text);
        if (!text.includes("Said since")) return { stream: ReadableStream.from(answer("ok")) };
        const gate = Promise.withResolvers<void>();
        const said = [...text.matchAll(/User: (\w+)/g)].map(([, name]) => name).join(" ");
        const name = `summary ${gates.size + 1}`;
        gates.set(name, gate);
        await gate.promise;
        return { stream: ReadableStream.from(answer(`${name}: ${said}`)) };
      },
    };
    const { agent, server } = summarizer([], { model: gated });
    const start = (message: string) => server.start(agent, form(message, { sessionId: "s" }));
    await outputOf(await start("first"));
    const [second, third] = [await start("second"), await start("third")];
    await settle();
    expect([...gates.keys()]).toEqual(["summary 1", "summary 2"]);
    gates.get("summary 2")?.resolve();
    await outputOf(third);
    gates.get("summary 1")?.resolve();
    expect((await outputOf(second)).status).toBe("COMPLETED");
    expect(await summaryOf(server)).toMatchObject({ summary: "summary 2: first" });
    const fourth = await start("fourth");
    await settle();
    gates.get("summary 3")?.resolve();
    await outputOf(fourth);
    // "second" left the history unseen, since "third" is the newest.
    expect(await summaryOf(server)).toMatchObject({ summary: "summary 3: second third" });
    expect(requests.at(-1)).toContain("Summary so far:\\nsummary 2: first");
  });
});
