import { ROUTES } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import { KINDS } from "../../lib/runnable-kinds.ts";
import { ATTACHMENT_LIMITS, addFiles, describeSize } from "./attachments.ts";
import { EMPTY_DRAFT, judgeDraft } from "./decisions.ts";
import { encodeDecisions } from "./encode-decisions.ts";
import type { Pause } from "./read-pause.ts";
import type { WaitingTool } from "./read-waiting.ts";
import { listUsedScopes, RUN_ROUTES } from "./scopes-used.ts";
import { toContinuingCurl, toCurl } from "./to-curl.ts";
import { createTurn } from "./turn.ts";
import { answerOf, canTakeUp, describeSeconds, describeTokenSplit, describeTokens } from "./words-of-turn.ts";

test.each(["agents", "teams", "workflows"] as const)(
  "routes and scopes of %s are those of the contract",
  (kind) => {
    for (const name of ["run", "continueRun"] as const) {
      const { method, path, access } = ROUTES[`${kind}.${name}`];
      expect([RUN_ROUTES[name](kind), [KINDS[kind].runScope]]).toEqual([`${method} ${path}`, access]);
    }
  },
);

test("a turn that was continued has asked twice", () => {
  expect(listUsedScopes({ hasContinued: true }, "agents", "a")).toEqual([
    { route: "POST /agents/a/runs", scope: "agents:run" },
    { route: "POST /agents/a/runs/{run_id}/continue", scope: "agents:run" },
  ]);
});

describe("a line for a shell", () => {
  const request = {
    endpoint: "http://localhost:7777/",
    kind: "agents" as const,
    agentId: "a b",
    message: 'it\'s `$(rm -rf /)`\n"two"',
    sessionId: "s1",
    files: ['x;type="y".png'],
    needsToken: true,
  };

  test("names the token by a variable, and quotes every word", () => {
    expect(toCurl(request)).toBe(
      [
        "curl -N -X POST 'http://localhost:7777/agents/a%20b/runs' \\",
        '  -H "Authorization: Bearer $AGENTOS_TOKEN" \\',
        "  --form-string 'message=it'\\''s `$(rm -rf /)`\n\"two\"' \\",
        "  --form-string 'session_id=s1' \\",
        "  --form-string 'stream=true' \\",
        '  -F \'files=@"x;type=\\"y\\".png"\'',
      ].join("\n"),
    );
  });

  test("presses no keys of a terminal, and hides nothing", () => {
    const line = toCurl({
      ...request,
      message: "a'b\\c\u001b[201~\u0003\td\ne\u202ef\ud800",
      files: [],
      needsToken: false,
    });
    expect(line).toContain(
      String.raw`--form-string $'message=a\'b\\c\033[201~\003\td\ne\342\200\256f` + "\ufffd'",
    );
    // oxlint-disable-next-line no-control-regex -- that is what must not be in it
    expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test("has no token where none is asked for", () => {
    expect(toCurl({ ...request, needsToken: false })).not.toContain("AGENTOS_TOKEN");
  });

  test("answers what a run waits for, with the place of what is too long for it", () => {
    const steps = [{ step_id: "s", confirmed: null }];
    const paused = {
      ...request,
      kind: "workflows" as const,
      runId: "r/1",
      asked: { tools: undefined, requirements: undefined, step_requirements: steps },
    };
    expect(toContinuingCurl(paused)).toBe(
      [
        "curl -N -X POST 'http://localhost:7777/workflows/a%20b/runs/r%2F1/continue' \\",
        '  -H "Authorization: Bearer $AGENTOS_TOKEN" \\',
        `  --form-string 'step_requirements=[\n  {\n    "step_id": "s",\n    "confirmed": null\n  }\n]' \\`,
        "  --form-string 'session_id=s1' \\",
        "  --form-string 'stream=true'",
      ].join("\n"),
    );
    const long = { ...paused.asked, step_requirements: [{ step_id: "s".repeat(20_000) }] };
    expect(toContinuingCurl({ ...paused, asked: long })).toContain("'step_requirements=[…]'");
    expect(toContinuingCurl({ ...paused, kind: "agents" })).toContain("'tools=[…]'");
  });
});

describe("files", () => {
  const file = (name: string, size = 10) => ({ name, size });

  test("are taken as long as there is room, and what is left out is named", () => {
    expect(addFiles([file("a")], [file("b"), file("empty", 0)])).toEqual({
      files: [file("a"), file("b")],
      faults: ["“empty” was not attached: it is empty."],
    });
    const many = Array.from({ length: ATTACHMENT_LIMITS.maxCount + 1 }, (_, at) => file(`${at}`));
    expect(addFiles([], many).files).toHaveLength(ATTACHMENT_LIMITS.maxCount);
    const { files, faults } = addFiles([], [file("large", ATTACHMENT_LIMITS.maxBytes + 1), file("small")]);
    expect([files, faults]).toEqual([[file("small")], [expect.stringContaining("“large” was not attached")]]);
    const empty = ["a", "b", "c", "d", "e"].map((name) => file(name, 0));
    expect(addFiles([], empty).faults.at(-1)).toBe("2 other files not attached either.");
  });

  test.each([
    [3, "3 B"],
    [12_400, "12 kB"],
    [3_400_000, "3.4 MB"],
  ])("of %i bytes are %s", (bytes, words) => expect(describeSize(bytes)).toBe(words));
});

describe("a decision", () => {
  const tool: WaitingTool = {
    id: "c1",
    name: "pay",
    argumentsText: "{}",
    kind: "confirmation",
    fields: [],
    source: {},
    requirement: undefined,
  };
  const approve = { ...EMPTY_DRAFT, verdict: "approve" } as const;
  const seat = {
    ...tool,
    kind: "input",
    fields: [
      { name: "seat", type: "int", description: undefined, value: "", isOptional: false, allowed: [] },
    ],
  } as const;

  test.each([
    ["nothing is said", tool, EMPTY_DRAFT, "Not decided yet."],
    [
      "the arguments are no object",
      tool,
      { ...approve, argumentsText: "[1]" },
      "The arguments are no JSON object.",
    ],
    ["a value is missing", seat, approve, "seat is empty."],
    ["a value is of another type", seat, { ...approve, values: { seat: "x" } }, "seat is no int."],
    ["there is no result", { ...tool, kind: "external" } as const, approve, "Say what came of it."],
  ])("is not ready while %s", (_, waiting, draft, reason) => {
    expect(judgeDraft(waiting, draft)).toEqual({ isReady: false, reason });
  });

  test.each([
    ["a yes", tool, approve, { confirmed: true }],
    [
      "other arguments",
      tool,
      { ...approve, argumentsText: '{"a":1}' },
      { confirmed: true, tool_args: { a: 1 } },
    ],
    [
      "a no with its reason",
      tool,
      { ...EMPTY_DRAFT, verdict: "reject", note: " too much " } as const,
      { confirmed: false, confirmation_note: "too much" },
    ],
    [
      "a value",
      seat,
      { ...approve, values: { seat: "7" } },
      { user_input_schema: [{ name: "seat", value: 7 }], answered: true },
    ],
    ["a result", { ...tool, kind: "external" } as const, { ...approve, result: "open" }, { result: "open" }],
  ])("says %s", (_, waiting, draft, decision) => {
    expect(judgeDraft(waiting, draft)).toEqual({
      isReady: true,
      decision: { tool_call_id: "c1", ...decision },
    });
  });
});

test("figures of a turn are in words", () => {
  const metrics = { inputTokens: 1_200, outputTokens: 34, totalTokens: undefined, seconds: 1 };
  expect([
    describeSeconds(0.0004),
    describeSeconds(1.44),
    describeSeconds(12.4),
    describeSeconds(125),
  ]).toEqual(["<1 ms", "1.4 s", "12 s", "2 min 5 s"]);
  expect([describeTokens(metrics), describeTokenSplit(metrics)]).toEqual([
    "1,234 tokens",
    "1,200 in, 34 out",
  ]);
  expect(describeTokens({ ...metrics, inputTokens: undefined, outputTokens: undefined })).toBeUndefined();
});

test("an answer is its text; only a run that is known can be taken up", () => {
  const turn = createTurn({ key: "k", asked: "" });
  expect(answerOf({ blocks: [{ kind: "text", author: undefined, text: "a" }] })).toBe("a");
  expect([canTakeUp({ ...turn, state: "lost" }), canTakeUp({ ...turn, state: "lost", runId: "r" })]).toEqual([
    false,
    true,
  ]);
});

describe("decisions on the wire", () => {
  const source = {
    tool_call_id: "c1",
    tool_name: "pay",
    tool_args: { cents: 5 },
    user_input_schema: [{ name: "seat", field_type: "int", value: null }],
  };
  const requirement = { id: "q1", member_agent_id: "helper", tool_execution: source };
  const pause: Pause = {
    waiting: [
      {
        id: "c1",
        name: "pay",
        argumentsText: "{}",
        kind: "confirmation",
        fields: [],
        source,
        requirement,
      },
    ],
    source: { tools: [source], requirements: [requirement], step_requirements: undefined },
  };

  test("are the tool calls themselves, with what was said in them", () => {
    const values = { tool_call_id: "c1", answered: true, user_input_schema: [{ name: "seat", value: 7 }] };
    expect(encodeDecisions("agents", pause, [values])).toEqual({
      tools: [
        { ...source, answered: true, user_input_schema: [{ name: "seat", field_type: "int", value: 7 }] },
      ],
    });
  });

  test("go to a team within what it asked", () => {
    const no = { tool_call_id: "c1", confirmed: false, confirmation_note: "too much" };
    expect(encodeDecisions("teams", pause, [no])).toEqual({
      requirements: [
        {
          ...requirement,
          tool_execution: { ...source, confirmed: false, confirmation_note: "too much" },
          confirmation: false,
          confirmation_note: "too much",
        },
      ],
    });
  });
});
