/** A disk that is full, for a server in this process: SQLite may then add no page to its files. */
import { DatabaseSync } from "node:sqlite";

export interface HeldSqlite {
  /** From now on a change that needs room fails as it does on a full disk. */
  fill(): void;
  empty(): void;
}

/** Remembers each file that is opened from now on. */
export function holdSqlite(): HeldSqlite {
  const opened = new Set<DatabaseSync>();
  const prepare = DatabaseSync.prototype.prepare;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, text: string) {
    opened.add(this);
    return prepare.call(this, text);
  };
  const limit = (pages: number) => {
    for (const database of opened) if (database.isOpen) database.exec(`pragma max_page_count = ${pages}`);
  };
  return { fill: () => limit(1), empty: () => limit(1_000_000) };
}
