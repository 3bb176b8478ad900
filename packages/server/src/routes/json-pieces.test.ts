import { StreamCutError } from "@agentos/guard/app";
import { expect, test } from "vitest";
import { answerInPieces, type JsonPiece } from "./json-pieces.ts";

function answer(pieces: readonly (readonly string[])[], onCut: (cause: unknown) => void = () => undefined) {
  let taken = 0;
  let hasEnded = false;
  async function* give(): AsyncGenerator<JsonPiece, void> {
    try {
      for (const [index, items] of pieces.entries()) {
        taken += 1;
        yield { items, isLast: index === pieces.length - 1 };
      }
    } finally {
      hasEnded = true;
    }
  }
  const response = answerInPieces({ before: '{"list":[', pieces: give(), after: "]}", onCut });
  return { response, taken: () => taken, hasEnded: () => hasEnded };
}

test.each([
  [[[]], []],
  [[["1", "2"]], [1, 2]],
  [
    [["1"], ["2", "3"], []],
    [1, 2, 3],
  ],
  [
    [[], [], ["1"], [], ["2"]],
    [1, 2],
  ],
])("the pieces %j are one list", async (pieces, list) => {
  const response = await answer(pieces).response;
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ list });
});

test("no more is made than the client takes, and nothing once it has gone away", async () => {
  const { response, taken, hasEnded } = answer([["1"], ["2"], ["3"], ["4"]]);
  const reader = (await response).body?.getReader();
  await reader?.read();
  expect(taken()).toBe(1);
  await reader?.read();
  expect(taken()).toBe(2);
  await reader?.cancel();
  expect([taken(), hasEnded()]).toEqual([2, true]);
});

test("what goes wrong before the first piece is thrown, and later the answer is cut without a word", async () => {
  const broken = new Error("the database is gone");
  async function* failAt(index: number): AsyncGenerator<JsonPiece, void> {
    for (let at = 0; at < index; at++) yield { items: [String(at)], isLast: false };
    throw broken;
  }
  const causes: unknown[] = [];
  const parts = { before: "[", after: "]", onCut: (cause: unknown) => void causes.push(cause) };
  await expect(answerInPieces({ ...parts, pieces: failAt(0) })).rejects.toBe(broken);
  expect(causes).toEqual([]);
  const response = await answerInPieces({ ...parts, pieces: failAt(2) });
  await expect(response.text()).rejects.toThrow(new StreamCutError());
  expect(causes).toEqual([broken]);
});
