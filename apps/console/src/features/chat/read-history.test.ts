import { expect, test } from "vitest";
import { MAX_TURNS, readHistory } from "./read-history.ts";

const base = {
  run_id: "r1",
  status: "COMPLETED",
  run_input: "Hi",
  content: "Hello",
  created_at: "2026-01-01T00:00:00Z",
};

test("a stored run is shown in the order of its messages, with the results of its tools", () => {
  const [turn] = readHistory(
    [
      {
        ...base,
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Earlier", from_history: true },
          { role: "assistant", content: "Let me see.", tool_calls: [{ id: "c1" }] },
          { role: "tool", content: "42", tool_call_id: "c1" },
          { role: "assistant", content: "It is 42." },
        ],
        tools: [{ tool_call_id: "c1", tool_name: "look_up", tool_args: {}, result: "42" }],
        metrics: { total_tokens: 9 },
        input_media: { images: [{ id: "m", filename: "a.png", size: 3 }] },
      },
    ],
    "s1",
  );
  expect(turn).toMatchObject({
    key: "r1",
    asked: "Hi",
    state: "completed",
    attachments: [{ name: "a.png", size: 3 }],
  });
  expect(turn?.blocks).toMatchObject([
    { kind: "text", text: "Let me see." },
    { kind: "tool", tool: { name: "look_up", result: "42", state: "completed" } },
    { kind: "text", text: "It is 42." },
  ]);
});

test("one without messages has its content", () => {
  expect(readHistory([base], "s1")[0]?.blocks).toMatchObject([{ text: "Hello" }]);
});

test("one that waits is a question again; one that runs is followed from its beginning", () => {
  const waits = { tool_call_id: "c1", tool_name: "pay", tool_args: {}, requires_confirmation: true };
  const [paused, running] = readHistory(
    [
      { ...base, status: "PAUSED", tools: [waits] },
      { ...base, run_id: "r2", status: "RUNNING", messages: [{ role: "assistant", content: "half" }] },
    ],
    "s1",
  );
  expect(paused).toMatchObject({ state: "paused", pause: { waiting: [{ id: "c1", kind: "confirmation" }] } });
  expect(paused?.blocks).toMatchObject([{ tool: { state: "waiting" } }]);
  expect(running).toMatchObject({ state: "running", blocks: [] });
});

test("one that failed has words on it; one whose answer was made again is not shown, nor one within another", () => {
  const turns = readHistory(
    [
      { ...base, status: "ERROR", content: "model error" },
      { ...base, run_id: "r2", status: "REGENERATED" },
      { ...base, run_id: "r3", parent_run_id: "r1" },
    ],
    "s1",
  );
  expect(turns).toMatchObject([{ state: "failed", failure: "model error", blocks: [] }]);
});

test.each([[undefined], ["text"], [[null, 1, "x"]], [{ data: [] }]])(
  "%j is no history, and fails nothing",
  (value) => {
    expect(readHistory(value, "s1")).toEqual([]);
  },
);

test("runs of other shapes are shown as far as they can be", () => {
  expect(
    readHistory([{}, { run_input: { input_content: "Hi" }, messages: "none", tools: 3 }], "s1"),
  ).toMatchObject([{ asked: "", state: "completed" }, { asked: "Hi" }]);
});

test("more than anybody reads is cut at its beginning", () => {
  const many = Array.from({ length: MAX_TURNS + 5 }, (_, at) => ({ ...base, run_id: `r${at}` }));
  const turns = readHistory(many, "s1");
  expect(turns).toHaveLength(MAX_TURNS);
  expect(turns.at(-1)?.runId).toBe(`r${MAX_TURNS + 4}`);
});

test("states and ids may be any text: none of them is one that every object has, or that no address can hold", () => {
  const [turn] = readHistory([{ ...base, status: "constructor", run_id: "a\ud800" }], "s1");
  expect(turn).toMatchObject({ state: "completed", runId: undefined, key: "run 0" });
});
