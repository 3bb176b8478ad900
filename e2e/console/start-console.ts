/** A real control plane at an address of its own, with the console that `npm run build` made. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlaneOptions, createControlPlane } from "@agentos/control-plane";
import { printOwnerLink } from "@agentos/control-plane/machine";

export interface StartedConsole {
  /** Without a slash at its end. */
  readonly url: string;
  /** A link for the first owner; only while there is none. */
  printOwnerLink(): Promise<string>;
  close(): Promise<void>;
}

export interface StartConsoleOptions {
  /** Other built files than those of the package. */
  readonly consoleFolder?: string | undefined;
  /** Hosts of this machine that the control plane itself may ask. Default none. */
  readonly allowedPrivateEndpoints?: readonly string[] | undefined;
  /** Instances that its switches reconfigure. Default none. */
  readonly localInstances?: ControlPlaneOptions["localInstances"];
}

/** The cookie and the checks of origins are bound to the address, so the port is chosen first. */
export async function startConsole({
  consoleFolder,
  allowedPrivateEndpoints,
  localInstances,
}: StartConsoleOptions = {}): Promise<StartedConsole> {
  const folder = mkdtempSync(join(tmpdir(), "agentos-console-"));
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const options = { workingDirectory: folder, env: {}, url };
  const quiet = () => undefined;
  const controlPlane = createControlPlane({
    ...options,
    consoleFolder,
    allowedPrivateEndpoints,
    localInstances,
    logger: { error: quiet, warn: quiet, info: quiet },
  });
  const server = await controlPlane.serve({ host: "localhost", port });
  return {
    url,
    printOwnerLink: async () => (await printOwnerLink(options)).url,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "localhost", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
