/** The demo server: keys of its own, authorization on, tokens and requests to try. */
import { AgentOS } from "@agentos/server";
import { createDemoAgents } from "../demo/demo-agents.ts";
import type { Context } from "../program/context.ts";
import { type GivenAddress, readListenOptions } from "../serve/read-listen-options.ts";
import { startServer, waitForSignal } from "../serve/until-signal.ts";
import { mintDemoTokens } from "./demo-tokens.ts";
import { DEMO_ID, devDatabasePath, ensureDevKey } from "./dev-key.ts";
import { createDevLogger } from "./dev-logger.ts";
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
  const address = readListenOptions(given);
  const { key, publicPem, isNew } = await ensureDevKey(context.workingDirectory, context.cli);
  const os = new AgentOS({
    id: DEMO_ID,
    name: "Demo AgentOS",
    agents: createDemoAgents(),
    database: `sqlite:${devDatabasePath(context.workingDirectory)}`,
    authorization: true,
    authorizationConfig: { verificationKeys: [publicPem], algorithm: "RS256" },
    env: {},
    cliCommand: context.cli,
    logger: createDevLogger(context.terminal, options),
  });
  const policy = await os.describe();
  const server = await startServer(os, address);
  const tokens = await mintDemoTokens(key, { audience: os.id, now: context.now() });
  const ignoredVariables = IGNORED_VARIABLES.filter((name) => (context.env[name] ?? "") !== "");
  printWelcome(
    { url: server.url, policy, tokens, isKeyNew: isNew, ignoredVariables, cli: context.cli },
    context.terminal,
  );
  await waitForSignal(server, context);
}
