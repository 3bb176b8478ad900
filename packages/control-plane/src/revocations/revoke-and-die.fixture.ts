/** A process of its own: revokes what one session has, and is gone with the commit, before anything is sent. */
import { openDatabase, parseLocation } from "@agentos/storage";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";
import { createStore } from "../store/control-plane-store.ts";
import { revoke } from "./outbox.fixture.ts";

const [, , text = "", now = ""] = process.argv;
const location = parseLocation(text);
if (typeof location === "string") throw new Error(`no database: ${location}`);
const database = openDatabase<Tables>({
  location,
  migrations: MIGRATIONS,
  migrationsTable: MIGRATIONS_TABLE,
});
await revoke(
  createStore(database, () => Number(now)),
  { sessionId: "session-1" },
);
process.kill(process.pid, "SIGKILL");
