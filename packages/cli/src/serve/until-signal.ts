/** Serves an AgentOS until the process is asked to stop. */

import type { RunningServer } from "@agentos/guard/app";
import type { AgentOS } from "@agentos/server";
import type { Context } from "../program/context.ts";
import { CliFailure, faultsOf, systemCode } from "../program/failure.ts";

export interface Address {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** A second signal within this time is the same key press, delivered again by a parent process. */
const REPEAT_MS = 1_000;

/** Starts listening; names what is wrong with the address when that fails. */
export async function startServer(os: AgentOS, { host, port }: Address): Promise<RunningServer> {
  try {
    return await os.serve({
      isPolicyShown: true,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
    });
  } catch (error) {
    throw explainAddress(error, { host, port });
  }
}

/** Resolves when SIGINT or SIGTERM has come and running requests have ended; a later second signal ends at once. */
export async function waitForSignal(server: RunningServer, { terminal }: Context): Promise<void> {
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

function explainAddress(error: unknown, { host, port }: Address): unknown {
  const taken = faultsOf(error)?.find((fault) => fault.code === "CONFIG_PORT_IN_USE");
  // The words are the catalogue's, with the port that was tried; only the option is the command's own.
  if (taken !== undefined) {
    return new CliFailure(`${taken.message} [${taken.code}]`, {
      fix: "stop the other program, or choose another port: --port 7788 (0 takes any free one)",
      cause: error,
    });
  }
  const code = systemCode(error);
  if (code === "EACCES") {
    return new CliFailure(`port ${port ?? 7777} may not be used by this user`, {
      fix: "choose a port above 1023 with --port",
      cause: error,
    });
  }
  if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EAI_AGAIN") {
    return new CliFailure(`"${host ?? "localhost"}" is no address of this machine`, {
      fix: "give --host localhost, or --host 0.0.0.0 for every address",
      cause: error,
    });
  }
  return error;
}
