/** Which database a request means (contract 4.0). There is one, so it need not be named; what is named has to be it. */
import { redactTokens } from "@agentos/guard";

/** The database as the wire names it. */
export interface NamedDatabase {
  /** Its `db_id`. */
  readonly id: string;
  /** The table that a route reads and writes. */
  readonly table: "agno_sessions" | "agno_memories";
}

export interface DatabaseFault {
  readonly status: 400 | 404;
  readonly detail: string;
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
): DatabaseFault | undefined {
  if (databaseId === undefined)
    return table === undefined
      ? undefined
      : fault(400, "The db_id query parameter is required when passing a table");
  const shown = redactTokens(databaseId);
  if (databaseId !== database.id) return fault(404, `No database found with id '${shown}'`);
  if (table === undefined || table === database.table) return undefined;
  return fault(404, `No database with id '${shown}' has table '${redactTokens(table)}'`);
}

function fault(status: DatabaseFault["status"], detail: string): DatabaseFault {
  return { status, detail };
}
