import { describe, expect, test } from "vitest";
import { TURN_LIMITS } from "./read-values.ts";
import { reduceEvents, type TurnEvent } from "./reduce-events.ts";
import { createTurn, type Turn } from "./turn.ts";

const started = { event: "RunStarted", run_id: "r1", session_id: "s1", model: "m" };
const say = (content: string, more: object = {}): TurnEvent => ({
  event: "RunContent",
  run_id: "r1",
  content,
  ...more,
});
const tool = (more: object = {}) => ({
  tool_call_id: "c1",
  tool_name: "look_up",
  tool_args: { order: 1 },
  result: null,
  tool_call_error: null,
  ...more,
});
const run = (...events: readonly TurnEvent[]): Turn =>
  reduceEvents(createTurn({ key: "k", asked: "Hi" }), [started, ...events]);

describe("a turn", () => {
  test("collects the pieces of an answer into one block, and ends with its figures", () => {
    const turn = run(say("Hel"), say("lo"), {
      event: "RunCompleted",
      run_id: "r1",
      content: "Hello",
      metrics: { total_tokens: 7, duration: 1.5 },
    });
    expect(turn).toMatchObject({ state: "completed", runId: "r1", sessionId: "s1", model: "m", length: 5 });
    expect(turn.blocks).toEqual([{ kind: "text", author: undefined, text: "Hello" }]);
    expect(turn.metrics).toMatchObject({ totalTokens: 7, seconds: 1.5 });
  });

  test("is the same whether its events come one by one or together", () => {
    const events = [
      started,
      say("", { reasoning_content: "Hm" }),
      say("a", { reasoning_content: "" }),
      { event: "ToolCallStarted", run_id: "r1", tool: tool() },
      { event: "ToolCallCompleted", run_id: "r1", tool: tool({ result: "1" }) },
      say("b"),
    ];
    const empty = createTurn({ key: "k", asked: "Hi" });
    const oneByOne = events.reduce((turn, event) => reduceEvents(turn, [event]), empty);
    expect(oneByOne).toEqual(reduceEvents(empty, events));
    expect(oneByOne.blocks.map(({ kind }) => kind)).toEqual(["reasoning", "text", "tool", "text"]);
  });

  test("leaves what it was as it was", () => {
    const before = run(say("a"));
    const copy = structuredClone(before);
    reduceEvents(before, [say("b"), { event: "ToolCallStarted", tool: tool() }]);
    expect(before).toEqual(copy);
  });

  test("takes the whole answer of an end whose pieces never came", () => {
    expect(run({ event: "RunCompleted", run_id: "r1", content: "All" }).blocks).toMatchObject([
      { text: "All" },
    ]);
  });

  test("knows events of a team by the same names", () => {
    const turn = reduceEvents(createTurn({ key: "k", asked: "" }), [
      { event: "TeamRunStarted", run_id: "r1", session_id: "s1" },
      { event: "TeamRunContent", run_id: "r1", content: "team" },
      { event: "RunStarted", run_id: "r2", session_id: "s1" },
      { event: "RunContent", run_id: "r2", agent_name: "Anna", content: "member" },
      { event: "RunCompleted", run_id: "r2", agent_name: "Anna", content: "member" },
    ]);
    expect(turn.state).toBe("running");
    expect(turn.blocks).toMatchObject([
      { author: undefined, text: "team" },
      { author: "Anna", text: "member" },
    ]);
  });

  test("ignores what it does not know, and what is not as it should be", () => {
    const turn = run(
      { event: "NobodyKnowsThis", tool: tool() },
      { event: "__proto__" },
      { event: "ToolCallStarted" },
      { event: "ToolCallStarted", tool: "none" },
      { event: "RunContent", content: null },
    );
    expect(turn.blocks).toEqual([]);
    expect(turn.state).toBe("running");
  });

  test("shows content that is no text as JSON", () => {
    expect(run({ event: "RunContent", run_id: "r1", content: { a: 1 } }).blocks).toMatchObject([
      { text: '{\n  "a": 1\n}' },
    ]);
  });
});

describe("a tool call", () => {
  test("stands once, at the place where it began", () => {
    const turn = run({ event: "ToolCallStarted", tool: tool() }, say("meanwhile"), {
      event: "ToolCallCompleted",
      tool: tool({ result: "42", metrics: { duration: 0.2 } }),
    });
    expect(turn.blocks).toMatchObject([
      { tool: { name: "look_up", state: "completed", result: "42", seconds: 0.2 } },
      { text: "meanwhile" },
    ]);
  });

  test("whose start comes after its end has ended", () => {
    const turn = run(
      { event: "ToolCallCompleted", tool: tool({ result: "42" }) },
      { event: "ToolCallStarted", tool: tool() },
    );
    expect(turn.blocks).toMatchObject([{ tool: { state: "completed", result: "42" } }]);
  });

  test.each([
    ["failed by its event", { event: "ToolCallError", tool: tool(), error: "no" }, "failed"],
    ["failed by its mark", { event: "ToolCallCompleted", tool: tool({ tool_call_error: true }) }, "failed"],
    ["declined by a person", { event: "ToolCallCompleted", tool: tool({ confirmed: false }) }, "declined"],
  ])("is %s", (_, event, state) => {
    expect(run({ event: "ToolCallStarted", tool: tool() }, event).blocks).toMatchObject([
      { tool: { state } },
    ]);
  });
});

describe("a pause", () => {
  const asks = tool({ requires_confirmation: true, confirmed: null });

  test("names what waits, each once, and what kind of word it waits for", () => {
    const turn = run({
      event: "RunPaused",
      run_id: "r1",
      tools: [
        asks,
        tool({
          tool_call_id: "c2",
          requires_user_input: true,
          user_input_schema: [{ name: "seat", field_type: "int" }],
        }),
        tool({ tool_call_id: "c3", external_execution_required: true }),
        tool({ tool_call_id: "c4", result: "done already" }),
      ],
      requirements: [{ id: "q", tool_execution: asks }],
    });
    expect(turn.state).toBe("paused");
    expect(turn.pause?.waiting.map(({ id, kind }) => [id, kind])).toEqual([
      ["c1", "confirmation"],
      ["c2", "input"],
      ["c3", "external"],
    ]);
    expect(turn.pause?.waiting[1]).toMatchObject({ fields: [{ name: "seat", type: "int", value: "" }] });
  });

  test("is over when the run goes on, and the call ends where it waited", () => {
    const turn = run(
      { event: "RunPaused", run_id: "r1", tools: [asks] },
      { event: "RunContinued", run_id: "r1" },
      { event: "ToolCallStarted", tool: tool() },
      { event: "ToolCallCompleted", tool: tool({ confirmed: true, result: "paid" }) },
      { event: "RunCompleted", run_id: "r1", content: "" },
    );
    expect(turn).toMatchObject({ state: "completed", pause: undefined, hasContinued: true });
    expect(turn.blocks).toMatchObject([{ tool: { state: "completed", result: "paid" } }]);
  });
});

describe("an end", () => {
  test("that was cancelled stays so, whatever ends it", () => {
    const turn = run(
      { event: "RunCancelled", run_id: "r1", reason: "by a person" },
      { event: "RunCompleted", run_id: "r1", content: "half", metrics: { total_tokens: 3 } },
    );
    expect(turn).toMatchObject({ state: "cancelled", failure: "by a person", metrics: { totalTokens: 3 } });
  });

  test("that failed has the instance's words", () => {
    expect(run({ event: "RunError", run_id: "r1", content: "model error" })).toMatchObject({
      state: "failed",
      failure: "model error",
    });
  });
});

describe("a flood", () => {
  test("of text is cut, and says so", () => {
    const piece = say("x".repeat(100_000));
    const turn = run(...Array.from({ length: 50 }, () => piece));
    expect(turn.length).toBe(TURN_LIMITS.maxText);
    expect(turn.isCut).toBe(true);
  });

  test("of blocks is cut, and those that stand still change", () => {
    const turn = run(
      ...Array.from({ length: 5_000 }, (_, at) => ({
        event: "ToolCallStarted",
        tool: tool({ tool_call_id: `c${at}` }),
      })),
      { event: "ToolCallCompleted", tool: tool({ tool_call_id: "c3", result: "late" }) },
    );
    expect(turn.blocks).toHaveLength(TURN_LIMITS.maxBlocks);
    expect(turn.isCut).toBe(true);
    expect(turn.blocks[3]).toMatchObject({ tool: { result: "late" } });
  });

  test("in one call, and in one pause, is cut", () => {
    const turn = run(
      {
        event: "ToolCallCompleted",
        tool: tool({ result: "r".repeat(10 ** 6), tool_name: "n".repeat(10 ** 6) }),
      },
      {
        event: "RunPaused",
        run_id: "r1",
        tools: Array.from({ length: 10_000 }, (_, at) =>
          tool({ tool_call_id: `w${at}`, requires_confirmation: true, tool_args: { a: "x".repeat(30_000) } }),
        ),
      },
    );
    const [block] = turn.blocks;
    expect(block?.kind === "tool" && block.tool.result?.length).toBe(TURN_LIMITS.maxToolText);
    expect(block?.kind === "tool" && block.tool.name.length).toBe(TURN_LIMITS.maxName);
    expect(turn.pause?.waiting).toHaveLength(TURN_LIMITS.maxWaiting);
    const [first] = turn.pause?.waiting ?? [];
    expect(first?.kind === "confirmation" && first.argumentsText.length).toBeLessThan(20_010);
  });
});

test("a workflow shows each step once, whoever does it, and its end says nothing twice", () => {
  const start = createTurn({ key: "k", asked: "Go" });
  const own = { run_id: "w", workflow_id: "report" };
  const turn = reduceEvents(start, [
    { event: "WorkflowStarted", session_id: "s", ...own },
    { event: "RunStarted", run_id: "a", agent_name: "Writer" },
    { event: "RunContent", run_id: "a", agent_name: "Writer", content: "A draft" },
    { event: "RunCompleted", run_id: "a", agent_name: "Writer", content: "A draft" },
    { event: "StepCompleted", step_name: "Draft", content: "A draft", ...own },
    { event: "StepCompleted", step_name: "Publish", content: "Published.", ...own },
    { event: "WorkflowCompleted", content: "Published.", metrics: { duration: 2 }, ...own },
  ]);
  expect(turn).toMatchObject({ state: "completed", runId: "w", sessionId: "s", metrics: { seconds: 2 } });
  expect(turn.blocks).toEqual([
    { kind: "text", author: "Writer", text: "A draft" },
    { kind: "text", author: "Publish", text: "Published." },
  ]);
  expect(
    reduceEvents(start, [
      { event: "WorkflowStarted", ...own },
      { event: "WorkflowError", error: "No" },
    ]),
  ).toMatchObject({
    state: "failed",
    failure: "No",
  });
});

test("what a member of a team asks is asked of the person, within the team's run", () => {
  const call = { tool_call_id: "c1", tool_name: "pay", requires_confirmation: true };
  const requirement = { id: "q1", member_agent_name: "Cashier", tool_execution: call };
  const turn = reduceEvents(createTurn({ key: "k", asked: "Pay" }), [
    { event: "TeamRunStarted", run_id: "t", session_id: "s" },
    { event: "RunPaused", run_id: "m", agent_name: "Cashier", tools: [call] },
    { event: "TeamRunPaused", run_id: "t", requirements: [requirement] },
  ]);
  expect(turn).toMatchObject({
    state: "paused",
    pause: { waiting: [{ id: "c1", source: call, requirement }] },
  });
});

test("an id that no address can hold, and what is nested without end, is no harm", () => {
  const turn = reduceEvents(createTurn({ key: "k", asked: "" }), [
    { event: "RunStarted", run_id: "r1", session_id: "a\ud800" },
    {
      event: "ToolCallStarted",
      run_id: "r1",
      tool: tool({ tool_args: JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown }),
    },
  ]);
  expect(turn).toMatchObject({ runId: "r1", sessionId: undefined });
  const [block] = turn.blocks;
  expect(block?.kind === "tool" && block.tool.argumentsText.length).toBeLessThan(3_000);
});

test("a workflow waits for its steps, and goes on with the next of them", () => {
  const own = { run_id: "w", workflow_id: "report" };
  const step = { step_id: "s1", step_name: "Publish", requires_confirmation: true };
  const paused = reduceEvents(createTurn({ key: "k", asked: "Go" }), [
    { event: "WorkflowStarted", ...own },
    { event: "StepPaused", step_name: "Publish", ...own },
    { event: "WorkflowPaused", pause_kind: "step", step_requirements: [step], ...own },
  ]);
  expect(paused).toMatchObject({ state: "paused", pause: { waiting: [{ kind: "step", name: "Publish" }] } });
  const further = reduceEvents(paused, [{ event: "StepContinued", step_name: "Publish", ...own }]);
  expect(further).toMatchObject({ state: "running", pause: undefined, hasContinued: true });
});
