import { expect, test } from "vitest";
import { EMPTY_DRAFT, judgeDraft } from "./decisions.ts";
import { type Decision, encodeDecisions } from "./encode-decisions.ts";
import { judgeStep } from "./judge-step.ts";
import { readPause } from "./read-pause.ts";

/** As a Python AgentOS writes one: every flag is there. */
const plain = {
  step_id: "s1",
  step_name: "Publish",
  step_index: 1,
  requires_confirmation: false,
  confirmed: null,
  on_reject: "skip",
  requires_user_input: false,
  user_input: null,
  requires_route_selection: false,
  available_choices: null,
  allow_multiple_selections: false,
  selected_choices: null,
  requires_output_review: false,
  requires_executor_input: false,
};
const confirming = { ...plain, requires_confirmation: true, confirmation_message: "Really?" };
const seat = { name: "seat", field_type: "int", description: null, value: null, required: true };
const note = { name: "note", field_type: "str", description: null, value: null, required: false };
const meal = {
  name: "meal",
  field_type: "str",
  description: null,
  value: null,
  required: true,
  allowed_values: ["fish", "none"],
};
const asking = { ...plain, requires_user_input: true, user_input_schema: [seat, note, meal] };
const routing = { ...plain, requires_route_selection: true, available_choices: ["Short", "Long"] };

function openStep(steps: readonly unknown[]) {
  const pause = readPause({ step_requirements: steps });
  const one = pause.waiting.at(-1);
  if (one?.kind !== "step") throw new Error("no step waits");
  return { pause, step: one };
}

const approve = { ...EMPTY_DRAFT, verdict: "approve" } as const;

/** What goes to the instance for what stands in the form. */
function send(steps: readonly unknown[], draft: typeof EMPTY_DRAFT) {
  const { pause, step } = openStep(steps);
  const judged = judgeStep(step, draft);
  if (!judged.isReady) return judged.reason;
  return encodeDecisions("workflows", pause, [judged.decision]).step_requirements;
}

test("a step that waits for a yes has its message, and what a no does", () => {
  expect(openStep([confirming]).step).toMatchObject({
    name: "Publish",
    message: "Really?",
    needsYes: true,
    onReject: "skip",
    output: undefined,
  });
});

test.each([
  ["a yes", confirming, approve, { confirmed: true }],
  [
    "a no with its reason",
    confirming,
    { ...EMPTY_DRAFT, verdict: "reject", note: " not today " } as const,
    { confirmed: false, rejection_feedback: "not today" },
  ],
  [
    "values, one of them left out",
    asking,
    { ...approve, values: { seat: "7", meal: "fish" } },
    {
      user_input: { seat: 7, meal: "fish" },
      user_input_schema: [{ ...seat, value: 7 }, note, { ...meal, value: "fish" }],
    },
  ],
  ["a way", routing, { ...approve, chosen: ["Long"] }, { selected_choices: ["Long"] }],
  [
    "two ways, in the order of the workflow",
    { ...routing, allow_multiple_selections: true },
    { ...approve, chosen: ["Long", "Short"] },
    { selected_choices: ["Short", "Long"] },
  ],
])("%s goes back within the step, and earlier steps as they were", (_, step, draft, said) => {
  const earlier = { ...confirming, step_id: "s0", confirmed: true };
  expect(send([earlier, step], draft)).toEqual([earlier, { ...step, ...said }]);
});

test.each([
  ["a value is missing", asking, { ...approve, values: { seat: "7" } }, "meal is empty."],
  [
    "a value is none of those that it may be",
    asking,
    { ...approve, values: { seat: "7", meal: "beef" } },
    "meal is none of what it may be.",
  ],
  ["no way is chosen", routing, { ...approve, chosen: ["Elsewhere"] }, "Choose what comes next."],
])("nothing is sent while %s", (_, step, draft, reason) => {
  expect(send([step], draft)).toBe(reason);
});

test("what a step has made is shown before it is used", () => {
  const reviewing = {
    ...plain,
    requires_output_review: true,
    output_review_message: "Good?",
    step_output: { content: "A draft", step_name: "Draft" },
  };
  expect(openStep([reviewing]).step).toMatchObject({ output: "A draft", message: "Good?", needsYes: true });
  expect(send([reviewing], approve)).toEqual([{ ...reviewing, confirmed: true }]);
});

test("what the agent of a step asks is a tool call, and is answered within the step", () => {
  const call = { tool_call_id: "c1", tool_name: "pay", tool_args: { cents: 5 }, requires_confirmation: true };
  const requirement = { id: "q1", tool_execution: call };
  const step = { ...plain, requires_executor_input: true, executor_requirements: [requirement] };
  const pause = readPause({ step_requirements: [step] });
  const [tool] = pause.waiting;
  if (tool === undefined || tool.kind === "step") throw new Error("no tool waits");
  const judged = judgeDraft(tool, approve);
  const decisions: Decision[] = judged.isReady ? [judged.decision] : [];
  expect(encodeDecisions("workflows", pause, decisions).step_requirements).toEqual([
    {
      ...step,
      executor_requirements: [
        { ...requirement, confirmation: true, tool_execution: { ...call, confirmed: true } },
      ],
    },
  ]);
});

const nested = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`) as unknown;

test.each([
  ["is of a kind that is not known here", { ...plain, requires_thinking: true }],
  ["wants values without saying which", { ...plain, requires_user_input: true }],
  ["offers no way", { ...routing, available_choices: [] }],
  ["offers what is no name", { ...routing, available_choices: ["Short", 7] }],
  [
    "offers more ways than anybody reads",
    { ...routing, available_choices: Array.from({ length: 60 }, (_, at) => `${at}`) },
  ],
  ["says more than can be shown", { ...confirming, confirmation_message: "x".repeat(30_000) }],
  ["cannot be sent back", { ...confirming, step_input: nested }],
])("a step that %s is not asked here", (_, step) => {
  expect(readPause({ step_requirements: [step] }).waiting).toEqual([]);
});
