/** The database of an agent server for commands: open, and nothing applied yet. */
import { ConfigurationError } from "@agentos/guard";
import { type Database, openDatabase, toStartFault } from "@agentos/storage";
import { MIGRATIONS } from "../stores/schema/migrations.ts";
import type { Tables } from "../stores/schema/tables.ts";
import type { ResolvedDatabase } from "./database-options.ts";

/** What a command does with a database; rejects with a ConfigurationError that names its trouble. */
export async function withAgentDatabase<Result>(
  resolved: ResolvedDatabase & { readonly location: NonNullable<ResolvedDatabase["location"]> },
  cli: string,
  use: (database: Database<Tables>) => Promise<Result>,
): Promise<Result> {
  let database: Database<Tables> | undefined;
  try {
    database = openDatabase<Tables>({ location: resolved.location, migrations: MIGRATIONS });
    return await use(database);
  } catch (cause) {
    const fault = toStartFault(cause, resolved);
    if (fault === undefined) throw cause;
    throw new ConfigurationError({ faults: [fault], cli, cause });
  } finally {
    await database?.close();
  }
}
