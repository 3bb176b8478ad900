/** An agent that goes on after a pause: what its model is given, and what counts over the pause. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { DecidedCall, RunContext, RunResumption } from "../runs/runnable.ts";
import type { RunStep } from "../runs/steps.ts";
import { createTestContext } from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import { tool } from "./define-tool.ts";
import { offlineScript } from "./offline-script.ts";

const effects: unknown[] = [];
const pay = (options: { readonly requiresConfirmation?: boolean } = { requiresConfirmation: true }) =>
  tool({
    name: "pay",
    description: "Pays",
    parameters: z.object({ cents: z.int() }),
    ...options,
    execute: (args) => {
      effects.push(args);
      return "paid";
    },
  });
const ask = tool({
  name: "ask",
  description: "Asks",
  parameters: z.object({ film: z.string(), seat: z.int().describe("Which seat") }),
  requiresUserInput: ["seat"],
  execute: (args) => args,
});

/** Notes what it is asked with. */
function createModel(script: Parameters<typeof offlineScript>[0]) {
  type Call = Parameters<ReturnType<typeof offlineScript>["doStream"]>[0];
  const calls: Pick<Call, "prompt" | "tools">[] = [];
  const model = offlineScript(script);
  return {
    calls,
    model: {
      ...model,
      doStream(call: Call) {
        const { prompt, tools } = call;
        calls.push(structuredClone(tools === undefined ? { prompt } : { prompt, tools }));
        return model.doStream(call);
      },
    },
  };
}

const input = { message: "Go", media: [] };

async function take(agent: Agent, context: RunContext): Promise<readonly RunStep[]> {
  const steps: RunStep[] = [];
  for await (const step of agent.run(input, context)) steps.push(step);
  return steps;
}

/** The run so far, and its calls decided. */
function resume(steps: readonly RunStep[], decide: (call: DecidedCall["tool"]) => object): RunResumption {
  const paused = steps.at(-1);
  if (paused?.type !== "paused") throw new Error("it does not wait");
  const own = steps.flatMap((step) => (step.type === "message" ? [step.message] : []));
  const user = { id: "u", role: "user", content: "Go", from_history: false, stop_after_tool_call: false };
  return {
    messages: [{ ...user, role: "user", created_at: 1 }, ...own],
    calls: paused.tools.map((call) => ({
      tool: { ...call, ...decide(call) },
      args: call.tool_args ?? {},
      edited: [],
    })),
  };
}

const twoCalls = {
  steps: [
    { text: "Wait. ", toolCalls: [{ name: "pay", args: { cents: 1 } }] },
    { toolCalls: [{ name: "pay", args: { cents: 2 } }] },
    { text: "Done." },
  ],
};

describe("a run that goes on", () => {
  it("gives its model the turn that paused, and its result, as if nothing had been between", async () => {
    effects.splice(0);
    const { model, calls } = createModel(twoCalls);
    const agent = new Agent({ id: "a", model, tools: [pay()] });
    const first = await take(agent, createTestContext());
    const resumed = resume(first, () => ({ confirmed: true }));
    const steps = await take(agent, createTestContext({ resumed }));
    expect(effects).toEqual([{ cents: 1 }]);
    expect(steps.map(({ type }) => type)).toEqual([
      "tool-started",
      "tool-completed",
      "message",
      "model-request-started",
      "model-request-completed",
      "message",
      "paused",
    ]);
    expect(calls[1]?.prompt).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Wait. " },
          { type: "tool-call", toolCallId: "call_1_1" },
        ],
      },
      { role: "tool", content: [{ toolCallId: "call_1_1", output: { type: "text", value: "paid" } }] },
    ]);
  });

  it("counts its tool calls over the pause", async () => {
    effects.splice(0);
    const { model } = createModel(twoCalls);
    const agent = new Agent({ id: "a", model, tools: [pay()], toolCallLimit: 1 });
    const resumed = resume(await take(agent, createTestContext()), () => ({ confirmed: true }));
    const steps = await take(agent, createTestContext({ resumed }));
    const second = steps.filter((step) => step.type === "tool-completed").at(-1);
    expect(second?.tool.result).toBe("Tool call limit reached; the tool pay was not run");
    expect(effects).toEqual([{ cents: 1 }]);
  });

  it("does not run a call whose tool has come to need a confirmation since", async () => {
    effects.splice(0);
    const { model } = createModel(twoCalls);
    const before = new Agent({ id: "a", model, tools: [pay()] });
    const paused = await take(before, createTestContext());
    const resumed = resume(paused, () => ({ requires_confirmation: null, requires_user_input: true }));
    const after = new Agent({ id: "a", model, tools: [pay()] });
    const steps = await take(after, createTestContext({ resumed }));
    const [answered] = steps.filter((step) => step.type === "tool-completed");
    expect(answered?.tool).toMatchObject({ tool_call_error: true });
    expect(effects).toEqual([]);
  });

  it("answers a call whose tool is gone with words for the model", async () => {
    const { model } = createModel(twoCalls);
    const paused = await take(new Agent({ id: "a", model, tools: [pay()] }), createTestContext());
    const resumed = resume(paused, () => ({ confirmed: true }));
    const steps = await take(new Agent({ id: "a", model }), createTestContext({ resumed }));
    const [answered] = steps.filter((step) => step.type === "tool-completed");
    expect(answered?.tool.result).toBe("There is no tool named pay");
  });
});

describe("a turn that pauses", () => {
  it("lets no two calls wait under one id", async () => {
    const { model } = createModel({
      steps: [{ toolCalls: [{ name: "pay", args: { cents: 1 } }] }, { text: "." }],
    });
    const twin = {
      ...model,
      async doStream(call: Parameters<typeof model.doStream>[0]) {
        const { stream, ...rest } = await model.doStream(call);
        const doubled = stream.pipeThrough(
          new TransformStream({
            transform(part, controller) {
              controller.enqueue(part);
              if (part.type === "tool-call") controller.enqueue({ ...part, input: '{"cents":99}' });
            },
          }),
        );
        return { ...rest, stream: doubled };
      },
    };
    const steps = await take(new Agent({ id: "a", model: twin, tools: [pay()] }), createTestContext());
    const paused = steps.at(-1);
    expect(paused).toMatchObject({ type: "paused", tools: [{ tool_args: { cents: 1 } }] });
    const [refused] = steps.filter((step) => step.type === "tool-completed");
    expect(refused?.tool.result).toContain("has the same id");
  });

  it("tells the model nothing of what a person fills in, and takes nothing from it there", async () => {
    const script = {
      steps: [{ toolCalls: [{ name: "ask", args: { film: "Alien", seat: 99 } }] }, { text: "." }],
    };
    const { model, calls } = createModel(script);
    const steps = await take(new Agent({ id: "a", model, tools: [ask] }), createTestContext());
    expect(JSON.stringify(calls[0]?.tools)).not.toContain("seat");
    expect(steps.at(-1)).toMatchObject({
      type: "paused",
      tools: [
        {
          tool_args: { film: "Alien" },
          requires_user_input: true,
          user_input_schema: [{ name: "seat", field_type: "int", description: "Which seat", value: null }],
        },
      ],
    });
  });
});
