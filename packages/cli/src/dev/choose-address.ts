/** Addresses of the two listeners of `agentos dev`. */
import { DEFAULT_PORT } from "@agentos/contract";
import { findFreePort } from "../serve/find-free-port.ts";
import type { PortChoice } from "../serve/until-signal.ts";

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

/** Whoever has started the demo with npm gives its options behind two hyphens. */
const NPM_SCRIPTS: Readonly<Record<string, string>> = { start: "npm start -- ", dev: "npm run dev -- " };

/** The demo takes two ports, side by side: a suggestion leaves both of another one alone. */
export function portChoice(env: Readonly<Record<string, string | undefined>>, option: string): PortChoice {
  return { option: `${NPM_SCRIPTS[env["npm_lifecycle_event"] ?? ""] ?? ""}${option}`, step: 3 };
}

/**
 * The host of the console: another name of this machine than that of the AgentOS. Cookies do not heed ports, and most of
 * what else runs on a machine is at "localhost".
 */
export function chooseConsoleHost(agentOSUrl: string): string {
  return new URL(agentOSUrl).hostname === "127.0.0.1" ? "localhost" : "127.0.0.1";
}
