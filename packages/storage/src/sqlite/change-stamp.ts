/** Whether a file of SQLite is as it was: two counters of SQLite, its own changes and those of other connections. */
import type { DatabaseSync } from "node:sqlite";

/** Costs some microseconds, and waits for nobody. */
export function createChangeStamp(database: DatabaseSync): () => string | undefined {
  let read: (() => string) | undefined;
  return () => {
    try {
      read ??= prepare(database);
      return read();
    } catch {
      // Whoever asks the file itself learns why.
      return undefined;
    }
  };
}

function prepare(database: DatabaseSync): () => string {
  const statement = database.prepare(
    "select data_version as others, total_changes() as own from pragma_data_version",
  );
  statement.setReturnArrays(true);
  return () => Object.values(statement.get() ?? {}).join(":");
}
