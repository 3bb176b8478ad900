/** Serves the AgentOS of a configuration file. */
import { formatPolicy } from "@agentos/guard";
import { loadConfig } from "../config/load-config.ts";
import type { Context } from "../program/context.ts";
import { showUntrusted, showUntrustedLines } from "../program/terminal.ts";
import { readDatabaseOption } from "./read-database-option.ts";
import { type GivenAddress, readListenOptions } from "./read-listen-options.ts";
import { startServer, waitForSignal } from "./until-signal.ts";

/** As they were typed. */
export interface GivenServe extends GivenAddress {
  /** File of the configuration. */
  readonly config: string;
  readonly database?: string | undefined;
}

/** Prints the policy in force, serves, and resolves when the server has been stopped. */
export async function runServe({ config, database, ...given }: GivenServe, context: Context): Promise<void> {
  const address = readListenOptions(given);
  const os = await loadConfig(config, context, {
    database: database === undefined ? undefined : await readDatabaseOption(database, context),
  });
  const { print, paint } = context.terminal;
  print(showUntrustedLines(formatPolicy(await os.describe())));
  print();
  const server = await startServer(os, address);
  // Before anybody is told that it serves: who reads that may end it at once.
  const stopped = waitForSignal(server, context);
  print(`Serving ${paint("bold", showUntrusted(server.url))}  ${paint("dim", "(Ctrl-C stops)")}`);
  await stopped;
}
