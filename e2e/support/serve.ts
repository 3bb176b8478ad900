/** An AgentOS on a free port of the loopback address, with what its log receives. Everything started is closed. */

import { type RunningServer } from "@agentos/guard/app";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { afterAll } from "vitest";
import { closeConnections } from "./http.ts";

export interface Served {
  readonly os: AgentOS;
  readonly port: number;
  readonly server: RunningServer;
  /** One line for each entry of the log, everything in it. */
  readonly logLines: readonly string[];
}

const running = new Set<RunningServer>();

/** Starts a server; the environment is empty unless given. */
export async function serve(options: AgentOSOptions): Promise<Served> {
  const logLines: string[] = [];
  const write = (facts: Readonly<Record<string, unknown>>, text: string) => {
    logLines.push(
      `${text} ${JSON.stringify(facts, (_, value: unknown) => (value instanceof Error ? describe(value) : value))}`,
    );
  };
  const os = new AgentOS({
    database: null,
    env: {},
    logger: { error: write, warn: write, info: write },
    ...options,
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  running.add(server);
  return { os, port: server.port, server, logLines };
}

function describe(error: Error): string {
  return `${error.name}: ${error.message}`;
}

/** Closes one server before the others. */
export async function stop({ server }: Served): Promise<void> {
  closeConnections();
  running.delete(server);
  await server.close();
}

afterAll(async () => {
  closeConnections();
  await Promise.all([...running].map((server) => server.close()));
});
