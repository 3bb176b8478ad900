/** Serves an AgentOS until the process is asked to stop. */

import { DEFAULT_PORT } from "@agentos/contract";
import type { RunningServer } from "@agentos/guard/app";
import type { AgentOS } from "@agentos/server";
import type { Context } from "../program/context.ts";
import { CliFailure, faultsOf, systemCode } from "../program/failure.ts";

export interface Address {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** How another port is chosen, where one is taken. */
export interface PortChoice {
  /** What stands before the number. */
  readonly option: string;
  /** How far the suggested port is from the one that is taken. */
  readonly step: number;
}

/** A second signal within this time is the same key press, delivered again by a parent process. */
const REPEAT_MS = 1_000;

/** Starts listening; names what is wrong with the address when that fails. */
export async function startServer(
  os: AgentOS,
  { host, port }: Address,
  choice: PortChoice = { option: "--port", step: 1 },
): Promise<RunningServer> {
  try {
    return await os.serve({
      isPolicyShown: true,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
    });
  } catch (error) {
    throw explainAddress(error, choice);
  }
}

/** Resolves when SIGINT or SIGTERM has come and running requests have ended; a later second signal ends at once. */
export async function waitForSignal(
  server: Pick<RunningServer, "close">,
  { terminal }: Pick<Context, "terminal">,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let askedAt: number | undefined;
    const stop = (signal: NodeJS.Signals): void => {
      if (askedAt !== undefined) {
        // INVARIANT: whoever presses twice gets the prompt back, even if a stream never ends.
        if (Date.now() - askedAt > REPEAT_MS) process.exit(signal === "SIGINT" ? 130 : 143);
        return;
      }
      askedAt = Date.now();
      terminal.note("stopping: running requests may finish; once more stops at once");
      server.close().then(resolve, reject);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}

/** What the system would not let us listen on, as the system names it: option, variable or default, whoever chose it. */
export function explainAddress(error: unknown, { option: portOption, step }: PortChoice): unknown {
  const taken = faultsOf(error)?.find((fault) => fault.code === "CONFIG_PORT_IN_USE");
  // The words are the catalogue's, with the port that was tried; only the option is the command's own.
  if (taken !== undefined) {
    const next = Number(taken.facts["port"]) + step;
    return new CliFailure(`${taken.message} [${taken.code}]`, {
      fix: `stop the program that listens on it, or choose another port: ${portOption} ${next > HIGHEST_PORT ? 0 : next} (0 takes any free one)`,
      cause: error,
    });
  }
  const { host, port } = readTried(error);
  const code = systemCode(error);
  if (code === "EACCES") {
    return new CliFailure(`port ${port ?? "…"} may not be used by this user`, {
      fix: `choose a port above 1023, such as ${portOption} ${DEFAULT_PORT}`,
      cause: error,
    });
  }
  if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EAI_AGAIN") {
    return new CliFailure(`"${host ?? "…"}" is no address of this machine`, {
      fix: "give --host localhost, or --host 0.0.0.0 for every address",
      cause: error,
    });
  }
  return error;
}

const HIGHEST_PORT = 65_535;

/** Node puts what it tried beside the code. */
function readTried(error: unknown): { readonly host: string | undefined; readonly port: number | undefined } {
  const parts = new Map<string, unknown>(error instanceof Error ? Object.entries(error) : []);
  const host = parts.get("address") ?? parts.get("hostname");
  const port = parts.get("port");
  return {
    host: typeof host === "string" ? host : undefined,
    port: typeof port === "number" ? port : undefined,
  };
}
