import { createTestClock, createTestLogger } from "@agentos/testkit";
import { expect, it } from "vitest";
import { createOutageLog } from "./outage-log.ts";

it("tells an outage with its cause at one, ten, a hundred requests of each code, and anew after a minute", () => {
  const clock = createTestClock();
  const logger = createTestLogger();
  const log = createOutageLog({ clock, logger });
  const error = new Error("no database");
  const about = { method: "GET", path: "/sessions", error };
  const note = (code: "STORE_BUSY" | "STORE_UNAVAILABLE") => log.note({ code, limit: 0 }, about);
  for (let time = 0; time < 500; time++) note("STORE_UNAVAILABLE");
  note("STORE_BUSY");
  clock.advance(60);
  note("STORE_UNAVAILABLE");
  expect(logger.entries.map(({ facts }) => [facts["code"], facts["count"]])).toEqual([
    ["STORE_UNAVAILABLE", 1],
    ["STORE_UNAVAILABLE", 10],
    ["STORE_UNAVAILABLE", 100],
    ["STORE_BUSY", 1],
    ["STORE_UNAVAILABLE", 1],
  ]);
  expect(logger.entries[0]).toMatchObject({ level: "error", facts: about, text: "a handler had to give up" });
});
