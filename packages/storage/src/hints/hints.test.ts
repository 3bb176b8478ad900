import { describe, expect, it } from "vitest";
import { readHints, writeHints } from "./hint-text.ts";
import { createHintBoard, type Hint } from "./hints.ts";
import { createWaitingHints } from "./waiting-hints.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("hints in one process", () => {
  it("reach every listener of their topic, and nobody who has stopped listening", async () => {
    const board = createHintBoard();
    const heard: unknown[] = [];
    board.listen("cancel", (payload) => heard.push(["one", payload]));
    const stop = board.listen("cancel", (payload) => heard.push(["two", payload]));
    board.listen("pending", (payload) => heard.push(["other", payload]));
    board.tell("cancel", "r1");
    await nextTurn();
    stop();
    board.tell("cancel");
    await nextTurn();
    expect(heard).toEqual([
      ["one", "r1"],
      ["two", "r1"],
      ["one", undefined],
    ]);
  });

  it("are not heard before whoever tells them is done", async () => {
    const board = createHintBoard();
    const order: string[] = [];
    board.listen("pending", () => order.push("heard"));
    board.tell("pending");
    order.push("told");
    await nextTurn();
    expect(order).toEqual(["told", "heard"]);
  });

  it("tell every topic to look at everything where some may have been missed", async () => {
    const board = createHintBoard();
    const heard: unknown[] = [];
    for (const topic of ["cancel", "pending"]) board.listen(topic, (payload) => heard.push([topic, payload]));
    board.deliverAll();
    await nextTurn();
    expect(heard).toEqual([
      ["cancel", undefined],
      ["pending", undefined],
    ]);
  });
});

describe("hints that wait", () => {
  it("wait once each, and leave together", () => {
    const waiting = createWaitingHints();
    expect(waiting.isEmpty()).toBe(true);
    for (const payload of ["r1", "r2", "r1"]) waiting.add({ topic: "cancel", payload });
    waiting.add({ topic: "pending", payload: undefined });
    expect(waiting.take()).toEqual([
      { topic: "cancel", payload: "r1" },
      { topic: "cancel", payload: "r2" },
      { topic: "pending", payload: undefined },
    ]);
    expect(waiting.isEmpty()).toBe(true);
  });

  it("become one that names nothing when there are many, or one is too long", () => {
    const waiting = createWaitingHints();
    for (let index = 0; index < 10_000; index++) waiting.add({ topic: "cancel", payload: `r${index}` });
    waiting.add({ topic: "cancel", payload: "r1" });
    expect(waiting.take()).toEqual([{ topic: "cancel", payload: undefined }]);
    waiting.add({ topic: "cancel", payload: "x".repeat(101) });
    expect(waiting.take()).toEqual([{ topic: "cancel", payload: undefined }]);
  });
});

describe("the text of a notification", () => {
  it("is read as it was written, in as many as the server takes", () => {
    const hints: Hint[] = Array.from({ length: 64 }, (_, index) => ({
      topic: index < 32 ? "cancel" : "revoked",
      // The longest there is, each character six bytes in JSON.
      payload: String.fromCharCode(index % 8).repeat(100),
    }));
    const texts = writeHints({ sender: "me", hints: [...hints, { topic: "pending", payload: undefined }] });
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    const read = texts.map((text) => readHints(text));
    expect(read.flatMap((message) => message?.hints ?? [])).toEqual([
      ...hints,
      { topic: "pending", payload: undefined },
    ]);
    expect(read.every((message) => message?.sender === "me")).toBe(true);
  });

  it.each(["", "x", "null", "{}", "[]", '["me"]', '["me",{}]', "[1,[]]", '["me",[],1]'])(
    "is nothing where no process of ours has written it: %s",
    (text) => expect(readHints(text)).toBeUndefined(),
  );

  it("loses hints that this version cannot read, and no other", () => {
    const long = "x".repeat(101);
    const entries = [
      ["cancel", "r1"],
      ["cancel", 1],
      ["cancel", long],
      [long, null],
      "pending",
      [],
      ["pending", null],
    ];
    expect(readHints(JSON.stringify(["me", entries]))?.hints).toEqual([
      { topic: "cancel", payload: "r1" },
      { topic: "pending", payload: undefined },
    ]);
  });
});
