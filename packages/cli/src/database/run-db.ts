/** `agentos db`: what is in a database, its migrations, and a copy of it while it is in use. */
import { resolve } from "node:path";
import { type DatabaseStatus, readDatabaseStatus, withAgentDatabase } from "@agentos/server/database";
import type { Context } from "../program/context.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { describeCount } from "../text/describe-count.ts";
import { type GivenDatabase, locateDatabase, requireFile } from "./locate-database.ts";

export interface DbOptions extends GivenDatabase {
  readonly json?: true;
}

export async function showStatus(options: DbOptions, context: Context): Promise<void> {
  const located = await locateDatabase(options, context);
  requireFile(located);
  const status = await withAgentDatabase(located, context.cli, (database) =>
    readDatabaseStatus(database, located),
  );
  const { print } = context.terminal;
  if (options.json === true) print(JSON.stringify(status, undefined, 2));
  else for (const line of describeStatus(status)) print(line);
}

function describeStatus({ location, migrations, bytes, deployments }: DatabaseStatus): readonly string[] {
  const row = (name: string, value: string) => `${name.padEnd(12)}${showUntrusted(value)}`;
  const missing = migrations.filter(({ isApplied }) => !isApplied).length;
  return [
    row("database", location),
    row("size", `${(bytes / 1024 / 1024).toFixed(1)} MiB`),
    ...migrations.map(({ name, isApplied }) =>
      row("migration", `${name}: ${isApplied ? "applied" : "not applied"}`),
    ),
    ...(missing === 0
      ? []
      : [row("", "a start of the server applies what is missing; so does `db migrate`")]),
    ...deployments.flatMap(
      ({ deployment, sessions, runs, memories, denials, oldestSession, busyServers }) => [
        row(
          "deployment",
          `${deployment}: ${[
            describeCount(sessions, "session"),
            describeCount(runs, "run"),
            describeCount(memories, "memory"),
            describeCount(denials, "recorded refusal"),
          ].join(", ")}`,
        ),
        row(
          "",
          `${describeCount(busyServers, "server")} ${busyServers === 1 ? "runs" : "run"} something now`,
        ),
        ...(oldestSession === undefined
          ? []
          : [row("", `oldest session of ${new Date(oldestSession * 1_000).toISOString()}`)]),
      ],
    ),
  ];
}

export async function applyMigrations(options: DbOptions, context: Context): Promise<void> {
  const located = await locateDatabase(options, context);
  const applied = await withAgentDatabase(located, context.cli, (database) => database.migrate());
  const { print } = context.terminal;
  if (options.json === true) print(JSON.stringify({ applied }));
  else {
    // A misspelt path makes a new file: whoever reads this sees which one.
    print(`database: ${showUntrusted(located.shown)}`);
    print(applied.length === 0 ? "nothing to apply" : `applied: ${applied.join(", ")}`);
  }
}

export async function backUp(target: string, options: GivenDatabase, context: Context): Promise<void> {
  const located = await locateDatabase(options, context);
  requireFile(located);
  const outcome = await withAgentDatabase(located, context.cli, (database) =>
    database.backup(resolve(context.workingDirectory, target)),
  );
  if (outcome.kind === "written") {
    context.terminal.print(
      `written: ${showUntrusted(target)}, ${(outcome.bytes / 1024 / 1024).toFixed(1)} MiB`,
    );
    return;
  }
  const [problem, fix] = REFUSED[outcome.kind];
  throw new CliFailure(problem, { fix });
}

const REFUSED = {
  damaged: [
    "the database is damaged, and so is a copy of it, which was not kept",
    "put the last whole backup in the place of the file",
  ],
  "target-exists": ["there is a file of that name already, which stays as it is", "give another name"],
  "folder-missing": ["the folder of the copy does not exist", "make it, or give another path"],
  "not-a-file": ["this database is no file of SQLite", "use pg_dump for PostgreSQL"],
} as const;
