/** The demo: an AgentOS with keys of its own, the control plane beside it, tokens and requests to try. */
import { AgentOS } from "@agentos/server";
import { createDemoAgents } from "../demo/demo-agents.ts";
import type { Context } from "../program/context.ts";
import { type GivenAddress, readListenOptions } from "../serve/read-listen-options.ts";
import { startServer, waitForSignal } from "../serve/until-signal.ts";
import { mintDemoTokens } from "./demo-tokens.ts";
import { devFilePath } from "./dev-folder.ts";
import { DEMO_ID, ensureDevKey } from "./dev-key.ts";
import { createDevLogger } from "./dev-logger.ts";
import { createDevPolicy } from "./dev-policy.ts";
import { ensureDevSecurityKey } from "./dev-security-key.ts";
import { announceDev } from "./running-dev.ts";
import { printWelcome } from "./welcome.ts";

/** Would change what guards the server, and where its data is; here they do not. */
const IGNORED_VARIABLES = [
  "DATABASE_URL",
  "OS_SECURITY_KEY",
  "JWT_VERIFICATION_KEY",
  "JWT_JWKS_FILE",
  "AUTHORIZATION_ENABLED",
];

/** Serves until it is stopped. */
export async function runDev(
  given: GivenAddress,
  options: { readonly isQuiet: boolean },
  context: Context,
): Promise<void> {
  const { workingDirectory, cli, terminal } = context;
  const address = readListenOptions(given);
  const { key, publicPem, isNew } = await ensureDevKey(workingDirectory, cli);
  const securityKey = await ensureDevSecurityKey(workingDirectory, cli);
  const os = new AgentOS({
    id: DEMO_ID,
    name: "Demo AgentOS",
    agents: createDemoAgents(),
    database: `sqlite:${devFilePath(workingDirectory, "database")}`,
    ...createDevPolicy({
      switches: { authorization: true, securityKey: false },
      publicPem,
      issuer: undefined,
      consoleOrigin: undefined,
      securityKey,
    }),
    env: {},
    cliCommand: cli,
    logger: createDevLogger(terminal, options),
  });
  const policy = await os.describe();
  const server = await startServer(os, address);
  const forget = await announceDev(workingDirectory, { url: server.url, controlPlaneUrl: undefined });
  const tokens = await mintDemoTokens(key, { audience: os.id, now: context.now() });
  const ignoredVariables = IGNORED_VARIABLES.filter((name) => (context.env[name] ?? "") !== "");
  printWelcome({ url: server.url, policy, tokens, isKeyNew: isNew, ignoredVariables, cli }, terminal);
  await waitForSignal(server, context);
  forget();
}
