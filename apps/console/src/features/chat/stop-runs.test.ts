import { expect, test } from "vitest";
import { openStore, refusal } from "./chat-store.fixture.ts";

const running = (id: string) => ({ run_id: id, status: "RUNNING", run_input: id });
const startOf = (id: string) => ({ event: "RunStarted", run_id: id, session_id: "s1" });
const wordOf = (id: string) => ({ event: "RunContent", run_id: id, content: `word of ${id}` });
const endOf = (id: string) => ({ event: "RunCompleted", run_id: id, content: "" });
const cancelOf = (id: string) => ({ event: "RunCancelled", run_id: id, reason: "asked" });

test("each of the runs that go on is followed, the newest first and a few at a time, and shows its own state", async () => {
  const newest = Promise.withResolvers<void>();
  const held = new Promise<void>(() => undefined);
  const runs = ["r1", "r2", "r3", "r4", "r5"].map(running);
  const { store, asked } = openStore({
    clients: [
      [
        [startOf("r5"), newest.promise, endOf("r5")],
        [startOf("r4"), wordOf("r4"), held],
        [startOf("r3"), held],
        [startOf("r2"), held],
      ],
    ],
    sessionId: "s1",
    runs,
  });
  void store.load();
  await expect.poll(() => asked.length).toBe(3);
  expect(asked.map((call) => (call as [unknown, { run_id: string }])[1].run_id)).toEqual(["r5", "r4", "r3"]);
  newest.resolve();
  await expect.poll(() => asked.length).toBe(4);
  expect(store.snapshot().turns.map(({ state }) => state)).toEqual([
    "running",
    "running",
    "running",
    "running",
    "completed",
  ]);
  expect(store.snapshot().turns[3]?.blocks).toMatchObject([{ text: "word of r4" }]);
});

test("without a name the newest run is stopped, and each other one by its own", async () => {
  const gone = ["r1", "r2"].map(() => Promise.withResolvers<void>());
  const { store, stopped } = openStore({
    clients: [
      [
        [startOf("r2"), gone[1]?.promise ?? Promise.resolve(), cancelOf("r2"), endOf("r2")],
        [startOf("r1"), gone[0]?.promise ?? Promise.resolve(), cancelOf("r1"), endOf("r1")],
      ],
    ],
    sessionId: "s1",
    runs: [running("r1"), running("r2")],
  });
  const loaded = store.load();
  await expect.poll(() => store.snapshot().turns.length).toBe(2);
  await store.stop("r1");
  expect(store.snapshot().turns).toMatchObject([{ state: "stopping" }, { state: "running" }]);
  await store.stop();
  expect(stopped).toEqual(["r1", "r2"]);
  for (const { resolve } of gone) resolve();
  await loaded;
  expect(store.snapshot().turns).toMatchObject([
    { state: "cancelled", isStoppedHere: true },
    { state: "cancelled", isStoppedHere: true },
  ]);
});

test("a run that nobody follows yet is read when it was stopped", async () => {
  const held = new Promise<void>(() => undefined);
  const { store, stopped } = openStore({
    clients: [[[held], [held], [held], [startOf("r1"), cancelOf("r1"), endOf("r1")]]],
    sessionId: "s1",
    runs: ["r1", "r2", "r3", "r4"].map(running),
  });
  void store.load();
  await expect.poll(() => store.snapshot().turns.length).toBe(4);
  await store.stop("r1");
  expect(stopped).toEqual(["r1"]);
  expect(store.snapshot().turns.map(({ state }) => state)).toEqual([
    "cancelled",
    "running",
    "running",
    "running",
  ]);
});

test("what was not answered yet is given up alone: the other runs are followed on", async () => {
  const other = Promise.withResolvers<void>();
  const { store, stopped } = openStore({
    clients: [[[startOf("r1"), other.promise, endOf("r1")], [new Promise<void>(() => undefined)]]],
    sessionId: "s1",
    runs: [running("r1")],
  });
  const loaded = store.load();
  await expect.poll(() => store.snapshot().turns.length).toBe(1);
  void store.send("Never mind");
  await expect.poll(() => store.snapshot().turns.length).toBe(2);
  await store.stop();
  other.resolve();
  await loaded;
  expect(stopped).toEqual([]);
  expect(store.snapshot().turns).toMatchObject([
    { state: "completed" },
    { asked: "Never mind", state: "cancelled", isStoppedHere: true },
  ]);
});

const step = { step_id: "s1", step_name: "Publish", requires_confirmation: true, confirmed: null };
const workflowStarted = { event: "WorkflowStarted", run_id: "w", session_id: "s1" };
const workflowPaused = { event: "WorkflowPaused", run_id: "w", step_requirements: [step] };

test("a step of a workflow that waits is answered within what the workflow has sent", async () => {
  const { store, asked } = openStore({
    kind: "workflows",
    clients: [
      [
        [workflowStarted, workflowPaused],
        [
          { event: "StepContinued", run_id: "w" },
          { event: "WorkflowCompleted", run_id: "w", content: "Published." },
        ],
      ],
    ],
  });
  await store.send("Go");
  const [turn] = store.snapshot().turns;
  const [waiting] = turn?.pause?.waiting ?? [];
  await store.decide(turn?.key ?? "", [{ step: waiting?.id ?? "", confirmed: true }]);
  expect(asked.at(-1)).toMatchObject([
    "a",
    { run_id: "w" },
    { session_id: "s1", step_requirements: [{ ...step, confirmed: true }] },
    {},
  ]);
  expect(store.snapshot().turns).toMatchObject([{ state: "completed", hasContinued: true }]);
});

test.each([
  ["ends it", [{ event: "WorkflowCancelled", run_id: "w", reason: "asked" }], { state: "cancelled" }],
  ["keeps it waiting", [], { state: "paused", pause: { waiting: [] } }],
])(
  "a run whose question cannot be answered here can be stopped, where the instance %s",
  async (_, more, end) => {
    const unknown = { ...workflowPaused, step_requirements: [{ step_id: "s", requires_something: true }] };
    const { store, stopped } = openStore({
      kind: "workflows",
      clients: [
        [
          [workflowStarted, unknown],
          [workflowStarted, unknown, ...more],
        ],
      ],
    });
    await store.send("Go");
    const key = store.snapshot().turns[0]?.key ?? "";
    expect(store.snapshot().turns).toMatchObject([{ state: "paused", pause: { waiting: [] } }]);
    await store.stop(key);
    expect(stopped).toEqual(["w"]);
    expect(store.snapshot().turns).toMatchObject([{ ...end, isStoppedHere: true }]);
  },
);

test("a stop that is refused leaves the question as it was, and says why", async () => {
  const { store } = openStore({
    kind: "workflows",
    clients: [[[workflowStarted, workflowPaused]]],
    stopFault: refusal,
  });
  await store.send("Go");
  await store.stop(store.snapshot().turns[0]?.key);
  expect(store.snapshot().turns).toMatchObject([
    { state: "paused", stopError: refusal, isStoppedHere: false, pause: { waiting: [{ kind: "step" }] } },
  ]);
});
