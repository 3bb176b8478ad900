import { expect, test } from "vitest";
import { createStatusReader } from "./chat-status.ts";
import type { ChatSnapshot } from "./conversation.ts";
import { reduceEvents } from "./reduce-events.ts";
import { createTurn } from "./turn.ts";

test("words that stream in change nothing of the status; how a run stands does", () => {
  const empty: ChatSnapshot = {
    turns: [],
    sessionId: undefined,
    history: "none",
    historyError: undefined,
  };
  let snapshot = empty;
  const read = createStatusReader(() => snapshot);
  const say = (...events: Parameters<typeof reduceEvents>[1]) => {
    snapshot = { ...snapshot, turns: snapshot.turns.map((turn) => reduceEvents(turn, events)) };
    return read();
  };
  expect(read()).toMatchObject({ isEmpty: true, lastState: undefined });
  snapshot = { ...empty, turns: [createTurn({ key: "k", asked: "Hi", state: "running" })] };
  const running = read();
  expect(running).toMatchObject({ isEmpty: false, lastState: "running", activeState: "running" });
  expect(say({ event: "RunContent", content: "word" })).toBe(running);
  expect(say({ event: "RunCompleted", content: "" })).toMatchObject({
    lastState: "completed",
    activeState: undefined,
  });
});
