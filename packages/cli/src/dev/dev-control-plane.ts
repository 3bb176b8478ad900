/** The control plane of `agentos dev`: beside the demo AgentOS in one process, on a listener of its own. */
import { createControlPlane } from "@agentos/control-plane";
import { issuerOf, type PreparedStart, prepareLocalStart } from "@agentos/control-plane/machine";
import type { Logger } from "@agentos/guard";
import type { RunningServer } from "@agentos/guard/app";
import type { Context } from "../program/context.ts";
import { explainAddress } from "../serve/until-signal.ts";
import { portChoice } from "./choose-address.ts";
import { devFilePath } from "./dev-folder.ts";
import { DEMO_ID } from "./dev-key.ts";
import type { DevSwitches } from "./dev-policy.ts";

export const DEMO_NAME = "Demo AgentOS";
const ORGANIZATION = "Local organization";

export interface DevControlPlaneOptions {
  /** The AgentOS, where it listens. */
  readonly endpoint: string;
  /** Its own address, without a slash at its end. */
  readonly url: string;
  readonly logger: Logger;
  /** Puts switches in force on the AgentOS, whose tokens of the control plane have this issuer. */
  readonly apply: (switches: DevSwitches, issuer: string) => Promise<void>;
}

export interface DevControlPlane {
  readonly url: string;
  readonly server: RunningServer;
  readonly start: PreparedStart;
}

/** Serves it, with an owner, an organization and the demo instance in it. */
export async function startDevControlPlane(
  { endpoint, url, logger, apply }: DevControlPlaneOptions,
  { workingDirectory, cli, env }: Context,
): Promise<DevControlPlane> {
  const place = {
    url,
    database: `sqlite:${devFilePath(workingDirectory, "controlPlaneDatabase")}`,
    env: {},
    cliCommand: cli,
    workingDirectory,
  };
  const start = await prepareLocalStart(place, {
    organizationName: ORGANIZATION,
    instance: { id: DEMO_ID, name: DEMO_NAME, endpoint, osId: DEMO_ID },
  });
  const controlPlane = createControlPlane({
    ...place,
    logger,
    // Instances on this machine are the point of it.
    allowedPrivateEndpoints: ["localhost", "127.0.0.1", "[::1]"],
    localInstances: [
      {
        instanceId: DEMO_ID,
        endpoint,
        apply: ({ issuerId, authorization, securityKey }) =>
          apply({ authorization, securityKey }, issuerOf(url, issuerId)),
      },
    ],
  });
  const server = await controlPlane
    .serve({ port: Number(new URL(url).port || 80) })
    .catch(async (error: unknown) => {
      await controlPlane.close();
      throw explainAddress(error, portChoice(env, "--control-plane-port"));
    });
  return { url, server, start };
}
