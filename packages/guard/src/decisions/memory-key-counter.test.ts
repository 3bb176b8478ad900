import { expect, it } from "vitest";
import { keyCounterSuite } from "./key-counter.suite.ts";
import { createMemoryKeyCounter } from "./memory-key-counter.ts";

keyCounterSuite("the memory counter of keys", createMemoryKeyCounter);

it("holds the rows of the hour and no more, while nobody reads", async () => {
  let now = 0;
  const counter = createMemoryKeyCounter({ now: () => now });
  for (let span = 0; span < 100; span += 1) {
    now = span * 600;
    for (let n = 0; n < 10; n += 1) counter.count(`key ${n}`);
  }
  const { counts, since } = await counter.read();
  expect([...counts.values()]).toEqual(Array.from({ length: 10 }, () => 7));
  expect(since).toBe(93 * 600);
});
