import { type Database, openDatabase } from "@agentos/storage";
import { expect, it, onTestFinished } from "vitest";
import type { Tables } from "./schema/tables.ts";
import { createSqlRunHints } from "./sql-run-hints.ts";
import { createTestLocation } from "./test-database.fixture.ts";

it("servers of one database tell each other which run is to stop, and that one waits", async () => {
  const { location, remove } = await createTestLocation("postgres");
  onTestFinished(remove);
  const open = () => {
    const database: Database<Tables> = openDatabase<Tables>({ location, migrations: [], hintGroup: "d" });
    onTestFinished(() => database.close());
    return createSqlRunHints(database.hints);
  };
  const [teller, listening] = [open(), open()];
  const heard: unknown[] = [];
  listening.onCancel((runId) => heard.push(["cancel", runId]));
  const stopListening = listening.onPending(() => heard.push(["pending"]));
  // From now on it hears: everything may have been missed.
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual([["cancel", undefined], ["pending"]]);
  teller.tellCancel("r1");
  teller.tellPending();
  await expect.poll(() => heard.slice(2)).toEqual([["cancel", "r1"], ["pending"]]);
  stopListening();
  teller.tellPending();
  teller.tellCancel("r2");
  await expect.poll(() => heard.slice(4)).toEqual([["cancel", "r2"]]);
});
