/** The database of the control plane: where it is, and how it is opened. */
import { createFault, type Fault } from "@agentos/contract";
import { ConfigurationError, type Logger } from "@agentos/guard";
import {
  type Database,
  type DatabaseLocation,
  describeLocationFault,
  hideFolder,
  openDatabase,
  parseLocation,
  placeLocation,
  toStartFault,
} from "@agentos/storage";
import { MIGRATIONS, MIGRATIONS_TABLE } from "../schema/migrations.ts";
import type { Tables } from "../schema/tables.ts";

/** Beside that of an AgentOS, and never the same file: a backup of one is not a backup of the other's keys. */
const DEFAULT_DATABASE = "sqlite:.agentos/control-plane.db";

/** A database that is named well. */
export interface PlacedDatabase {
  readonly location: DatabaseLocation;
  /** For people, without what is secret. */
  readonly shown: string;
  /** The option or variable that named it. */
  readonly at: string;
}

/** From the text that names it to its place, or what is wrong with the text. */
export function placeDatabase(
  given: { readonly option: string | undefined; readonly variable: string | undefined },
  workingDirectory: string,
): PlacedDatabase | Fault {
  const at =
    given.option === undefined && given.variable !== undefined
      ? "AGENTOS_CONTROL_PLANE_DATABASE"
      : "database";
  const location = parseLocation(given.option ?? given.variable ?? DEFAULT_DATABASE);
  if (typeof location === "string")
    return createFault({
      code: "CONFIG_OPTION_INVALID",
      at,
      facts: { ...describeLocationFault(location) },
    });
  return { ...placeLocation(location, workingDirectory), at };
}

/** Opens it and brings its tables up to date. Rejects with a ConfigurationError that names the trouble and its fix. */
export async function openControlPlaneDatabase(
  { location, shown, at }: PlacedDatabase,
  { logger, cli }: { readonly logger: Logger; readonly cli: string },
): Promise<Database<Tables>> {
  let opened: Database<Tables> | undefined;
  try {
    if (location.kind === "sqlite") hideFolder(location.file);
    opened = openDatabase<Tables>({
      location,
      migrations: MIGRATIONS,
      migrationsTable: MIGRATIONS_TABLE,
      onIdleError: (error) =>
        logger.warn({ error }, "a connection to the database broke while nobody used it"),
      onNotice: ({ name, text, error }) =>
        logger.warn({ notice: name, ...(error === undefined ? {} : { error }) }, text),
    });
    await opened.migrate();
    return opened;
  } catch (cause) {
    await opened?.close();
    const fault = toStartFault(cause, { at, shown, location });
    if (fault === undefined) throw cause;
    throw new ConfigurationError({ faults: [fault], cli, cause });
  }
}
