/** A real control plane with a database of its own in a folder, and with what its log receives. */
import { join } from "node:path";
import { createControlPlane } from "@agentos/control-plane";
import { printOwnerLink } from "@agentos/control-plane/machine";

export interface StartedControlPlane {
  readonly port: number;
  /** As browsers know it, without a final slash: whoever asks says so in `Host`, whatever the port is. */
  readonly url: string;
  readonly databaseFile: string;
  /** Secret of the link for the first owner. */
  readonly ownerSecret: string;
  /** One line for each entry of the log, everything in it. */
  readonly logLines: readonly string[];
  close(): Promise<void>;
}

export async function startControlPlane(folder: string): Promise<StartedControlPlane> {
  const logLines: string[] = [];
  const write = (facts: Readonly<Record<string, unknown>>, text: string) => {
    logLines.push(
      `${text} ${JSON.stringify(facts, (_, value: unknown) => (value instanceof Error ? describe(value) : value))}`,
    );
  };
  const options = { workingDirectory: folder, env: {} };
  const controlPlane = createControlPlane({
    ...options,
    logger: { error: write, warn: write, info: write },
  });
  const server = await controlPlane.serve({ host: "127.0.0.1", port: 0 });
  const { url: ownerUrl } = await printOwnerLink(options);
  return {
    port: server.port,
    url: controlPlane.url,
    databaseFile: join(folder, ".agentos", "control-plane.db"),
    ownerSecret: new URL(ownerUrl).hash.split("=")[1] ?? "",
    logLines,
    close: () => server.close(),
  };
}

/** With its stack and its cause: nothing of it is anybody's secret. */
function describe({ stack, cause }: Error): string {
  return `${stack} ${cause instanceof Error ? describe(cause) : String(cause)}`;
}
