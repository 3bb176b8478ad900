import { createOwner } from "@agentos/auth";
import { expect, it } from "vitest";
import { allowed, decisionCounterSuite } from "./decision-counter.suite.ts";
import { createMemoryDecisionCounter } from "./memory-decision-counter.ts";

decisionCounterSuite("the memory counter", createMemoryDecisionCounter);

it("forgets the oldest first, and holds no more than its capacity while nobody reads", async () => {
  let now = 3_600;
  const counter = createMemoryDecisionCounter({ now: () => now, capacity: 100 });
  for (let hour = 1; hour <= 50; hour += 1) {
    now = hour * 3_600;
    for (let n = 0; n < 10; n += 1) counter.count({ ...allowed, owner: createOwner("corp", `u${n}`) });
  }
  const { counts, totalCount } = await counter.list({ kind: "all" }, { limit: 1_000 });
  expect(totalCount).toBe(100);
  expect(Math.min(...counts.map(({ hour }) => hour))).toBe(41 * 3_600);
});

it("goes on in the hour that it is in when the clock is set back", async () => {
  let now = 7_200;
  const counter = createMemoryDecisionCounter({ now: () => now });
  counter.count(allowed);
  now = 3_600;
  counter.count(allowed);
  const { counts } = await counter.list({ kind: "all" }, { limit: 10 });
  expect(counts).toMatchObject([{ hour: 7_200, count: 2 }]);
});
