/** Ports of the two listeners of `agentos dev`. */
import { DEFAULT_PORT } from "@agentos/contract";
import { findFreePort } from "../serve/find-free-port.ts";

const HIGHEST_PORT = 65_535;

/**
 * The port of the control plane: as given, else the one behind that of the AgentOS, and a free one where that was asked
 * to be free, or where there is none behind it. Its address has to be known before it listens.
 */
export async function chooseControlPlanePort(
  given: number | undefined,
  agentOSPort: number | undefined,
): Promise<number> {
  const port = given ?? (agentOSPort === 0 ? 0 : (agentOSPort ?? DEFAULT_PORT) + 1);
  return port === 0 || port > HIGHEST_PORT ? findFreePort() : port;
}
