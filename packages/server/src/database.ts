/** The database of an agent server, for commands that work on it: where it is, what is in it, what a person has in it. */
export {
  type DatabaseContext,
  type ResolvedDatabase,
  resolveDatabase,
} from "./agent-os/database-options.ts";
export { findDatabaseOf } from "./agent-os/known-databases.ts";
export { withAgentDatabase } from "./agent-os/open-agent-database.ts";
export {
  type ErasedData,
  type EraseTarget,
  erasePersonalData,
  findPersonalData,
  type PersonalData,
} from "./stores/sql-erase.ts";
export { type DatabaseStatus, readDatabaseStatus } from "./stores/sql-status.ts";
