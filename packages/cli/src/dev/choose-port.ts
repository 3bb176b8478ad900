/** Ports of the two listeners of `agentos dev`. */
import { once } from "node:events";
import { createServer } from "node:net";
import { DEFAULT_PORT } from "@agentos/contract";

/**
 * The port of the control plane: as given, else the one behind that of the AgentOS, and a free one where that was asked
 * to be free. Its address has to be known before it listens.
 */
export async function chooseControlPlanePort(
  given: number | undefined,
  agentOSPort: number | undefined,
): Promise<number> {
  const port = given ?? (agentOSPort === 0 ? 0 : (agentOSPort ?? DEFAULT_PORT) + 1);
  return port === 0 ? findFreePort() : port;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("INVARIANT: it listens on a port");
  return address.port;
}
