/** `agentos db`: status, migrations and backup of a database. It is loaded only when a command of it runs. */
import type { Command } from "commander";
import type { DbOptions } from "../database/run-db.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";

export function addDb(parent: Command, context: Context, help: string): void {
  const group = parent
    .command("db")
    .description("the database of an AgentOS")
    .helpCommand("help [command]", help);
  addDatabaseOptions(
    group.command("status").description("where it is, its migrations, its size, and how much is in it"),
  )
    .option("--json", "print JSON")
    .action(async (options: DbOptions) => {
      const { showStatus } = await import("../database/run-db.ts");
      await showStatus(options, context);
      context.finish(ExitCode.ok);
    });
  addDatabaseOptions(
    group
      .command("migrate")
      .description("apply the migrations that are missing, as a start of the server does"),
  )
    .option("--json", "print JSON")
    .action(async (options: DbOptions) => {
      const { applyMigrations } = await import("../database/run-db.ts");
      await applyMigrations(options, context);
      context.finish(ExitCode.ok);
    });
  addDatabaseOptions(
    group
      .command("backup")
      .description("copy a file of SQLite while servers use it")
      .argument("<file>", "the copy; it must not exist yet"),
  ).action(async (file: string, options: DbOptions) => {
    const { backUp } = await import("../database/run-db.ts");
    await backUp(file, options, context);
    context.finish(ExitCode.ok);
  });
}

/** Which database. */
export function addDatabaseOptions(command: Command): Command {
  return command
    .option("-c, --config <file>", "the database of this configuration")
    .option(
      "--database <url>",
      "postgres://…, sqlite:PATH, or env:NAME or file:PATH that has it (default: DATABASE_URL, else .agentos/agentos.db)",
    );
}
