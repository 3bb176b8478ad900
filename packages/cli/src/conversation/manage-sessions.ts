/** `agentos sessions`: what was said, by session. */
import { type AgentOSClient, isClientError } from "@agentos/client";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted, showUntrustedLines } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";
import { explainError } from "./explain-error.ts";
import { openAgentOS, type ServerOptions } from "./open-agentos.ts";

export interface SessionOptions extends ServerOptions {
  readonly type?: "agent" | "team" | "workflow";
  readonly json?: true;
}

export interface ListOptions extends SessionOptions {
  readonly agent?: string;
  readonly limit?: string;
  readonly page?: string;
}

export async function listSessions(options: ListOptions, context: Context): Promise<ExitCode> {
  const query = {
    type: options.type,
    component_id: options.agent,
    limit: readCount("limit", options.limit ?? "20", 100),
    page: readCount("page", options.page ?? "1", 1_000_000),
  };
  return ask(options, context, async (client) => {
    const { data, meta } = await client.sessions.list({ query });
    const { terminal } = context;
    if (options.json === true) return terminal.print(formatJson({ data, meta }));
    if (data.length === 0) return terminal.note("there are no sessions");
    for (const { session_id, session_name, updated_at, agent_id, team_id, workflow_id } of data) {
      const cells = [
        showText(updated_at ?? "").padEnd(20),
        showText(session_id).padEnd(36),
        showText(agent_id ?? team_id ?? workflow_id ?? "").padEnd(12),
        shorten(showText(session_name)),
      ];
      terminal.print(cells.join("  ").trimEnd());
    }
  });
}

export async function showSession(id: string, options: SessionOptions, context: Context): Promise<ExitCode> {
  return ask(options, context, async (client) => {
    const runs = await client.sessions.listRuns({
      parameters: { session_id: id },
      query: { type: options.type },
    });
    const { terminal } = context;
    if (options.json === true) return terminal.print(formatJson(runs));
    for (const { run_input: said, content, status, created_at: at } of runs) {
      terminal.print(terminal.paint("dim", `${showText(at)} ${showText(status ?? "")}`));
      terminal.print(`${terminal.paint("bold", "you")}    ${showUntrustedLines(toText(said))}`);
      terminal.print(`${terminal.paint("bold", "agent")}  ${showUntrustedLines(toText(content))}`);
    }
  });
}

export async function renameSession(
  id: string,
  name: string,
  options: SessionOptions,
  context: Context,
): Promise<ExitCode> {
  return ask(options, context, async (client) => {
    const session = await client.sessions.rename({
      parameters: { session_id: id },
      query: { type: options.type },
      body: { session_name: name },
    });
    if (options.json === true) context.terminal.print(formatJson(session));
    else context.terminal.print(`renamed to ${shorten(showText(session.session_name))}`);
  });
}

export async function deleteSession(
  id: string,
  options: SessionOptions & { readonly yes?: true },
  context: Context,
): Promise<ExitCode> {
  if (options.yes !== true) {
    const answer = await context.confirm("Delete this session and its runs? It cannot be undone. [y/N] ");
    if (answer === undefined)
      throw new CliFailure("nobody has confirmed it, and nothing was deleted", {
        fix: "add --yes to delete it",
      });
    if (!answer) {
      context.terminal.print("nothing was deleted");
      return ExitCode.failed;
    }
  }
  return ask(options, context, async (client) => {
    await client.sessions.delete({ parameters: { session_id: id }, query: { type: options.type } });
    // The contract answers the same for a session that there is not.
    context.terminal.print("there is no such session any more");
  });
}

async function ask(
  options: SessionOptions,
  context: Context,
  work: (client: AgentOSClient) => Promise<void>,
): Promise<ExitCode> {
  const client = await openAgentOS(options, context);
  try {
    await work(client);
    return ExitCode.ok;
  } catch (error) {
    if (!isClientError(error)) throw error;
    return explainError(
      error,
      { baseUrl: client.baseUrl, token: options.token, isJson: options.json === true },
      context,
    );
  }
}

function readCount(name: string, text: string, most: number): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new CliFailure(`"--${name}" is no whole number from 1 to ${most}`, {
    fix: `write for example --${name} 1`,
  });
}

/** A stranger's value, which the types only promise. */
function toText(value: unknown): string {
  return typeof value === "string" ? value : formatJson(value ?? "", { isOneLine: true });
}

function showText(value: unknown): string {
  return showUntrusted(toText(value));
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
