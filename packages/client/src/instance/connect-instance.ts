/** From the control plane to one of its instances: an AgentOS client whose tokens are minted for who is signed in. */
import {
  type AgentOSClient,
  type AgentOSClientOptions,
  createAgentOSClient,
} from "../agentos/create-agentos-client.ts";
import type { ControlPlaneClient } from "../control-plane/create-control-plane-client.ts";
import { ClientConfigurationError, ConnectionFault } from "../wire/client-errors.ts";

/** Which instance, and how its client is made. */
export interface InstanceConnection extends Omit<AgentOSClientOptions, "baseUrl" | "token" | "getToken"> {
  readonly controlPlane: ControlPlaneClient;
  readonly organizationId: string;
  readonly instanceId: string;
  /** Default: all that the role of the person gives. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * Reads where the instance is. Its client asks for a token with the first request, and for another before that one ends.
 * A token for another address than that is not used: the instance was moved, and who is at the address before is not to be
 * trusted any more. Then a request rejects with a ConnectionFault; connect again.
 */
export async function connectInstance(connection: InstanceConnection): Promise<AgentOSClient> {
  const { controlPlane, organizationId, instanceId, scopes, ...options } = connection;
  const parameters = { organization_id: organizationId, instance_id: instanceId };
  const { endpoint } = await controlPlane.instances.read({ parameters });
  if (endpoint === null)
    throw new ClientConfigurationError([
      "the instance has no endpoint yet: set the endpoint of the draft first",
    ]);
  const body = scopes === undefined ? {} : { scopes: [...scopes] };
  return createAgentOSClient({
    ...options,
    baseUrl: endpoint,
    getToken: async ({ signal }) => {
      const minted = await controlPlane.tokens.mint({ parameters, body }, { signal });
      if (minted.endpoint !== endpoint)
        throw new ConnectionFault(
          "no-token",
          "the instance is at another endpoint now: its tokens are not for this one; connect to it again",
        );
      return requireText(minted);
    },
  });
}

/** Without a token the instance would be asked as a stranger, and say something that misleads. */
function requireText({ token }: { readonly token: unknown }): string {
  if (typeof token === "string") return token;
  throw new ConnectionFault("no-token", "the control plane answered without a token");
}
