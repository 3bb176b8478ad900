/** Which database a request means (contract 4.0). There is one, so it need not be named; what is named has to be it. */
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault } from "@agentos/guard/app";

/** The database as the wire names it. */
export interface NamedDatabase {
  /** Its `db_id`. */
  readonly id: string;
  /** The table that a route reads and writes. */
  readonly table: "agno_sessions" | "agno_memories";
}

/** Keys of a query: {@link databaseQuery} of the contract. */
export interface DatabaseChoice {
  readonly db_id?: string | undefined;
  readonly table?: string | undefined;
}

/** Undefined where the request means this database. */
export function findDatabaseFault(
  { db_id: databaseId, table }: DatabaseChoice,
  database: NamedDatabase,
): InputFault | undefined {
  if (databaseId === undefined)
    return table === undefined
      ? undefined
      : inputFault(400, "The db_id query parameter is required when passing a table");
  const shown = redactTokens(databaseId);
  if (databaseId !== database.id) return inputFault(404, `No database found with id '${shown}'`);
  if (table === undefined || table === database.table) return undefined;
  return inputFault(404, `No database with id '${shown}' has table '${redactTokens(table)}'`);
}
