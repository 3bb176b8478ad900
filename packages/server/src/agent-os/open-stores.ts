/** Opens the database of an agent server, brings its tables up to date, and makes what is kept in it. */
import { ConfigurationError } from "@agentos/guard";
import type { OpenContext, Opened } from "@agentos/guard/app";
import { type Database, openDatabase } from "@agentos/storage";
import type { MemoryStore } from "../memories/store.ts";
import type { RunStore } from "../runs/store.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { createSqlRunStore } from "../stores/sql-run-store.ts";
import type { StoreLimits } from "../stores/memory-sessions.ts";
import { MIGRATIONS } from "../stores/schema/migrations.ts";
import type { Tables } from "../stores/schema/tables.ts";
import { createSqlMemoryStore } from "../stores/sql-memory-store.ts";
import { createVolatileMemoryStore } from "../stores/volatile-memory-store.ts";
import { type ResolvedDatabase, showDatabase } from "./database-options.ts";
import { toStartFault } from "./storage-faults.ts";

/** What an agent server keeps data in. */
export interface Stores extends Opened {
  readonly runs: RunStore;
  readonly memories: MemoryStore;
}

export interface OpenStoresOptions {
  readonly database: ResolvedDatabase;
  /** Of what is kept in memory. */
  readonly limits: StoreLimits;
}

/** Rejects with a ConfigurationError that names the trouble and its fix. */
export async function openStores(
  { database, limits }: OpenStoresOptions,
  context: OpenContext,
): Promise<Stores> {
  const shown = showDatabase(database);
  const { location } = database;
  // Who only looks at a configuration makes no file, and waits for no server.
  if (location === undefined || context.isExamined)
    return {
      runs: createMemoryRunStore(limits),
      memories: createVolatileMemoryStore(),
      database: shown,
      close: async () => undefined,
    };
  let opened: Database<Tables> | undefined;
  try {
    opened = openDatabase<Tables>({
      location,
      migrations: MIGRATIONS,
      onIdleError: (error) =>
        context.runtime.logger.warn({ error }, "a connection to the database broke while nobody used it"),
    });
    await opened.migrate();
    return { ...openIn(opened, database, context), database: shown, close: opened.close };
  } catch (cause) {
    await opened?.close();
    const fault = toStartFault(cause, { at: database.at, shown });
    if (fault === undefined) throw cause;
    throw new ConfigurationError({ faults: [fault], cli: context.resolved.cliCommand, cause });
  }
}

/** What is kept in a database that is open. */
function openIn(
  opened: Database<Tables>,
  { deployment }: ResolvedDatabase,
  { runtime }: OpenContext,
): Pick<Stores, "runs" | "memories"> {
  return {
    runs: createSqlRunStore(opened, { deployment, nodeId: runtime.generateId() }),
    memories: createSqlMemoryStore(opened, { deployment }),
  };
}
