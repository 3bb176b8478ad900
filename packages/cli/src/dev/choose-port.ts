/** Ports of the two listeners of `agentos dev`. */
import { DEFAULT_PORT } from "@agentos/contract";
import { findFreePort } from "../serve/find-free-port.ts";

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
