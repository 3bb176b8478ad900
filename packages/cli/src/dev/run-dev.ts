/** The demo: an AgentOS with keys of its own, the control plane beside it, tokens and requests to try. */
import { AgentOS } from "@agentos/server";
import { chooseDemoModel } from "../demo/choose-model.ts";
import { createDemoAgents } from "../demo/demo-agents.ts";
import type { Context } from "../program/context.ts";
import { type GivenAddress, readListenOptions } from "../serve/read-listen-options.ts";
import { startServer, waitForSignal } from "../serve/until-signal.ts";
import { chooseConsoleHost, chooseControlPlanePort, portChoice } from "./choose-address.ts";
import { mintDemoTokens } from "./demo-tokens.ts";
import { DEMO_NAME, type DevControlPlane, startDevControlPlane } from "./dev-control-plane.ts";
import { devFilePath, showDevFile } from "./dev-folder.ts";
import { DEMO_ID, ensureDevKey } from "./dev-key.ts";
import { createDevLogger } from "./dev-logger.ts";
import { createDevPolicy, type DevSwitches } from "./dev-policy.ts";
import { ensureDevSecurityKey } from "./dev-security-key.ts";
import { announceDev, assertNoneRuns } from "./running-dev.ts";
import { printWelcome } from "./welcome.ts";

/** Would change what guards the servers, and where their data is; here they do not. */
const IGNORED_VARIABLES = [
  "DATABASE_URL",
  "OS_SECURITY_KEY",
  "JWT_VERIFICATION_KEY",
  "JWT_JWKS_FILE",
  "AUTHORIZATION_ENABLED",
  "USER_ISOLATION_ENABLED",
  "AGENTOS_CONTROL_PLANE_URL",
  "AGENTOS_CONTROL_PLANE_DATABASE",
  "AGENTOS_CONTROL_PLANE_KEY",
];

const ASKS_FOR_TOKENS: DevSwitches = { authorization: true, securityKey: false };

/** As they were typed. */
export interface DevOptions extends GivenAddress {
  readonly controlPlanePort?: string | undefined;
  /** False: the AgentOS alone. */
  readonly hasControlPlane: boolean;
  readonly isQuiet: boolean;
}

/** Serves until it is stopped. */
export async function runDev(options: DevOptions, context: Context): Promise<void> {
  const { workingDirectory, cli, terminal } = context;
  const address = readListenOptions(options);
  const ownPort = readListenOptions({ port: options.controlPlanePort }, "--control-plane-port").port;
  await assertNoneRuns(workingDirectory);
  const { key, publicPem, isNew } = await ensureDevKey(workingDirectory, cli);
  const securityKey = await ensureDevSecurityKey(workingDirectory, cli);
  const logger = createDevLogger(terminal, options);
  const policyOf = (switches: DevSwitches, trusted: { readonly url?: string; readonly issuer?: string }) =>
    createDevPolicy({
      switches,
      publicPem,
      issuer: trusted.issuer,
      consoleOrigin: trusted.url,
      securityKey,
    });
  const demoModel = await chooseDemoModel(context.env);
  const os = new AgentOS({
    id: DEMO_ID,
    name: DEMO_NAME,
    agents: createDemoAgents(demoModel.model),
    database: `sqlite:${devFilePath(workingDirectory, "database")}`,
    // Until the control plane is there its own key alone lets anybody in.
    ...policyOf(ASKS_FOR_TOKENS, {}),
    env: {},
    cliCommand: cli,
    logger,
  });
  const server = await startServer(os, address, portChoice(context.env, "--port"));
  const closing = [server];
  let controlPlane: DevControlPlane | undefined;
  let switches = ASKS_FOR_TOKENS;
  try {
    if (options.hasControlPlane) {
      const port = await chooseControlPlanePort(ownPort, address.port);
      const url = `http://${chooseConsoleHost(server.url)}:${port}`;
      const apply = async (changed: DevSwitches, issuer: string) => {
        await os.replacePolicy(policyOf(changed, { url, issuer }));
        terminal.note(describeSwitches(changed));
      };
      controlPlane = await startDevControlPlane(
        {
          endpoint: server.url,
          url,
          // Whoever is not signed in yet reads that on the page; here it would be three lines for each visit.
          logger: createDevLogger(terminal, { isQuiet: true }),
          apply,
        },
        context,
      );
      closing.unshift(controlPlane.server);
      const { authorization, securityKey: wantsKey, issuer } = controlPlane.start;
      switches = { authorization, securityKey: wantsKey };
      await os.replacePolicy(policyOf(switches, { url, issuer }));
    }
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
  const forget = await announceDev(workingDirectory, { url: server.url, controlPlaneUrl: controlPlane?.url });
  const tokens = await mintDemoTokens(key, { audience: os.id, now: context.now() });
  const ignoredVariables = IGNORED_VARIABLES.filter((name) => (context.env[name] ?? "") !== "");
  // Before anybody is told that it is ready: who reads that may end it at once.
  const stopped = waitForSignal({ close: () => closeAll(closing) }, context);
  printWelcome(
    {
      url: server.url,
      policy: await os.describe(),
      switches,
      tokens,
      isKeyNew: isNew,
      modelNote: demoModel.note,
      ignoredVariables,
      cli,
      link: controlPlane?.start.link,
      now: context.now(),
    },
    terminal,
  );
  await stopped;
  forget();
}

/** One after the other: the control plane first, so that nobody changes a server that is going. */
async function closeAll(servers: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const server of servers) await server.close();
}

function describeSwitches({ authorization, securityKey }: DevSwitches): string {
  const key = `the key is in ${showDevFile("securityKey")}`;
  if (authorization)
    return securityKey
      ? "switched: tokens are asked for; the security key is set, and not accepted beside them"
      : "switched: tokens are asked for";
  return securityKey
    ? `switched: the security key is asked for; ${key}`
    : "switched: nothing is asked for, and only this machine is answered";
}
