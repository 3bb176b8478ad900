/**
 * A process that seals anew, row by row, and is killed in the middle of a row after the fifth one. Arguments: where the
 * database is, as JSON, then the secrets in hexadecimal, the current one first.
 */
import { type DatabaseLocation, openDatabase } from "@agentos/storage";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import { createStore } from "../store/control-plane-store.ts";
import { deriveInstallationKeys } from "./installation-keys.ts";
import { resealKeys } from "./reseal-keys.ts";

const [location = "", current = "", ...older] = process.argv.slice(2);
const database = openDatabase<Tables>({
  // Written by the test itself.
  location: JSON.parse(location) as DatabaseLocation,
  migrations: MIGRATIONS,
  migrationsTable: MIGRATIONS_TABLE,
});
const store = createStore(database, () => Date.now() / 1000);
const keys = deriveInstallationKeys([
  Buffer.from(current, "hex"),
  ...older.map((text) => Buffer.from(text, "hex")),
]);
await resealKeys({ store, actor: COMMAND_LINE }, keys, {
  batchSize: 1,
  onBatch(resealed) {
    if (resealed === 5) setImmediate(() => process.kill(process.pid, "SIGKILL"));
  },
});
await database.close();
