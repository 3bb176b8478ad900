import { describe, expect, test } from "vitest";
import { EMPTY_DRAFT, findObstacle, judgeDraft } from "./decisions.ts";
import { encodeDecisions } from "./encode-decisions.ts";
import { readWaiting } from "./read-waiting.ts";
import { showCall } from "./show-call.ts";

function waitFor(args: unknown, more: object = {}) {
  const [tool] = readWaiting({
    tools: [
      { tool_call_id: "c1", tool_name: "shell", requires_confirmation: true, tool_args: args, ...more },
    ],
    requirements: [],
  });
  if (tool === undefined) throw new Error("it does not wait");
  return tool;
}

const NO_SOURCE = { tools: undefined, requirements: undefined, step_requirements: undefined };
const approve = { ...EMPTY_DRAFT, verdict: "approve" } as const;

test("short arguments are shown as they are, and can be approved", () => {
  const shown = showCall(waitFor({ command: "ls" }));
  expect(shown).toEqual({
    rows: [{ name: undefined, text: '{\n  "command": "ls"\n}', beginning: undefined }],
    obstacle: undefined,
    hidden: 0,
    editable: '{\n  "command": "ls"\n}',
  });
  expect(findObstacle(shown, EMPTY_DRAFT)).toBeUndefined();
});

test("a long argument hides no other one, and nothing is approved before all of it was shown", () => {
  const tool = waitFor({ note: "x".repeat(20_500), command: "rm -rf /srv/data" });
  const { rows, editable } = showCall(tool);
  expect(rows.map(({ name }) => name)).toEqual(["command", "note"]);
  expect(rows[0]).toMatchObject({ text: '"rm -rf /srv/data"', beginning: undefined });
  expect(rows[1]?.text).toHaveLength(20_500);
  expect(rows[1]?.beginning?.length).toBeLessThan(2_000);
  expect(editable).toBeUndefined();
  expect(judgeDraft(tool, approve)).toMatchObject({ isReady: false });
  expect(judgeDraft(tool, { ...approve, verdict: "reject" })).toMatchObject({ isReady: true });
  expect(judgeDraft(tool, { ...approve, opened: [1] })).toMatchObject({ isReady: true });
});

test.each([
  ["many lines", { script: "true\n".repeat(300), command: "rm" }],
  ["many lines of structure", Array.from({ length: 30 }, (_, at) => at)],
])("%s are long, too", (_, args) => {
  expect(findObstacle(showCall(waitFor(args)), EMPTY_DRAFT)?.title).toBe("Not all of it is shown");
});

describe("what cannot be shown cannot be approved, whatever was opened:", () => {
  const opened = Array.from({ length: 300 }, (_, at) => at);
  test.each([
    ["more than a page has room for", { a: "x".repeat(200_000) }],
    ["more arguments than anybody reads", Object.fromEntries(opened.map((at) => [`a${at}`, "x".repeat(9)]))],
    ["what is nested deeper than can be read", JSON.parse(`${"[".repeat(2_500)}${"]".repeat(2_500)}`)],
    ["a number that was rounded", JSON.parse('{"id": 1234567890123456789}')],
  ])("%s", (_, args) => {
    expect(judgeDraft(waitFor(args), { ...approve, opened })).toMatchObject({ isReady: false });
    expect(showCall(waitFor(args)).editable).toBeUndefined();
  });

  test("a name that is cut", () => {
    expect(judgeDraft(waitFor({}, { tool_name: "n".repeat(300) }), approve)).toMatchObject({
      isReady: false,
    });
  });
});

test("characters that are not seen are written out and counted, and sent as they are", () => {
  const args = { command: "cat \u202etxt" };
  const { rows, hidden, editable } = showCall(waitFor(args));
  expect([rows[0]?.text, hidden]).toEqual(['{\n  "command": "cat \\u202etxt"\n}', 1]);
  expect(JSON.parse(editable ?? "")).toEqual(args);
});

test("a no can be sent whatever the arguments are", () => {
  const tool = waitFor(JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`));
  const judged = judgeDraft(tool, { ...EMPTY_DRAFT, verdict: "reject" });
  const decisions = judged.isReady ? [judged.decision] : [];
  expect(JSON.stringify(encodeDecisions("agents", { waiting: [tool], source: NO_SOURCE }, decisions))).toBe(
    '{"tools":[{"tool_call_id":"c1","confirmed":false}]}',
  );
});

test("fields may have names that every object has", () => {
  const tool = waitFor(undefined, {
    requires_user_input: true,
    user_input_schema: [{ name: "constructor" }, { name: "__proto__" }],
  });
  expect(judgeDraft(tool, approve)).toMatchObject({ isReady: false, reason: "constructor is empty." });
  const values = { constructor: "a", ["__proto__"]: "b" };
  expect(judgeDraft(tool, { ...approve, values })).toMatchObject({
    decision: {
      user_input_schema: [
        { name: "constructor", value: "a" },
        { name: "__proto__", value: "b" },
      ],
    },
  });
});
