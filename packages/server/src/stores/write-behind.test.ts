import { expect, it } from "vitest";
import { createWriteBehind } from "./write-behind.ts";

it("tells an outage once, and what is lost with the end of the process", async () => {
  const told: string[] = [];
  let isDown = true;
  const logger = {
    warn: (_: object, text: string) => void told.push(text),
    info: (_: object, text: string) => void told.push(text),
  };
  const open = () =>
    createWriteBehind({
      write: async () => {
        if (isDown) throw new Error("down");
      },
      delayMs: 60_000,
      what: "notes",
      logger,
    });
  const behind = open();
  for (let round = 0; round < 2; round += 1) await expect(behind.flush()).rejects.toThrow("down");
  isDown = false;
  await behind.flush();
  isDown = true;
  await expect(behind.flush()).rejects.toThrow("down");
  await behind.close();
  expect(told).toEqual([
    "notes cannot be written to the database: they wait in memory",
    "notes are written to the database again",
    "notes cannot be written to the database: they wait in memory",
    "notes that waited in memory are lost: the server closes, and the database cannot be written",
  ]);
});
