import { describe, expect, it } from "vitest";
import type { Decision } from "./continue-form.ts";
import { matchDecisions } from "./match-decisions.ts";
import type { RunnablePauses } from "./runnable.ts";
import { createToolExecution } from "./test-run.fixture.ts";

const pauses: RunnablePauses = {
  editableArguments: (name) => (name === "add_numbers" ? ["b"] : []),
  findArgumentProblem: async (_, args) => (JSON.stringify(args).includes("bad") ? "b: it is bad" : undefined),
};
const decision = (parts: Partial<Decision> = {}): Decision => ({
  toolCallId: "call_1_1",
  toolName: undefined,
  toolArgs: undefined,
  confirmed: undefined,
  note: undefined,
  result: undefined,
  isError: false,
  values: [],
  isAnswered: false,
  ...parts,
});
const waits = createToolExecution({ requires_confirmation: true });
const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw";

describe("matchDecisions", () => {
  it("runs a confirmed call with what is stored, whatever the client repeats of it", async () => {
    const same = decision({ toolName: "add_numbers", toolArgs: { b: 2, a: 1 }, confirmed: true });
    expect(await matchDecisions([waits], [same], pauses)).toMatchObject({
      ok: true,
      value: [{ args: { a: 1, b: 2 }, edited: [], tool: { confirmed: true, result: null } }],
    });
  });

  it("names what was edited, and keeps it without tokens while the tool gets it whole", async () => {
    const edit = decision({ confirmed: true, toolArgs: { a: 1, b: JWT } });
    const matched = await matchDecisions([waits], [edit], pauses);
    expect(matched).toMatchObject({ ok: true, value: [{ args: { a: 1, b: JWT }, edited: ["b"] }] });
    if (matched.ok) expect(JSON.stringify(matched.value[0]?.tool)).not.toContain(JWT);
  });

  it("refuses edited arguments that the schema refuses", async () => {
    const edit = decision({ confirmed: true, toolArgs: { a: 1, b: "bad" } });
    const fault = '"add_numbers" ("call_1_1") has invalid arguments: b: it is bad';
    expect(await matchDecisions([waits], [edit], pauses)).toEqual({ ok: false, fault });
  });

  it.each([
    [
      { b: 2 },
      'with "a", and "tool_args" is without; send all arguments, or leave "tool_args" out where none is changed',
    ],
    [{ a: 7, b: 2 }, 'with another value of "a"; arguments that may be changed: "b"'],
    [{ a: 1, b: 2, c: 3 }, 'without "c"; arguments that may be changed: "b"'],
  ])("says what is wrong with arguments %j that nobody may change", async (toolArgs, problem) => {
    const fault = `"add_numbers" ("call_1_1") was asked for ${problem}`;
    const edit = decision({ confirmed: true, toolArgs });
    expect(await matchDecisions([waits], [edit], pauses)).toEqual({ ok: false, fault });
  });

  it("takes no edit where nobody has to confirm", async () => {
    const external = createToolExecution({ external_execution_required: true });
    const edit = decision({ result: "done", toolArgs: { a: 1, b: 3 } });
    expect(await matchDecisions([external], [edit], pauses)).toMatchObject({ ok: false });
  });

  it("rejects whatever a call waits for", async () => {
    const external = createToolExecution({ external_execution_required: true });
    expect(await matchDecisions([external], [decision({ confirmed: false })], pauses)).toMatchObject({
      ok: true,
      value: [{ tool: { confirmed: false, result: null } }],
    });
  });

  it("takes a value of null where it is said that it is meant, and none that is missing", async () => {
    const field = { name: "c", field_type: "str", description: null, value: null };
    const asks = createToolExecution({ requires_user_input: true, user_input_schema: [field] });
    const values = [{ name: "c", value: null }];
    const meant = decision({ values, isAnswered: true });
    expect(await matchDecisions([asks], [meant], pauses)).toMatchObject({
      ok: true,
      value: [{ args: { a: 1, b: 2, c: null } }],
    });
    expect(await matchDecisions([asks], [decision({ values })], pauses)).toMatchObject({ ok: false });
    expect(await matchDecisions([asks], [decision({ isAnswered: true })], pauses)).toMatchObject({
      ok: false,
    });
  });

  it("names everything that is missing, call by call", async () => {
    const other = createToolExecution({
      tool_call_id: "call_1_2",
      requires_confirmation: true,
      external_execution_required: true,
    });
    expect(await matchDecisions([waits, other], [], pauses)).toEqual({
      ok: false,
      fault:
        'Not every tool call is decided: "add_numbers" ("call_1_1") needs "confirmed"; "add_numbers" ("call_1_2") needs "confirmed" and "result"',
    });
  });
});
