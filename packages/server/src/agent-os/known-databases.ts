/** The database of each AgentOS, for commands that work on it without the server. Its address stays out of what a server shows. */
import type { ResolvedDatabase } from "./database-options.ts";

const known = new WeakMap<object, ResolvedDatabase>();

export function rememberDatabase(os: object, database: ResolvedDatabase): void {
  known.set(os, database);
}

/** Undefined for an AgentOS that another copy of this package has made. */
export function findDatabaseOf(os: object): ResolvedDatabase | undefined {
  return known.get(os);
}
