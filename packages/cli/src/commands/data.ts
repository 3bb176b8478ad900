/** `agentos data erase`: delete what a database has of one person. */
import type { Command } from "commander";
import type { EraseOptions } from "../database/run-erase.ts";
import type { Context } from "../program/context.ts";
import { addDatabaseOptions } from "./db.ts";

export function addData(parent: Command, context: Context, help: string): void {
  const group = parent
    .command("data")
    .description("what an AgentOS keeps of people")
    .helpCommand("help [command]", help);
  addDatabaseOptions(
    group
      .command("erase")
      .description("delete sessions, runs, memories, refusals and counts of one user, verified or claimed")
      .requiredOption("--user <id>", 'the user id, as "sub" or "user_id" has it')
      .option("--issuer <name>", "only of the issuer of this name (default: all)")
      .option("--yes", "do not ask"),
  ).action(async (options: EraseOptions) => {
    const { eraseUser } = await import("../database/run-erase.ts");
    context.finish(await eraseUser(options, context));
  });
}
