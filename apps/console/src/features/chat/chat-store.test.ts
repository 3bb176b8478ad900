import { AgentOSRefusal, ConnectionFault } from "@agentos/client";
import { expect, test } from "vitest";
import { openStore, refusal } from "./chat-store.fixture.ts";

const started = { event: "RunStarted", run_id: "r1", session_id: "s1" };
const ended = { event: "RunCompleted", run_id: "r1", content: "" };

test("a first message gets a session, and the next one names it", async () => {
  const { store, asked, told } = openStore({
    clients: [
      [
        [started, ended],
        [started, ended],
      ],
    ],
  });
  await store.send("One");
  await store.send("Two");
  expect(told).toEqual(["session s1"]);
  expect(asked).toMatchObject([
    ["a", { message: "One", session_id: undefined }, { background: true }],
    ["a", { message: "Two", session_id: "s1" }, {}],
  ]);
  expect(store.snapshot().turns.map(({ state }) => state)).toEqual(["completed", "completed"]);
});

test("a message that was refused is kept, and sent again where it stands", async () => {
  const { store, told } = openStore({ clients: [[refusal, [started, ended]]] });
  await store.send("Hi");
  const [turn] = store.snapshot().turns;
  expect(turn).toMatchObject({ asked: "Hi", state: "refused", error: refusal });
  expect(told).toEqual(["fault"]);
  await store.retryUntilLetIn(turn?.key ?? "");
  expect(store.snapshot().turns).toMatchObject([{ asked: "Hi", error: undefined }]);
});

test("trying again fails with what it is refused for then", async () => {
  const { store } = openStore({ clients: [[refusal, refusal]] });
  await store.send("Hi");
  await expect(store.retryUntilLetIn(store.snapshot().turns[0]?.key ?? "")).rejects.toBe(refusal);
});

test("where the instance asks for another credential, the message is sent once more with it", async () => {
  const { store, told } = openStore({ clients: [[refusal], [[started, ended]]] });
  await store.send("Hi");
  expect(store.snapshot().turns).toMatchObject([{ state: "completed" }]);
  expect(told).toEqual(["switched", "session s1"]);
});

test("a run whose stream is lost is taken up, and not asked again", async () => {
  const { store, asked } = openStore({ clients: [[[started], [started, ended]]] });
  await store.send("Hi");
  const [turn] = store.snapshot().turns;
  expect(turn?.state).toBe("lost");
  await store.retry(turn?.key ?? "");
  expect(asked.at(-1)).toMatchObject(["a", { run_id: "r1", session_id: "s1" }, {}]);
  expect(store.snapshot().turns).toMatchObject([{ state: "completed" }]);
});

test("a decision that is refused leaves the question, and can be sent again", async () => {
  const paused = {
    event: "RunPaused",
    run_id: "r1",
    tools: [{ tool_call_id: "c1", tool_name: "pay", requires_confirmation: true }],
  };
  const { store, asked } = openStore({
    clients: [[[started, paused], refusal, [{ event: "RunContinued", run_id: "r1" }, ended]]],
  });
  await store.send("Pay");
  const key = store.snapshot().turns[0]?.key ?? "";
  const decisions = [{ tool_call_id: "c1", confirmed: true }];
  await store.decide(key, decisions);
  expect(store.snapshot().turns).toMatchObject([
    { state: "paused", error: refusal, pause: { waiting: [{ id: "c1" }] } },
  ]);
  await store.retry(key);
  expect(asked.slice(-2)).toMatchObject([
    ["a", { run_id: "r1" }, { session_id: "s1", tools: decisions }, {}],
    ["a", { run_id: "r1" }, { session_id: "s1", tools: decisions }, {}],
  ]);
  expect(store.snapshot().turns).toMatchObject([{ state: "completed", pause: undefined }]);
});

test("a history with a run that goes on is loaded and followed", async () => {
  const runs = [
    { run_id: "r0", status: "COMPLETED", run_input: "Before", content: "Answer" },
    { run_id: "r1", status: "RUNNING", run_input: "Now" },
  ];
  const { store, asked } = openStore({ clients: [[[started, ended]]], sessionId: "s1", runs });
  await store.load();
  expect(asked).toMatchObject([["a", { run_id: "r1", session_id: "s1" }, {}]]);
  expect(store.snapshot()).toMatchObject({
    history: "loaded",
    turns: [{ asked: "Before" }, { asked: "Now", state: "completed" }],
  });
});

test("what comes after the page was left changes nothing", async () => {
  const { store } = openStore({ clients: [[[started, ended]]] });
  const sending = store.send("Hi");
  store.close();
  await sending;
  expect(store.snapshot().turns).toMatchObject([{ state: "sending" }]);
});

test("an instance that keeps no runs is asked again for one that is not in the background, from then on", async () => {
  const none = new AgentOSRefusal({
    status: 400,
    code: undefined,
    detail: "Background execution requires a database to be configured on the agent",
  });
  const { store, asked } = openStore({ clients: [[none, [started, ended], [started, ended]]] });
  await store.send("One");
  await store.send("Two");
  expect(asked).toMatchObject([
    ["a", { message: "One" }, { background: true }],
    ["a", { message: "One" }, { background: false }],
    ["a", { message: "Two" }, { background: false }],
  ]);
  expect(store.snapshot().turns.map(({ state }) => state)).toEqual(["completed", "completed"]);
});

const unreachable = new ConnectionFault("unreachable", "no answer");

test.each([unreachable, new AgentOSRefusal({ status: 504, detail: "Gateway Time-out" })])(
  "a message that may have arrived is sent again by its first name, and one that was refused by another",
  async (fault) => {
    const { store, asked } = openStore({ clients: [[fault, refusal, refusal, [started, ended]]] });
    await store.send("Pay");
    const key = store.snapshot().turns[0]?.key ?? "";
    expect(store.snapshot().turns).toMatchObject([{ state: "lost", error: fault }]);
    await store.retry(key);
    expect(store.snapshot().turns).toMatchObject([{ state: "refused" }]);
    await store.retry(key);
    expect(asked).toMatchObject([
      ["a", { message: "Pay" }, { idempotencyKey: "key 1" }],
      ["a", { message: "Pay" }, { idempotencyKey: "key 1" }],
      ["a", { message: "Pay" }, { idempotencyKey: "key 2" }],
    ]);
  },
);

test("where the instance knows no names, it is asked before anything is sent twice", async () => {
  const { store, asked } = openStore({
    clients: [[unreachable, [started, ended]]],
    knowsKeys: false,
  });
  await store.send("Pay");
  const key = store.snapshot().turns[0]?.key ?? "";
  await expect(store.retryUntilLetIn(key)).rejects.toBe(unreachable);
  expect(store.snapshot().turns).toMatchObject([{ state: "lost", isInDoubt: true }]);
  expect(asked).toHaveLength(1);
  await store.sendAnyway(key);
  expect(store.snapshot().turns).toMatchObject([{ state: "completed" }]);
  expect(asked).toHaveLength(2);
});

test("after a decision without an answer, the run is looked up before anything is offered", async () => {
  const tools = [{ tool_call_id: "c1", tool_name: "pay", requires_confirmation: true }];
  const paused = { event: "RunPaused", run_id: "r1", tools };
  const decisions = [{ tool_call_id: "c1", confirmed: true }];
  const taken = openStore({
    clients: [
      [[started, paused], unreachable, [started, paused, { event: "RunContinued", run_id: "r1" }, ended]],
    ],
  });
  await taken.store.send("Pay");
  const key = taken.store.snapshot().turns[0]?.key ?? "";
  const states: string[] = [];
  taken.store.subscribe(() => states.push(taken.store.snapshot().turns[0]?.state ?? ""));
  await taken.store.decide(key, decisions);
  expect(taken.asked.at(-1)).toMatchObject(["a", { run_id: "r1", session_id: "s1" }, {}]);
  expect(taken.store.snapshot().turns).toMatchObject([
    { state: "completed", pause: undefined, error: undefined },
  ]);
  // Approve was never offered again in between.
  expect(states).not.toContain("paused");

  const left = openStore({ clients: [[[started, paused], unreachable, [started, paused]]] });
  await left.store.send("Pay");
  await left.store.decide(key, decisions);
  expect(left.store.snapshot().turns).toMatchObject([
    { state: "paused", pause: { waiting: [{ id: "c1" }] }, error: unreachable },
  ]);
});
