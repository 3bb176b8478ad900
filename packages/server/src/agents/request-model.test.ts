import { TOKEN_SHAPED } from "@agentos/testkit";
import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { MAX_CONTENT_LENGTH } from "../runs/run-limits.ts";
import { createTestContext, createTestRuntime, settle } from "../runs/test-run.fixture.ts";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import { createPartsModel, FINISH, say } from "./parts-model.fixture.ts";
import { runSteps } from "./providers.fixture.ts";
import { TEST_TOOLS } from "./test-tools.fixture.ts";

const call = (id: string, toolName: string, input: string): LanguageModelV4StreamPart => ({
  type: "tool-call",
  toolCallId: id,
  toolName,
  input,
});

/** Runs an agent whose model answers with these parts; the prompts that it was given come back too. */
async function ask(
  answers: readonly LanguageModelV4StreamPart[][],
  options: Partial<AgentOptions> = {},
  context = {},
) {
  const { calls, model } = createPartsModel(answers);
  const agent = new Agent({ id: "a", model, tools: TEST_TOOLS, ...options });
  const ran = await runSteps((...run) => agent.run(...run), {}, context);
  return { ...ran, calls, prompts: calls.map(({ prompt }) => prompt) };
}

describe("a request", () => {
  it("has the instructions, the tools, a free choice among them, and the provider's options", async () => {
    const providerOptions = { parts: { depth: 3 } };
    const { calls } = await ask([[...say("ok"), FINISH]], {
      instructions: ["Be brief.", "Be kind."],
      providerOptions,
    });
    expect(calls).toMatchObject([
      {
        prompt: [
          { role: "system", content: "- Be brief.\n- Be kind." },
          { role: "user", content: [{ type: "text", text: "hello" }] },
        ],
        toolChoice: { type: "auto" },
        providerOptions,
      },
    ]);
    expect(calls[0]?.tools?.[0]).toEqual({
      type: "function",
      name: "add_numbers",
      description: "Answers",
      inputSchema: TEST_TOOLS[0]?.parameters,
    });
  });

  it("that only gets parts which say nothing lets others have their turn, and ends with its client", async () => {
    const { model } = createPartsModel([]);
    const silent: LanguageModelV4 = {
      ...model,
      doStream: async () => ({
        stream: new ReadableStream({
          pull: (controller) => controller.enqueue({ type: "tool-input-delta", id: "c", delta: "{" }),
        }),
      }),
    };
    const client = new AbortController();
    const context = createTestContext({ signal: client.signal });
    const steps = new Agent({ id: "a", model: silent }).run({ message: "hi", media: [] }, context);
    const running = (async () => {
      for await (const _ of steps);
    })().catch((cause: unknown) => cause);
    await settle();
    client.abort(new Error("gone"));
    expect(await running).toBeInstanceOf(Error);
  });

  it("fails where the arguments of its calls are longer than an answer may be", async () => {
    const half = JSON.stringify({ text: "x".repeat(MAX_CONTENT_LENGTH / 2) });
    const asked = ask([[call("1", "add_numbers", half), call("2", "add_numbers", half), FINISH]]);
    await expect(asked).rejects.toThrow("Model request failed");
  });

  it("says nothing of tools when there are none", async () => {
    const { calls } = await ask([[...say("ok"), FINISH]], { tools: [] });
    expect(Object.keys(calls[0] ?? {}).toSorted()).toEqual(["abortSignal", "prompt"]);
  });

  it("gives all results of one turn in one message, in the order of the calls", async () => {
    const calls = [call("c1", "get_time", "{}"), call("c2", "add_numbers", '{"a":1,"b":2}')];
    const { prompts } = await ask([
      [...say("Hm."), ...calls, FINISH],
      [...say("ok"), FINISH],
    ]);
    expect(prompts[1]?.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "text", text: "Hm." },
          { type: "tool-call", toolCallId: "c1", toolName: "get_time", input: {} },
          { type: "tool-call", toolCallId: "c2", toolName: "add_numbers", input: { a: 1, b: 2 } },
        ],
      },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "c1",
            toolName: "get_time",
            output: { type: "text", value: "noon" },
          },
          {
            type: "tool-result",
            toolCallId: "c2",
            toolName: "add_numbers",
            output: { type: "text", value: "3" },
          },
        ],
      },
    ]);
  });

  it.each(["{", "[1]", '"x"', "null", '{"__proto__":{"a":1}}', '{"a":{"__proto__":1}}'])(
    "refuses the arguments %s in words for the model",
    async (input) => {
      const { steps, prompts } = await ask([
        [call("c1", "get_time", input), FINISH],
        [...say("ok"), FINISH],
      ]);
      expect(steps.find((step) => step.type === "tool-completed")).toMatchObject({
        tool: {
          tool_call_error: true,
          result: "Invalid arguments: they are not a JSON object",
          tool_args: {},
        },
      });
      expect(prompts[1]?.at(-1)).toMatchObject({ content: [{ output: { type: "error-text" } }] });
    },
  );

  it.each(["", " ", "{}"])("takes %j for no arguments", async (input) => {
    const { steps } = await ask([
      [call("c1", "get_time", input), FINISH],
      [...say("ok"), FINISH],
    ]);
    expect(steps.find((step) => step.type === "tool-completed")).toMatchObject({ tool: { result: "noon" } });
  });

  it("redacts what the model said before the model reads it again", async () => {
    const said = [
      ...say(`use ${TOKEN_SHAPED}`),
      call("c1", "lookup_order", JSON.stringify({ order_id: TOKEN_SHAPED })),
    ];
    const { prompts } = await ask([
      [...said, FINISH],
      [...say("ok"), FINISH],
    ]);
    expect(prompts).toHaveLength(2);
    expect(JSON.stringify(prompts)).not.toContain("eyJ");
    expect(JSON.stringify(prompts[1])).toContain("use [redacted token]");
  });
});

describe("what the provider did itself", () => {
  const searched: LanguageModelV4StreamPart[] = [
    { ...call("s1", "web_search", '{"q":"cats"}'), providerExecuted: true } as LanguageModelV4StreamPart,
    { type: "tool-result", toolCallId: "s1", toolName: "web_search", result: "half", preliminary: true },
    {
      type: "tool-result",
      toolCallId: "s1",
      toolName: "web_search",
      result: { pages: [1] },
      providerMetadata: { parts: { secret: "enc" } },
    },
  ];
  const image: LanguageModelV4StreamPart = {
    type: "file",
    mediaType: "image/png",
    data: { type: "data", data: "QQ==" },
  };
  const custom: LanguageModelV4StreamPart = {
    type: "custom",
    kind: "parts.note",
    providerMetadata: { parts: { n: 1 } },
  };
  const kept = [
    {
      type: "tool-call",
      toolCallId: "s1",
      toolName: "web_search",
      input: { q: "cats" },
      providerExecuted: true,
    },
    {
      type: "tool-result",
      toolCallId: "s1",
      toolName: "web_search",
      output: { type: "json", value: { pages: [1] } },
      providerOptions: { parts: { secret: "enc" } },
    },
  ];
  const customPart = { type: "custom", kind: "parts.note", providerOptions: { parts: { n: 1 } } };

  it("is no call of ours, and goes back in its place", async () => {
    const { steps, prompts } = await ask([
      [...searched, image, custom, call("c1", "get_time", "{}"), FINISH],
      [...say("ok"), FINISH],
    ]);
    expect(steps.filter((step) => step.type === "tool-started")).toHaveLength(1);
    expect(prompts[1]?.find((message) => message.role === "assistant")).toEqual({
      role: "assistant",
      content: [
        ...kept,
        { type: "file", mediaType: "image/png", data: { type: "data", data: "QQ==" } },
        customPart,
        { type: "tool-call", toolCallId: "c1", toolName: "get_time", input: {} },
      ],
    });
  });

  it("goes back in later runs too, but for files", async () => {
    const first = await ask([[...searched, image, custom, ...say("found"), FINISH]]);
    const second = await ask([[...say("ok"), FINISH]], {}, { history: [first.messages] });
    expect(second.prompts[0]?.[1]).toEqual({
      role: "assistant",
      content: [...kept, customPart, { type: "text", text: "found" }],
    });
  });

  it("does not go back when redaction would change its result", async () => {
    const result = {
      type: "tool-result",
      toolCallId: "s1",
      toolName: "web_search",
      result: TOKEN_SHAPED,
    } as const;
    const { prompts } = await ask([
      [...searched.slice(0, 1), result, call("c1", "get_time", "{}"), FINISH],
      [...say("ok"), FINISH],
    ]);
    expect(JSON.stringify(prompts[1])).not.toMatch(/web_search|eyJ/);
  });
});

describe("a model's failure", () => {
  it.each<[string, LanguageModelV4StreamPart[]]>([
    ["an error in the stream", [...say("half"), { type: "error", error: new Error("boom") }, FINISH]],
    ["a stream without an end", say("half")],
    [
      "a model that stopped for an error",
      [{ ...FINISH, finishReason: { unified: "error", raw: "x" } } as LanguageModelV4StreamPart],
    ],
  ])("is the run's: %s", async (_, parts) => {
    await expect(ask([parts])).rejects.toMatchObject({
      message: "Model request failed",
      errorType: "model_error",
    });
  });

  it("is not seen in a stream that stops for another reason", async () => {
    const other = {
      ...FINISH,
      finishReason: { unified: "other", raw: "pause" },
    } as LanguageModelV4StreamPart;
    expect((await ask([[...say("ok"), other]])).text).toBe("ok");
  });
});

describe("a stream that ignores the signal", () => {
  const endless = () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
    const { model } = createPartsModel([]);
    const doStream: LanguageModelV4["doStream"] = async () => ({
      stream: new ReadableStream({
        start: (controller) => say("one").forEach((part) => controller.enqueue(part)),
        cancel: resolve,
      }),
    });
    return { cancelled, agent: new Agent({ id: "a", model: { ...model, doStream } }) };
  };

  it("is closed when the run is cancelled", async () => {
    const { cancelled, agent } = endless();
    const controller = new AbortController();
    const run = agent.run({ message: "hi", media: [] }, createTestContext({ signal: controller.signal }));
    const read = async () => {
      for await (const step of run)
        if (step.type === "content") setImmediate(() => controller.abort(new Error("gone")));
    };
    await expect(read()).rejects.toThrow("gone");
    expect(await cancelled).toMatchObject({ message: "gone" });
  });

  it("is closed when nobody reads the run any more", async () => {
    const { cancelled, agent } = endless();
    for await (const step of agent.run({ message: "hi", media: [] }, createTestContext()))
      if (step.type === "content") break;
    await cancelled;
  });
});

describe("what has no place in a run", () => {
  it("is named in the log: warnings and sources at debug level, a question for approval as a warning", async () => {
    const log: [string, unknown][] = [];
    const runtime = createTestRuntime();
    const logger = {
      ...runtime.logger,
      debug: (facts: object) => log.push(["debug", facts]),
      warn: (facts: object) => log.push(["warn", facts]),
    };
    const warning = { type: "unsupported", feature: "topK" } as const;
    await ask(
      [
        [
          { type: "stream-start", warnings: [warning] },
          { type: "response-metadata", id: "r1" },
          { type: "raw", rawValue: {} },
          { type: "ping" },
          { type: "source", sourceType: "url", id: "u1", url: "https://a.example" },
          { type: "tool-approval-request", approvalId: "p1", toolCallId: "s1" },
          ...say("ok"),
          FINISH,
        ],
      ],
      {},
      { logger },
    );
    expect(log).toEqual([
      ["debug", { run_id: "run-1", warnings: [warning] }],
      ["debug", { run_id: "run-1", source: "u1" }],
      ["warn", { run_id: "run-1", call: "s1" }],
    ]);
  });

  it("is named too when it is more than a message may keep", async () => {
    const log: string[] = [];
    const logger = { ...createTestRuntime().logger, debug: (_: object, text: string) => log.push(text) };
    const large = {
      type: "custom",
      kind: "parts.note",
      providerMetadata: { parts: { n: "x".repeat(70_000) } },
    } as const;
    const { messages } = await ask([[large, ...say("ok"), FINISH]], {}, { logger });
    expect(messages[1]).toMatchObject({ content: "ok" });
    expect(messages[1]).not.toHaveProperty("provider_data");
    expect(log).toEqual(["a message keeps no data for its provider: they are too large"]);
  });

  it("breaks nothing where the logger has no debug level", async () => {
    const { text } = await ask([
      [{ type: "stream-start", warnings: [{ type: "other", message: "m" }] }, ...say("ok"), FINISH],
    ]);
    expect(text).toBe("ok");
  });
});

describe("a middleware that wraps a model", () => {
  it("is a model like any other", async () => {
    const { model } = createPartsModel([[...say("ok"), FINISH]]);
    // As the SDK's own middlewares do it: another object that hands the call on.
    const wrapped: LanguageModelV4 = {
      ...model,
      doStream: async (options) => model.doStream({ ...options, temperature: 0 }),
    };
    const agent = new Agent({ id: "a", model: wrapped });
    expect((await runSteps((...run) => agent.run(...run))).text).toBe("ok");
  });
});
