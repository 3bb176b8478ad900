/** Which database a request means (contract 4.0). An AgentOS has one, under one name; a table has a name of the contract. */
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault } from "@agentos/guard/app";

export interface NamedTable {
  /** `db_id` on the wire. */
  readonly databaseId: string;
  /** Such as `agno_memories`. */
  readonly table: string;
}

/** Why the request cannot be answered from this table; undefined where it can. */
export function findSelectionFault(
  { db_id, table }: { readonly db_id?: string | undefined; readonly table?: string | undefined },
  known: NamedTable,
): InputFault | undefined {
  if (db_id === undefined)
    return table === undefined
      ? undefined
      : inputFault(400, "The db_id query parameter is required when passing a table");
  const shown = redactTokens(db_id);
  if (db_id !== known.databaseId) return inputFault(404, `No database found with id '${shown}'`);
  if (table === undefined || table === known.table) return undefined;
  return inputFault(404, `No database with id '${shown}' has table '${redactTokens(table)}'`);
}
