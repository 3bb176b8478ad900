import { expect, test } from "vitest";
import { keyOf, storeRun } from "../runs/store.suite.ts";
import { ownerNamed } from "../runs/test-run.fixture.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { readRunPieces } from "./run-pieces.ts";

const key = keyOf(ownerNamed("alice"));

async function readSizes(runs: number, content: string) {
  const store = createMemoryRunStore();
  for (let index = 0; index < runs; index++) await storeRun(store, key, `r${index}`, { content });
  const sizes: number[] = [];
  const ids: string[] = [];
  const lasts: boolean[] = [];
  for await (const { runs: piece, isLast } of readRunPieces(store, { kind: "all" }, { key })) {
    sizes.push(piece.length);
    ids.push(...piece.map(({ output }) => output.run_id));
    lasts.push(isLast);
  }
  expect(ids).toEqual(Array.from({ length: runs }, (_, index) => `r${index}`));
  expect(lasts.indexOf(true)).toBe(lasts.length - 1);
  return sizes;
}

test("short runs come many at a time, long ones one by one, all of them in their order", async () => {
  expect(await readSizes(0, "")).toEqual([0]);
  expect(await readSizes(3, "short")).toEqual([3]);
  expect(await readSizes(50, "short")).toEqual([20, 20, 10]);
  expect(await readSizes(4, "x".repeat(200_000))).toEqual([1, 1, 1, 1]);
});
