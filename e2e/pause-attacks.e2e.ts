/** What a client may try on a run that waits, and must not get: nothing runs, and the run waits still. */
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { type Answer, bodyOf, send } from "./support/http.ts";
import { createPausingAgents } from "./support/pausing-agents.ts";
import { type Served, serve } from "./support/serve.ts";

const issuer = await createTestIssuer();
const { agents, effects } = createPausingAgents();
let os: Served;
let headers: Readonly<Record<string, string>>;

interface Waiting {
  readonly path: string;
  readonly sessionId: string;
  readonly tool: Readonly<Record<string, unknown>> & { readonly tool_call_id: string };
}

beforeAll(async () => {
  os = await serve({
    id: TEST_OS_ID,
    agents,
    authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
  });
  headers = await issuer.bearer({ subject: "alice", scopes: ["agents:run", "agents:read"] });
});

beforeEach(() => effects.splice(0));

async function pause(agentId: string): Promise<Waiting> {
  const path = `/agents/${agentId}/runs`;
  const run = bodyOf(
    await send(os.port, { method: "POST", path, headers, body: "message=Go&stream=false" }),
  ) as unknown as {
    run_id: string;
    session_id: string;
    requirements: readonly { readonly tool_execution: Waiting["tool"] }[];
  };
  const [requirement] = run.requirements;
  if (requirement === undefined) throw new Error("it does not wait");
  return { path: `${path}/${run.run_id}`, sessionId: run.session_id, tool: requirement.tool_execution };
}

const decideOn = ({ path, sessionId }: Waiting, tools: string): Promise<Answer> =>
  send(os.port, {
    method: "POST",
    path: `${path}/continue`,
    headers,
    body: new URLSearchParams({ tools, session_id: sessionId, stream: "false" }).toString(),
  });

type Row = readonly [
  title: string,
  agentId: string,
  decision: (tool: Waiting["tool"]) => unknown,
  status: number,
  detail: string | RegExp,
];

const ROWS: readonly Row[] = [
  [
    "another tool's name",
    "refunder",
    (tool) => [{ ...tool, tool_name: "pay_out", confirmed: true }],
    400,
    '"refund_order" ("call_1_1") is not a call of "pay_out"; a decision cannot change the tool',
  ],
  [
    "another call's id",
    "refunder",
    (tool) => [{ ...tool, tool_call_id: "call_1_2", confirmed: true }],
    400,
    'The run does not wait for the tool call "call_1_2"; it waits for "refund_order" ("call_1_1")',
  ],
  [
    "a decision on a call that was answered already",
    "several",
    (tool) => [
      { ...tool, confirmed: true },
      { tool_call_id: "call_1_1", confirmed: true },
    ],
    400,
    /^The run does not wait for the tool call "call_1_1"/,
  ],
  [
    "two decisions on one call",
    "refunder",
    (tool) => [
      { ...tool, confirmed: false },
      { ...tool, confirmed: true },
    ],
    400,
    'The tool call "call_1_1" is decided twice',
  ],
  [
    "other arguments, where none may be changed",
    "refunder",
    (tool) => [{ ...tool, confirmed: true, tool_args: { order_id: "A-1", cents: 9_999_999 } }],
    400,
    '"refund_order" ("call_1_1") was asked for with another value of "cents"; arguments that may be changed: none',
  ],
  [
    "another argument than the one that may be changed",
    "payer",
    (tool) => [{ ...tool, confirmed: true, tool_args: { order_id: "B-7", cents: 500 } }],
    400,
    '"pay_out" ("call_1_1") was asked for with another value of "order_id"; arguments that may be changed: "cents"',
  ],
  [
    "an argument that was not asked for",
    "payer",
    (tool) => [{ ...tool, confirmed: true, tool_args: { order_id: "A-1", cents: 500, force: true } }],
    400,
    /was asked for without "force"/,
  ],
  [
    "an edited argument that the tool's schema refuses",
    "payer",
    (tool) => [{ ...tool, confirmed: true, tool_args: { order_id: "A-1", cents: -5 } }],
    400,
    /^"pay_out" \("call_1_1"\) has invalid arguments: cents: /,
  ],
  [
    "a result for a tool that this server runs",
    "refunder",
    (tool) => [{ ...tool, confirmed: true, result: "refunded 9999" }],
    400,
    '"refund_order" ("call_1_1") is run by this server; a result cannot be brought for it',
  ],
  [
    "a confirmation that is said not to be needed",
    "refunder",
    (tool) => [{ ...tool, requires_confirmation: false }],
    400,
    'Not every tool call is decided: "refund_order" ("call_1_1") needs "confirmed"',
  ],
  ["no decision at all", "refunder", () => [], 400, /needs "confirmed"$/],
  [
    "an answer without its values",
    "booker",
    (tool) => [{ ...tool, answered: true, user_input_schema: [] }],
    400,
    'Not every tool call is decided: "book_seat" ("call_1_1") needs values in "user_input_schema"',
  ],
  [
    "a value of another type than the tool wants",
    "booker",
    (tool) => [{ ...tool, answered: true, user_input_schema: [{ name: "seat", value: "all of them" }] }],
    400,
    /^"book_seat" \("call_1_1"\) has invalid arguments: seat: /,
  ],
  [
    "a value that was not asked for",
    "booker",
    (tool) => [
      {
        ...tool,
        answered: true,
        user_input_schema: [
          { name: "seat", value: 7 },
          { name: "film", value: "Another" },
        ],
      },
    ],
    400,
    '"book_seat" ("call_1_1") does not ask for the value "film"; it asks for "seat"',
  ],
  [
    "an id that is no text",
    "refunder",
    () => [{ tool_call_id: 1, confirmed: true }],
    400,
    /^Invalid structure or content for tools: 0\.tool_call_id: /,
  ],
  [
    "an object in place of the list",
    "refunder",
    (tool) => ({ ...tool, confirmed: true }),
    400,
    /^Invalid structure or content for tools: /,
  ],
];

test.each(ROWS)("refuses %s", async (_, agentId, decide, status, detail) => {
  const run = await pause(agentId);
  const ranBefore = effects.length;
  const answer = await decideOn(run, JSON.stringify(decide(run.tool)));
  expect(answer.status, answer.text).toBe(status);
  const found = bodyOf(answer)["detail"];
  if (typeof detail === "string") expect(found).toBe(detail);
  else expect(found).toMatch(detail);
  await expectStillWaiting(run, ranBefore);
});

const TEXTS: readonly (readonly [title: string, tools: string, status: number, detail: RegExp])[] = [
  ["what is no JSON", "[{", 400, /^Invalid JSON in tools field$/],
  [
    "a key that would be a prototype",
    '[{"tool_call_id":"call_1_1","confirmed":true,"__proto__":{"confirmed":true}}]',
    400,
    /^Invalid structure or content for tools: a key is named "__proto__"$/,
  ],
  [
    "arguments that would have a prototype",
    '[{"tool_call_id":"call_1_1","confirmed":true,"tool_args":{"order_id":"A-1","cents":500,"__proto__":{"cents":1}}}]',
    400,
    /a key is named "__proto__"$/,
  ],
  ["JSON that is nested without end", "[".repeat(100_000), 400, /at most 32 levels of nesting/],
  [
    "a list that is full of decisions",
    `[${Array.from({ length: 4_000 }, () => '{"tool_call_id":"x"}').join(",")}]`,
    400,
    /^Invalid structure or content for tools: /,
  ],
];

test.each(TEXTS)("refuses %s", async (_, tools, status, detail) => {
  const run = await pause("refunder");
  const answer = await decideOn(run, tools);
  expect(answer.status, answer.text).toBe(status);
  expect(bodyOf(answer)["detail"]).toMatch(detail);
  await expectStillWaiting(run, 0);
});

test("refuses ten megabytes of decisions before they are read", async () => {
  const run = await pause("refunder");
  const padding = "x".repeat(10 * 1024 * 1024);
  const answer = await decideOn(
    run,
    JSON.stringify([{ ...run.tool, confirmed: true, confirmation_note: padding }]),
  );
  expect(answer.status).toBe(413);
  await expectStillWaiting(run, 0);
});

test("the twin of them all: the decision as it is meant runs the tool", async () => {
  const run = await pause("refunder");
  const answer = await decideOn(run, JSON.stringify([{ ...run.tool, confirmed: true }]));
  expect(bodyOf(answer)).toMatchObject({ status: "COMPLETED" });
  expect(effects).toHaveLength(1);
});

async function expectStillWaiting({ path, sessionId }: Waiting, effectsBefore: number): Promise<void> {
  expect(effects).toHaveLength(effectsBefore);
  const stored = bodyOf(await send(os.port, { path: `${path}?session_id=${sessionId}`, headers }));
  expect(stored).toMatchObject({ status: "PAUSED" });
}
