/** A real control plane at an address of its own, with the console that `npm run build` made. */
import { mkdtempSync, rmSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { createServer as createTlsServer, type Server } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ControlPlaneOptions, createControlPlane } from "@agentos/control-plane";
import { printOwnerLink } from "@agentos/control-plane/machine";
import { createTestCertificate } from "@agentos/testkit";

export interface StartedConsole {
  /** Without a slash at its end. */
  readonly url: string;
  /** A link for the first owner; only while there is none. */
  printOwnerLink(): Promise<string>;
  /** SQL, for what takes long to happen, or what this version does not let happen. */
  execute(sql: string): void;
  close(): Promise<void>;
}

export interface StartConsoleOptions {
  /** Other built files than those of the package. */
  readonly consoleFolder?: string | undefined;
  /** Hosts of this machine that the control plane itself may ask. Default none. */
  readonly allowedPrivateEndpoints?: readonly string[] | undefined;
  /** Instances that its switches reconfigure. Default none. */
  readonly localInstances?: ControlPlaneOptions["localInstances"];
  /** The name of this machine that it is at. Default "localhost": stories have their instances at 127.0.0.1. */
  readonly host?: "localhost" | "127.0.0.1" | undefined;
  /** Behind a proxy that ends TLS, with a certificate that nobody trusts. Default false. */
  readonly hasTls?: boolean | undefined;
}

/** The cookie and the checks of origins are bound to the address, so the port is chosen first. */
export async function startConsole({
  consoleFolder,
  allowedPrivateEndpoints,
  localInstances,
  host = "localhost",
  hasTls = false,
}: StartConsoleOptions = {}): Promise<StartedConsole> {
  const folder = mkdtempSync(join(tmpdir(), "agentos-console-"));
  const port = await findFreePort();
  const url = `${hasTls ? "https" : "http"}://${host}:${port}`;
  const options = { workingDirectory: folder, env: {}, url };
  const quiet = () => undefined;
  const controlPlane = createControlPlane({
    ...options,
    consoleFolder,
    allowedPrivateEndpoints,
    localInstances,
    logger: { error: quiet, warn: quiet, info: quiet },
  });
  const server = await controlPlane.serve({ host, port: hasTls ? 0 : port });
  const proxy = hasTls ? await startTlsProxy(port, server.port) : undefined;
  return {
    url,
    printOwnerLink: async () => (await printOwnerLink(options)).url,
    execute(sql) {
      const database = new DatabaseSync(join(folder, ".agentos", "control-plane.db"));
      database.exec("pragma busy_timeout = 5000");
      database.exec(sql);
      database.close();
    },
    async close() {
      proxy?.closeAllConnections();
      proxy?.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startTlsProxy(port: number, behind: number): Promise<Server> {
  const { certificate, privateKey } = createTestCertificate();
  const proxy = createTlsServer({ cert: certificate, key: privateKey }, (request, response) => {
    const { method, url: path, headers } = request;
    const passed = requestHttp({ host: "localhost", port: behind, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => void proxy.listen(port, "localhost", resolve));
  return proxy;
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
