/**
 * A client for each instance that this tab talks to. Tokens and security keys stay in the memory of this tab: a reload
 * mints anew, and asks for the key again.
 */
import {
  type AgentOSClient,
  type ControlPlaneClient,
  connectInstance,
  createAgentOSClient,
} from "@agentos/client";
import type { Instance } from "./instance-state.ts";

/** What a request was let in by, as one may say it: never the credential itself. */
export type SentCredential =
  | { readonly kind: "none" }
  | { readonly kind: "minted"; readonly jti: string }
  | { readonly kind: "security-key" };

export interface InstanceClients {
  /** With tokens minted for who is signed in; with the security key where authorization is off. */
  readonly open: (organizationId: string, instance: Instance) => Promise<AgentOSClient>;
  /** What its requests carry now. */
  readonly describeSent: (instance: Instance) => SentCredential;
  /** The next request to it gets a token made anew. */
  readonly renewToken: (instanceId: string) => void;
  /** A root credential that no role limits: typed by the person. */
  readonly rememberSecurityKey: (instanceId: string, key: string) => void;
  readonly hasSecurityKey: (instanceId: string) => boolean;
  /** Nothing of it is used again: another person, another role, other switches. */
  readonly forgetAll: () => void;
}

interface Held {
  readonly instanceId: string;
  readonly client: Promise<AgentOSClient>;
}

export function createInstanceClients(controlPlane: ControlPlaneClient): InstanceClients {
  const clients = new Map<string, Held>();
  const securityKeys = new Map<string, string>();
  const tokenIds = new Map<string, string>();

  async function mint(organizationId: string, instanceId: string): Promise<string> {
    const parameters = { organization_id: organizationId, instance_id: instanceId };
    const { token, jti } = await controlPlane.tokens.mint({ parameters, body: {} });
    tokenIds.set(instanceId, jti);
    return token;
  }

  function make(organizationId: string, instance: Instance): Promise<AgentOSClient> {
    const { id: instanceId, endpoint, desired } = instance;
    // Says that there is no endpoint yet.
    if (endpoint === null) return connectInstance({ controlPlane, organizationId, instanceId });
    if (desired.authorization)
      return Promise.resolve(
        createAgentOSClient({ baseUrl: endpoint, getToken: () => mint(organizationId, instanceId) }),
      );
    const key = securityKeys.get(instanceId);
    return Promise.resolve(
      createAgentOSClient(key === undefined ? { baseUrl: endpoint } : { baseUrl: endpoint, token: key }),
    );
  }

  return {
    open(organizationId, instance) {
      const { id, endpoint, desired } = instance;
      const name = JSON.stringify([organizationId, id, endpoint, desired.authorization]);
      const held = clients.get(name);
      if (held !== undefined) return held.client;
      const client = make(organizationId, instance);
      clients.set(name, { instanceId: id, client });
      // Not the fault is kept: the next one who asks tries again.
      client.catch(() => clients.delete(name));
      return client;
    },
    describeSent({ id, desired }) {
      const jti = tokenIds.get(id);
      if (desired.authorization) return jti === undefined ? { kind: "none" } : { kind: "minted", jti };
      return { kind: securityKeys.has(id) ? "security-key" : "none" };
    },
    renewToken(instanceId) {
      for (const [name, held] of clients) if (held.instanceId === instanceId) clients.delete(name);
    },
    rememberSecurityKey(instanceId, key) {
      securityKeys.set(instanceId, key);
      clients.clear();
    },
    hasSecurityKey: (instanceId) => securityKeys.has(instanceId),
    forgetAll() {
      clients.clear();
      securityKeys.clear();
      tokenIds.clear();
    },
  };
}
