/** `agentos sessions`: conversations that an AgentOS keeps. */
import { type Command, Option } from "commander";
import type { ListOptions, SessionOptions } from "../conversation/manage-sessions.ts";
import type { Context } from "../program/context.ts";
import { addServerOptions } from "./conversation.ts";

export function addSessions(parent: Command, context: Context, help: string): void {
  const group = parent
    .command("sessions")
    .description("conversations that an AgentOS keeps of you")
    .helpCommand("help [command]", help);
  addOptions(group.command("list").description("sessions, the newest first"))
    .option("--agent <id>", "only of this agent")
    .option("--limit <count>", "how many, up to 100", "20")
    .option("--page <number>", "which page of them", "1")
    .action(async (options: ListOptions) => {
      const { listSessions } = await import("../conversation/manage-sessions.ts");
      context.finish(await listSessions(options, context));
    });
  addOptions(
    group.command("show").description("what was said in one of them").argument("<id>", "id of the session"),
  ).action(async (id: string, options: SessionOptions) => {
    const { showSession } = await import("../conversation/manage-sessions.ts");
    context.finish(await showSession(id, options, context));
  });
  addOptions(
    group
      .command("rename")
      .description("give one of them another name")
      .argument("<id>", "id of the session")
      .argument("<name>", "its name"),
  ).action(async (id: string, name: string, options: SessionOptions) => {
    const { renameSession } = await import("../conversation/manage-sessions.ts");
    context.finish(await renameSession(id, name, options, context));
  });
  addOptions(
    group
      .command("delete")
      .description("delete one of them with its runs")
      .argument("<id>", "id of the session"),
  )
    .option("--yes", "do not ask")
    .action(async (id: string, options: SessionOptions & { readonly yes?: true }) => {
      const { deleteSession } = await import("../conversation/manage-sessions.ts");
      context.finish(await deleteSession(id, options, context));
    });
}

function addOptions(command: Command): Command {
  return addServerOptions(command)
    .addOption(
      new Option("--type <kind>", "kind of session (default: whichever has the id)").choices([
        "agent",
        "team",
        "workflow",
      ]),
    )
    .option("--json", "print JSON");
}
