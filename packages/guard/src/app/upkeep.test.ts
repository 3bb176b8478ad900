import { createTestLogger } from "@agentos/testkit";
import { expect, it } from "vitest";
import { startUpkeep } from "./upkeep.ts";

it("repeats a task that fails, says so once, and ends with nothing under way", async () => {
  const logger = createTestLogger();
  let rounds = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const upkeep = startUpkeep(
    [
      {
        name: "deleting old data",
        everyMs: 1,
        run: async () => {
          rounds += 1;
          if (rounds === 3) resolve();
          throw new Error("away");
        },
      },
    ],
    logger,
  );
  await promise;
  await upkeep.close();
  const seen = rounds;
  await new Promise((next) => setImmediate(next));
  expect(rounds).toBe(seen);
  expect(logger.entries).toMatchObject([
    {
      level: "warn",
      text: "deleting old data failed; it is tried again",
      facts: { error: { message: "away" } },
    },
  ]);
});
