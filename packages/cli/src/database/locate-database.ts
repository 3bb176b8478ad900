/** Which database a command works on: that of a configuration, one by its address, or the one that a server takes by default. */
import { existsSync } from "node:fs";
import { ConfigurationError } from "@agentos/guard";
import { findDatabaseOf, type ResolvedDatabase, resolveDatabase } from "@agentos/server/database";
import { loadConfig } from "../config/load-config.ts";
import { readReference } from "../input/read-reference.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";

export interface GivenDatabase {
  readonly config?: string;
  readonly database?: string;
}

/** It is kept somewhere. */
export type LocatedDatabase = ResolvedDatabase & {
  readonly location: NonNullable<ResolvedDatabase["location"]>;
  /** Rows of one configuration; undefined for every deployment of the database. */
  readonly onlyDeployment: string | undefined;
};

/** Throws a `ConfigurationError` or {@link CliFailure}. Opens nothing. */
export async function locateDatabase(given: GivenDatabase, context: Context): Promise<LocatedDatabase> {
  const { config, database } = given;
  if (config !== undefined && database !== undefined)
    throw new CliFailure('both "--config" and "--database" were given', { fix: "give one of them" });
  const resolved =
    config === undefined ? await readGiven(database, context) : await readConfigured(config, context);
  const { location } = resolved;
  if (location === undefined)
    throw new CliFailure("there is no database: everything is kept in memory", {
      fix: 'set "database" in the configuration, or give one with --database',
      exitCode: ExitCode.invalidConfiguration,
    });
  return { ...resolved, location, onlyDeployment: config === undefined ? undefined : resolved.deployment };
}

/** A command that only looks, or deletes, makes no file. */
export function requireFile({ location, shown }: LocatedDatabase): void {
  if (location.kind !== "sqlite" || existsSync(location.file)) return;
  throw new CliFailure(`there is no such database: ${shown}`, {
    fix: "start the server once, which makes it, or give another one with --database or --config",
  });
}

async function readGiven(database: string | undefined, context: Context): Promise<ResolvedDatabase> {
  const { env, workingDirectory, cli } = context;
  const { DATABASE_URL } = env;
  // An address has a password in it: in a variable or a file no history of a shell has it.
  const reference =
    database === undefined
      ? undefined
      : await readReference(database, context, { what: "database", bare: "value" });
  const isUnset = DATABASE_URL === undefined || DATABASE_URL.trim() === "";
  const resolved = resolveDatabase(reference?.text, {
    databaseUrl: isUnset ? undefined : DATABASE_URL,
    id: "",
    workingDirectory,
  });
  const given = database === undefined ? {} : { at: "--database" };
  if (!("code" in resolved)) return { ...resolved, ...given };
  throw new ConfigurationError({ faults: [{ ...resolved, ...given }], cli });
}

async function readConfigured(file: string, context: Context): Promise<ResolvedDatabase> {
  const os = await loadConfig(file, context, { isExamined: true });
  try {
    const resolved = findDatabaseOf(os);
    if (resolved !== undefined) return resolved;
  } finally {
    await os.close();
  }
  throw new CliFailure("the configuration was made with another copy of @agentos/server", {
    fix: "give the database itself with --database",
    exitCode: ExitCode.cannotTell,
  });
}
