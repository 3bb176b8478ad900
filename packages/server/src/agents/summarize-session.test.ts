import type { Message } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { RunContext } from "../runs/runnable.ts";
import type { SessionPast } from "../runs/session-summary.ts";
import type { RunStep } from "../runs/steps.ts";
import { createTestContext } from "../runs/test-run.fixture.ts";
import { createPartsModel, FINISH, say } from "./parts-model.fixture.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { AgentLoop } from "./run-agent.ts";
import { summarizeAfter } from "./summarize-session.ts";

describe("a request for a summary", () => {
  const loop = (model: ModelObject): AgentLoop => ({
    model,
    instructions: undefined,
    tools: new Map(),
    toolCallLimit: undefined,
    providerOptions: undefined,
    retry: { maxRetries: 2, firstDelay: 1, maxDelay: 1, sleep: async () => {}, random: () => 0 },
  });
  const said = (content: string): readonly Message[] => [
    { id: "m", role: "user", content, from_history: false, stop_after_tool_call: false, created_at: 1 },
  ];
  const past: SessionPast = {
    summary: undefined,
    historyRunIds: ["r5"],
    unsummarizedRuns: [{ runId: "r1", messages: said("oldest") }],
    hasMoreUnsummarized: true,
  };
  async function summarize(
    model: ModelObject,
    context: Partial<RunContext>,
    { maxTime, last }: { readonly maxTime?: number; readonly last?: RunStep } = {},
  ) {
    const limits = { maxRuns: 1, maxBytes: 1_000 };
    const input = { message: "now", media: [] };
    const steps: RunStep[] = [];
    const options = { loop: loop(model), limits, input, ...(maxTime === undefined ? {} : { maxTime }) };
    async function* answers(): AsyncGenerator<RunStep> {
      yield { type: "content", text: "ok" };
      if (last !== undefined) yield last;
    }
    const given = createTestContext({ history: [said("newest")], past, ...context });
    for await (const step of summarizeAfter(answers(), options, given)) steps.push(step);
    return steps.at(-1);
  }

  it("passes over no run: while older ones are left, those that leave the history wait", async () => {
    const { calls, model } = createPartsModel([
      [...say("gist"), FINISH],
      [...say("gist"), FINISH],
    ]);
    expect(await summarize(model, {})).toMatchObject({ summary: { last_run_id: "r1" } });
    expect(await summarize(model, { past: { ...past, hasMoreUnsummarized: false } })).toMatchObject({
      summary: { last_run_id: "r5" },
    });
    const [waiting, whole] = calls.map(({ prompt }) => JSON.stringify(prompt));
    expect(waiting).toMatch(/oldest/);
    expect(waiting).not.toMatch(/newest/);
    expect(whole).toMatch(/oldest.*newest/);
  });

  it("is made once: whoever waits for the end of the run does not wait for a second try", async () => {
    let requests = 0;
    const { model } = createPartsModel([]);
    const unreachable: typeof model = {
      ...model,
      async doStream() {
        requests += 1;
        throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
      },
    };
    expect(await summarize(unreachable, {})).toEqual({ type: "session-summary-completed" });
    expect(requests).toBe(1);
  });

  it("is not made of a run that pauses, which is not over", async () => {
    const { calls, model } = createPartsModel([[...say("gist"), FINISH]]);
    const paused: RunStep = { type: "paused", tools: [] };
    expect(await summarize(model, {}, { last: paused })).toEqual(paused);
    expect(calls).toEqual([]);
  });

  it("is given up after its time, and closed at the provider", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { model } = createPartsModel([]);
    const silent: typeof model = {
      ...model,
      async doStream({ abortSignal }) {
        signals.push(abortSignal);
        return { stream: new ReadableStream() };
      },
    };
    expect(await summarize(silent, {}, { maxTime: 1 })).toEqual({ type: "session-summary-completed" });
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it("lets others have their turn while the model goes on and on", async () => {
    const parts = Array.from({ length: 4_000 }, () => say("a")[1]).filter((part) => part !== undefined);
    const { model } = createPartsModel([[...parts, FINISH]]);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    expect(await summarize(model, {})).toMatchObject({ summary: { summary: "a".repeat(4_000) } });
    isOver = true;
    expect(turns).toBeGreaterThan(10);
  });
});
