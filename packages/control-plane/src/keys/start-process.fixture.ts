/**
 * A process that starts with a key of its own, as one does that found a database without any: it makes the file, waits for a
 * line, and prints what came of it as JSON. Arguments: where the database is, as JSON, then the folder.
 */
import { once } from "node:events";
import { ConfigurationError } from "@agentos/guard";
import { type DatabaseLocation, openDatabase } from "@agentos/storage";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";
import { createStore } from "../store/control-plane-store.ts";
import { createKeyFile } from "./key-file.ts";
import { openInstallation } from "./open-installation.ts";

const [location = "", folder = ""] = process.argv.slice(2);
const database = openDatabase<Tables>({
  // Written by the test itself.
  location: JSON.parse(location) as DatabaseLocation,
  migrations: MIGRATIONS,
  migrationsTable: MIGRATIONS_TABLE,
});
const store = createStore(database, () => Date.now() / 1_000);
await createKeyFile(folder);
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
try {
  const { keys } = await openInstallation({ store, variable: undefined, folder, cli: "agentos" });
  process.stdout.write(`${JSON.stringify({ key: keys.sealing[0].id })}\n`);
} catch (cause) {
  if (!(cause instanceof ConfigurationError)) throw cause;
  process.stdout.write(`${JSON.stringify({ faults: cause.faults, message: cause.message })}\n`);
}
await database.close();
