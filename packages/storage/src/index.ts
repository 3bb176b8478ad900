/** One database for everything that an AgentOS keeps. Ports and their drivers stay with who uses them. */
export type { Database, Lane } from "./connection/database.ts";
export { type OpenDatabaseOptions, openDatabase } from "./connection/open-database.ts";
export { type PreparedQuery, prepareQuery } from "./connection/prepare-query.ts";
export type { DatabaseNotice, NoticeName } from "./faults/notices.ts";
export { StorageError, type StorageFault } from "./faults/storage-error.ts";
export {
  type FaultyDatabase,
  findStorageOutage,
  isPassingFault,
  type StorageOutage,
  toStartFault,
} from "./faults/storage-faults.ts";
export type { HintListener, Hints } from "./hints/hints.ts";
export {
  type DatabaseLocation,
  type LocationFault,
  type PostgresLocation,
  parseLocation,
  showLocation,
} from "./location/parse-location.ts";
export { describeLocationFault, placeLocation } from "./location/place-location.ts";
export { DIALECTS, type Dialect, type DialectName } from "./schema/dialect.ts";
export { hashMigration, type Migration, type MigrationState } from "./schema/migrate.ts";
export type { BackupOutcome } from "./sqlite/backup-sqlite.ts";
export { hideFolder } from "./sqlite/hide-folder.ts";
