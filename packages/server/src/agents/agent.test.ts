import { agentSchema } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import { tool } from "./define-tool.ts";
import { offlineEcho } from "./offline-echo.ts";

const ping = tool({
  name: "ping",
  description: "Answers",
  parameters: z.object({ n: z.number() }),
  execute: () => "pong",
});

function faultsOf(options: unknown): ConfigurationError["faults"] {
  try {
    new Agent(options as AgentOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe("the options of an Agent", () => {
  it("says how a raw object becomes a tool, and that is one", () => {
    const [fault] = faultsOf({ id: "a", model: "offline:echo", tools: [{ name: "get_time" }] });
    expect(fault?.fix).toBe(
      'write tool({ name: "get_time", description: "Tells the time", parameters: z.object({}), execute: () => new Date().toISOString() })',
    );
    const made = tool({
      name: "get_time",
      description: "Tells the time",
      parameters: z.object({}),
      execute: () => new Date().toISOString(),
    });
    expect(faultsOf({ id: "a", model: "offline:echo", tools: [made] })).toEqual([]);
  });

  it("takes a number that was written as a text for that number", () => {
    const [fault] = faultsOf({ id: "a", model: "offline:echo", numHistoryRuns: "5" });
    expect(fault?.fix).toBe('write "numHistoryRuns": 5, without quotes');
    expect(faultsOf({ id: "a", model: "offline:echo", numHistoryRuns: 5 })).toEqual([]);
  });

  it("names every fault at once, with a fix for each", () => {
    const faults = faultsOf({
      id: "no spaces",
      model: "offline:echo",
      tols: [],
      numHistoryRuns: 0,
      tools: [{}],
    });
    expect(faults.map(({ code, at }) => [code, at])).toEqual(
      expect.arrayContaining([
        ["CONFIG_OPTION_INVALID", "id"],
        ["CONFIG_OPTION_UNKNOWN", "tols"],
        ["CONFIG_OPTION_INVALID", "numHistoryRuns"],
        ["CONFIG_OPTION_INVALID", "tools[0]"],
      ]),
    );
    for (const fault of faults) expect(fault.fix).not.toBe("");
  });

  it.each(["openai:gpt-5", "gpt-5", "offline:ech", "", 1, {}, { specificationVersion: "v4" }])(
    "refuses the model %j and says what to pass instead",
    (model) => {
      const [fault, ...others] = faultsOf({ id: "a", model });
      expect(others).toEqual([]);
      expect(fault).toMatchObject({ code: "CONFIG_OPTION_INVALID", at: "model" });
      expect(fault?.fix).toContain("model object");
      expect(fault?.fix).toContain('"offline:echo"');
    },
  );

  it.each([
    ["a text", "openai:gpt-5", "it is a text"],
    ["nothing of a model", {}, "it is no model object"],
    [
      "an older interface",
      { ...offlineEcho(), specificationVersion: "v1" },
      'the "specificationVersion" "v1"',
    ],
    [
      "a newer interface",
      { ...offlineEcho(), specificationVersion: "v5" },
      'the "specificationVersion" "v5"',
    ],
    ["no version", { ...offlineEcho(), specificationVersion: undefined }, 'without a "specificationVersion"'],
  ])("says what was found instead of a model: %s", (_, model, found) => {
    const [fault] = faultsOf({ id: "a", model });
    expect(fault?.message).toContain(found);
    expect(fault?.fix).toContain('the "specificationVersion" "v4", "v3" or "v2"');
  });

  it("says nothing of a text that may be a key given by mistake", () => {
    expect(JSON.stringify(faultsOf({ id: "a", model: "sk-secret" }))).not.toContain("sk-secret");
  });

  it("takes options for the provider as JSON under its name, and shows them to nobody", () => {
    const agent = new Agent({
      id: "a",
      model: "offline:echo",
      providerOptions: { openai: { store: false } },
    });
    expect(JSON.stringify(agent.describe())).not.toContain("store");
    expect(faultsOf({ id: "a", model: "offline:echo", providerOptions: { store: false } })).toMatchObject([
      { at: "providerOptions.store" },
    ]);
  });

  it("accepts a model object and the offline names", () => {
    expect(new Agent({ id: "a", model: offlineEcho() }).model).toEqual({ id: "echo", provider: "offline" });
    expect(new Agent({ id: "a", model: "offline:echo" }).model).toEqual({ id: "echo", provider: "offline" });
    expect(faultsOf({ id: "a", model: "offline:script", script: { steps: [{ text: "x" }] } })).toEqual([]);
  });

  it("asks for a script where one is needed, and only there", () => {
    expect(faultsOf({ id: "a", model: "offline:script" })).toMatchObject([{ at: "script" }]);
    expect(faultsOf({ id: "a", model: "offline:echo", script: { steps: [{ text: "x" }] } })).toMatchObject([
      { at: "script" },
    ]);
  });

  it("checks the script inside", () => {
    const faults = faultsOf({
      id: "a",
      model: "offline:script",
      script: { steps: [{ delayMs: -1, words: 1 }] },
    });
    expect(faults.map((fault) => fault.at)).toEqual(
      expect.arrayContaining(["script.steps[0].delayMs", "script.steps[0].words"]),
    );
  });

  it("summarises only a history that the model is given", () => {
    const options = { id: "a", model: "offline:echo", historyOverflow: "summarize" };
    expect(faultsOf(options)).toMatchObject([
      { at: "historyOverflow", fix: expect.stringContaining('"addHistoryToContext": true') as unknown },
    ]);
    expect(faultsOf({ ...options, addHistoryToContext: true })).toEqual([]);
  });

  it.each([
    { maxHistoryBytes: 0 },
    { maxHistoryBytes: 16 * 1024 * 1024 + 1 },
    { maxHistoryTokens: 0 },
    { maxHistoryTokens: 1.5 },
    { historyOverflow: "forget" },
    { numHistoryRuns: 101 },
  ])("refuses %j", (wrong) => {
    const [name] = Object.keys(wrong);
    expect(faultsOf({ id: "a", model: "offline:echo", addHistoryToContext: true, ...wrong })).toMatchObject([
      { at: name },
    ]);
  });

  it("refuses two tools of one name", () => {
    expect(faultsOf({ id: "a", model: "offline:echo", tools: [ping, ping] })).toMatchObject([
      { at: "tools" },
    ]);
    expect(faultsOf({ id: "a", model: "offline:echo", tools: [ping] })).toEqual([]);
  });
});

describe("Agent.describe", () => {
  it("leaves out what is not set or equals the default", () => {
    const agent = new Agent({
      id: "a",
      model: "offline:echo",
      numHistoryRuns: 3,
      addHistoryToContext: false,
      maxHistoryBytes: 262_144,
      historyOverflow: "drop",
      tools: [],
    });
    expect(agent.describe()).toEqual({
      id: "a",
      name: "a",
      is_factory: false,
      model: { name: "Offline", model: "echo", provider: "offline" },
      is_component: false,
    });
  });

  it("shows what is set, in the contract's groups", () => {
    const agent = new Agent({
      id: "a",
      name: "A",
      model: "offline:echo",
      description: "Pings",
      instructions: ["Be brief.", "Be kind."],
      tools: [ping],
      toolCallLimit: 2,
      addHistoryToContext: true,
      numHistoryRuns: 5,
      historyOverflow: "summarize",
      metadata: { team: "x" },
    });
    const described = agent.describe();
    expect(agentSchema.strict().parse(described)).toEqual(described);
    expect(described).toMatchObject({
      description: "Pings",
      tools: {
        tools: [{ name: "ping", description: "Answers", parameters: { type: "object", required: ["n"] } }],
        tool_call_limit: 2,
      },
      sessions: { add_history_to_context: true, enable_session_summaries: true, num_history_runs: 5 },
      system_message: { description: "Pings", instructions: ["Be brief.", "Be kind."] },
      metadata: { team: "x" },
    });
  });

  it("gives copies, so that a reader cannot change the agent", () => {
    const agent = new Agent({ id: "a", model: "offline:echo", metadata: { n: 1 } });
    const first = agent.describe();
    if (first.metadata !== undefined) first.metadata["n"] = 2;
    expect(agent.describe().metadata).toEqual({ n: 1 });
  });
});
